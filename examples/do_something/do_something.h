#pragma once

#include <cmath>
#include <cstdint>
#include <span>

/// Adds up the rounded lengths of all pairs (x, y) of the two arrays, leaving out lengths up to 10.
inline std::int64_t do_something(std::span<const double> xs, std::span<const double> ys) {
  std::int64_t total = 0;
  for (double x : xs) {
    for (double y : ys) {
      // std::nearbyint rounds halves to even, as NumPy does.
      const double length = std::nearbyint(std::sqrt(x * x + y * y));
      if (length > 10) total += static_cast<std::int64_t>(length);
    }
  }
  return total;
}
