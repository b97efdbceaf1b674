// dovetail: rules."shape_*" = { method-of = "Shape" }
// dovetail: rules."shape_new" = { constructor-of = "Shape" }
// dovetail: rules."shape_square" = { constructor-of = "Shape" }
// dovetail: rules."shape_clone" = { method-of = "Shape", returns = "own" }
// dovetail: rules."shape_free" = { destructor-of = "Shape", rename = "close" }
// dovetail: rules."shape_length" = { method-of = "Shape", rename = "__len__" }
// dovetail: rules."Shape" = { context = "close", properties = true }
// dovetail: rules."scale_by" = { method-of = "Shape", rename = "scale" }
// dovetail: rules."find_shape" = { out = ["found"], returns = "own" }
// dovetail: rules."buffer_new" = { constructor-of = "Buffer" }
// dovetail: rules."buffer_free" = { destructor-of = "Buffer" }
// dovetail: rules."point_*" = { method-of = "point_t" }
// dovetail: rules."make_point" = { constructor-of = "point_t" }
// dovetail: rules."makeCounter" = { constructor-of = "Counter" }
// dovetail: rules."counterAdd" = { method-of = "Counter" }
// Plain C with objects: functions become methods, constructors and destructors.
#pragma once
#include <stdlib.h>
#include <string.h>
#ifdef __cplusplus
#include <stdexcept>
extern "C" {
#endif

typedef struct Shape Shape;
Shape* shape_new(double width, double height);
Shape* shape_square(double side, int corners);
void shape_free(Shape* shape);
double shape_area(const Shape* shape);
void shape_grow(Shape* shape, double by);
Shape* shape_clone(const Shape* shape);
int shape_length(const Shape* shape);
int shape_alive(void);
const char* shape_get_name(const Shape* shape);
void shape_set_name(Shape* shape, const char* name);
int shape_same(const Shape* a, const Shape* b);
void scale_by(double factor, Shape* shape, double extra);
int find_shape(int which, Shape** found);
Shape* shape_borrow(Shape* shape);

typedef struct Buffer {
  char* data;
  int size;
} Buffer;
Buffer* buffer_new(int size);
void buffer_free(Buffer* buffer);

typedef struct point_t {
  double x, y;
} point_t;
point_t make_point(double x);
double point_norm(point_t p);
void point_move(point_t* p, double dx);

#ifdef __cplusplus
}

struct Counter {
  int value;
};
inline Counter* makeCounter(int start) {
  if (start < 0) throw std::invalid_argument("negative");
  return start > 1000 ? nullptr : new Counter{start};
}
inline int counterAdd(Counter& counter, int by = 1) { return counter.value += by; }

namespace detail {
struct Data {
  double width, height;
  char name[16];
};
inline Data* data(const Shape* shape) { return reinterpret_cast<Data*>(const_cast<Shape*>(shape)); }
inline int& alive() {
  static int alive = 0;
  return alive;
}
}  // namespace detail
inline Shape* shape_new(double width, double height) {
  if (width < 0) return NULL;
  detail::Data* made = static_cast<detail::Data*>(malloc(sizeof(detail::Data)));
  made->width = width;
  made->height = height;
  strcpy(made->name, "shape");
  ++detail::alive();
  return reinterpret_cast<Shape*>(made);
}
inline Shape* shape_square(double side, int) { return shape_new(side, side); }
inline void shape_free(Shape* shape) {
  --detail::alive();
  free(shape);
}
inline double shape_area(const Shape* shape) { return detail::data(shape)->width * detail::data(shape)->height; }
inline void shape_grow(Shape* shape, double by) { detail::data(shape)->width += by; }
inline Shape* shape_clone(const Shape* shape) { return shape_new(detail::data(shape)->width, detail::data(shape)->height); }
inline int shape_length(const Shape*) { return 2; }
inline int shape_alive(void) { return detail::alive(); }
inline const char* shape_get_name(const Shape* shape) { return detail::data(shape)->name; }
inline void shape_set_name(Shape* shape, const char* name) { strncpy(detail::data(shape)->name, name, 15); }
inline int shape_same(const Shape* a, const Shape* b) { return a == b; }
inline void scale_by(double factor, Shape* shape, double extra) { detail::data(shape)->width = detail::data(shape)->width * factor + extra; }
inline int find_shape(int which, Shape** found) {
  *found = which ? shape_new(which, 1) : NULL;
  return which;
}
inline Shape* shape_borrow(Shape* shape) { return shape; }
inline Buffer* buffer_new(int size) {
  if (size < 0 || size > 1000) return NULL;
  Buffer* made = new Buffer{static_cast<char*>(calloc(1, static_cast<size_t>(size) + 1)), size};
  ++detail::alive();
  return made;
}
inline void buffer_free(Buffer* buffer) {
  --detail::alive();
  free(buffer->data);
  delete buffer;
}
inline point_t make_point(double x) { return point_t{x, x}; }
inline double point_norm(point_t p) { return p.x * p.x + p.y * p.y; }
inline void point_move(point_t* p, double dx) { p->x += dx; }
#endif
