// dovetail: rules."remainder" = { out = ["rest"] }
// dovetail: rules."mix" = { out = ["result"] }
// Conversions of the header's own, with dovetail::convert.
#pragma once
#include <cstdint>
#include <dovetail/convert.h>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>
namespace own {

class Money {  // without a default constructor
 public:
  explicit Money(std::int64_t cents) : cents_(cents) {}
  std::int64_t cents() const { return cents_; }
  bool operator==(const Money& other) const { return cents_ == other.cents_; }
  bool operator<(const Money& other) const { return cents_ < other.cents_; }

 private:
  std::int64_t cents_;
};

struct Colour {
  int r, g, b;
};

enum class Level { low, high };

struct Token {  // only out
  std::string text;
};

struct Account {
  Money balance{0};
  std::optional<Money> limit;
};

inline Money twice(const Money& m) { return Money(m.cents() * 2); }
inline Money sum(const std::vector<Money>& all) {
  std::int64_t total = 0;
  for (const Money& m : all) total += m.cents();
  return Money(total);
}
inline void remainder(const Money& m, int parts, Money& rest) { rest = Money(m.cents() % parts); }
inline void mix(const Colour& a, Colour& result) { result = {a.g, a.b, a.r}; }
inline std::vector<Money> split(const Money& m, int parts) {
  if (parts < 1) throw std::invalid_argument("parts");
  return std::vector<Money>(static_cast<std::size_t>(parts), Money(m.cents() / parts));
}
inline std::optional<Money> maybe(std::optional<Money> m = std::nullopt) { return m; }
inline std::map<std::string, Money> ledger() { return {{"a", Money(100)}, {"b", Money(250)}}; }
inline Colour invert(Colour c = {1, 2, 3}) { return {255 - c.r, 255 - c.g, 255 - c.b}; }
inline std::string which(const Money&) { return "money"; }
inline std::string which(int) { return "int"; }
inline std::string which(const Colour&) { return "colour"; }
inline Token token() { return {"secret"}; }
inline void use(const Token&) {}
inline Level raise_level(Level level) { return level == Level::low ? Level::high : level; }
inline const Money* pointer() { return nullptr; }

}  // namespace own

template <>
struct dovetail::convert<own::Money> {
  static constexpr const char* takes = "decimal.Decimal | int";
  static constexpr const char* gives = "decimal.Decimal";

  static std::optional<own::Money> take(PyObject* object) {
    if (PyLong_Check(object)) {
      const long long whole = PyLong_AsLongLong(object);
      if (whole == -1 && PyErr_Occurred()) return std::nullopt;
      if (whole > 1000000000000 || whole < -1000000000000) throw std::out_of_range("too much money");
      return own::Money(whole * 100);
    }
    PyObject* scaled = is_decimal(object) ? PyObject_CallMethod(object, "scaleb", "i", 2) : nullptr;
    if (!scaled) return std::nullopt;
    PyObject* whole = PyNumber_Long(scaled);
    Py_DECREF(scaled);
    const long long cents = whole ? PyLong_AsLongLong(whole) : -1;
    Py_XDECREF(whole);
    if (cents == -1 && PyErr_Occurred()) return std::nullopt;
    return own::Money(cents);
  }
  static PyObject* give(const own::Money& money) {
    PyObject* module = PyImport_ImportModule("decimal");
    PyObject* made = module ? PyObject_CallMethod(module, "Decimal", "L", static_cast<long long>(money.cents())) : nullptr;
    Py_XDECREF(module);
    PyObject* scaled = made ? PyObject_CallMethod(made, "scaleb", "i", -2) : nullptr;
    Py_XDECREF(made);
    return scaled;
  }

 private:
  static bool is_decimal(PyObject* object) {
    PyObject* module = PyImport_ImportModule("decimal");
    PyObject* type = module ? PyObject_GetAttrString(module, "Decimal") : nullptr;
    Py_XDECREF(module);
    const bool is = type && PyObject_IsInstance(object, type) > 0;
    Py_XDECREF(type);
    return is;
  }
};

namespace dovetail {
template <>
struct convert<own::Colour> {
  static constexpr const char* annotation = "tuple[int, int, int]";
  static std::optional<own::Colour> take(PyObject* object) {
    own::Colour c;
    if (!accepts(object) || !PyArg_ParseTuple(object, "iii", &c.r, &c.g, &c.b)) return std::nullopt;
    return c;
  }
  static PyObject* give(const own::Colour& c) { return Py_BuildValue("(iii)", c.r, c.g, c.b); }
  static bool accepts(PyObject* object) { return PyTuple_Check(object) && PyTuple_GET_SIZE(object) == 3; }
};
template <>
struct convert<own::Token> {
  static constexpr const char annotation[] = "bytes";
  static PyObject* give(const own::Token& token) {
    return PyBytes_FromStringAndSize(token.text.data(), static_cast<Py_ssize_t>(token.text.size()));
  }
};
template <>
struct convert<own::Level> {
  static constexpr const char* annotation = "str";
  static std::optional<own::Level> take(PyObject* object) {
    if (!PyUnicode_Check(object)) return std::nullopt;
    if (PyUnicode_CompareWithASCIIString(object, "low") == 0) return own::Level::low;
    if (PyUnicode_CompareWithASCIIString(object, "high") == 0) return own::Level::high;
    PyErr_Format(PyExc_ValueError, "no level: %R", object);
    return std::nullopt;
  }
  static PyObject* give(own::Level level) { return PyUnicode_FromString(level == own::Level::low ? "low" : "high"); }
};
}  // namespace dovetail
