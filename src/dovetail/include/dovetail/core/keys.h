// dovetail/core/keys.h: subscripts with several keys: `m[1, 2]` is a call with two arguments, `m[1, 2] = x` one with three.
//
//   keys_slot(self, key, get)         mp_subscript; a key that is no tuple is the only one
//   assign_keys(self, key, item, set) mp_ass_subscript, where the key is a tuple
#pragma once
#include <dovetail/core/operators.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

inline PyObject* keys_slot(PyObject* self, PyObject* key, FastMethod get) noexcept {
  if (!PyTuple_Check(key)) return get(self, &key, 1, nullptr);
  const ItemArray items(key);
  return items.data() ? get(self, items.data(), PyTuple_GET_SIZE(key), nullptr) : nullptr;
}

inline int assign_keys(PyObject* self, PyObject* key, PyObject* item, FastMethod set) noexcept {
  constexpr Py_ssize_t most = 16;
  PyObject* args[most];
  const Py_ssize_t count = PyTuple_GET_SIZE(key);
  if (count >= most) {
    PyErr_Format(PyExc_TypeError, "%zd keys are too many", count);
    return -1;
  }
  for (Py_ssize_t i = 0; i < count; ++i) args[i] = PyTuple_GET_ITEM(key, i);
  args[count] = item;
  return as_status(set(self, args, count + 1, nullptr));
}

}  // namespace v1
}  // namespace dovetail
