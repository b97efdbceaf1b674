// Operators: members, friends, free; reflected, in place, comparison, call, index, conversion, streams.
#pragma once
#include <compare>
#include <cstddef>
#include <functional>
#include <ostream>
#include <stdexcept>
#include <string>
namespace operators {

class Vec {
 public:
  Vec() = default;
  Vec(double x, double y) : x(x), y(y) {}
  double x = 0, y = 0;

  Vec operator+(const Vec& other) const { return {x + other.x, y + other.y}; }
  Vec operator-() const { return {-x, -y}; }
  Vec operator+() const { return *this; }
  Vec& operator+=(const Vec& other) {
    x += other.x;
    y += other.y;
    return *this;
  }
  double operator()(double scale, double offset = 0) const { return (x + y) * scale + offset; }
  double operator[](int index) const {
    if (index < 0 || index > 1) throw std::out_of_range("0 or 1");
    return index ? y : x;
  }
  explicit operator bool() const { return x != 0 || y != 0; }
  explicit operator double() const { return x; }
  bool operator==(const Vec& other) const { return x == other.x && y == other.y; }
  bool operator!=(const Vec& other) const { return !(*this == other); }

  friend Vec operator*(const Vec& v, double k) { return {v.x * k, v.y * k}; }
  friend Vec operator*(double k, const Vec& v) { return v * k; }
  friend double operator*(const Vec& a, const Vec& b) { return a.x * b.x + a.y * b.y; }
  friend std::ostream& operator<<(std::ostream& out, const Vec& v) { return out << "<" << v.x << " " << v.y << ">"; }
};

inline Vec operator-(const Vec& a, const Vec& b) { return {a.x - b.x, a.y - b.y}; }
inline Vec operator/(const Vec& a, double k) {
  if (k == 0) throw std::domain_error("division by zero");
  return {a.x / k, a.y / k};
}

struct Version {
  int major = 0;
  int minor = 0;
  auto operator<=>(const Version&) const = default;
};

class Old {
 public:
  explicit Old(int value) : value_(value) {}
  bool operator<(const Old& other) const { return value_ < other.value_; }
  bool operator==(const Old& other) const { return value_ == other.value_; }
  Old operator%(int by) const {
    if (by == 0) throw std::domain_error("modulo zero");
    return Old(value_ % by);
  }
  Old operator<<(int by) const { return Old(by < 0 || by > 30 ? 0 : static_cast<int>(static_cast<unsigned>(value_) << by)); }
  Old operator&(const Old& other) const { return Old(value_ & other.value_); }
  Old operator~() const { return Old(~value_); }
  int value() const { return value_; }

 private:
  int value_;
};

class Table {
 public:
  int& operator[](std::size_t index) {
    if (index >= 4) throw std::out_of_range("four places");
    return places_[index];
  }
  const int& operator[](std::size_t index) const { return const_cast<Table&>(*this)[index]; }
  std::size_t size() const { return 4; }

 private:
  int places_[4] = {0, 0, 0, 0};
};

}  // namespace operators

template <>
struct std::hash<operators::Vec> {
  std::size_t operator()(const operators::Vec& v) const noexcept { return std::hash<double>()(v.x) ^ 31 * std::hash<double>()(v.y); }
};
