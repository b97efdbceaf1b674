// work.h bound by hand with the C API, as fast as we know how: the floor that generated code is measured against.
//
// The signatures are those that dovetail gives: a parameter without a name is positional-only, every other one can be
// passed by keyword. What the floor leaves out: overloads, conversions, borrowed objects, several interpreters (types
// and keyword names are process-wide here).
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

COLD PyObject* raise_current() {
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

// --- Counter ---------------------------------------------------------------------------------------------------------

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

template <class Function>
PyCFunction method(Function* function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
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

// --- a vector<double> that Python holds and reads in place -----------------------------------------------------------

struct RampObject {
  PyObject_HEAD
  Py_ssize_t size;
  std::vector<double> values;
};

PyTypeObject* ramp_type;

int Ramp_getbuffer(PyObject* self, Py_buffer* view, int flags) {
  static Py_ssize_t stride = sizeof(double);
  auto* ramp = reinterpret_cast<RampObject*>(self);
  *view = {};
  Py_INCREF(self);
  view->obj = self;
  view->buf = ramp->values.data();
  view->len = ramp->size * stride;
  view->itemsize = stride;
  view->ndim = 1;
  view->format = flags & PyBUF_FORMAT ? const_cast<char*>("d") : nullptr;
  view->shape = &ramp->size;
  view->strides = &stride;
  return 0;
}

void Ramp_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  reinterpret_cast<RampObject*>(self)->values.~vector();
  type->tp_free(self);
  Py_DECREF(type);
}

PyType_Slot ramp_slots[] = {
    {Py_bf_getbuffer, reinterpret_cast<void*>(Ramp_getbuffer)},
    {Py_tp_dealloc, reinterpret_cast<void*>(Ramp_dealloc)},
    {0, nullptr},
};
PyType_Spec ramp_spec = {"bench_raw.Ramp", sizeof(RampObject), 0,
                         Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, ramp_slots};

// --- functions -------------------------------------------------------------------------------------------------------

PyObject* increment(PyObject*, PyObject* arg) {
  int x;
  return take(arg, x) ? PyLong_FromLong(work::increment(x)) : nullptr;
}

Names<1> plus_names{"plus", {"x"}};

PyObject* plus(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(plus_names, args, nargs, kwnames, slots);
  int x;
  return v && take(v[0], x) ? PyLong_FromLong(work::plus(x)) : nullptr;
}

Names<3> add_names{"add", {"a", "b", "c"}};

PyObject* add(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[3];
  PyObject* const* v = bind(add_names, args, nargs, kwnames, slots);
  double a, b, c;
  if (!v || !take(v[0], a) || !take(v[1], b) || !take(v[2], c)) return nullptr;
  return PyFloat_FromDouble(work::add(a, b, c));
}

Names<1> echo_names{"echo", {"text"}};

PyObject* echo(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(echo_names, args, nargs, kwnames, slots);
  if (!v) return nullptr;
  const char* letters;
  Py_ssize_t size;
  if (PyUnicode_Check(v[0]) && PyUnicode_IS_COMPACT_ASCII(v[0])) [[likely]] {
    letters = reinterpret_cast<const char*>(PyUnicode_1BYTE_DATA(v[0]));
    size = PyUnicode_GET_LENGTH(v[0]);
  } else if (!(letters = PyUnicode_AsUTF8AndSize(v[0], &size))) {
    return nullptr;
  }
  try {
    const std::string result = work::echo(std::string(letters, static_cast<size_t>(size)));
    return PyUnicode_DecodeUTF8(result.data(), static_cast<Py_ssize_t>(result.size()), nullptr);
  } catch (...) {
    return raise_current();
  }
}

Names<1> peek_names{"peek", {"counter"}};

PyObject* peek(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(peek_names, args, nargs, kwnames, slots);
  if (!v) return nullptr;
  if (Py_TYPE(v[0]) != counter_type && !PyType_IsSubtype(Py_TYPE(v[0]), counter_type)) {
    PyErr_SetString(PyExc_TypeError, "a Counter is required");
    return nullptr;
  }
  return PyLong_FromLong(work::peek(counter_of(v[0])));
}

Names<1> make_names{"make", {"start"}};

PyObject* make(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(make_names, args, nargs, kwnames, slots);
  int start;
  if (!v || !take(v[0], start)) return nullptr;
  try {
    work::Counter made = work::make(start);
    auto* self = PyObject_New(CounterObject, counter_type);
    if (self) new (&self->value) work::Counter(std::move(made));
    return reinterpret_cast<PyObject*>(self);
  } catch (...) {
    return raise_current();
  }
}

Names<1> sum_names{"sum", {"values"}};

PyObject* sum(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(sum_names, args, nargs, kwnames, slots);
  PyObject* items = v ? PySequence_Fast(v[0], "a sequence is required") : nullptr;
  if (!items) return nullptr;
  PyObject* result = nullptr;
  try {
    const Py_ssize_t size = PySequence_Fast_GET_SIZE(items);
    PyObject** from = PySequence_Fast_ITEMS(items);
    std::vector<int> values(static_cast<size_t>(size));
    Py_ssize_t i = 0;
    while (i < size && take(from[i], values[static_cast<size_t>(i)])) ++i;
    if (i == size) result = PyLong_FromLong(work::sum(values));
  } catch (...) {
    raise_current();
  }
  Py_DECREF(items);
  return result;
}

Names<1> ramp_names{"ramp", {"count"}};

PyObject* ramp(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(ramp_names, args, nargs, kwnames, slots);
  int count;
  if (!v || !take(v[0], count)) return nullptr;
  try {
    std::vector<double> values = work::ramp(count);
    auto* self = PyObject_New(RampObject, ramp_type);
    if (!self) return nullptr;
    new (&self->values) std::vector<double>(std::move(values));
    self->size = static_cast<Py_ssize_t>(self->values.size());
    return reinterpret_cast<PyObject*>(self);
  } catch (...) {
    return raise_current();
  }
}

Names<1> ramp_list_names{"ramp_list", {"count"}};

PyObject* ramp_list(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(ramp_list_names, args, nargs, kwnames, slots);
  int count;
  if (!v || !take(v[0], count)) return nullptr;
  try {
    const std::vector<double> values = work::ramp_list(count);
    PyObject* list = PyList_New(static_cast<Py_ssize_t>(values.size()));
    if (!list) return nullptr;
    Py_ssize_t at = 0;
    for (double value : values) {
      PyObject* item = PyFloat_FromDouble(value);
      if (!item) {
        Py_DECREF(list);
        return nullptr;
      }
      PyList_SET_ITEM(list, at++, item);
    }
    return list;
  } catch (...) {
    return raise_current();
  }
}

Names<1> sum_view_names{"sum_view", {"values"}};

PyObject* sum_view(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  PyObject* slots[1];
  PyObject* const* v = bind(sum_view_names, args, nargs, kwnames, slots);
  Py_buffer view;
  if (!v || PyObject_GetBuffer(v[0], &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0) return nullptr;
  PyObject* result = nullptr;
  if (view.ndim == 1 && view.format && view.format[0] == 'd' && !view.format[1])
    result = PyFloat_FromDouble(work::sum_view({static_cast<const double*>(view.buf), static_cast<size_t>(view.shape[0])}));
  else
    PyErr_SetString(PyExc_TypeError, "a one-dimensional buffer of float64 is required");
  PyBuffer_Release(&view);
  return result;
}

// --- module ----------------------------------------------------------------------------------------------------------

constexpr int named = METH_FASTCALL | METH_KEYWORDS;

PyMethodDef functions[] = {
    {"increment", increment, METH_O, "increment(arg0, /)\n--\n\n"},
    {"plus", method(plus), named, "plus(x)\n--\n\n"},
    {"add", method(add), named, "add(a, b, c)\n--\n\n"},
    {"echo", method(echo), named, "echo(text)\n--\n\n"},
    {"peek", method(peek), named, "peek(counter)\n--\n\n"},
    {"make", method(make), named, "make(start)\n--\n\n"},
    {"sum", method(sum), named, "sum(values)\n--\n\n"},
    {"ramp", method(ramp), named, "ramp(count)\n--\n\n"},
    {"ramp_list", method(ramp_list), named, "ramp_list(count)\n--\n\n"},
    {"sum_view", method(sum_view), named, "sum_view(values)\n--\n\n"},
    {nullptr, nullptr, 0, nullptr},
};

int exec_module(PyObject* module) {
  Names<1>* single[] = {&counter_names, &set_names,  &plus_names, &echo_names,      &peek_names,
                        &make_names,    &sum_names,  &ramp_names, &ramp_list_names, &sum_view_names};
  for (Names<1>* names : single)
    if (!names->intern()) return -1;
  if (!add_names.intern()) return -1;
  counter_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &counter_spec, nullptr));
  ramp_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &ramp_spec, nullptr));
  if (!counter_type || !ramp_type) return -1;
  counter_type->tp_vectorcall = Counter_vectorcall;
  return PyModule_AddType(module, counter_type);
}

PyModuleDef_Slot module_slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_module)}, {0, nullptr}};
PyModuleDef definition = {PyModuleDef_HEAD_INIT, "bench_raw", nullptr, 0, functions, module_slots, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit_bench_raw() { return PyModuleDef_Init(&definition); }
