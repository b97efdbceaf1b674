// Default arguments are those of C++.
#pragma once
#include <string>
#include <vector>
#define DEFAULTS_LIMIT 64
#define DEFAULTS_NAME "macro"
namespace defaults {

constexpr int kMax = 10;
enum class Mode { slow, fast };
struct Options {
  int level = 3;
};

inline int number(int value = kMax) { return value; }
inline std::string text(const std::string& value = "some \"text\"\n") { return value; }
inline Mode mode(Mode value = Mode::fast) { return value; }
inline double real(double value = 1.0 / 4) { return value; }
inline bool flag(bool value = true) { return value; }
inline int level(const Options& options = {}) { return options.level; }
inline int size(std::vector<int> values = std::vector<int>{1, 2, 3}) { return static_cast<int>(values.size()); }
inline std::string several(int a, int b = 2, double c = 0.5, const char* d = "d") {
  return std::to_string(a) + std::to_string(b) + std::to_string(static_cast<int>(c * 10)) + d;
}
inline std::string opaque(int a, Options b = Options{7}, int c = 5) { return std::to_string(a) + std::to_string(b.level) + std::to_string(c); }
inline int limit(unsigned value = DEFAULTS_LIMIT) { return static_cast<int>(value); }

class Window {
 public:
  static constexpr int kWidth = 80;
  explicit Window(int width = kWidth, int height = kWidth / 2) : width_(width), height_(height) {}
  int area(int scale = kScale) const { return width_ * height_ * scale; }

 private:
  static constexpr int kScale = 2;
  int width_, height_;
};

}  // namespace defaults
