// What every part of raw.cpp needs: keywords, numbers, exceptions.
#pragma once
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <climits>
#include <exception>
#include <new>
#include <utility>

#include "work.h"

#define COLD [[gnu::cold, gnu::noinline]]

namespace {

// --- arguments -------------------------------------------------------------------------------------------------------

template <int Total>
struct Names {
  const char* function;
  const char* text[Total];
  int required = Total;
  PyObject* interned[Total] = {};

  bool intern() {
    for (int i = 0; i < Total; ++i)
      if (!(interned[i] = PyUnicode_InternFromString(text[i]))) return false;
    return true;
  }
};

COLD bool bind_slowly(const char* function, PyObject* const* names, int total, int required, PyObject* const* args,
                      Py_ssize_t nargs, PyObject* kwnames, PyObject** slots) {
  if (nargs > total) {
    PyErr_Format(PyExc_TypeError, "%s() takes %d arguments but %zd were given", function, total, nargs);
    return false;
  }
  for (int i = 0; i < total; ++i) slots[i] = i < nargs ? args[i] : nullptr;
  const Py_ssize_t keywords = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
  for (Py_ssize_t k = 0; k < keywords; ++k) {
    PyObject* keyword = PyTuple_GET_ITEM(kwnames, k);
    int found = 0;
    while (found < total && names[found] != keyword && PyUnicode_Compare(names[found], keyword) != 0) ++found;
    if (found == total || slots[found]) {
      PyErr_Format(PyExc_TypeError, "%s() got an unexpected or repeated keyword argument '%U'", function, keyword);
      return false;
    }
    slots[found] = args[nargs + k];
  }
  for (int i = 0; i < required; ++i) {
    if (slots[i]) continue;
    PyErr_Format(PyExc_TypeError, "%s() missing a required argument: '%U'", function, names[i]);
    return false;
  }
  return true;
}

// The arguments in the order of the parameters, nullptr for those left out; nullptr alone: exception set.
template <int Total>
inline PyObject* const* bind(const Names<Total>& names, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames,
                             PyObject** slots) {
  if (nargs == Total && !kwnames) [[likely]]
    return args;
  if (nargs == 0 && kwnames && PyTuple_GET_SIZE(kwnames) == Total) {
    bool in_order = true;
    for (int i = 0; i < Total; ++i) in_order &= PyTuple_GET_ITEM(kwnames, i) == names.interned[i];
    if (in_order) return args;
  }
  return bind_slowly(names.function, names.interned, Total, names.required, args, nargs, kwnames, slots) ? slots : nullptr;
}

COLD bool take_int_slowly(PyObject* from, int& to) {
  if (PyFloat_Check(from)) {
    PyErr_Format(PyExc_TypeError, "an int is required, not %s", Py_TYPE(from)->tp_name);
    return false;
  }
  const long value = PyLong_AsLong(from);
  if (value == -1 && PyErr_Occurred()) return false;
  if (value < INT_MIN || value > INT_MAX) {
    PyErr_SetString(PyExc_OverflowError, "out of range for int");
    return false;
  }
  to = static_cast<int>(value);
  return true;
}

inline bool take(PyObject* from, int& to) {
  if (PyLong_Check(from)) [[likely]] {
    auto* number = reinterpret_cast<PyLongObject*>(from);
#if PY_VERSION_HEX >= 0x030C0000
    if (PyUnstable_Long_IsCompact(number)) [[likely]] {
      to = static_cast<int>(PyUnstable_Long_CompactValue(number));
      return true;
    }
#else
    const Py_ssize_t size = Py_SIZE(number);
    if (-1 <= size && size <= 1) [[likely]] {
      to = static_cast<int>(size) * static_cast<int>(number->ob_digit[0]);
      return true;
    }
#endif
  }
  return take_int_slowly(from, to);
}

COLD bool take_double_slowly(PyObject* from, double& to) {
  to = PyFloat_AsDouble(from);
  return to != -1.0 || !PyErr_Occurred();
}

inline bool take(PyObject* from, double& to) {
  if (PyFloat_CheckExact(from)) [[likely]] {
    to = PyFloat_AS_DOUBLE(from);
    return true;
  }
  return take_double_slowly(from, to);
}

// Thrown where an exception of Python is set.
struct Raised {};

COLD PyObject* raise_current() {
  try {
    throw;
  } catch (const Raised&) {
    return nullptr;
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  } catch (...) {
    PyErr_SetString(PyExc_RuntimeError, "unknown C++ exception");
  }
  return nullptr;
}

constexpr int named = METH_FASTCALL | METH_KEYWORDS;

template <class Function>
PyCFunction method(Function* function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

}  // namespace
