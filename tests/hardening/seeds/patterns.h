#pragma once

namespace t {

template <class T, unsigned N = 3>
struct Array {
  using value_type = T;
  T items[N];
  T& operator[](unsigned i) { return items[i]; }
  const T& operator[](unsigned i) const { return items[i]; }
  unsigned size() const { return N; }
  const T* begin() const { return items; }
  const T* end() const { return items + N; }
  T* begin() { return items; }
  T* end() { return items + N; }
};

template <class T>
struct Pair {
  T first, second;
  Pair(T a, T b) : first(a), second(b) {}
  template <class U>
  Pair<U> as() const { return {U(first), U(second)}; }
};
template <>
struct Pair<bool> {
  int both;
};

template <class T>
using Triple = Array<T, 3>;
using Ints = Array<int, 4>;
typedef Pair<double> Range;

template <class A, class B>
auto add(A a, B b) -> decltype(a + b) { return a + b; }

template <class T>
concept Small = sizeof(T) <= 4;
template <Small T>
T clamp(T value, T low = T(), T high = T(1)) { return value < low ? low : value > high ? high : value; }

Ints make_ints(int start);
Range range(Triple<float> values, const Pair<int>& limits = Pair<int>(0, 1));
Array<Array<char, 2>, 2> grid();

struct Base1 { int a = 1; virtual int f() { return a; } };
struct Base2 { int b = 2; };
struct Diamond : virtual Base1, private Base2 {
  using Base2::b;
  int f() override { return 2; }
  struct Inner { enum { one, two } which; Inner* next; };
  Inner inner;
  static constexpr double pi = 3.14159;
};

}  // namespace t
