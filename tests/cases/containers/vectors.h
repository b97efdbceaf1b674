// std::vector as the container that it is.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <list>
#include <string>
#include <vector>
namespace vectors {

struct Row {
  int id = 0;
  double value = 0;
};
struct Named {
  std::string name;
  std::vector<int> numbers;
};

using Ints = std::vector<int>;
using Rows = std::vector<Row>;

inline long sum(const std::vector<int>& values) {
  long out = 0;
  for (int value : values) out += value;
  return out;
}
inline Ints range(int count) {
  Ints out;
  for (int i = 0; i < count; ++i) out.push_back(i);
  return out;
}
inline void append_one(std::vector<int>& values) { values.push_back(1); }
inline std::vector<std::string> words(std::vector<std::string> values) { return values; }
inline std::vector<double> halves(std::vector<double>&& values) {
  for (double& value : values) value /= 2;
  return std::move(values);
}
inline std::vector<bool> flags(const std::vector<bool>& values) { return values; }
inline std::vector<std::vector<int>> table(int rows, int columns) { return {static_cast<std::size_t>(rows), std::vector<int>(static_cast<std::size_t>(columns), 7)}; }
inline Rows rows(int count) {
  Rows out(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) out[static_cast<std::size_t>(i)] = {i, i * 0.5};
  return out;
}
inline std::deque<int> queue(std::deque<int> values) { return values; }
inline std::list<int> chain(std::list<int> values) { return values; }
inline std::array<int, 3> three(const std::array<int, 3>& values) { return {values[2], values[1], values[0]}; }
inline std::vector<std::uint8_t> octets(const std::vector<std::uint8_t>& values) { return values; }
inline double total(const std::vector<Row>& rows) {
  double out = 0;
  for (const Row& row : rows) out += row.value;
  return out;
}

// What stands in braces in C++.
inline long sum_of(std::initializer_list<int> values) { return sum(values); }
inline std::string joined(std::initializer_list<std::string> words, const std::string& between = " ") {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : between) + word;
  return out;
}
inline int count_true(const std::initializer_list<bool>& values = {true, true}) {
  return int(std::count(values.begin(), values.end(), true));
}
inline double total_of(std::initializer_list<Row> rows) {
  double out = 0;
  for (const Row& row : rows) out += row.value;
  return out;
}
class Grid {
 public:
  Grid(std::initializer_list<std::initializer_list<int>> rows) : rows_(rows.begin(), rows.end()) {}
  std::size_t rows() const { return rows_.size(); }
  int at(std::size_t row, std::size_t column) const { return rows_.at(row).at(column); }

 private:
  std::vector<std::vector<int>> rows_;
};

class Store {
 public:
  const std::vector<Row>& rows() const { return rows_; }
  std::vector<Row>& edit() { return rows_; }
  void add(int id, double value) { rows_.push_back({id, value}); }
  void clear() { rows_ = {}; }
  std::vector<Named> named;
  std::vector<double> prices = {1, 2, 3};

 private:
  std::vector<Row> rows_;
};

}  // namespace vectors
