// Overload sets: the closest conversion wins, then the order of declaration.
#pragma once
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

}  // namespace overloads
