// Vectors of numbers go out by the buffer protocol, DLPack and Arrow, and come in by all three.
#pragma once
#include <array>
#include <atomic>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

// As Arrow's specification has every header declare it.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};
#endif

namespace exchange {

class Signal {
 public:
  explicit Signal(std::vector<double> values) : values(std::move(values)) {}
  std::vector<double> values;
  std::vector<std::int32_t> counts;
  std::vector<bool> flags;
  const std::vector<double>& fixed() const { return values; }
  bool all_in(const double* at) const { return at == values.data(); }
};

// Points in the plane: (n, 2) arrays.
using Points = std::vector<std::array<double, 2>>;
inline Points square() { return {{0, 0}, {1, 0}, {1, 1}, {0, 1}}; }
inline double area(const Points& points) {
  double twice = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto &a = points[i], &b = points[(i + 1) % points.size()];
    twice += a[0] * b[1] - b[0] * a[1];
  }
  return twice / 2;
}
inline void move(std::span<std::array<double, 2>> points, double x, double y) {
  for (auto& point : points) point[0] += x, point[1] += y;
}

struct Block {
  std::array<std::array<std::int16_t, 3>, 2> cells{};
  float rows[2][4]{};
};

inline double sum(std::span<const double> values) {
  double out = 0;
  for (double value : values) out += value;
  return out;
}
inline void scale(std::span<double> values, double by) {
  for (double& value : values) value *= by;
}
inline double total(const std::vector<double>& values) { return sum(values); }
inline std::int64_t add(const std::vector<std::int64_t>& values) {
  std::int64_t out = 0;
  for (auto value : values) out += value;
  return out;
}
inline int count_true(const std::vector<bool>& values) {
  int out = 0;
  for (bool value : values) out += value;
  return out;
}
inline int count_set(std::span<const bool> values) {
  int out = 0;
  for (bool value : values) out += value;
  return out;
}
inline std::vector<std::complex<double>> roots() { return {{1, 0}, {0, 1}, {-1, 0}, {0, -1}}; }
inline std::complex<double> product(std::span<const std::complex<double>> values) {
  std::complex<double> out = 1;
  for (auto value : values) out *= value;
  return out;
}
inline std::vector<long double> wide() { return {1, 2}; }

// Structs of Arrow that are returned by value become capsules, which end what nobody took.
inline std::atomic<int> described = 0;
inline ArrowSchema describe() {
  ++described;
  const auto end = [](ArrowSchema* schema) {
    --described;
    schema->release = nullptr;
  };
  return {"g", "price", nullptr, 0, 0, nullptr, nullptr, end, nullptr};
}
inline int count_described() { return described; }

}  // namespace exchange
