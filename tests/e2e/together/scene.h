// Uses shapes: takes and gives its classes, derives from them.
#pragma once
#include "shapes.h"

#include <deque>
namespace shapes {
struct Engine {
  int power = 3;
};
}  // namespace shapes
namespace scene {

inline shapes::Engine* engine() {
  static shapes::Engine only;
  return &only;
}
inline int power(const shapes::Engine& engine) { return engine.power; }

using Form = shapes::Shape;

class Actor : public shapes::Shape, public shapes::Tagged {
 public:
  explicit Actor(double size = 5) : Shape(size) { tag = "actor"; }
  double area() const override { return 100; }
  int lines = 3;
};
class Collapse : public shapes::Failure {
 public:
  explicit Collapse(const std::string& text) : Failure(text, shapes::Mode::slow) {}
  int floor = 7;
};
/// Owns shapes of the other module.
class Stage {
 public:
  void add(std::unique_ptr<shapes::Shape> shape) { shapes_.push_back(std::move(shape)); }
  shapes::Shape& at(size_t index) { return *shapes_.at(index); }
  double total(const shapes::Sizes& sizes) const {
    double sum = 0;
    for (double size : sizes) sum += size;
    return sum;
  }
  shapes::Sizes all() const {
    shapes::Sizes found;
    for (const auto& shape : shapes_) found.push_back(shape->size);
    return found;
  }
  shapes::Mode mode = shapes::Mode::slow;
  shapes::Circle sun{9};

 private:
  std::deque<std::unique_ptr<shapes::Shape>> shapes_;
};

inline double area(const shapes::Shape& shape) { return shape.area(); }
inline std::string tag_of(const shapes::Tagged& tagged) { return tagged.tag; }
inline shapes::Shape* same(shapes::Shape* shape) { return shape; }
inline shapes::Tagged& same_tagged(shapes::Tagged& tagged) { return tagged; }
inline shapes::Shape make(double size) { return shapes::Shape(size); }
inline std::unique_ptr<shapes::Shape> make_owned(int kind) {
  if (kind == 0) return std::make_unique<shapes::Shape>(2);
  if (kind == 1) return std::make_unique<shapes::Circle>(2);
  return std::make_unique<Actor>(2);
}
inline std::shared_ptr<shapes::Shape> make_shared() { return std::make_shared<shapes::Circle>(4); }
inline void grow(shapes::Sizes& sizes) { sizes.push_back(1); }
inline shapes::Mode flip(shapes::Mode mode) { return mode == shapes::Mode::slow ? shapes::Mode::fast : shapes::Mode::slow; }
inline int index_of(const shapes::Shape::Corner& corner) { return corner.index; }
inline std::string choose(const shapes::Shape&) { return "Shape"; }
inline std::string choose(const Actor&) { return "Actor"; }
inline std::string choose(shapes::Mode) { return "Mode"; }
inline void fail() { throw shapes::Failure("from scene", shapes::Mode::fast); }
inline void collapse() { throw Collapse("down"); }

}  // namespace scene
