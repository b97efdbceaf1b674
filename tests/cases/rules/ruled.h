// dovetail: rules."Reader::row" = { returns = "copy" }
// dovetail: rules."Reader::ids" = { as = "list" }
// dovetail: rules."Reader::prices" = { as = "ndarray" }
// dovetail: rules."Reader::table" = { as = "dict" }
// dovetail: rules."Reader::raw" = { as = "bytes" }
// dovetail: rules."make_reader" = { returns = "own" }
// dovetail: rules."find" = { out = ["index"] }
// dovetail: rules."divide" = { out = ["quotient", "remainder"] }
// dovetail: rules."hide_*" = { skip = true }
// dovetail: rules."oldName" = { rename = "new_name" }
// dovetail: rules."Reader::set_parent" = { keeps = ["parent"], nullable = ["parent"] }
// dovetail: rules."wait" = { release-gil = true }
// dovetail: rules."Camel::*" = { names = "snake_case" }
// dovetail: rules."smallest" = { instantiate = ["ruled::smallest<int>", "double"] }
// dovetail: rules."Cell::as" = { instantiate = ["int", "Cell::as<std::string>", "Row"], release-gil = false }
// dovetail: rules."Cell::add" = { instantiate = ["int", "std::string"] }
// dovetail: rules."Cell::as<int>" = { rename = "whole" }
// dovetail: rules."grow" = { instantiate = ["2", "4"] }
// dovetail: rules."ruled::detail::Me*" = { skip = false }
// dovetail: rules."ruled::detail::Tone" = { skip = false }
// dovetail: rules."*::Holder*" = { skip = false }
// Rules by selector, and the same words as annotations.
#pragma once
#include <dovetail/annotate.h>
#include <map>
#include <string>
#include <vector>
namespace ruled {

struct Row {
  int id = 0;
};

class Reader {
 public:
  Row& row() { return row_; }
  const std::vector<int>& ids() const { return ids_; }
  const std::vector<double>& prices() const { return prices_; }
  std::map<std::string, int> table() const { return {{"a", 1}}; }
  std::string raw() const { return std::string("\x00\xff", 2); }
  void set_parent(const Row* parent) { parent_ = parent; }
  int parent_id() const { return parent_ ? parent_->id : -1; }
  inline static int alive = 0;
  Reader() { ++alive; }
  ~Reader() { --alive; }

 private:
  Row row_;
  std::vector<int> ids_ = {1, 2};
  std::vector<double> prices_ = {1.5, 2.5};
  const Row* parent_ = nullptr;
};
inline Reader* make_reader() { return new Reader; }
inline bool find(const std::vector<int>& values, int value, int& index) {
  for (index = 0; index < static_cast<int>(values.size()); ++index)
    if (values[static_cast<std::size_t>(index)] == value) return true;
  return false;
}
inline void divide(int a, int b, int* quotient, int* remainder) {
  *quotient = b ? static_cast<int>(static_cast<long long>(a) / b) : 0;
  *remainder = b ? static_cast<int>(static_cast<long long>(a) % b) : a;
}
inline int hide_this() { return 1; }
inline int oldName() { return 2; }
inline int wait(int value) { return value; }
DOVETAIL(skip) inline int hidden_by_annotation() { return 1; }
DOVETAIL(rename = "renamed") inline int annotated() { return 3; }

class Camel {
 public:
  int getValueOf(int someValue) const { return someValue; }
  int HTTPPort = 80;
};

template <class T>
T smallest(T a, T b) {
  return a < b ? a : b;
}

/// Overloads of member templates, and results that only the template argument tells apart.
class Cell {
 public:
  explicit Cell(int value = 0) : text_(std::to_string(value)) {}
  template <class T>
  T as() const;
  template <class T>
  T as(const T& otherwise, bool use) const {
    return use ? otherwise : as<T>();
  }
  template <class T>
  Cell& add(const T& more);
  template <class T>
  int add(const T& more) const;

 private:
  std::string text_;
};
template <>
inline int Cell::as<int>() const {
  return std::stoi(text_);
}
template <>
inline std::string Cell::as<std::string>() const {
  return text_;
}
template <>
inline Row Cell::as<Row>() const {
  return Row(std::stoi(text_));
}
template <class T>
Cell& Cell::add(const T&) {
  text_ += "0";
  return *this;
}
template <class T>
int Cell::add(const T&) const {
  return -1;
}
template <int N>
int grow(int value) {
  return value * N;
}

namespace detail {
struct Message {
  std::string text;
  int level = 0;
};
enum class Tone { low, high };
template <class T>
struct Holder {
  T value;
  T get() const { return value; }
};
struct Inner {
  int x = 0;
};
}  // namespace detail
inline detail::Message message(const std::string& text) { return {text, 3}; }
inline int level_of(const detail::Message& message) { return message.level; }
inline detail::Tone tone_of(const detail::Message& message) { return message.level > 2 ? detail::Tone::high : detail::Tone::low; }
inline detail::Holder<int> hold(int value) { return {value}; }
inline detail::Inner inner() { return {}; }

}  // namespace ruled
