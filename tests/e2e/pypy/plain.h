// What crosses plain C signatures, and some that does not.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace plain {

// ---- numbers and text
inline std::string kind(int) { return "int"; }
inline std::string kind(double) { return "double"; }
inline std::string kind(const std::string& text) { return "text " + text; }
inline std::string kind(bool) { return "bool"; }
inline std::string kind(int, int more) { return "two " + std::to_string(more); }
inline long add(long a, long b = 10, long c = 100) noexcept { return a + b + c; }
inline std::int8_t small(std::int8_t x) { return x; }
inline unsigned long long large(unsigned long long x) { return x; }
inline float single(float x) { return x; }
inline bool negate(bool x) { return !x; }
inline char next(char x) { return static_cast<char>(x + 1); }
inline int lowest() { return -2147483647; }
inline const char* nothing(bool give) { return give ? "something" : nullptr; }
inline std::string echo(std::string_view text) { return std::string(text); }
inline std::size_t measure(const char* text) { return std::string_view(text).size(); }
inline std::filesystem::path parent(const std::filesystem::path& path) { return path.parent_path(); }
inline int hidden(const std::string& text, const std::set<int>& of = {1, 2, 3}) {
  return static_cast<int>(text.size() + of.size());
}

// ---- several values
inline std::pair<int, std::string> both(std::pair<int, std::string> x) { return {x.first + 1, x.second + "!"}; }
inline std::optional<double> half(std::optional<int> x) { return x ? std::optional<double>(*x / 2.0) : std::nullopt; }
inline std::variant<int, std::string, double> same(std::variant<int, std::string, double> x) { return x; }
inline std::tuple<bool, std::complex<double>> turned(std::complex<double> x) { return {true, x * std::complex<double>(0, 1)}; }

// ---- enums
enum class Colour { red = 1, green = 2 };
enum Level { low, high = 5 };
inline Colour other(Colour x = Colour::red) { return x == Colour::red ? Colour::green : Colour::red; }
inline int level(Level x) { return x; }

// ---- exceptions
struct ParseError : std::runtime_error {
  ParseError(const std::string& what, int line) : std::runtime_error(what), line(line) {}
  int line;
};
inline void parse(int line) {
  if (line == 1) throw ParseError("no colon", line);
  if (line == 2) throw std::out_of_range("far out");
  if (line == 3) throw 42;
  if (line == 4) throw std::bad_alloc();
  if (line == 5) {
    try {
      parse(1);
    } catch (...) {
      std::throw_with_nested(std::invalid_argument("outer"));
    }
  }
}

// ---- classes
struct Left {
  int left = 1;
  virtual ~Left() = default;
  int where() const { return left; }
};
struct Right {
  int right = 2;
  virtual ~Right() = default;
  virtual int who() const { return right; }
  void move(int by) { right += by; }
};
struct Both : Left, Right {
  int both = 3;
  int who() const override { return 33; }
};
inline int ask(const Right& it) { return it.who() + it.right; }
inline Right& itself(Right& it) { return it; }
inline std::unique_ptr<Right> make(bool derived) {
  return derived ? std::make_unique<Both>() : std::make_unique<Right>();
}
inline int swallow(std::unique_ptr<Right> it) { return it ? it->who() : -1; }

union Word {
  std::uint32_t whole;
  std::uint8_t byte;
};

class Book {
 public:
  explicit Book(std::string title) : title_(std::move(title)) { ++alive; }
  Book(const Book& other) : title_(other.title_), notes(other.notes) { ++alive; }
  ~Book() { --alive; }
  static Book parse(const std::string& text) { return Book(text); }
  const std::string& title() const { return title_; }
  Book& rename(const std::string& title) {
    title_ = title;
    return *this;
  }
  int operator()(int x) const { return x * 2; }
  int operator[](int x) const { return x + 1; }
  explicit operator bool() const { return !title_.empty(); }
  bool operator==(const Book& other) const { return title_ == other.title_; }
  bool operator<(const Book& other) const { return title_ < other.title_; }
  std::vector<int>& pages() { return pages_; }
  const std::vector<int>& pages() const { return pages_; }
  auto begin() const { return pages_.begin(); }
  auto end() const { return pages_.end(); }
  static constexpr int limit = 7;
  static inline int alive = 0;

 private:
  std::string title_;
  std::vector<int> pages_ = {1, 2, 3};

 public:
  std::map<std::string, int> notes;
  std::array<float, 3> sizes{1, 2, 3};
};
inline int living() { return Book::alive; }

// Looks at a book as long as it lives.
class Reader {
 public:
  explicit Reader(const Book* book) : book_(book) {}
  const std::string& reads() const { return book_->title(); }

 private:
  const Book* book_;
};

class Shelf {
 public:
  std::vector<Book> books;
  std::map<std::string, Book> named;
  std::deque<std::string> words{"a", "b"};
  std::set<int> years{1999, 2001};
  std::vector<std::vector<double>> rows{{1, 2}, {3}};
};

inline double sum(std::span<const double> values) {
  double total = 0;
  for (double each : values) total += each;
  return total;
}
inline void fill(std::span<int> values, int with) {
  for (int& each : values) each = with;
}
inline int count(const std::vector<std::string>& words) { return static_cast<int>(words.size()); }
inline void grow(std::vector<int>& numbers) { numbers.push_back(4); }

inline int counter = 5;
constexpr const char* version = "1.2";

// ---- not without CPython's C API
inline int call(const std::function<int(int)>& f) { return f(1); }

namespace inner {
inline int deep(int x) { return x; }
enum class Deep { here };
}  // namespace inner

}  // namespace plain
