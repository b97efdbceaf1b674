// What has a native signature, and what has none.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace signatures {

enum class Mode : unsigned char { slow = 1, fast = 2 };

struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline long inc(long x) noexcept { return x + 1; }
inline int refuse(int x) {
  if (x < 0) throw Refused("below zero");
  return x;
}
inline void check(double x) {
  if (x != x) throw std::domain_error("not a number");
}
inline bool even(std::int64_t n) { return n % 2 == 0; }
inline std::uint8_t small(std::uint8_t n) noexcept { return n; }
inline unsigned long long big(unsigned long long n) noexcept { return n; }
inline float half(const float& x) noexcept { return x / 2; }
inline Mode flip(Mode mode) noexcept { return mode == Mode::slow ? Mode::fast : Mode::slow; }
inline char letter(char c) noexcept { return c; }
inline void nothing() noexcept {}

// Overloads are numbered.
inline int pick(int x) noexcept { return x; }
inline int pick(const std::string& text) { return int(text.size()); }
inline double pick(double x) noexcept { return -x; }

class Row {
 public:
  explicit Row(int width) : width_(width) {}
  double at(int i) const {
    if (i < 0 || i >= width_) throw std::out_of_range("no such column");
    return i * 0.5;
  }
  int width() const noexcept { return width_; }
  void set_width(int width) {
    if (width < 0) throw std::invalid_argument("a negative width");
    width_ = width;
  }
  Row& self() { return *this; }
  const Row* wider(const Row& other) const noexcept { return other.width_ > width_ ? &other : nullptr; }
  static long count() noexcept { return 2; }

  struct Cell {
    int value = 7;
    int get() const noexcept { return value; }
  };

 private:
  int width_;
};
inline int sum(const Row& a, const Row* b) noexcept { return a.width() + (b ? b->width() : 0); }

// Text is its bytes and their number, a vector or array the address of one.
inline const std::vector<Row>& rows() {
  static std::vector<Row> kept{Row(2), Row(4)};
  return kept;
}
inline double total(const std::vector<double>& numbers) {
  double sum = 0;
  for (double number : numbers) sum += number;
  return sum;
}
struct Label {
  std::string text;
  std::variant<long, double> value = 2L;
  const std::string& shown() const { return text; }
  const char* known() const noexcept { return text.empty() ? nullptr : text.c_str(); }
  int compare(std::string_view other) const noexcept { return text.compare(other); }
};
struct Tag : Row, Label {
  Tag() : Row(1) {}
};
inline const std::string& longer(const std::string& a, const std::string& b) { return a.size() < b.size() ? b : a; }

// Made for the caller.
inline std::string name() { return "signatures"; }
inline std::vector<int> list() { return {1}; }
inline Row make(int width) { return Row(width); }

namespace inner {
inline short twice(short x) noexcept { return short(2 * x); }
}  // namespace inner

}  // namespace signatures
