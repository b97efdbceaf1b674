// Spans over memory that Python owns, and views of memory that C++ owns.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>
namespace buffers {

inline double sum(std::span<const double> values) {
  double out = 0;
  for (double value : values) out += value;
  return out;
}
inline void scale(std::span<double> values, double by) {
  for (double& value : values) value *= by;
}
inline long bytes(std::span<const std::uint8_t> values) {
  long out = 0;
  for (auto value : values) out += value;
  return out;
}
inline std::size_t size(std::span<const std::byte> values) { return values.size(); }

class Signal {
 public:
  explicit Signal(int count) : samples_(static_cast<std::size_t>(count), 1.5) {}
  std::span<double> samples() { return samples_; }
  std::span<const double> view() const { return samples_; }

 private:
  std::vector<double> samples_;
};

}  // namespace buffers
