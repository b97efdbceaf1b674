// What each tool binds for `compare.py`: C++ as libraries have it, correct where it is used as C++ means it. Pointers are
// never null, references stay valid as the standard says, and exceptions leave functions.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>
namespace target {

struct Row {
  int id = 0;
  std::string name = "row";
};

class Table {
 public:
  explicit Table(int rows = 2) {
    if (rows < 0 || rows > 100) throw std::out_of_range("rows");
    rows_.resize(static_cast<std::size_t>(rows));
  }
  std::vector<Row>& rows() { return rows_; }
  Row& best() { return best_; }
  int count() const { return static_cast<int>(rows_.size()); }
  void rename(const std::string& name) { name_ = name; }
  const std::string& name() const { return name_; }

 private:
  std::vector<Row> rows_;
  Row best_;
  std::string name_ = "a table with a name that is longer than what a string keeps inside itself";
};

class Shape {
 public:
  explicit Shape(double size = 1) : size_(size) {}
  virtual ~Shape() = default;
  virtual double area() const { return size_ * size_; }
  virtual std::string label() const { return "shape"; }

 private:
  double size_;
};

inline int take_pointer(const Table* table) { return table->count(); }
inline int take_reference(const Table& table) { return table.count(); }
inline int id_of(const Row* row) { return row->id; }
inline void give_name(Row& row, const std::string& name) { row.name = name; }
inline double measure(const Shape& shape) { return shape.area(); }
inline std::string describe(const Shape* shape) { return shape->label(); }
inline int sum(const std::vector<int>& values) {
  int total = 0;
  for (int value : values) total = static_cast<int>(static_cast<unsigned>(total) + static_cast<unsigned>(value));
  return total;
}
inline int fail(int how) {
  if (how == 1) throw std::runtime_error("it failed");
  if (how == 3) throw 42;
  return how;
}

}  // namespace target
