// A small hierarchy: constructors, methods, fields, statics, virtual calls, single inheritance.
#pragma once
#include <stdexcept>
#include <string>
namespace shapes {

/// Anything with an area.
class Shape {
 public:
  explicit Shape(std::string name) : name_(std::move(name)) { ++alive; }
  Shape(const Shape& other) : name_(other.name_) { ++alive; }
  virtual ~Shape() { --alive; }
  Shape& operator=(const Shape&) = default;

  /// What it is called.
  const std::string& name() const { return name_; }
  void rename(const std::string& name) { name_ = name; }
  virtual double area() const = 0;
  virtual std::string describe() const { return name_ + " of area " + std::to_string(static_cast<int>(area())); }

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
  const int corners = 0;
};

class Square final : public Shape {
 public:
  Square(double side, const std::string& name) : Shape(name), side_(side) {}
  double area() const override { return side_ * side_; }
  double side() const { return side_; }
  void side(double value) { side_ = value; }

 private:
  double side_;
};

class Loud : public Circle {
 public:
  using Circle::Circle;
  std::string describe() const override { return "LOUD"; }
};

inline double area(const Shape& shape, double scale = 1.0) { return shape.area() * scale; }
/// Pass NULL for shape to get "nothing".
inline std::string describe(const Shape* shape) { return shape ? shape->describe() : "nothing"; }
inline const Shape* larger(const Shape& left, const Shape& right) { return left.area() < right.area() ? &right : &left; }
inline Shape* none() { return nullptr; }

/// No public constructor, no public destructor.
class Single {
 public:
  static Single& instance() {
    static Single single;
    return single;
  }
  int count = 0;
  Single(const Single&) = delete;

 private:
  Single() = default;
  ~Single() = default;
};

class MoveOnly {
 public:
  explicit MoveOnly(int value) : value_(value) {}
  MoveOnly(MoveOnly&&) = default;
  MoveOnly& operator=(MoveOnly&&) = default;
  int value() const { return value_; }

 private:
  int value_;
};
inline MoveOnly make_move_only(int value) { return MoveOnly(value); }
inline int consume(MoveOnly only) { return only.value(); }

}  // namespace shapes
