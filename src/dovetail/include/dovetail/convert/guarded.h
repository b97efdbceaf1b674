// dovetail/convert/guarded.h: running C++ that may throw inside a `take`, which must not.
// guarded(f): true, or false with the exception translated and set.   item_error: says which element was wrong.
#pragma once
#include <dovetail/core/arguments.h>
#include <dovetail/core/errors.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class F>
bool guarded(F&& f) noexcept {
  try {
    f();
    return true;
  } catch (...) {
    raise_current();
    return false;
  }
}

// An element of an argument could not be taken: names the element, keeping the type of an exception already set.
// Returns false, so that `take` can end with it.
DOVETAIL_COLD inline bool item_error(const char* what, Py_ssize_t index, PyObject* item) noexcept {
  if (!PyErr_Occurred()) {
    PyErr_Format(PyExc_TypeError, "%s %zd has the wrong type: %.200s", what, index, full_name(Py_TYPE(item)));
    return false;
  }
  if (!PyErr_ExceptionMatches(PyExc_TypeError) && !PyErr_ExceptionMatches(PyExc_ValueError) &&
      !PyErr_ExceptionMatches(PyExc_OverflowError)) {
    return false;
  }
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  // Only the plain built-in ones take a text as their single argument (UnicodeDecodeError, a ValueError, does not).
  const bool plain = type == PyExc_TypeError || type == PyExc_ValueError || type == PyExc_OverflowError;
  PyObject* text = plain && value ? PyObject_Str(value) : nullptr;
  if (!text) {
    PyErr_Clear();
    PyErr_Restore(type, value, trace);
    return false;
  }
  PyErr_Format(type, "%s %zd: %U", what, index, text);
  Py_DECREF(text);
  Py_DECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(trace);
  return false;
}

}  // namespace v1
}  // namespace dovetail
