// Overload sets: the closest conversion wins, then the order of declaration.
#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>
namespace overloads {

struct Base {
  virtual ~Base() = default;
};
struct Derived : Base {};

inline std::string kind(int) { return "int"; }
inline std::string kind(double) { return "double"; }
inline std::string kind(const std::string&) { return "string"; }
inline std::string kind(bool) { return "bool"; }
inline std::string kind(const std::vector<int>&) { return "vector<int>"; }
inline std::string kind(const std::vector<std::string>&) { return "vector<string>"; }

inline std::string wide(long long) { return "long long"; }
inline std::string wide(float) { return "float"; }

// In an order in which what comes first fits, but not best.
inline std::string far(double) { return "double"; }
inline std::string far(short) { return "short"; }
inline std::string far(std::optional<int>) { return "optional<int>"; }
inline std::string far(const std::string&, double) { return "string double"; }
inline std::string far(const std::string&, long) { return "string long"; }
inline std::string far(const std::string&, unsigned) { return "string unsigned"; }
inline std::string far(Base*, bool) { return "Base bool"; }
inline std::string far(double, int, int) { return "double int int"; }
inline std::string far(int, double, int) { return "int double int"; }

inline std::string object(const Base&) { return "Base"; }
inline std::string object(const Derived&) { return "Derived"; }

inline int count() { return 0; }
inline int count(int a) { return a + 1; }
inline int count(int a, int b, int c = 10) { return a + b + c; }

class Box {
 public:
  Box() : kind_("empty") {}
  explicit Box(int) : kind_("int") {}
  explicit Box(const std::string&) : kind_("string") {}
  Box(int, double) : kind_("int double") {}
  const std::string& kind() const { return kind_; }
  std::string put(int) { return "int"; }
  std::string put(double) { return "double"; }
  std::string put(const Box&) { return "box"; }
  static std::string make(int) { return "int"; }
  static std::string make(const std::string&) { return "string"; }
  int& value() { return value_; }
  int value() const { return value_; }

 private:
  std::string kind_;
  int value_ = 5;
};

/// What converts in C++ without a word converts in Python.
struct Metres {
  double value = 0;
};
struct Feet {
  double value = 0;
  operator Metres() const { return Metres{value * 0.3}; }
};
struct Miles {
  double value = 0;
};
class Length {
 public:
  Length(const Metres& metres, int extra = 0) : value_(metres.value + extra) {}
  Length(Feet feet) : value_(feet.value * 0.3) {
    if (feet.value < 0) throw std::invalid_argument("feet go up");
  }
  explicit Length(const Miles& miles) : value_(miles.value * 1600) {}
  double value() const { return value_; }
  bool operator==(const Length& other) const { return value_ == other.value_; }
  bool shorter(const Length& other) const { return value_ < other.value_; }

 private:
  double value_;
};
inline double measure(const Length& length) { return length.value(); }
inline double measure_copy(Length length, const std::vector<double>& more = {}) {
  double total = length.value();
  for (double each : more) total += each;
  return total;
}
/// What it is made of may be written to, unless that is const.
class Sink {
 public:
  Sink(Metres& metres) : metres_(&metres) {}
  Sink(const Metres&) {}
  bool fixed() const { return !metres_; }
  void put(double value) const {
    if (metres_) metres_->value = value;
  }

 private:
  Metres* metres_ = nullptr;
};
inline bool fill(const Sink& sink, double value) { return sink.put(value), !sink.fixed(); }
inline const Metres& mile() {
  static const Metres value{1600};
  return value;
}
inline double in_metres(const Metres& metres) { return metres.value; }
inline std::string which(const Length&) { return "Length"; }
inline std::string which(const Feet&) { return "Feet"; }
inline std::string span(const Length* from, const Metres* to = nullptr) { return from ? to ? "both" : "from" : "none"; }
inline std::string span(int, const Feet* more) { return more ? "feet" : "no feet"; }
inline const Length& longer(const Length& a, const Length& b) { return a.value() < b.value() ? b : a; }

}  // namespace overloads
