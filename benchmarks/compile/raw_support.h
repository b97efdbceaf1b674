// What the hand-written binding of an invented library shares: conversions, keywords, objects.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <climits>
#include <exception>
#include <new>
#include <string>

#define COLD [[gnu::cold, gnu::noinline]]

namespace raw {

static PyObject* names[4];  // a0 … a3, interned

COLD static bool out_of_range() {
  PyErr_SetString(PyExc_OverflowError, "out of range");
  return false;
}

COLD static bool take_slowly(PyObject* from, long long& to) {
  if (PyFloat_Check(from)) {
    PyErr_SetString(PyExc_TypeError, "an int is required");
    return false;
  }
  to = PyLong_AsLongLong(from);
  return to != -1 || !PyErr_Occurred();
}

inline bool take(PyObject* from, long long& to) {
  if (PyLong_CheckExact(from)) [[likely]] {
#if PY_VERSION_HEX >= 0x030C0000
    auto* number = reinterpret_cast<PyLongObject*>(from);
    if (PyUnstable_Long_IsCompact(number)) [[likely]] {
      to = PyUnstable_Long_CompactValue(number);
      return true;
    }
#else
    const Py_ssize_t size = Py_SIZE(from);
    if (-1 <= size && size <= 1) [[likely]] {
      to = size * static_cast<long long>(reinterpret_cast<PyLongObject*>(from)->ob_digit[0]);
      return true;
    }
#endif
  }
  return take_slowly(from, to);
}

inline bool take(PyObject* from, int& to) {
  long long wide;
  if (!take(from, wide)) return false;
  if (wide < INT_MIN || wide > INT_MAX) return out_of_range();
  to = static_cast<int>(wide);
  return true;
}

COLD static bool take_slowly(PyObject* from, double& to) {
  to = PyFloat_AsDouble(from);
  return to != -1.0 || !PyErr_Occurred();
}

inline bool take(PyObject* from, double& to) {
  if (PyFloat_CheckExact(from)) [[likely]] {
    to = PyFloat_AS_DOUBLE(from);
    return true;
  }
  return take_slowly(from, to);
}

inline bool take(PyObject* from, float& to) {
  double wide;
  if (!take(from, wide)) return false;
  to = static_cast<float>(wide);
  return true;
}

inline bool take(PyObject* from, bool& to) {
  if (!PyBool_Check(from)) {
    PyErr_SetString(PyExc_TypeError, "a bool is required");
    return false;
  }
  to = from == Py_True;
  return true;
}

inline bool take(PyObject* from, std::string& to) {
  Py_ssize_t size;
  const char* text = PyUnicode_AsUTF8AndSize(from, &size);
  if (!text) return false;
  to.assign(text, static_cast<size_t>(size));
  return true;
}

inline PyObject* give(int value) { return PyLong_FromLong(value); }
inline PyObject* give(long long value) { return PyLong_FromLongLong(value); }
inline PyObject* give(double value) { return PyFloat_FromDouble(value); }
inline PyObject* give(float value) { return PyFloat_FromDouble(static_cast<double>(value)); }
inline PyObject* give(bool value) { return PyBool_FromLong(value); }
inline PyObject* give(const std::string& value) {
  return PyUnicode_DecodeUTF8(value.data(), static_cast<Py_ssize_t>(value.size()), nullptr);
}

COLD static PyObject* raise_current() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  } catch (...) {
    PyErr_SetString(PyExc_RuntimeError, "unknown C++ exception");
  }
  return nullptr;
}

COLD static PyObject* const* bind_slowly(const char* function, int total, PyObject* const* args, Py_ssize_t nargs,
                                         PyObject* kwnames, PyObject** slots) {
  const Py_ssize_t keywords = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
  if (nargs + keywords != total) {
    PyErr_Format(PyExc_TypeError, "%s() takes %d arguments but %zd were given", function, total, nargs + keywords);
    return nullptr;
  }
  for (int i = 0; i < total; ++i) slots[i] = i < nargs ? args[i] : nullptr;
  for (Py_ssize_t k = 0; k < keywords; ++k) {
    int found = 0;
    while (found < total && PyUnicode_Compare(names[found], PyTuple_GET_ITEM(kwnames, k)) != 0) ++found;
    if (found == total || slots[found]) {
      PyErr_Format(PyExc_TypeError, "%s() got an unexpected or repeated keyword argument", function);
      return nullptr;
    }
    slots[found] = args[nargs + k];
  }
  return slots;
}

template <int Total>
inline PyObject* const* bind(const char* function, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames,
                             PyObject** slots) {
  if (nargs == Total && !kwnames) [[likely]]
    return args;
  return bind_slowly(function, Total, args, nargs, kwnames, slots);
}

template <class T>
struct Object {
  PyObject_HEAD
  T value;
};

template <class T>
T& value(PyObject* self) {
  return reinterpret_cast<Object<T>*>(self)->value;
}

template <class T>
PyObject* make(PyObject* type, int from) {
  auto* self = PyObject_New(Object<T>, reinterpret_cast<PyTypeObject*>(type));
  if (self) new (&self->value) T(from);
  return reinterpret_cast<PyObject*>(self);
}

template <class T>
void dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  value<T>(self).~T();
  PyObject_Free(self);
  Py_DECREF(type);
}

template <class Function>
PyCFunction method(Function* function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

struct Type {
  PyType_Spec* spec;
  vectorcallfunc construct;
};

static int add_types(PyObject* module, const Type* types) {
  for (int i = 0; i < 4; ++i)
    if (!(names[i] = PyUnicode_FromFormat("a%d", i))) return -1;
  for (; types->spec; ++types) {
    auto* type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, types->spec, nullptr));
    if (!type) return -1;
    type->tp_vectorcall = types->construct;
    if (PyModule_AddType(module, type) != 0) return -1;
    Py_DECREF(type);
  }
  return 0;
}

}  // namespace raw
