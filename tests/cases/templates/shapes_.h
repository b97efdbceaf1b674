// dovetail: rules."Vec" = { instantiate = ["std::uint16_t"] }
// dovetail: rules."Vec::cast" = { instantiate = ["float", "int"] }
// dovetail: rules."Node::as" = { instantiate = ["int", "std::string"] }
// dovetail: rules."Node::Node" = { instantiate = ["long", "Point"] }
// dovetail: rules."power" = { instantiate = ["2", "3"] }
// dovetail: rules."List" = { instantiate = ["Point"] }
// dovetail: rules."larger" = { instantiate = ["int", "double"] }
// dovetail: rules."count_of" = { instantiate = ["std::vector, int"] }
// Templates of every shape, and how Python finds their instantiations.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>
namespace shapes_ {

struct Point {
  double x = 0;
  bool operator==(const Point& other) const { return x == other.x; }
};

template <class T>
class Vec {
 public:
  Vec() = default;
  explicit Vec(T x) : x(x) {}
  template <class U>
  U cast() const {
    return static_cast<U>(x);
  }
  T x{};
};
using Vecf = Vec<float>;
inline Vec<double> wide(const Vecf& v) { return Vec<double>(v.x); }

// Nothing can derive from it.
template <class T>
class Sealed final {
 public:
  explicit Sealed(T value) : value_(value) {}
  T open() const { return value_; }
  template <class U>
  U as() const {
    return static_cast<U>(value_);
  }
  friend bool operator==(const Sealed& a, const Sealed& b) { return a.value_ == b.value_; }

 private:
  T value_;
};
inline Sealed<int> seal(int value) { return Sealed<int>(value); }

// Values and defaults.
template <class T, std::size_t N = 3>
struct Array {
  T at[N] = {};
  std::size_t size() const { return N; }
};
using Array3 = Array<int>;
using Array5 = Array<int, 5>;
enum class Mode { slow, fast };
template <Mode M, bool B = false>
struct Moded {
  Mode mode() const { return M; }
};
using Fast = Moded<Mode::fast>;
template <char C>
struct Letter {
  char get() const { return C; }
};
using LetterA = Letter<'a'>;
template <class T = int>
struct Plain {
  T value{};
};
using PlainInt = Plain<>;

// Packs, templates as arguments.
template <class... T>
struct Pack {
  std::size_t size() const { return sizeof...(T); }
};
using Three = Pack<int, double, std::string>;
using Empty = Pack<>;
template <template <class...> class C, class T>
struct Wrap {
  C<T> inner;
  std::size_t size() const { return inner.size(); }
};
using WrapVector = Wrap<std::vector, int>;
using WrapSet = Wrap<std::set, int>;
template <template <class...> class C, class T>
std::size_t count_of(const C<T>& items, const T& item) {
  std::size_t n = 0;
  for (const T& each : items) n += each == item;
  return n;
}

// Specialisations.
template <class T>
struct Kind {
  std::string name() const { return "other"; }
};
template <>
struct Kind<int> {
  std::string name() const { return "int"; }
  int only_here() const { return 1; }
};
template <class T>
struct Kind<T*> {
  std::string name() const { return "pointer"; }
};
template <class T>
struct Kind<std::vector<T>> {
  std::string name() const { return "vector"; }
};
using KindInt = Kind<int>;
using KindBool = Kind<bool>;
using KindPointer = Kind<const double*>;
using KindVector = Kind<std::vector<Point>>;

// Aliases with arguments.
template <class T>
using List = std::vector<T>;

// Members that are no C++ for some arguments.
template <class T>
struct Ordered {
  T value{};
  bool less(const Ordered& other) const { return value < other.value; }
  bool same(const Ordered& other) const { return value == other.value; }
};
using OrderedInt = Ordered<int>;
using OrderedPoint = Ordered<Point>;

class Node {
 public:
  Node() = default;
  template <class T>
  explicit Node(T value) : text_(spell(value)) {}
  template <class T>
  T as() const {
    if constexpr (std::is_same_v<T, std::string>) {
      return text_;
    } else {
      return static_cast<T>(text_.size());
    }
  }

 private:
  static std::string spell(long value) { return std::to_string(value); }
  static std::string spell(const Point& point) { return "at " + std::to_string(int(point.x)); }
  std::string text_;
};

template <int N>
int power(int x) {
  int result = 1;
  for (int i = 0; i < N; ++i) result *= x;
  return result;
}
template <class T>
T larger(T a, T b) {
  return a < b ? b : a;
}

// Bases that are parameters, and packs of them.
struct Core {
  int core;
  explicit Core(int core) : core(core) {}
};
struct Edge {
  int edge = 2;
};
template <class B>
struct Logged : B {
  using B::B;
  std::string log() const { return "core " + std::to_string(B::core); }
};
using LoggedCore = Logged<Core>;
template <class... B>
struct Mixed : B... {
  std::size_t count() const { return sizeof...(B); }
};
using MixedTwo = Mixed<Point, Edge>;
template <class Self>
struct Counted {
  static int alive;
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --alive; }
};
template <class Self>
int Counted<Self>::alive = 0;
template <class Self>
struct Doubling {
  int doubled() const { return 2 * static_cast<const Self*>(this)->value; }

 protected:
  Doubling() = default;
};
template <class Self, template <class> class... Skills>
struct Skilled : Skills<Self>... {
 protected:
  Skilled() = default;
};
struct Worker : Skilled<Worker, Counted, Doubling> {
  int value = 4;
};

// What members require, and what was written for one type.
template <class T>
struct Measured {
  T value{};
  double length() const requires std::is_floating_point_v<T> { return value; }
  int length() const requires std::is_integral_v<T> { return static_cast<int>(value); }
  T half() const requires std::is_floating_point_v<T> { return value / 2; }
};
using MeasuredInt = Measured<int>;
using MeasuredDouble = Measured<double>;
template <class T>
std::string name_of();
template <>
inline std::string name_of<int>() {
  return "int";
}
template <>
inline std::string name_of<Point>() {
  return "Point";
}
struct Stored {
  template <class T>
  T read() const;
};
template <>
inline int Stored::read<int>() const {
  return 7;
}

// Alternatives that cannot be compared, in containers that can not either.
inline std::size_t kinds(const std::vector<std::variant<Point, Edge>>& all) {
  std::size_t sum = 0;
  for (const auto& each : all) sum += each.index();
  return sum;
}

// A signature as an argument, and an enum that nothing uses but Python.
template <class F>
class Signal;
template <class R, class... A>
class Signal<R(A...)> {
 public:
  enum class Policy { first, all };
  void connect(std::function<R(A...)> slot) { slots_.push_back(std::move(slot)); }
  int emit(A... values) const {
    for (const auto& slot : slots_) slot(values...);
    return static_cast<int>(slots_.size());
  }

 private:
  std::vector<std::function<R(A...)>> slots_;
};
using Moved = Signal<void(int, int)>;
template <class T>
struct Ranked {
  enum class Rank { low, high };
  T value{};
};
using RankedInt = Ranked<int>;

}  // namespace shapes_
