// dovetail/core/forward.h: attributes of a class that is used like a pointer are also those of what it points to.
//
//   forward_get, forward_set     tp_getattro, tp_setattro: the object's own attributes first, then those of dereference()
//
// Special names (`__copy__`, `__array__`) are never looked for behind the pointer: they would speak of another object.
#pragma once
#include <dovetail/core/objects.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// What self points to, or None; an empty Ref where it cannot be said (no exception is set).
DOVETAIL_COLD inline Ref forward_target(PyObject* self, PyObject* name) noexcept {
  const Py_ssize_t length = PyUnicode_Check(name) ? PyUnicode_GET_LENGTH(name) : 0;
  const bool special = length > 1 && PyUnicode_READ_CHAR(name, 0) == '_' && PyUnicode_READ_CHAR(name, 1) == '_';
  if (!length || special || as_cell(self)->state & (unready | gone | building)) return Ref();
  Ref method(get_attribute(self, "dereference"));
  Ref target(method ? PyObject_CallNoArgs(method.get()) : nullptr);
  if (!target) PyErr_Clear();
  if (target.get() == Py_None || target.get() == self) return Ref();
  return target;
}

DOVETAIL_COLD inline PyObject* forward_missing(PyObject* self, PyObject* name) noexcept {
  PyObject* raised = fetch_exception();
  Ref target = forward_target(self, name);
  PyObject* found = nullptr;
  if (target && !Py_EnterRecursiveCall(" behind a pointer")) {
    found = PyObject_GetAttr(target.get(), name);
    Py_LeaveRecursiveCall();
    if (!found && !PyErr_ExceptionMatches(PyExc_AttributeError)) {
      Py_XDECREF(raised);
      return nullptr;
    }
  }
  if (!found) {
    PyErr_Clear();
    restore_exception(raised);
    return nullptr;
  }
  Py_XDECREF(raised);
  return found;
}
inline PyObject* forward_get(PyObject* self, PyObject* name) noexcept {
  PyObject* found = PyObject_GenericGetAttr(self, name);
  if (found || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
  return forward_missing(self, name);
}
DOVETAIL_COLD inline int forward_set(PyObject* self, PyObject* name, PyObject* value) noexcept {
  PyTypeObject* type = Py_TYPE(self);
  const bool own = PyUnicode_Check(name) && PyObject_HasAttr(reinterpret_cast<PyObject*>(type), name);
  Ref target = own || has_own_dict(self) ? Ref() : forward_target(self, name);
  return target ? PyObject_SetAttr(target.get(), name, value) : PyObject_GenericSetAttr(self, name, value);
}

}  // namespace v1
}  // namespace dovetail
