// What is called: compiled apart from its callers, as a library is.
#pragma once
#include <string>
#include <vector>

namespace work {

long inc(long x) noexcept;
double half(double x) noexcept;
long checked(long x);  // may throw

struct Point {
  double x = 1;
  double y = 2;
};

class Counter {
 public:
  long get(long i) const noexcept;
  long at(long i) const;  // may throw
  const std::vector<Point>& points() const { return points_; }

 private:
  std::vector<Point> points_ = std::vector<Point>(100000);
};

// The limits: loops of C++, calls through pointers that the compiler does not know.
long call_inc(long n);
double call_half(long n);
long call_checked(long n);
long call_get(const Counter& counter, long n);
long call_at(const Counter& counter, long n);
double sum_points(const Counter& counter, long rounds);

// An element of a ufunc.
inline double scaled(double x, double y) noexcept { return 2 * x + y; }
inline double scaled_or_not(double x, double y) {
  if (x < 0) throw 1;
  return 2 * x + y;
}
// The same without the rule that makes it one.
inline double rescaled(double x, double y) { return scaled_or_not(x, y); }

}  // namespace work
