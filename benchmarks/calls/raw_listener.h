// Listener, and functions of Python that C++ calls.
//
// What the floor leaves out: threads other than the one that called C++, classes that change after their objects were made
// (the override is looked up once per object), overrides that are no plain functions.
#pragma once
#include "raw_support.h"

namespace {

// A new reference taken over: the int that an override or a callback gave.
inline int taken_result(PyObject* result) {
  int value;
  const bool good = result && take(result, value);
  Py_XDECREF(result);
  if (!good) throw Raised();
  return value;
}

struct PythonListener final : work::Listener {
  PythonListener(PyObject* self, PyObject* method) : self(self), method(method) {}
  ~PythonListener() override { Py_XDECREF(method); }

  int step(int i) override {
    if (!method) return work::Listener::step(i);
    PyObject* stack[3] = {nullptr, self, PyLong_FromLong(i)};
    if (!stack[2]) throw Raised();
    PyObject* result = PyObject_Vectorcall(method, stack + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
    Py_DECREF(stack[2]);
    return taken_result(result);
  }

  PyObject* const self;    // owns this object
  PyObject* const method;  // nullptr: not overridden
};

struct ListenerObject {
  PyObject_HEAD
  work::Listener* value;
};

PyTypeObject* listener_type;

work::Listener& listener_of(PyObject* self) { return *reinterpret_cast<ListenerObject*>(self)->value; }

PyObject* Listener_new(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* self = type->tp_alloc(type, 0);
  if (!self) return nullptr;
  auto*& value = reinterpret_cast<ListenerObject*>(self)->value;
  PyObject* method = nullptr;
  try {
    if (type == listener_type) {
      value = new work::Listener;
      return self;
    }
    method = PyObject_GetAttrString(reinterpret_cast<PyObject*>(type), "step");
    if (!method) throw Raised();
    if (!PyFunction_Check(method)) Py_CLEAR(method);
    value = new PythonListener(self, method);
    return self;
  } catch (...) {
    Py_XDECREF(method);
    Py_DECREF(self);
    return raise_current();
  }
}

void Listener_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete reinterpret_cast<ListenerObject*>(self)->value;
  type->tp_free(self);
  Py_DECREF(type);
}

Names<1> step_names{"step", {"i"}};

// C++'s own, as super() means.
PyObject* Listener_step(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(step_names, args, nargs, kwnames, slots);
  int i;
  if (!v || !take(v[0], i)) return nullptr;
  return PyLong_FromLong(listener_of(self).work::Listener::step(i));
}

PyMethodDef listener_methods[] = {
    {"step", method(Listener_step), named, "step($self, /, i)\n--\n\n"},
    {nullptr, nullptr, 0, nullptr},
};
PyType_Slot listener_slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(Listener_new)},
    {Py_tp_dealloc, reinterpret_cast<void*>(Listener_dealloc)},
    {Py_tp_methods, listener_methods},
    {0, nullptr},
};
PyType_Spec listener_spec = {"bench_raw.Listener", sizeof(ListenerObject), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE, listener_slots};

Names<1> drive_names{"drive", {"listener"}};

PyObject* drive(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(drive_names, args, nargs, kwnames, slots);
  if (!v) return nullptr;
  if (Py_TYPE(v[0]) != listener_type && !PyType_IsSubtype(Py_TYPE(v[0]), listener_type)) {
    PyErr_SetString(PyExc_TypeError, "a Listener is required");
    return nullptr;
  }
  try {
    return PyLong_FromLong(work::drive(listener_of(v[0])));
  } catch (...) {
    return raise_current();
  }
}

Names<2> for_each_names{"for_each", {"count", "step"}};

PyObject* for_each(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[2];
  PyObject* const* v = bind(for_each_names, args, nargs, kwnames, slots);
  int count;
  if (!v || !take(v[0], count)) return nullptr;
  PyObject* const step = v[1];
  if (!PyCallable_Check(step)) {
    PyErr_SetString(PyExc_TypeError, "a callable is required");
    return nullptr;
  }
  try {
    return PyLong_FromLong(work::for_each(count, [step](int i) {
      PyObject* stack[2] = {nullptr, PyLong_FromLong(i)};
      if (!stack[1]) throw Raised();
      PyObject* result = PyObject_Vectorcall(step, stack + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
      Py_DECREF(stack[1]);
      return taken_result(result);
    }));
  } catch (...) {
    return raise_current();
  }
}

int add_listener(PyObject* module) {
  if (!step_names.intern() || !drive_names.intern() || !for_each_names.intern()) return -1;
  listener_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &listener_spec, nullptr));
  return listener_type ? PyModule_AddType(module, listener_type) : -1;
}

}  // namespace
