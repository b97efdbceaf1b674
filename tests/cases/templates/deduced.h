// dovetail: rules."scale_of" = { skip = true }
// Function templates are instantiated for the types that the API has.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>
namespace deduced {

namespace detail {
// Whole numbers wrap around.
template <class N>
N plus(N a, N b) {
  if constexpr (std::is_integral_v<N>) return static_cast<N>(std::make_unsigned_t<N>(a) + std::make_unsigned_t<N>(b));
  else return a + b;
}
template <class N>
N times(N a, N b) {
  if constexpr (std::is_integral_v<N>) return static_cast<N>(std::make_unsigned_t<N>(a) * std::make_unsigned_t<N>(b));
  else return a * b;
}
}  // namespace detail

struct Point {
  double x = 0;
  double y = 0;
};

template <class T>
struct Vec {
  T x{};
  T y{};
  Vec() = default;
  Vec(T x, T y) : x(x), y(y) {}
  /// From a vector of other numbers.
  template <class U>
  explicit Vec(const Vec<U>& other) : x(static_cast<T>(other.x)), y(static_cast<T>(other.y)) {}
  /// The scalar product with a vector of other numbers.
  template <class U>
  auto product(const Vec<U>& other) const {
    using N = decltype(x * other.x);
    return detail::plus<N>(detail::times<N>(x, other.x), detail::times<N>(y, other.y));
  }
  /// What C++ deduces: a pointer to itself, or nothing where x is zero.
  auto* itself() { return x != T{} ? this : nullptr; }
  auto total() const { return detail::plus<decltype(x + y)>(x, y); }
  template <class U>
  static bool alike(const Vec<U>& one, const Vec<U>& other) {
    return one.x == other.x && one.y == other.y;
  }
};

using Vecf = Vec<float>;
using Vecd = Vec<double>;
using Veci = Vec<int>;

template <class T>
Vec<T> operator+(const Vec<T>& a, const Vec<T>& b) {
  return Vec<T>(detail::plus(a.x, b.x), detail::plus(a.y, b.y));
}
template <class T>
Vec<T> operator*(const Vec<T>& a, T s) {
  return Vec<T>(detail::times(a.x, s), detail::times(a.y, s));
}
template <class T>
Vec<T> operator*(T s, const Vec<T>& a) {
  return a * s;
}
template <class T>
bool operator==(const Vec<T>& a, const Vec<T>& b) {
  return a.x == b.x && a.y == b.y;
}
template <class T>
Vec<T>& operator+=(Vec<T>& a, const Vec<T>& b) {
  return a = a + b;
}

/// The scalar product.
template <class T>
T dot(const Vec<T>& a, const Vec<T>& b) {
  return a.x * b.x + a.y * b.y;
}
template <class T, class U>
auto mixed(const Vec<T>& a, const Vec<U>& b) {
  return a.x * b.x + a.y * b.y;
}

// Constraints count: only where they hold.
template <std::integral T>
T half(const Vec<T>& a) {
  return a.x / 2;
}
template <class T, class = std::enable_if_t<std::is_same_v<T, double>>>
T exact(const Vec<T>& a) {
  return a.x;
}
// The body does not compile for any of them.
template <class T>
std::size_t length(const Vec<T>& a) {
  return a.x.length();
}

// Values, defaults of template parameters, elements of std containers, smart pointers.
template <class T, std::size_t N = 2>
struct Row {
  T at[N];
};
using Pair = Row<int>;
using Triple = Row<double, 3>;
template <class T, std::size_t N>
T sum(const Row<T, N>& row) {
  T total{};
  for (const T& each : row.at) total += each;
  return total;
}
template <class T, class A>
const T& last(const std::vector<T, A>& values) {
  return values.at(values.size() - 1);
}
template <class T>
bool is_set(const std::shared_ptr<T>& pointer) {
  return pointer != nullptr;
}
template <class T>
Vec<T> filled(const std::vector<T>& values, T otherwise, const char* why = "") {
  return values.empty() ? Vec<T>(otherwise, T(*why)) : Vec<T>(values[0], otherwise);
}
inline std::vector<int> whole() { return {1, 2, 3}; }
inline std::vector<Point> points() { return {Point{1, 2}}; }
inline std::shared_ptr<Point> shared() { return std::make_shared<Point>(); }

// Nothing settles T, nor U; a rule says skip.
template <class T>
T largest(T a, T b) {
  return a < b ? b : a;
}
template <class T, class U>
U convert(const Vec<T>& a, const std::string&, U otherwise) {
  return a.x > 0 ? U(a.x) : otherwise;
}
template <class T>
T scale_of(const Vec<T>& a) {
  return a.x;
}

/// Its friend is found by its arguments alone.
struct Origin {
  template <class T>
  friend T distance(const Origin&, const Vec<T>& vec) {
    return vec.x < 0 ? -vec.x : vec.x;
  }
};

/// A class of its own, with templates inside.
class Store {
 public:
  Store() = default;
  template <class T>
  explicit Store(const std::vector<T>& values) : size_(values.size()) {}
  template <class T>
  void put(const std::vector<T>& values) {
    size_ += values.size();
  }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};

}  // namespace deduced
