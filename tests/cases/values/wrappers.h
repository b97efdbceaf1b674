// optional, pair, tuple, variant, complex, chrono, path.
#pragma once
#include <chrono>
#include <complex>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>
namespace wrappers {

struct Point {
  double x = 0;
  double y = 0;
};

inline std::optional<int> maybe(std::optional<int> value) { return value; }
inline std::optional<std::string> maybe_text(const std::optional<std::string>& value = std::nullopt) { return value; }
inline std::optional<Point> maybe_point(bool there) { return there ? std::optional<Point>(Point{1, 2}) : std::nullopt; }
inline std::pair<int, std::string> swap(const std::pair<std::string, int>& value) { return {value.second, value.first}; }
inline std::tuple<int, double, std::string> triple(int a, double b, std::string c) { return {a, b, c}; }
inline std::tuple<> empty() { return {}; }
using Cell = std::variant<std::int64_t, double, std::string>;
inline Cell cell(Cell value) { return value; }
inline std::string kind(const Cell& value) { return value.index() == 0 ? "int" : value.index() == 1 ? "float" : "str"; }
inline std::variant<std::monostate, Point> perhaps(bool there) {
  if (there) return Point{3, 4};
  return std::monostate{};
}
inline std::complex<double> turn(std::complex<double> value) { return value * std::complex<double>(0, 1); }
inline std::chrono::milliseconds twice(std::chrono::milliseconds value) { return value * 2; }
inline double seconds(std::chrono::duration<double> value) { return value.count(); }
inline std::chrono::system_clock::time_point epoch() { return std::chrono::system_clock::time_point{}; }
inline std::chrono::system_clock::time_point same_time(std::chrono::system_clock::time_point value) { return value; }
inline std::filesystem::path parent(const std::filesystem::path& value) { return value.parent_path(); }
inline std::optional<std::vector<int>> numbers(int count) {
  if (count < 0) return std::nullopt;
  std::vector<int> out;
  for (int i = 0; i < count; ++i) out.push_back(i);
  return out;
}

}  // namespace wrappers
