/// The C++ that every route binds: small enough that a call is all overhead.
#pragma once

#include <cstddef>
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

}  // namespace work
