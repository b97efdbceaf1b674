// The overload sets: what an argument is, is found once, and says which function is meant.
//
// What the floor leaves out: conversions. Each Python type belongs to one C++ type, and a vector is a list.
#pragma once
#include "raw_counter.h"
#include "raw_support.h"

namespace {

enum Kind : int { counter_kind, string_kind, vector_kind, int_kind, double_kind, no_kind };

inline Kind kind_of(PyObject* given) {
  PyTypeObject* const type = Py_TYPE(given);
  if (type == &PyFloat_Type) return double_kind;
  if (PyLong_Check(given)) return int_kind;
  if (PyUnicode_Check(given)) return string_kind;
  if (PyList_Check(given)) return vector_kind;
  if (type == counter_type || PyType_IsSubtype(type, counter_type)) return counter_kind;
  return PyFloat_Check(given) ? double_kind : no_kind;
}

// As the parameters want it; thrown is Raised.
template <class T>
T taken(PyObject* from) {
  T value;
  if (!take(from, value)) throw Raised();
  return value;
}
template <>
inline std::string taken(PyObject* from) {
  Py_ssize_t size;
  const char* letters = PyUnicode_AsUTF8AndSize(from, &size);
  if (!letters) throw Raised();
  return std::string(letters, static_cast<size_t>(size));
}
template <>
inline std::vector<int> taken(PyObject* from) {
  std::vector<int> values;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(from); ++i) values.push_back(taken<int>(PyList_GET_ITEM(from, i)));
  return values;
}

// Calls `function` with the value that `given` is; nullptr: it is none of them.
template <class Function>
PyObject* with_value(PyObject* given, Function function) {
  switch (kind_of(given)) {
    case counter_kind: return function(counter_of(given));
    case string_kind: return function(taken<std::string>(given));
    case vector_kind: return function(taken<std::vector<int>>(given));
    case int_kind: return function(taken<int>(given));
    case double_kind: return function(taken<double>(given));
    case no_kind: break;
  }
  return nullptr;
}

COLD PyObject* no_overload(const char* function) {
  if (!PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "%s(): no overload takes these arguments", function);
  return nullptr;
}

template <class Choose>
PyObject* pick(const char* function, Choose choose) {
  PyObject* result = nullptr;
  try {
    result = choose();
  } catch (...) {
    return raise_current();
  }
  return result ? result : no_overload(function);
}

PyObject* pick2(PyObject*, PyObject* given) {
  return pick("pick2", [given]() -> PyObject* {
    if (PyFloat_Check(given)) return PyLong_FromLong(work::pick2(PyFloat_AS_DOUBLE(given)));
    return PyUnicode_Check(given) ? PyLong_FromLong(work::pick2(taken<std::string>(given))) : nullptr;
  });
}

PyObject* pick5(PyObject*, PyObject* given) {
  return pick("pick5", [given] {
    return with_value(given, [](const auto& value) { return PyLong_FromLong(work::pick5(value)); });
  });
}

PyObject* pick20(PyObject*, PyObject* const* args, Py_ssize_t nargs) {
  return pick("pick20", [=]() -> PyObject* {
    if (nargs != 2) return nullptr;
    return with_value(args[0], [args](const auto& first) -> PyObject* {
      if constexpr (std::is_same_v<decltype(first), const std::vector<int>&>) {
        return nullptr;
      } else {
        return with_value(args[1], [&first](const auto& second) { return PyLong_FromLong(work::pick20(first, second)); });
      }
    });
  });
}

}  // namespace
