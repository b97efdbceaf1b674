// What other modules use: classes at and off the first address, an enum, a container, an exception, a nested class.
#pragma once
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
namespace shapes {

struct Engine;  // defined by whoever uses this module
inline bool is_there(const Engine* engine) { return engine != nullptr; }

enum class Mode { slow, fast };

class Failure : public std::runtime_error {
 public:
  Failure(const std::string& text, Mode mode) : std::runtime_error(text), mode(mode) {}
  Mode mode;
};

class Shape {
 public:
  explicit Shape(double size = 1) : size(size) {}
  virtual ~Shape() = default;
  virtual double area() const { return size * size; }
  Shape& self() { return *this; }
  Mode mode() const { return Mode::fast; }
  double size;
  struct Corner {
    int index = 0;
  };
  Corner corner(int index) const { return {index}; }
};
class Circle : public Shape {
 public:
  using Shape::Shape;
  double area() const override { return 3 * size * size; }
};
struct Tagged {
  virtual ~Tagged() = default;
  std::string tag = "none";
  const std::string& get_tag() const { return tag; }
};

using Sizes = std::vector<double>;
inline Sizes sizes(int count) { return Sizes(static_cast<size_t>(count), 2.0); }
inline double area(const Shape& shape) { return shape.area(); }
inline std::string tag_of(const Tagged& tagged) { return tagged.tag; }
inline Shape* same(Shape* shape) { return shape; }
inline const Tagged& same_tagged(const Tagged& tagged) { return tagged; }
inline int consume(std::unique_ptr<Shape> shape) { return static_cast<int>(shape->size); }
inline void fail(Mode mode) { throw Failure("failed", mode); }
inline std::shared_ptr<Shape> kept;
inline void keep(std::shared_ptr<Shape> shape) { kept = std::move(shape); }
inline long holders() { return kept.use_count(); }

}  // namespace shapes
