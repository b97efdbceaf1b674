// Uses scene, and shapes only through it.
#pragma once
#include "scene.h"
namespace film {

class Star : public scene::Actor {
 public:
  Star() : Actor(6) { tag = "star"; }
  int fame = 1;
};
inline double area(const shapes::Shape& shape) { return shape.area(); }
inline int lines(const scene::Actor& actor) { return actor.lines; }
inline std::unique_ptr<scene::Actor> cast(bool star) {
  if (star) return std::make_unique<Star>();
  return std::make_unique<scene::Actor>();
}

}  // namespace film
