#include "geometry.h"

#include <algorithm>
#include <sstream>

namespace geometry {
namespace {

double cross(const Point& a, const Point& b) { return a.x * b.y - a.y * b.x; }

std::vector<Point> rectangle_corners(const Point& corner, double width, double height) {
  if (width < 0 || height < 0) throw GeometryError("a rectangle has no negative sides");
  return {corner, corner + Point{width, 0}, corner + Point{width, height}, corner + Point{0, height}};
}

// Calls visit(from, to) for each edge, the closing one first.
template <class Visit>
void each_edge(const std::vector<Point>& corners, Visit visit) {
  const Point* from = &corners.back();
  for (const Point& to : corners) {
    visit(*from, to);
    from = &to;
  }
}

}  // namespace

std::string Shape::describe() const {
  std::ostringstream text;
  text << name_ << " of area " << area();
  return text.str();
}

Circle::Circle(Point center, double radius) : Shape("circle"), center_(center), radius_(radius) {
  if (radius < 0) throw GeometryError("a circle has no negative radius");
}

bool Circle::contains(const Point& point) const { return distance(point, center_) <= radius_; }

Polygon::Polygon(std::vector<Point> corners, std::string name) : Shape(std::move(name)), corners_(std::move(corners)) {
  if (corners_.size() < 3) throw GeometryError("a polygon has at least three corners");
}

double Polygon::area() const {
  double twice = 0;
  each_edge(corners_, [&](const Point& from, const Point& to) { twice += cross(from, to); });
  return std::abs(twice) / 2;
}

double Polygon::perimeter() const {
  double length = 0;
  each_edge(corners_, [&](const Point& from, const Point& to) { length += distance(from, to); });
  return length;
}

bool Polygon::contains(const Point& point) const {
  bool inside = false;
  each_edge(corners_, [&](const Point& from, const Point& to) {
    if ((from.y > point.y) == (to.y > point.y)) return;
    const double x = from.x + (point.y - from.y) / (to.y - from.y) * (to.x - from.x);
    if (point.x < x) inside = !inside;
  });
  return inside;
}

const Point& Polygon::nearest(const Point& point) const {
  return *std::min_element(corners_.begin(), corners_.end(),
                           [&](const Point& a, const Point& b) { return distance(a, point) < distance(b, point); });
}

Rectangle::Rectangle(const Point& corner, double width, double height)
    : Polygon(rectangle_corners(corner, width, height), "rectangle"), width(width), height(height) {}

std::unique_ptr<Rectangle> Rectangle::square(double side) { return std::make_unique<Rectangle>(origin, side, side); }

double distance(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

Side side(const Point& point, const Point& from, const Point& to, double tolerance) {
  const double area = cross(to - from, point - from);
  if (std::abs(area) <= tolerance) return Side::on;
  return area > 0 ? Side::left : Side::right;
}

std::optional<Point> intersection(const Point& a, const Point& b, const Point& c, const Point& d) {
  const double parallel = cross(b - a, d - c);
  if (parallel == 0) return std::nullopt;
  const double first = cross(c - a, d - c) / parallel;
  const double second = cross(c - a, b - a) / parallel;
  if (first < 0 || first > 1 || second < 0 || second > 1) return std::nullopt;
  return a + first * (b - a);
}

const Shape& larger(const Shape& a, const Shape& b) { return b.area() > a.area() ? b : a; }

double total_area(const std::vector<std::shared_ptr<Shape>>& shapes) {
  double total = 0;
  for (const auto& shape : shapes) {
    if (!shape) throw std::invalid_argument("there is no shape to measure");
    total += shape->area();
  }
  return total;
}

namespace scene {

NodePtr Node::add(NodePtr child) {
  if (!child) throw std::invalid_argument("there is no node to add");
  if (child->reaches(this)) throw GeometryError("a node cannot be part of itself");
  children_.push_back(child);
  return child;
}

bool Node::reaches(const Node* node) const {
  return this == node || std::ranges::any_of(children_, [node](const NodePtr& child) { return child->reaches(node); });
}

NodePtr Node::find(const std::string& name) const {
  for (const NodePtr& child : children_) {
    if (child->name_ == name) return child;
    if (NodePtr found = child->find(name)) return found;
  }
  return nullptr;
}

double Node::area() const {
  double total = shape_ ? shape_->area() : 0;
  for (const NodePtr& child : children_) total += child->area();
  return total;
}

}  // namespace scene
}  // namespace geometry
