// dovetail: rules."on_event" = { keeps = ["f"] }
// dovetail: rules."Bell::on_ring" = { keeps = ["f"] }
// dovetail: rules."c_maybe" = { nullable = ["f"] }
// dovetail: rules."c_on_thread" = { release-gil = true }
// Pointers to functions: bare, with user data, through C.
#pragma once
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
namespace pointers {

struct Row {
  int id = 0;
};

// ---- bare

inline int apply(int (*f)(int), int value) { return f(value); }
inline int apply_or(int value, int (*f)(int) = nullptr) { return f ? f(value) : -value; }
inline double (*stored)(double, double) = nullptr;
inline void store(double (*f)(double, double)) { stored = f; }
inline double call_stored(double a, double b) { return stored ? stored(a, b) : 0.0; }
inline int twice(int value) { return 2 * value; }
using IntFunction = int (*)(int);
inline IntFunction doubler() { return &twice; }
inline IntFunction nothing() { return nullptr; }
inline IntFunction same(IntFunction f) { return f; }
inline void rows(void (*f)(Row&)) {
  Row row{5};
  f(row);
}
inline std::string caught(void (*f)()) {
  try {
    f();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}
inline int careful(int (*f)(int) noexcept) { return f(1) + f(2); }
struct Table {
  int (*op)(int, int) = nullptr;
  int run(int a, int b) const { return op ? op(a, b) : 0; }
};

class Parser {
 public:
  void define(const std::string& name, double (*f)()) { log.push_back(name + " 0 " + std::to_string(f())); }
  void define(const std::string& name, double (*f)(double)) { log.push_back(name + " 1 " + std::to_string(f(1))); }
  void define(const std::string& name, double (*f)(double, double)) { log.push_back(name + " 2 " + std::to_string(f(1, 2))); }
  std::vector<std::string> log;
};

// ---- with user data

inline int each(int count, int (*visit)(int index, void* data), void* data) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += visit(i, data);
  return sum;
}
inline void first(void* data, void (*f)(void*, const char*)) { f(data, "text"); }
inline void (*event)(void*, int) = nullptr;
inline void* event_data = nullptr;
inline void on_event(void (*f)(void*, int), void* data) {
  event = f;
  event_data = data;
}
inline void forget(void (*f)(void*, int), void* data) { on_event(f, data); }
inline void fire(int value) { event(event_data, value); }
class Bell {
 public:
  void on_ring(void (*f)(void*), void* data) {
    f_ = f;
    data_ = data;
  }
  void ring() { f_(data_); }

 private:
  void (*f_)(void*) = nullptr;
  void* data_ = nullptr;
};

// ---- through C

extern "C" {
inline int c_sum(int (*f)(int), int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += f(i);
  return sum;
}
inline int c_each(int count, int (*f)(void*, int), void* data) {
  int calls = 0;
  for (int i = 0; i < count; ++i, ++calls) {
    if (f(data, i) != 0) break;
  }
  return calls;
}
inline int c_maybe(void (*f)(void*), void* data) {
  if (f) f(data);
  return f != nullptr;
}
inline void c_on_thread(void (*f)(void*), void* data) {
  std::thread([=] { f(data); }).join();
}
inline void (*c_event)(void*, int) = nullptr;
inline void* c_event_data = nullptr;
inline void c_forget(void (*f)(void*, int), void* data) {
  c_event = f;
  c_event_data = data;
}
inline void c_fire(int value) {
  if (c_event) c_event(c_event_data, value);
}
inline void c_fire_first(void (*f)(void*), void* data) {
  c_fire(1);
  f(data);
}
}

// ---- not bound

inline void raw(void (*f)(const void*)) { f(nullptr); }
inline void message(void (*f)(const char*, ...)) { f("%d", 1); }

}  // namespace pointers
