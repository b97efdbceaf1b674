// dovetail: rules."put_slowly" = { release-gil = true }
// dovetail: rules."keep_*" = { keeps = ["file", "out"] }
// dovetail: rules."start_log" = { keeps = ["file"] }
// dovetail: rules."sum" = { release-gil = true }
// Streams: Python files where C++ reads and writes, and the operators of streams.
#pragma once
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <istream>
#include <ostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>
namespace streams {

struct Vec {
  double x = 0;
  double y = 0;
  friend std::ostream& operator<<(std::ostream& out, const Vec& v) { return out << v.x << ' ' << v.y; }
  friend std::istream& operator>>(std::istream& in, Vec& v) { return in >> v.x >> v.y; }
};

inline void print_to(std::ostream& out, const Vec& v) { out << "Vec " << v << '\n'; }
inline std::istream& operator<<(Vec& v, std::istream& in) { return in >> v; }
inline std::ostream& operator>>(const Vec& v, std::ostream& out) { return out << v; }
inline std::system_error missing(const std::string& name) {
  return std::system_error(std::make_error_code(std::errc::no_such_file_or_directory), name);
}
inline std::ostream& put(std::ostream& out, const std::string& text) { return out << text; }
inline int put_many(std::ostream& out, int count) {
  for (int i = 0; i < count; ++i) out << i << ' ';
  return count;
}
inline void put_raw(std::ostream& out, const std::string& bytes) { out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())); }
inline void put_flushed(std::ostream& out, const std::string& first, const std::string& second) {
  out << first << std::flush << second;
}
inline void put_and_fail(std::ostream& out) {
  out << "before";
  throw std::runtime_error("after");
}
inline void log_to(std::ostream* out = nullptr) {
  if (out) *out << "logged";
}
inline const char* greet(std::ostream& out = std::cerr) {
  out << "";
  return "hello";
}
inline void put_slowly(std::ostream& out, int count) {
  for (int i = 0; i < count; ++i) out << "line " << i << std::endl;
}

inline std::string word(std::istream& in) {
  std::string found;
  in >> found;
  return found;
}
inline std::string line(std::istream& in) {
  std::string found;
  std::getline(in, found);
  return found;
}
inline int sum(std::istream& in) {
  int total = 0, next = 0;
  while (in >> next) total += next;
  return total;
}
inline long long size_of(std::istream& in) {
  in.seekg(0, std::ios::end);
  const long long end = in.tellg();
  in.seekg(0);
  return end;
}
inline std::string last_three(std::istream& in) {
  in.seekg(-3, std::ios::end);
  std::string text(3, ' ');
  in.read(text.data(), 3);
  return text;
}
inline bool go_before_start(std::istream& in) {
  in.seekg(-10, std::ios::beg);
  const bool failed = in.fail();
  in.clear();
  return failed;
}

// Reads a word and answers behind what is there.
inline std::iostream& answer(std::iostream& both) {
  std::string asked;
  both >> asked;
  both.clear();
  both.seekp(0, std::ios::end);
  both << "<" << asked << ">";
  return both;
}

struct Hidden {
  int value = 0;
  std::wostream* unused = nullptr;
};
inline std::wostream& operator<<(std::wostream& out, const Hidden& h) { return out << h.value; }
inline std::wistream& operator>>(std::wistream& in, Hidden& h) { return in >> h.value; }

class Journal {
 public:
  void save(std::ostream& out) const { out << text_; }
  void load(std::istream& in) { std::getline(in, text_, '\0'); }
  Journal& operator<<(const std::string& more) {
    text_ += more;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Keeps its stream, and writes to it when it ends.
class Writer {
 public:
  explicit Writer(std::ostream& out, const std::string& first = "") : out_(&out) { *out_ << first; }
  Writer& write(const std::string& text) {
    *out_ << text;
    return *this;
  }
  bool write_safely(const std::string& text) noexcept { return static_cast<bool>(*out_ << text); }
  ~Writer() { *out_ << '.'; }

 private:
  std::ostream* out_;
};
class Words {
 public:
  explicit Words(std::istream* in = nullptr) : in_(in) {
    if (in_) *in_ >> first_;
  }
  std::string first() const { return first_; }
  std::string next() {
    std::string word;
    if (in_) *in_ >> word;
    return word;
  }

 private:
  std::istream* in_;
  std::string first_;
};

// Files of C.
inline bool put_c(std::FILE* file, const char* text) { return std::fputs(text, file) >= 0; }
inline std::string get_c(std::FILE* file, int most) {
  std::string text;
  for (int c; most-- > 0 && (c = std::fgetc(file)) != EOF;) text.push_back(static_cast<char>(c));
  return text;
}
inline bool is_open(std::FILE* file = nullptr) { return file != nullptr; }
class Logged {
 public:
  explicit Logged(std::FILE* file) : file_(file) {}
  std::FILE* file() const { return file_; }
  void put(const char* text) { std::fputs(text, file_); }
  ~Logged() { std::fputs("end\n", file_); }
  Logged(const Logged&) = delete;

 private:
  std::FILE* file_;
};
struct Sink {
  std::FILE* file = nullptr;
  std::ostream* out = nullptr;
};
inline void start_log(Sink* sink, std::FILE* file) { sink->file = file; }
inline void put_to(const Sink& sink, const char* text) {
  if (sink.file) std::fputs(text, sink.file);
  if (sink.out) *sink.out << text;
}
// No object keeps what these keep.
inline Sink& global_sink() {
  static Sink sink;
  return sink;
}
inline void keep_file(std::FILE* file) { global_sink().file = file; }
inline void keep_stream(std::ostream& out) { global_sink().out = &out; }

// Counts how often it was printed.
struct Counter {
  int printed = 0;
};
inline std::ostream& operator<<(std::ostream& out, Counter& c) { return out << ++c.printed; }
inline std::ostream& operator<<(std::ostream& out, Counter&& c) { return out << c; }
class Owner {
 public:
  const Counter& counter() const { return counter_; }

 private:
  Counter counter_;
};

// Printed, and no class of Python's.
using Track = std::vector<Vec>;
enum class Mode { slow, fast };
inline std::ostream& operator<<(std::ostream& out, const Track& track) {
  for (const Vec& v : track) out << v << ';';
  return out;
}
inline std::ostream& operator<<(std::ostream& out, Mode mode) { return out << (mode == Mode::fast ? "fast" : "slow"); }

inline namespace literals {
constexpr Vec operator""_x(long double x) { return Vec{static_cast<double>(x), 0}; }
constexpr unsigned long long operator""_dozen(unsigned long long n) { return 12 * n; }
inline std::string operator""_loud(const char* s, std::size_t n) { return std::string(s, n) + "!"; }
inline std::string operator""_loud(const char16_t*, std::size_t n) { return std::string(n, '?'); }
inline int operator""_wide(const wchar_t*, std::size_t n) { return static_cast<int>(n); }
}  // namespace literals

}  // namespace streams
