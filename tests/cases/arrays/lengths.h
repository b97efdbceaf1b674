// dovetail: rules."dot" = { array = ["a[n]", "b[n]"] }
// dovetail: rules."largest" = { array = ["first..last"] }
// dovetail: rules."trace" = { array = ["m[rows, columns]"] }
// dovetail: rules."darken" = { array = ["image[height:stride, width]"] }
// dovetail: rules."brightest" = { array = ["image[height:pitch bytes, width]"] }
// dovetail: rules."cross" = { array = ["v[3]", "w[3]"] }
// dovetail: rules."weigh" = { array = ["rows[n]"] }
// dovetail: rules."join" = { array = ["words[count]"] }
// dovetail: rules."Image::row" = { array = ["return[columns]"] }
// dovetail: rules."Image::pixels" = { array = ["return[rows(), columns]"] }
// dovetail: rules."Signal::values" = { array = ["return[size()]"] }
// dovetail: rules."Signal::broken" = { array = ["return[size()]"] }
// dovetail: rules."Signal::pairs" = { array = ["return[half() * 2]"] }
// dovetail: rules."Packet::payload" = { array = ["payload[length]"] }
// dovetail: rules."Watch::watch" = { array = ["data[size]"], keeps = ["data"] }
// dovetail: rules."repeat" = { array = [] }
// dovetail: rules."maybe" = { nullable = ["values"] }
// dovetail: rules."heaviest" = { array = ["weights[n]"] }
// dovetail: rules."Route::names" = { array = ["return[size]"] }
// dovetail: rules."Route::times" = { array = ["return[count]"], out = ["count"] }
// dovetail: rules."Route::stops" = { array = ["return[]"] }
// dovetail: rules."Route::gauges" = { as = "dict" }
// dovetail: rules."Route::marks" = { as = "list" }
// Pointers with lengths: by rule, and where the names say so.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>
namespace lengths {

// ---- by their names
inline std::string hex(const void* data, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    const unsigned char byte = static_cast<const unsigned char*>(data)[i];
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}
inline int spaces(const char* text, std::size_t length) { return static_cast<int>(std::count(text, text + length, ' ')); }
inline long checksum(const std::uint8_t* buf, unsigned len) {
  long out = 0;
  for (unsigned i = 0; i < len; ++i) out += buf[i];
  return out;
}
inline int small(const char* s, unsigned char n) { return s ? n : -1; }
inline double mean(const double* values, int count) {
  double sum = 0;
  for (int i = 0; i < count; ++i) sum += values[i];
  return count ? sum / count : 0;
}
inline bool put(const char* key, std::size_t key_len, const char* value, std::size_t value_len) {
  return key_len == 2 && value_len == 3 && std::memcmp(key, "ke", 2) == 0 && std::memcmp(value, "val", 3) == 0;
}
// Takes the memory over, or keeps it: nothing is guessed of what is no const.
inline void adopt(void* buffer, std::size_t) { ::operator delete(buffer); }
inline std::size_t fill(void* buffer, std::size_t size) {
  std::memset(buffer, 7, size);
  return size;
}
inline int maybe(const double* values, std::size_t n) { return values ? static_cast<int>(n) : -1; }
inline int optional(const double* data = nullptr, std::size_t size = 0) { return data ? static_cast<int>(size) : -1; }
inline double norm(const double v[3]) { return v[0] * v[0] + v[1] * v[1] + v[2] * v[2]; }
inline void zero(float (&m)[2][3]) {
  for (auto& row : m) {
    for (float& each : row) each = 0;
  }
}
inline double corner(const double m[2][2]) { return m[1][1]; }
inline std::string repeat(const char* text, unsigned n) {
  std::string out;
  for (unsigned i = 0; i < n; ++i) out += text;
  return out;
}

// ---- by rule
inline double dot(const double* a, const double* b, std::size_t n) {
  double out = 0;
  for (std::size_t i = 0; i < n; ++i) out += a[i] * b[i];
  return out;
}
inline int largest(const int* first, const int* last) { return first == last ? -1 : *std::max_element(first, last); }
inline double trace(int rows, int columns, const double* m) {
  double out = 0;
  for (int i = 0; i < std::min(rows, columns); ++i) out += m[i * columns + i];
  return out;
}
inline void darken(std::uint8_t* image, int width, int height, std::ptrdiff_t stride) {
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) image[y * stride + x] /= 2;
  }
}
inline float brightest(const float* image, std::size_t height, std::size_t width, std::size_t pitch) {
  float out = 0;
  for (std::size_t y = 0; y < height; ++y) {
    const auto* row = reinterpret_cast<const float*>(reinterpret_cast<const char*>(image) + y * pitch);
    for (std::size_t x = 0; x < width; ++x) out = std::max(out, row[x]);
  }
  return out;
}
inline void cross(const double* v, const double* w, double out[3]) {
  for (int i = 0; i < 3; ++i) out[i] = v[(i + 1) % 3] * w[(i + 2) % 3] - v[(i + 2) % 3] * w[(i + 1) % 3];
}
struct Row {
  int id = 0;
  double weight = 0;
};
inline double weigh(const Row* rows, std::size_t n) {
  double out = 0;
  for (std::size_t i = 0; i < n; ++i) out += rows[i].weight;
  return out;
}
inline std::string join(const std::string* words, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += words[i];
  return out;
}
// Without a rule: neither name says enough.
inline double unknown(const double* p, int m) { return p[m - 1]; }
inline int* nowhere() { return nullptr; }

// ---- results and fields
class Signal {
 public:
  explicit Signal(int count) : values_(static_cast<std::size_t>(count), 1.5) {}
  std::size_t size() const { return values_.size(); }
  int half() const { return static_cast<int>(values_.size() / 2); }
  const double* values() const { return values_.data(); }
  double* values() { return values_.data(); }
  double* pairs() { return values_.data(); }
  const double* broken() const { return nullptr; }

 private:
  std::vector<double> values_;
};
class Image {
 public:
  Image(int rows, int columns) : columns(columns), pixels_(static_cast<std::size_t>(rows * columns)) {}
  int rows() const { return static_cast<int>(pixels_.size()) / columns; }
  const int columns;
  float* row(int i) { return i < rows() && i >= 0 ? pixels_.data() + i * columns : nullptr; }
  const float* pixels() const { return pixels_.data(); }

 private:
  std::vector<float> pixels_;
};
struct Packet {
  std::uint8_t* payload = nullptr;
  int length = 0;
  void attach() { payload = store, length = 3; }
  void tear() { length = -1; }
  static inline std::uint8_t store[3] = {1, 2, 3};
};
// Not terminated: only size() says where it ends.
class Slice {
 public:
  Slice(const char* d, std::size_t n) : data_(d), size_(n) {}
  void set(const char* data, std::size_t size) { data_ = data, size_ = size; }
  const char* data() const { return data_; }
  std::size_t size() const { return size_; }
  char front() const { return size_ ? data_[0] : '?'; }

 private:
  const char* data_;
  std::size_t size_;
};
class Blob {
 public:
  explicit Blob(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
  const std::uint8_t* data() const { return bytes_.data(); }
  std::size_t size() const { return bytes_.size(); }

 private:
  std::vector<std::uint8_t> bytes_;
};
class Watch {
 public:
  void watch(double* data, std::size_t size) { data_ = data, size_ = size; }
  double sum() const {
    double out = 0;
    for (std::size_t i = 0; i < size_; ++i) out += data_[i];
    return out;
  }

 private:
  double* data_ = nullptr;
  std::size_t size_ = 0;
};

// Arrays of pointers are made for the call.
struct Weight {
  double kilos = 0;
};
inline const Weight* heaviest(const Weight* const* weights, int n) {
  const Weight* found = nullptr;
  for (int i = 0; i < n; ++i) {
    if (!found || weights[i]->kilos > found->kilos) found = weights[i];
  }
  return weights[n] == nullptr ? found : nullptr;
}
inline double total(const Weight* const weights[], std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += weights[i]->kilos;
  return sum;
}
inline std::string joined(const char* const words[], int argc) {
  std::string out;
  for (int i = 0; i < argc; ++i) out += std::string(words[i]) + ";";
  return out;
}
inline double scaled(double by, const double x[], int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += by * x[i];
  return sum;
}
// What Python cannot write to, it means to be read.
inline const char* skip_space(const char* text) { return *text == ' ' ? text + 1 : text; }
inline char* skip_space(char* text) { return *text == ' ' ? text + 1 : text; }
class Route {
 public:
  Route() = default;
  Route(const Route&) = delete;
  const char* const* names() const { return names_; }
  const char* const* stops() const { return names_; }
  const std::map<std::string, double*>& gauges() const { return gauges_; }
  std::vector<const int*> marks() const { return {&size, nullptr}; }
  double* times(int& count) {
    count = 2;
    return times_;
  }
  const char*& name(int place) { return names_[place ? 1 : 0]; }
  Weight*& load() { return load_; }
  const int size = 3;

 private:
  const char* names_[3] = {"oak", "ash", nullptr};
  double times_[2] = {0.5, 1.5};
  std::map<std::string, double*> gauges_ = {{"first", &times_[0]}, {"second", &times_[1]}, {"third", nullptr}};
  Weight weight_{4};
  Weight* load_ = &weight_;
};

// What Python overrides gets a copy of the bytes.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual long on_data(const std::uint8_t* data, std::size_t size) { return checksum(data, static_cast<unsigned>(size)); }
  virtual double on_samples(const double* samples, int count) = 0;
};
inline long feed(Listener& listener, const std::vector<std::uint8_t>& bytes) { return listener.on_data(bytes.data(), bytes.size()); }
inline double play(Listener& listener) {
  const double samples[] = {1, 2, 4};
  return listener.on_samples(samples, 3);
}

}  // namespace lengths
