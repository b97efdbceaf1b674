// work.h bound by hand with the C API, as fast as we know how: the floor that generated code is measured against.
//
// The signatures are those that dovetail gives: a parameter without a name is positional-only, every other one can be
// passed by keyword. What the floor leaves out: conversions, several interpreters (types and keyword names are process-wide
// here), and what the headers name.
#include "raw_counter.h"
#include "raw_listener.h"
#include "raw_overloads.h"
#include "raw_store.h"
#include "raw_support.h"

namespace {

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

// Calls `function` with the numbers of the one argument, which is a buffer of float64.
template <class Function>
PyObject* with_numbers(const Names<1>& names, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames, Function function) {
  PyObject* slots[1];
  PyObject* const* v = bind(names, args, nargs, kwnames, slots);
  Py_buffer view;
  if (!v || PyObject_GetBuffer(v[0], &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0) return nullptr;
  PyObject* result = nullptr;
  if (view.ndim == 1 && view.format && view.format[0] == 'd' && !view.format[1])
    result = PyFloat_FromDouble(function(std::span(static_cast<const double*>(view.buf), static_cast<size_t>(view.shape[0]))));
  else
    PyErr_SetString(PyExc_TypeError, "a one-dimensional buffer of float64 is required");
  PyBuffer_Release(&view);
  return result;
}

Names<1> sum_view_names{"sum_view", {"values"}};

PyObject* sum_view(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  return with_numbers(sum_view_names, args, nargs, kwnames, work::sum_view);
}

Names<1> first_names{"first", {"values"}};

PyObject* first(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  return with_numbers(first_names, args, nargs, kwnames, work::first);
}

// --- module ----------------------------------------------------------------------------------------------------------

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
    {"first", method(first), named, "first(values)\n--\n\n"},
    {"drive", method(drive), named, "drive(listener)\n--\n\n"},
    {"for_each", method(for_each), named, "for_each(count, step)\n--\n\n"},
    {"pick2", pick2, METH_O, "pick2(arg0, /)\n--\n\n"},
    {"pick5", pick5, METH_O, "pick5(arg0, /)\n--\n\n"},
    {"pick20", method(pick20), METH_FASTCALL, "pick20(arg0, arg1, /)\n--\n\n"},
    {nullptr, nullptr, 0, nullptr},
};

int exec_module(PyObject* module) {
  Names<1>* single[] = {&counter_names, &set_names,  &plus_names, &echo_names,      &peek_names,
                        &make_names,    &sum_names,  &ramp_names, &ramp_list_names, &sum_view_names,
                        &first_names};
  for (Names<1>* names : single)
    if (!names->intern()) return -1;
  if (!add_names.intern()) return -1;
  counter_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &counter_spec, nullptr));
  ramp_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &ramp_spec, nullptr));
  if (!counter_type || !ramp_type) return -1;
  counter_type->tp_vectorcall = Counter_vectorcall;
  if (PyModule_AddType(module, counter_type) < 0) return -1;
  return add_listener(module) < 0 ? -1 : add_store(module);
}

PyModuleDef_Slot module_slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_module)}, {0, nullptr}};
PyModuleDef definition = {PyModuleDef_HEAD_INIT, "bench_raw", nullptr, 0, functions, module_slots, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit_bench_raw() { return PyModuleDef_Init(&definition); }
