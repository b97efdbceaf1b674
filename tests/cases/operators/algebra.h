// dovetail: std = "c++23"
// Operators that C++ programs use beyond arithmetic: order, keys, conversion, pointers, and those Python lacks.
#pragma once
#include <array>
#include <cmath>
#include <compare>
#include <complex>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
namespace algebra {

// ---- order

class Version {  // not an aggregate; == comes with <=>
 public:
  Version(int major, int minor) : major_(major), minor_(minor) {}
  auto operator<=>(const Version&) const = default;
  std::strong_ordering operator<=>(int major) const { return major_ <=> major; }
  int major() const { return major_; }

 private:
  int major_, minor_;
};
inline bool operator==(const Version& v, int major) { return v.major() == major; }

class Reading {  // NaN is neither less nor greater
 public:
  explicit Reading(double value) : value_(value) {}
  std::partial_ordering operator<=>(const Reading& other) const { return value_ <=> other.value_; }
  static Reading missing() { return Reading(std::numeric_limits<double>::quiet_NaN()); }

 private:
  double value_;
};

class Metres;
class Feet {
 public:
  explicit Feet(double value) : value(value) {}
  double value;
};
class Metres {
 public:
  explicit Metres(double value) : value(value) {}
  double value;
};
inline bool operator==(const Metres& m, const Feet& f) { return m.value == f.value * 0.3048; }
inline std::partial_ordering operator<=>(const Metres& m, const Feet& f) { return m.value <=> f.value * 0.3048; }
inline bool operator==(int whole, const Feet& f) { return f.value == whole; }
inline std::partial_ordering operator<=>(double plain, const Feet& f) { return plain <=> f.value; }
inline Metres& operator+=(Metres& m, const Feet& f) {
  m.value += f.value * 0.3048;
  return m;
}
inline Metres operator-(double from, const Metres& m) { return Metres(from - m.value); }

struct Key {
  int id = 0;
  bool operator==(const Key&) const = default;
};
struct Plain {
  int id = 0;
  bool operator==(const Plain&) const = default;
};

// ---- keys

class Grid {
 public:
  Grid(int rows, int columns) : columns_(columns), cells_(static_cast<std::size_t>(rows * columns)) {}
  double& operator[](int row, int column) { return cells_.at(static_cast<std::size_t>(row * columns_ + column)); }
  const double& operator[](int row, int column) const { return const_cast<Grid&>(*this)[row, column]; }
  double operator[](int index) const { return cells_.at(static_cast<std::size_t>(index)); }

 private:
  int columns_;
  std::vector<double> cells_;
};

class Matrix {
 public:
  class Row {
   public:
    double& operator[](int column) {
      if (column < 0 || column > 1) throw std::out_of_range("column");
      return start_[column];
    }

   private:
    friend class Matrix;
    explicit Row(double* start) : start_(start) {}
    double* start_;
  };
  double& operator()(int row, int column) { return (*this)[row][column]; }
  double operator()(int row, int column) const { return const_cast<Matrix&>(*this)(row, column); }
  Row operator[](int row) {
    if (row < 0 || row > 1) throw std::out_of_range("row");
    return Row(&cells_[static_cast<std::size_t>(2 * row)]);
  }

 private:
  std::array<double, 4> cells_{1, 2, 3, 4};
};

class Table {
 public:
  float& operator()(int row, int column) {
    if (row < 0 || row > 2 || column < 0 || column > 2) throw std::out_of_range("outside");
    return cells_[3 * row + column];
  }

 private:
  float cells_[9] = {};
};

class Bits {
 public:
  class Bit {
   public:
    operator bool() const { return bits_->word_ >> place_ & 1u; }
    Bit& operator=(bool on) {
      bits_->word_ = on ? bits_->word_ | 1u << place_ : bits_->word_ & ~(1u << place_);
      return *this;
    }

   private:
    friend class Bits;
    Bit(Bits* bits, unsigned place) : bits_(bits), place_(place) {}
    Bits* bits_;
    unsigned place_;
  };
  Bit operator[](std::size_t place) { return Bit(this, static_cast<unsigned>(place & 31)); }
  bool operator[](std::size_t place) const { return word_ >> (place & 31) & 1u; }
  std::size_t size() const { return 32; }

 private:
  unsigned word_ = 0;
};

class Names {  // a mapping
 public:
  int& operator[](const std::string& name) { return values_[name]; }
  bool contains(const std::string& name) const { return values_.count(name) != 0; }
  bool contains(int value) const {
    for (const auto& entry : values_) {
      if (entry.second == value) return true;
    }
    return false;
  }
  std::size_t size() const { return values_.size(); }

 private:
  std::map<std::string, int> values_;
};

// ---- conversions

class Number {
 public:
  explicit Number(int value) : value_(value) {}
  operator int() const { return value_; }

 private:
  int value_;
};
class Blob {
 public:
  explicit operator int() const { return 7; }
  explicit operator long long() const { return 1LL << 40; }
  explicit operator double() const { return 0.5; }
  explicit operator std::complex<double>() const { return {1, 2}; }
  explicit operator std::string() const { return "blob"; }
  operator std::vector<unsigned char>() const { return {1, 2, 255}; }
  operator std::filesystem::path() const { return "/tmp/blob"; }
  bool operator!() const { return true; }
};

// ---- pointers

class Shape {
 public:
  explicit Shape(double area) : area_(area) {}
  double area() const { return area_; }
  void grow(double by) { area_ += by; }
  std::string name = "shape";

 private:
  double area_;
};
class Handle {
 public:
  Handle() = default;
  explicit Handle(double area) : shape_(std::make_shared<Shape>(area)) {}
  Shape* operator->() const { return shape_.get(); }
  Shape& operator*() const { return *shape_; }
  explicit operator bool() const { return shape_ != nullptr; }
  void reset() { shape_.reset(); }

 private:
  std::shared_ptr<Shape> shape_;
};

// ---- steps, and what Python lacks

class Counter {
 public:
  Counter& operator++() { return ++value_, *this; }
  Counter operator++(int) { return *this; }
  Counter& operator--() { return --value_, *this; }
  Counter operator--(int) { return *this; }
  int value() const { return value_; }

 private:
  int value_ = 0;
};
class Ticket {  // only `t++`
 public:
  int operator++(int) { return next_++; }

 private:
  int next_ = 100;
};
class Term {
 public:
  explicit Term(std::string text) : text_(std::move(text)) {}
  Term operator&&(const Term& other) const { return Term(text_ + "&" + other.text_); }
  Term operator,(const Term& other) const { return Term(text_ + "," + other.text_); }
  const Term* operator&() const { return this; }
  const std::string& text() const { return text_; }
  friend Term operator||(const Term& left, const Term& right) { return Term(left.text_ + "|" + right.text_); }
  static void* operator new(std::size_t size) { return ::operator new(size); }
  static void operator delete(void* memory) { ::operator delete(memory); }

 private:
  std::string text_;
};
inline Term operator""_term(const char* text, std::size_t size) { return Term(std::string(text, size)); }

}  // namespace algebra

template <>
struct std::hash<algebra::Key> {
  std::size_t operator()(const algebra::Key& key) const noexcept { return static_cast<std::size_t>(key.id); }
};
