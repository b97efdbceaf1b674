// dovetail/core/operators.h: from methods to type slots.
//
// Operators are emitted as ordinary method functions (self, other); the slots that the interpreter calls are thin: they
// find out on which side self is, and turn results into what a slot returns. A method whose operand does not convert
// returns not_implemented(), so that the other operand gets its turn.
#pragma once
#include <dovetail/core/objects.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

using Method = PyObject* (*)(PyObject* self, PyObject* other);
using FastMethod = PyObject* (*)(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames);

// The operand is of another type: NotImplemented. It is of the right type and bad (out of range): the exception stays.
DOVETAIL_COLD inline PyObject* not_implemented() noexcept {
  return PyErr_Occurred() ? nullptr : Py_NewRef(Py_NotImplemented);
}

// nb_add and the like of class T: `forward` is __add__, `reflected` __radd__ (self first); either may be nullptr.
template <class T>
inline PyObject* binary_slot(PyObject* left, PyObject* right, Method forward, Method reflected) noexcept {
  if (forward && is_instance<T>(left)) {
    PyObject* result = forward(left, right);
    if (result != Py_NotImplemented) return result;
    Py_DECREF(result);
  }
  if (reflected && is_instance<T>(right)) return reflected(right, left);
  return Py_NewRef(Py_NotImplemented);
}
// nb_power has a third operand, which no C++ operator has.
template <class T>
inline PyObject* power_slot(PyObject* left, PyObject* right, PyObject* modulus, Method forward, Method reflected) noexcept {
  if (modulus != Py_None) return Py_NewRef(Py_NotImplemented);
  return binary_slot<T>(left, right, forward, reflected);
}

// __ne__ of an __eq__: NotImplemented and errors pass through. Steals `equal`.
inline PyObject* negate(PyObject* equal) noexcept {
  if (!equal || equal == Py_NotImplemented) return equal;
  const int truth = PyObject_IsTrue(equal);
  Py_DECREF(equal);
  return truth < 0 ? nullptr : PyBool_FromLong(!truth);
}

// What slots return instead of an object. Each steals `result`; nullptr means that an exception is set.
inline int as_status(PyObject* result) noexcept {
  if (!result) return -1;
  Py_DECREF(result);
  return 0;
}
inline int as_truth(PyObject* result) noexcept {
  if (!result) return -1;
  const int truth = PyObject_IsTrue(result);
  Py_DECREF(result);
  return truth;
}
inline Py_ssize_t as_length(PyObject* result) noexcept {
  if (!result) return -1;
  const Py_ssize_t length = PyNumber_AsSsize_t(result, PyExc_OverflowError);
  Py_DECREF(result);
  if (length < 0 && !PyErr_Occurred()) {
    PyErr_SetString(PyExc_ValueError, "a length is not negative");
    return -1;
  }
  return length;
}
inline Py_hash_t as_hash(PyObject* result) noexcept {
  if (!result) return -1;
  const Py_hash_t hash = PyObject_Hash(result);
  Py_DECREF(result);
  return hash;
}
// std::hash gives any size_t; -1 is Python's word for an error.
inline Py_hash_t hash_value(size_t hash) noexcept {
  const Py_hash_t value = static_cast<Py_hash_t>(hash);
  return value == -1 ? -2 : value;
}

// tp_call for a method of the fast calling convention.
DOVETAIL_COLD inline PyObject* call_slot(PyObject* self, PyObject* args, PyObject* kwargs, FastMethod method) noexcept {
  return unpack_call(args, kwargs, static_cast<PyObject*>(nullptr),
                     [=](PyObject* const* given, Py_ssize_t count, PyObject* names) noexcept -> PyObject* {
                       return method(self, given, count, names);
                     });
}

// mp_ass_subscript: `set` is __setitem__, `remove` __delitem__ (nullptr: refused).
inline int assign_slot(PyObject* self, PyObject* key, PyObject* value, FastMethod set, Method remove) noexcept {
  if (value) {
    if (!set) {
      PyErr_Format(PyExc_TypeError, "'%s' object does not support item assignment", type_name(self));
      return -1;
    }
    PyObject* args[2] = {key, value};
    return as_status(set(self, args, 2, nullptr));
  }
  if (remove) return as_status(remove(self, key));
  PyErr_Format(PyExc_TypeError, "'%s' object does not support item deletion", type_name(self));
  return -1;
}

}  // namespace v1
}  // namespace dovetail
