// Plain structs are structured dtypes: nested, with arrays, padded, packed, with enums, bools and text.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>
namespace structs {

enum class Kind : std::uint8_t { plain, marked };

struct Point {
  float x = 0, y = 0;
};
struct Row {
  std::int32_t id = 0;
  double weight = 0;  // behind padding
  bool good = false;
  Kind kind = Kind::plain;
  std::int16_t codes[3] = {};
  Point where;
  std::array<std::array<float, 2>, 2> grid{};
  char name[8] = {};
};
inline std::vector<Row> make_rows(int count) {
  std::vector<Row> rows(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    rows[static_cast<std::size_t>(i)].id = i;
    rows[static_cast<std::size_t>(i)].weight = i * 0.5;
    rows[static_cast<std::size_t>(i)].where.y = static_cast<float>(i);
  }
  return rows;
}
inline double weigh(const std::vector<Row>& rows) {
  double out = 0;
  for (const Row& row : rows) out += row.weight * row.id;
  return out;
}
inline double weigh_span(std::span<const Row> rows) {
  double out = 0;
  for (const Row& row : rows) out += row.weight * row.id;
  return out;
}
inline void clear_weights(std::span<Row> rows) {
  for (Row& row : rows) row.weight = 0;
}

#pragma pack(push, 1)
struct Packed {
  std::int8_t tag = 0;
  std::int32_t value = 0;
  double rest = 0;
};
#pragma pack(pop)
inline std::vector<Packed> make_packed() { return {{1, 2, 3.5}, {4, 5, 6.5}}; }
inline double last_rest(std::span<const Packed> rows) { return rows.empty() ? 0 : rows.back().rest; }

// Numbers and bools only: columns of an Arrow struct array.
struct Sample {
  std::int64_t at = 0;
  float level = 0;
  bool good = false;
  Point where;
  std::int16_t codes[2] = {};
};
inline std::vector<Sample> make_samples() { return {{1, 0.5F, true, {1, 2}, {7, 8}}, {2, 1.5F, false, {3, 4}, {9, 10}}}; }

// Not plain: a private field, a pointer. Their vectors are no buffers.
class Hidden {
 public:
  int seen = 0;

 private:
  int hidden_ = 0;
};
inline std::vector<Hidden> make_hidden() { return std::vector<Hidden>(2); }

// What lies behind the last field, and behind that of a part, NumPy does not tell.
struct Tailed {
  double at;
  signed char flag;
};
struct Outer {
  Tailed tailed;
  int last;
};
inline std::vector<Outer> make_outers() { return {{{1, 2}, 3}, {{4, 5}, 6}}; }
inline int add_last(std::span<const Outer> outers) {
  int out = 0;
  for (const Outer& each : outers) out += each.last;
  return out;
}
inline int add_flags(const std::vector<Outer>& outers) {
  int out = 0;
  for (const Outer& each : outers) out += each.tailed.flag;
  return out;
}

// Elements that lie in no array of Python are made for the call.
inline std::string join(std::span<const std::string> words) {
  std::string out;
  for (const std::string& each : words) out += each + ";";
  return out;
}
inline int count_true(std::span<const std::vector<int>> rows) {
  int out = 0;
  for (const auto& each : rows) out += static_cast<int>(each.size());
  return out;
}

}  // namespace structs
