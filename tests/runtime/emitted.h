// What the plan of test_emitted.py is about: shapes of code that the cases do not reach through a header's own words.
#pragma once
#include <stdexcept>
#include <string>

namespace emitted {

struct Error : std::runtime_error {
  enum class Kind { small = 1, large = 2 };
  Error(const char* text, Kind kind) : std::runtime_error(text), kind(kind) {}
  Kind kind;
};

struct Hidden {
  int value = 7;
};

// `c` cannot be given without `b`, whose default only C++ knows.
inline int sum(int a, int b = Hidden().value, int c = 100) { return a + b + c; }

inline int divide(int left, int right, int* rest) {
  if (!right) throw Error("by zero", Error::Kind::large);
  *rest = left % right;
  return left / right;
}

struct Point {
  int x;
  int y;
  unsigned low : 3;
  static int made;
  static const int dimensions = 2;  // without a definition: has no address
  Point& move(int by) {
    x += by;
    return *this;
  }
  static Point origin() { return {0, 0, 0}; }
};
inline int Point::made = 3;

// operator& is not for addresses here.
struct Odd {
  Point point{1, 2, 3};
  const Point& get() const { return point; }
};

inline int shapes(int shapes_) { return shapes_ * 2; }

}  // namespace emitted

inline int area(int side) { return side * side; }
