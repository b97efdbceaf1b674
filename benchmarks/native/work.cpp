#include "work.h"

#include <stdexcept>

namespace work {
namespace {
long (*volatile inc_pointer)(long) noexcept = inc;
double (*volatile half_pointer)(double) noexcept = half;
long (*volatile checked_pointer)(long) = checked;
}  // namespace

long inc(long x) noexcept { return x + 1; }
double half(double x) noexcept { return x / 2 + 1; }
long checked(long x) {
  if (x < 0) throw std::out_of_range("below zero");
  return x + 1;
}
long Counter::get(long i) const noexcept { return i + long(points_.size()); }
long Counter::at(long i) const {
  if (i < 0) throw std::out_of_range("below zero");
  return i + long(points_.size());
}

long call_inc(long n) {
  const auto call = inc_pointer;
  long x = 0;
  for (long i = 0; i < n; ++i) x = call(x);
  return x;
}
double call_half(long n) {
  const auto call = half_pointer;
  double x = 0;
  for (long i = 0; i < n; ++i) x = call(x);
  return x;
}
long call_checked(long n) {
  const auto call = checked_pointer;
  long x = 0;
  try {
    for (long i = 0; i < n; ++i) x = call(x);
  } catch (const std::out_of_range&) {
    return -1;
  }
  return x;
}
long call_get(const Counter& counter, long n) {
  long (Counter::*volatile pointer)(long) const noexcept = &Counter::get;
  const auto call = pointer;
  long x = 0;
  for (long i = 0; i < n; ++i) x += (counter.*call)(i);
  return x;
}
long call_at(const Counter& counter, long n) {
  long (Counter::*volatile pointer)(long) const = &Counter::at;
  const auto call = pointer;
  long x = 0;
  try {
    for (long i = 0; i < n; ++i) x += (counter.*call)(i);
  } catch (const std::out_of_range&) {
    return -1;
  }
  return x;
}
double sum_points(const Counter& counter, long rounds) {
  double found = 0;
  for (long k = 0; k < rounds; ++k) {
    for (const Point& point : counter.points()) found += point.x;
  }
  return found;
}

}  // namespace work
