// Instantiations that the API uses are bound by themselves.
#pragma once
#include <string>
namespace templates {

/// A box around one value.
template <class T>
class Box {
 public:
  explicit Box(T value) : value_(value) {}
  /// What is inside.
  const T& get() const { return value_; }
  void set(const T& value) { value_ = value; }

 private:
  T value_;
};

using IntBox = Box<int>;
inline Box<std::string> label(const std::string& text) { return Box<std::string>(text); }
inline int open(const IntBox& box) { return box.get(); }

template <class T, int N>
struct Fixed {
  T values[N];
  int size() const { return N; }
};
using Triple = Fixed<double, 3>;

template <class T>
T smallest(T a, T b) {
  return a < b ? a : b;
}

}  // namespace templates
