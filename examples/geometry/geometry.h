/// Shapes in the plane: enough of a library to show what a binding has to cope with.
#pragma once

#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace geometry {

/// A place, or a way from one place to another.
struct Point {
  double x = 0;
  double y = 0;

  Point& operator+=(const Point& other) {
    x += other.x;
    y += other.y;
    return *this;
  }
  bool operator==(const Point&) const = default;
};

inline Point operator+(Point a, const Point& b) { return a += b; }
inline Point operator-(const Point& a, const Point& b) { return {a.x - b.x, a.y - b.y}; }
inline Point operator-(const Point& p) { return {-p.x, -p.y}; }
inline Point operator*(const Point& p, double factor) { return {p.x * factor, p.y * factor}; }
inline Point operator*(double factor, const Point& p) { return p * factor; }

constexpr Point origin{};
constexpr double pi = 3.14159265358979323846;

enum class Side { left, right, on };

/// Thrown for shapes that cannot exist.
class GeometryError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// Anything with an area.
class Shape {
 public:
  virtual ~Shape() = default;

  virtual double area() const = 0;
  virtual double perimeter() const = 0;
  virtual bool contains(const Point& point) const = 0;
  virtual std::string describe() const;

  const std::string& name() const { return name_; }
  void rename(const std::string& name) { name_ = name; }

 protected:
  explicit Shape(std::string name) : name_(std::move(name)) {}

 private:
  std::string name_;
};

class Circle : public Shape {
 public:
  /// @throws GeometryError if the radius is negative
  explicit Circle(Point center = origin, double radius = 1);

  double area() const override { return pi * radius_ * radius_; }
  double perimeter() const override { return 2 * pi * radius_; }
  bool contains(const Point& point) const override;

  const Point& center() const { return center_; }
  double radius() const { return radius_; }

 private:
  Point center_;
  double radius_;
};

/// A closed line through its corners, in order.
class Polygon : public Shape {
 public:
  /// @throws GeometryError for fewer than three corners
  explicit Polygon(std::vector<Point> corners, std::string name = "polygon");

  double area() const override;
  double perimeter() const override;
  bool contains(const Point& point) const override;

  const std::vector<Point>& corners() const { return corners_; }
  void add(const Point& corner) { corners_.push_back(corner); }
  std::size_t size() const { return corners_.size(); }

  /// The corner nearest to a point.
  const Point& nearest(const Point& point) const;

 private:
  std::vector<Point> corners_;
};

class Rectangle final : public Polygon {
 public:
  Rectangle(const Point& corner, double width, double height);

  static std::unique_ptr<Rectangle> square(double side);

  double width;
  double height;
};

/// @brief The distance between two points.
/// @param b defaults to the origin
double distance(const Point& a, const Point& b = origin);

/// On which side of the line from `from` to `to` a point lies.
Side side(const Point& point, const Point& from, const Point& to, double tolerance = 1e-9);

/// Where two segments meet, if they do.
std::optional<Point> intersection(const Point& a, const Point& b, const Point& c, const Point& d);

/// The larger of two shapes.
const Shape& larger(const Shape& a, const Shape& b);

/// The total area, with overlaps counted twice.
double total_area(const std::vector<std::shared_ptr<Shape>>& shapes);

/// Drawings: shapes placed in groups that may share their parts.
namespace scene {

class Node;
using NodePtr = std::shared_ptr<Node>;

class Node {
 public:
  explicit Node(std::string name, std::shared_ptr<Shape> shape = nullptr)
      : name_(std::move(name)), shape_(std::move(shape)) {}

  const std::string& name() const { return name_; }
  std::shared_ptr<Shape> shape() const { return shape_; }

  /// Adds a node, which other nodes may hold as well, and returns it.
  /// @throws GeometryError if this node would become part of itself
  NodePtr add(NodePtr child);
  const std::vector<NodePtr>& children() const { return children_; }

  /// The first node of that name below this one.
  NodePtr find(const std::string& name) const;

  /// The area of all the shapes below and including this node.
  double area() const;

 private:
  bool reaches(const Node* node) const;

  std::string name_;
  std::shared_ptr<Shape> shape_;
  std::vector<NodePtr> children_;
};

}  // namespace scene
}  // namespace geometry
