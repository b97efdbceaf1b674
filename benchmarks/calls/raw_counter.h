// Counter.
#pragma once
#include "raw_support.h"

namespace {

struct CounterObject {
  PyObject_HEAD
  work::Counter value;
};

PyTypeObject* counter_type;

work::Counter& counter_of(PyObject* self) { return reinterpret_cast<CounterObject*>(self)->value; }

Names<1> counter_names{"Counter", {"start"}, 0};

PyObject* Counter_new(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  int start = 0;
  static const char* names[] = {"start", nullptr};
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "|i", const_cast<char**>(names), &start)) return nullptr;
  PyObject* self = type->tp_alloc(type, 0);
  if (self) new (&counter_of(self)) work::Counter(start);
  return self;
}

PyObject* Counter_vectorcall(PyObject* type, PyObject* const* args, size_t nargsf, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(counter_names, args, PyVectorcall_NARGS(nargsf), kwnames, slots);
  if (!v) return nullptr;
  int start = 0;
  if (v[0] && !take(v[0], start)) return nullptr;
  auto* self = PyObject_New(CounterObject, reinterpret_cast<PyTypeObject*>(type));
  if (!self) return nullptr;
  try {
    new (&self->value) work::Counter(start);
  } catch (...) {
    Py_DECREF(type);
    PyObject_Free(self);
    return raise_current();
  }
  return reinterpret_cast<PyObject*>(self);
}

void Counter_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  counter_of(self).~Counter();
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* Counter_value(PyObject* self, PyObject*) { return PyLong_FromLong(counter_of(self).value()); }

Names<1> set_names{"set", {"value"}};

PyObject* Counter_set(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(set_names, args, nargs, kwnames, slots);
  int value;
  if (!v || !take(v[0], value)) return nullptr;
  counter_of(self).set(value);
  Py_RETURN_NONE;
}

PyObject* Counter_get_x(PyObject* self, void*) { return PyLong_FromLong(counter_of(self).x); }

int Counter_set_x(PyObject* self, PyObject* value, void*) {
  if (!value) {
    PyErr_SetString(PyExc_AttributeError, "x cannot be deleted");
    return -1;
  }
  int x;
  if (!take(value, x)) return -1;
  counter_of(self).x = x;
  return 0;
}

PyMethodDef counter_methods[] = {
    {"value", Counter_value, METH_NOARGS, "value($self, /)\n--\n\n"},
    {"set", method(Counter_set), METH_FASTCALL | METH_KEYWORDS, "set($self, /, value)\n--\n\n"},
    {nullptr, nullptr, 0, nullptr},
};
PyGetSetDef counter_fields[] = {
    {"x", Counter_get_x, Counter_set_x, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};
PyType_Slot counter_slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(Counter_new)},
    {Py_tp_dealloc, reinterpret_cast<void*>(Counter_dealloc)},
    {Py_tp_methods, counter_methods},
    {Py_tp_getset, counter_fields},
    {0, nullptr},
};
PyType_Spec counter_spec = {"bench_raw.Counter", sizeof(CounterObject), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE, counter_slots};

}  // namespace
