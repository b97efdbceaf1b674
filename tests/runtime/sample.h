// What the hand-written module sample.cpp binds: one of everything the runtime knows.
#pragma once
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sample {

inline int increment(int x) { return x + 1; }
inline double add(double a, double b, double c = 0.5) { return a + b + c; }
inline std::string echo(const std::string& s) { return s; }
inline std::size_t length(std::string_view s) { return s.size(); }
inline const char* c_echo(const char* s = nullptr) { return s; }
inline std::uint8_t byte(std::uint8_t value) { return value; }
inline std::uint64_t wide(std::uint64_t value) { return value; }
inline float narrow(float value) { return value; }
inline bool flip(bool value) { return !value; }
inline char letter(char value) { return value; }

// A small value: lives inside the Python object, nothing is returned by reference.
struct Counter {
  int x;
  explicit Counter(int v = 0) : x(v) {}
  int value() const { return x; }
  void set(int v) { x = v; }
  Counter& bump() {
    ++x;
    return *this;
  }
};
inline int peek(const Counter& c) { return c.x; }
inline Counter make(int v) { return Counter(v); }

// A hierarchy; tracked, because functions return references to it.
class Shape {
 public:
  explicit Shape(std::string name) : name_(std::move(name)) { ++alive; }
  Shape(const Shape& other) : name_(other.name_) { ++alive; }
  virtual ~Shape() { --alive; }
  const std::string& name() const { return name_; }
  void rename(const std::string& name) { name_ = name; }
  virtual double area() const = 0;
  static int alive;

 private:
  std::string name_;
};
inline int Shape::alive = 0;

class Circle : public Shape {
 public:
  explicit Circle(double radius = 1) : Shape("circle"), radius(radius) {
    if (radius < 0) throw std::invalid_argument("a radius is not negative");
  }
  double area() const override { return 3 * radius * radius; }
  Circle& grow(double by) {
    radius += by;
    return *this;
  }
  static Circle unit() { return Circle(1); }
  double radius;
};
inline const Shape* larger(const Shape& left, const Shape& right) { return left.area() < right.area() ? &right : &left; }
inline double area(const Shape& shape, double scale = 1.0) { return shape.area() * scale; }
inline Shape* new_circle(double radius) { return new Circle(radius); }
inline double swallow(std::unique_ptr<Shape> shape) { return shape->area(); }

// Multiple inheritance in memory: Plain lies behind Vtable's pointer.
struct Plain {
  int number = 7;
  int get() const { return number; }
  void put(int value) { number = value; }
};
struct Virtual {
  virtual ~Virtual() = default;
  int padding = 1;
};
struct Offset : Virtual, Plain {
  int own = 9;
};
inline Plain& as_plain(Offset& o) { return o; }

// An aggregate, and one that holds two.
struct Point {
  double x = 0;
  double y = 0;
};
struct Segment {
  Point from;
  Point to;
};

// Elements of a growable container.
class Shelf {
 public:
  Segment& at(std::size_t index) { return segments_.at(index); }
  void push(const Segment& segment) { segments_.push_back(segment); }
  void clear() { segments_.clear(); }
  std::size_t size() const { return segments_.size(); }
  std::vector<Segment>::const_iterator begin() const { return segments_.begin(); }
  std::vector<Segment>::const_iterator end() const { return segments_.end(); }

 private:
  std::vector<Segment> segments_;
};

// A chain of borrowed nodes.
struct Node {
  int value = 0;
  std::unique_ptr<Node> link;
  Node* next() { return link.get(); }
  const Node* next() const { return link.get(); }
};
inline Node build(int count) {
  Node head;
  for (int i = count - 1; i > 0; --i) {
    auto node = std::make_unique<Node>();
    node->value = i;
    node->link = std::move(head.link);
    head.link = std::move(node);
  }
  return head;
}

class MoveOnly {
 public:
  explicit MoveOnly(int value) : value_(new int(value)) {}
  MoveOnly(MoveOnly&&) = default;
  MoveOnly& operator=(MoveOnly&&) = default;
  int value() const { return *value_; }

 private:
  std::unique_ptr<int> value_;
};
inline int consume(MoveOnly only) { return only.value(); }

class Single {
 public:
  static Single& instance() {
    static Single single;
    return single;
  }
  static const Single& constant() { return instance(); }
  int count = 0;
  Single(const Single&) = delete;

 private:
  Single() = default;
  ~Single() = default;
};

struct alignas(64) Aligned {
  double values[8] = {};
  bool aligned() const { return reinterpret_cast<std::uintptr_t>(this) % 64 == 0; }
};

struct Thrower {
  ~Thrower() noexcept(false) { throw std::runtime_error("from a destructor"); }
};

// Keeps a pointer beyond the call.
class Watcher {
 public:
  explicit Watcher(const Counter& counter) : counter_(&counter) {}
  int look() const { return counter_->x; }

 private:
  const Counter* counter_;
};

enum class Color : std::uint8_t { red = 1, green = 2, blue = 4 };
enum Level { low, middle = 5, high };
enum class Access : unsigned { none = 0, read = 1, write = 2 };
inline Color next(Color value) { return value == Color::red ? Color::green : Color::blue; }
inline Color strange() { return static_cast<Color>(99); }
inline int level(Level value = middle) { return value; }
inline Access both() { return static_cast<Access>(3); }

class Error : public std::runtime_error {
 public:
  Error(const std::string& text, int code) : std::runtime_error(text), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};
class ParseError : public Error {
 public:
  explicit ParseError(int line) : Error("bad line", 3), line(line) {}
  int line;
};
void fail(int how);
inline void fail(int how) {
  switch (how) {
    case 0: throw std::out_of_range("out");
    case 1: throw std::invalid_argument("bad");
    case 2: throw std::overflow_error("over");
    case 3: throw std::bad_alloc();
    case 4: throw std::bad_cast();
    case 5: throw std::system_error(2, std::generic_category(), "open");
    case 6: throw 42;
    case 7: throw std::runtime_error("\xff\xfe");
    case 8: throw Error("known", 5);
    case 9: throw ParseError(17);
    case 10:
      try {
        throw std::invalid_argument("inner");
      } catch (...) {
        std::throw_with_nested(std::runtime_error("outer"));
      }
    default: throw std::range_error("range");
  }
}

inline std::string kind(int) { return "int"; }
inline std::string kind(double) { return "double"; }
inline std::string kind(const std::string&) { return "string"; }
inline std::string kind(bool) { return "bool"; }
inline std::string kind(const Shape&) { return "Shape"; }
inline std::string kind(const Circle&) { return "Circle"; }

struct Vec {
  double x = 0, y = 0;
  Vec operator+(const Vec& other) const { return {x + other.x, y + other.y}; }
  bool operator==(const Vec& other) const { return x == other.x && y == other.y; }
  double operator()(double scale) const { return (x + y) * scale; }
  friend Vec operator*(double k, const Vec& v) { return {k * v.x, k * v.y}; }
};

inline int counter = 3;
constexpr int answer = 42;
namespace detail {
inline int twice(int value) { return 2 * value; }
inline int deep = 8;
}  // namespace detail

}  // namespace sample
