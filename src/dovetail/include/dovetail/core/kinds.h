// dovetail/core/kinds.h: what the type of an argument alone says about it, before a rank looks closer.
//
// In a set of overloads most candidates can be told apart by this: a parameter says which kinds are exact for it and which
// never fit (`Foreseen`), and only for the others its rank function is called. A parameter that says nothing is always asked.
#pragma once
#include <dovetail/core/python.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Of exactly these types; a subclass is no kind.
enum Kind : unsigned {
  no_kind = 0,
  float_kind = 1,
  small_int_kind = 2,  // 0 … 2**30 - 1: fits every integer of four bytes
  int_kind = 4,        // the other ints
  text_kind = 8,
  list_kind = 16,
  tuple_kind = 32,
  dict_kind = 64,
  bool_kind = 128,
  none_kind = 256,
  bytes_kind = 512,
  absent_kind = 1024,  // an argument that is not given
};

inline Kind kind_of(PyObject* given) noexcept {
  if (PyFloat_CheckExact(given)) return float_kind;
  if (PyLong_CheckExact(given)) {
    Py_ssize_t value;
    return read_small(given, value) && value >= 0 && value < (Py_ssize_t{1} << 30) ? small_int_kind : int_kind;
  }
  if (PyUnicode_CheckExact(given)) return text_kind;
  if (PyType_HasFeature(Py_TYPE(given), Py_TPFLAGS_HEAPTYPE)) return no_kind;
  if (PyList_CheckExact(given)) return list_kind;
  if (PyTuple_CheckExact(given)) return tuple_kind;
  if (PyDict_CheckExact(given)) return dict_kind;
  if (PyBool_Check(given)) return bool_kind;
  if (given == Py_None) return none_kind;
  return PyBytes_CheckExact(given) ? bytes_kind : no_kind;
}

// Kinds that fit a parameter as they are, and kinds that never do; the others are asked about one by one.
struct Foreseen {
  unsigned exact = 0;
  unsigned never = 0;
};

// Of a reference or pointer to a bound object.
inline constexpr Foreseen only_objects{0, ~0u};

}  // namespace v1
}  // namespace dovetail
