// Plain structs: fields by position and keyword, repr, comparison, copy, pickle.
#pragma once
#include <string>
#include <vector>
namespace aggregates {

/// A point in the plane.
struct Point {
  double x = 0;  ///< to the right
  double y = 0;  ///< upwards
};

struct Segment {
  Point from;
  Point to;
  std::string label = "segment";
};

struct Bits {
  unsigned low : 3;
  unsigned high : 5;
};

struct Mixed {
  union {
    int number;
    float real;
  };
  int pair[2];
  const char* text;
};

struct Nested {
  struct Inner {
    int value;
  };
  Inner inner;
  std::vector<int> numbers;
};

struct NoDefault {
  int& reference;
};

/// More than the aggregate that it is derived from.
struct Labelled : Point {
  int number = 0;
};
struct Holder {
  Labelled labelled;
};

inline double dot(const Point& a, const Point& b) { return a.x * b.x + a.y * b.y; }
inline Point middle(Segment segment) { return {(segment.from.x + segment.to.x) / 2, (segment.from.y + segment.to.y) / 2}; }

}  // namespace aggregates
