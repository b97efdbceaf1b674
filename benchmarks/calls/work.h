/// The C++ that every route binds: small enough that a call is all overhead.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace work {

// Without a name the parameter is positional-only, and the call as cheap as CPython has it; `plus` can be called by keyword.
int increment(int) noexcept;
int plus(int x) noexcept;

inline double add(double a, double b, double c) noexcept { return a + b + c; }

inline std::string echo(const std::string& text) { return text; }

class Counter {
 public:
  explicit Counter(int start = 0) : x(start) {}

  int value() const noexcept { return x; }
  void set(int value) noexcept { x = value; }

  int x;
};

inline int peek(const Counter& counter) noexcept { return counter.x; }
inline Counter make(int start) { return Counter(start); }

inline long sum(const std::vector<int>& values) {
  long total = 0;
  for (int value : values) total += value;
  return total;
}

/// 0, 0.5, 1 …
inline std::vector<double> ramp(int count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  double next = 0;
  for (double& value : values) {
    value = next;
    next += 0.5;
  }
  return values;
}

/// The same, which dovetail is asked to give as a plain list.
inline std::vector<double> ramp_list(int count) { return ramp(count); }

inline double sum_view(std::span<const double> values) noexcept {
  double total = 0;
  for (double value : values) total += value;
  return total;
}

inline double first(std::span<const double> values) noexcept { return values.empty() ? 0 : values[0]; }

/// Python classes derive from it, and C++ calls `step`.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual int step(int i) { return i; }
};

// `drive` steps 100 times. Both are compiled elsewhere: nothing is known of what is called.
long drive(Listener& listener);
long for_each(int count, const std::function<int(int)>& step);

// Overload sets. The last of each is called, which every candidate before it must be told from.
inline int pick2(const std::string&) noexcept { return 1; }
inline int pick2(double) noexcept { return 2; }

inline int pick5(const Counter&) noexcept { return 1; }
inline int pick5(const std::string&) noexcept { return 2; }
inline int pick5(const std::vector<int>&) noexcept { return 3; }
inline int pick5(int) noexcept { return 4; }
inline int pick5(double) noexcept { return 5; }

inline int pick20(const Counter&, const Counter&) noexcept { return 1; }
inline int pick20(const Counter&, const std::string&) noexcept { return 2; }
inline int pick20(const Counter&, const std::vector<int>&) noexcept { return 3; }
inline int pick20(const Counter&, int) noexcept { return 4; }
inline int pick20(const Counter&, double) noexcept { return 5; }
inline int pick20(const std::string&, const Counter&) noexcept { return 6; }
inline int pick20(const std::string&, const std::string&) noexcept { return 7; }
inline int pick20(const std::string&, const std::vector<int>&) noexcept { return 8; }
inline int pick20(const std::string&, int) noexcept { return 9; }
inline int pick20(const std::string&, double) noexcept { return 10; }
inline int pick20(int, const Counter&) noexcept { return 11; }
inline int pick20(int, const std::string&) noexcept { return 12; }
inline int pick20(int, const std::vector<int>&) noexcept { return 13; }
inline int pick20(int, int) noexcept { return 14; }
inline int pick20(int, double) noexcept { return 15; }
inline int pick20(double, const Counter&) noexcept { return 16; }
inline int pick20(double, const std::string&) noexcept { return 17; }
inline int pick20(double, const std::vector<int>&) noexcept { return 18; }
inline int pick20(double, int) noexcept { return 19; }
inline int pick20(double, double) noexcept { return 20; }

struct Point {
  double x;
  double y;
};

/// Numbers and objects that are read where they lie.
class Store {
 public:
  explicit Store(int count) : values_(ramp(count)) {
    for (double value : values_) {
      numbers_.push_back(static_cast<long>(value));
      points_.push_back({value, -value});
    }
  }

  std::vector<long>& numbers() noexcept { return numbers_; }
  std::vector<Point>& points() noexcept { return points_; }
  std::span<const double> values() const noexcept { return values_; }

 private:
  std::vector<double> values_;
  std::vector<long> numbers_;
  std::vector<Point> points_;
};

}  // namespace work
