// Store: containers that Python iterates over where they lie, and memory that it sees as a NumPy array.
//
// What the floor leaves out: containers that grow while Python holds one of their elements, and everything that a sequence
// of Python can do beside iteration.
#pragma once
#include <numpy/arrayobject.h>

#include "raw_support.h"

namespace {

struct StoreObject {
  PyObject_HEAD
  work::Store value;
};

PyTypeObject* store_type;

work::Store& store_of(PyObject* self) { return reinterpret_cast<StoreObject*>(self)->value; }

// What refers into another object, and keeps it alive: a container, an element.
template <class T>
struct Inside {
  PyObject_HEAD
  PyObject* owner;
  T* value;

  static inline PyTypeObject* type;

  static PyObject* give(T& value, PyObject* owner) {
    auto* self = PyObject_New(Inside, type);
    if (!self) return nullptr;
    self->owner = Py_NewRef(owner);
    self->value = &value;
    return reinterpret_cast<PyObject*>(self);
  }
  static T& of(PyObject* self) { return *reinterpret_cast<Inside*>(self)->value; }
  static void dealloc(PyObject* self) {
    PyTypeObject* own = Py_TYPE(self);
    Py_DECREF(reinterpret_cast<Inside*>(self)->owner);
    own->tp_free(self);
    Py_DECREF(own);
  }
};

inline PyObject* give_element(long value, PyObject*) { return PyLong_FromLong(value); }
inline PyObject* give_element(work::Point& point, PyObject* owner) { return Inside<work::Point>::give(point, owner); }

template <class T>
struct Iterator {
  PyObject_HEAD
  PyObject* container;  // nullptr: exhausted
  size_t at;

  static inline PyTypeObject* type;

  static PyObject* give(PyObject* container) {
    auto* self = PyObject_New(Iterator, type);
    if (!self) return nullptr;
    self->container = Py_NewRef(container);
    self->at = 0;
    return reinterpret_cast<PyObject*>(self);
  }
  static PyObject* next(PyObject* given) {
    auto* self = reinterpret_cast<Iterator*>(given);
    if (!self->container) return nullptr;
    auto& items = Inside<std::vector<T>>::of(self->container);
    if (self->at < items.size()) [[likely]]
      return give_element(items[self->at++], self->container);
    Py_CLEAR(self->container);
    return nullptr;
  }
  static void dealloc(PyObject* self) {
    PyTypeObject* own = Py_TYPE(self);
    Py_XDECREF(reinterpret_cast<Iterator*>(self)->container);
    own->tp_free(self);
    Py_DECREF(own);
  }
};

template <double work::Point::* field>
PyObject* get_coordinate(PyObject* self, void*) {
  return PyFloat_FromDouble(Inside<work::Point>::of(self).*field);
}

PyGetSetDef point_fields[] = {
    {"x", get_coordinate<&work::Point::x>, nullptr, nullptr, nullptr},
    {"y", get_coordinate<&work::Point::y>, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

constexpr unsigned long inner = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION;

int add_point(PyObject* module) {
  PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(Inside<work::Point>::dealloc)},
                         {Py_tp_getset, point_fields},
                         {0, nullptr}};
  PyType_Spec spec = {"bench_raw.Point", sizeof(Inside<work::Point>), 0, inner, slots};
  Inside<work::Point>::type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return Inside<work::Point>::type ? 0 : -1;
}

template <class T>
int add_container(PyObject* module, const char* name, const char* iterator_name) {
  using Container = Inside<std::vector<T>>;
  PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(Container::dealloc)},
                         {Py_tp_iter, reinterpret_cast<void*>(Iterator<T>::give)},
                         {0, nullptr}};
  PyType_Spec spec = {name, sizeof(Container), 0, inner, slots};
  PyType_Slot iterator_slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(Iterator<T>::dealloc)},
                                  {Py_tp_iter, reinterpret_cast<void*>(PyObject_SelfIter)},
                                  {Py_tp_iternext, reinterpret_cast<void*>(Iterator<T>::next)},
                                  {0, nullptr}};
  PyType_Spec iterator_spec = {iterator_name, sizeof(Iterator<T>), 0, inner, iterator_slots};
  Container::type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  Iterator<T>::type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &iterator_spec, nullptr));
  return Container::type && Iterator<T>::type ? 0 : -1;
}

PyObject* Store_new(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  int count;
  static const char* names[] = {"count", nullptr};
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "i", const_cast<char**>(names), &count)) return nullptr;
  PyObject* self = type->tp_alloc(type, 0);
  if (!self) return nullptr;
  try {
    new (&store_of(self)) work::Store(count);
  } catch (...) {
    Py_DECREF(type);
    type->tp_free(self);
    return raise_current();
  }
  return self;
}

void Store_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  store_of(self).~Store();
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* Store_numbers(PyObject* self, PyObject*) {
  return Inside<std::vector<long>>::give(store_of(self).numbers(), self);
}
PyObject* Store_points(PyObject* self, PyObject*) {
  return Inside<std::vector<work::Point>>::give(store_of(self).points(), self);
}

PyObject* Store_values(PyObject* self, PyObject*) {
  const std::span<const double> values = store_of(self).values();
  npy_intp size = static_cast<npy_intp>(values.size());
  PyObject* made = PyArray_New(&PyArray_Type, 1, &size, NPY_DOUBLE, nullptr, const_cast<double*>(values.data()), 0,
                               NPY_ARRAY_CARRAY_RO, nullptr);
  if (!made) return nullptr;
  if (PyArray_SetBaseObject(reinterpret_cast<PyArrayObject*>(made), Py_NewRef(self)) == 0) return made;
  Py_DECREF(made);
  return nullptr;
}

PyMethodDef store_methods[] = {
    {"numbers", Store_numbers, METH_NOARGS, "numbers($self, /)\n--\n\n"},
    {"points", Store_points, METH_NOARGS, "points($self, /)\n--\n\n"},
    {"values", Store_values, METH_NOARGS, "values($self, /)\n--\n\n"},
    {nullptr, nullptr, 0, nullptr},
};
PyType_Slot store_slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(Store_new)},
    {Py_tp_dealloc, reinterpret_cast<void*>(Store_dealloc)},
    {Py_tp_methods, store_methods},
    {0, nullptr},
};
PyType_Spec store_spec = {"bench_raw.Store", sizeof(StoreObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, store_slots};

int add_store(PyObject* module) {
  if (PyArray_ImportNumPyAPI() < 0 || add_point(module) < 0) return -1;
  if (add_container<long>(module, "bench_raw.Numbers", "bench_raw.NumbersIterator") < 0) return -1;
  if (add_container<work::Point>(module, "bench_raw.Points", "bench_raw.PointsIterator") < 0) return -1;
  store_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &store_spec, nullptr));
  return store_type ? PyModule_AddType(module, store_type) : -1;
}

}  // namespace
