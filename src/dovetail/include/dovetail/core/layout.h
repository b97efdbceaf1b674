// dovetail/core/layout.h: how large the objects of Python classes are, and that a class may have several bases.
//
// A Python object holds one C++ object, so no class has two bases whose instances have room for one: CPython says so with
// "multiple bases have instance lay-out conflict". A C++ class with several bases has that room itself.
//
//   make_class(module, s, row, bases, nested)   the class of a row
//   finish_class(type, row, qualname, nested)   what its spec cannot say
//   is_one_object(type)                         of a class written in Python: whether its bases are those of one C++ object
#pragma once
#include <dovetail/core/tables.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// A derived class may need less room than its base. The layout must still extend it, or two of its derived classes could be
// bases of one class written in Python, whose instances would pass for both.
inline void extend_bases(PyType_Spec& spec, PyObject* bases) noexcept {
  for (Py_ssize_t i = 0; bases && i < PyTuple_GET_SIZE(bases); ++i) {
    const Py_ssize_t size = size_of(reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(bases, i)));
    if (spec.basicsize <= static_cast<int>(size)) spec.basicsize = static_cast<int>(size + Py_ssize_t{sizeof(void*)});
  }
}

#ifdef Py_LIMITED_API

// Types are closed here. So classes that several-based ones are related to derive from one that has room for the largest of
// them, and add nothing to it: CPython then sees no conflict, and is_one_object says what it cannot.
inline int count_direct(const TypeRow& row) noexcept {
  int count = 0;
  for (const BaseRow& base : row.bases) count += base.direct;
  return count;
}

// Marks what is related to a class with several bases. false: there is none.
DOVETAIL_COLD inline bool mark_related(const ScatteredTable<TypeRow>& rows, bool* marked) noexcept {
  bool any = false, more = true;
  while (more) {
    more = false;
    const auto mark = [&](int slot) noexcept {
      more = more || !marked[slot];
      marked[slot] = any = true;
    };
    for (const TypeRow& row : rows) {
      bool related = marked[row.slot] || count_direct(row) > 1 || (row.base >= 0 && marked[row.base]);
      for (const BaseRow& base : row.bases) related = related || marked[base.slot];
      if (!related) continue;
      if (!marked[row.slot]) mark(row.slot);
      if (row.base >= 0 && !marked[row.base]) mark(row.base);
      for (const BaseRow& base : row.bases) {
        if (!marked[base.slot]) mark(base.slot);
      }
    }
  }
  return any;
}

// Else an instance would hold an object of the nearest base, and pass for one of another base that it has nothing of.
DOVETAIL_COLD inline bool is_one_object(PyTypeObject* type) noexcept {
  State* s = methods_of(type) ? nullptr : owner_state(type);
  if (!s || !s->room) return true;
  const Ref order = order_of(type);
  PyTypeObject* nearest = type;
  while (nearest && !methods_of(nearest)) nearest = base_of(nearest);
  for (Py_ssize_t i = 0; order && i < PyTuple_GET_SIZE(order.get()); ++i) {
    auto* base = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(order.get(), i));
    if (PyType_IsSubtype(base, s->room) && methods_of(base) && !PyType_IsSubtype(nearest, base)) {
      PyErr_SetString(PyExc_TypeError, "multiple bases have instance lay-out conflict");
      return false;
    }
  }
  return true;
}

// __init_subclass__ of the room: what CPython would say itself of classes with room of their own.
DOVETAIL_COLD inline PyObject* check_subclass(PyObject* type, PyObject* args, PyObject* kwargs) noexcept {
  auto* made = reinterpret_cast<PyTypeObject*>(type);
  if (!is_one_object(made)) return nullptr;
  State* s = owner_state(made);
  Ref above(s && s->room ? PyObject_CallFunctionObjArgs(reinterpret_cast<PyObject*>(&PySuper_Type),
                                                         reinterpret_cast<PyObject*>(s->room), type, nullptr)
                         : nullptr);
  Ref next(above ? get_attribute(above.get(), "__init_subclass__") : nullptr);
  return next ? PyObject_Call(next.get(), args, kwargs) : nullptr;
}

// The class with the room, made with the first that needs it; nullptr: exception set.
DOVETAIL_COLD inline PyTypeObject* room_class(PyObject* module, State* s, const bool* marked) noexcept {
  if (s->room) return s->room;
  int size = 0;
  for (const TypeRow& row : s->table->types) {
    if (!marked[row.slot]) continue;
    if (row.from) {
      PyErr_Format(PyExc_ImportError, "%s has several bases, or shares them, and one is of the module %s: the limited API cannot say so",
                   row.name, row.from);
      return nullptr;
    }
    if (size < row.spec->basicsize) size = row.spec->basicsize;
  }
  static PyMethodDef methods[] = {{"__init_subclass__", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(check_subclass)),
                                   METH_CLASS | METH_VARARGS | METH_KEYWORDS, nullptr},
                                  {nullptr, nullptr, 0, nullptr}};
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("Room for an object of C++.")}, {Py_tp_methods, methods}, {0, nullptr}};
  PyType_Spec spec = {"dovetail.room", size, 0,
                      static_cast<unsigned int>(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE |
                                                Py_TPFLAGS_DISALLOW_INSTANTIATION),
                      slots};
  s->room = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return s->room;
}

DOVETAIL_COLD inline Ref make_class(PyObject* module, State* s, const TypeRow& row, Ref bases, bool nested) noexcept {
  PyType_Spec spec = *row.spec;
  // The name of a nested class is that of its scope, and can be given to no class that is immutable.
  if (nested) spec.flags &= ~static_cast<unsigned int>(Py_TPFLAGS_IMMUTABLETYPE);
  auto* marked = static_cast<bool*>(PyMem_Calloc(static_cast<size_t>(s->table->types.count), sizeof(bool)));
  if (!marked) return Ref(PyErr_NoMemory());
  const bool related = mark_related(s->table->types, marked) && marked[row.slot];
  PyTypeObject* room = related ? room_class(module, s, marked) : nullptr;
  PyMem_Free(marked);
  if (related) {
    if (!room) return Ref();
    if (!bases) bases = Ref(PyTuple_Pack(1, reinterpret_cast<PyObject*>(room)));
    if (!bases) return Ref();
    spec.basicsize = 0;  // as the base
  } else {
    extend_bases(spec, bases.get());
  }
  return Ref(PyType_FromModuleAndSpec(module, &spec, bases.get()));
}
DOVETAIL_COLD inline bool finish_class(PyTypeObject* type, const TypeRow&, PyObject* qualname, bool nested) noexcept {
  return !nested || PyObject_SetAttrString(reinterpret_cast<PyObject*>(type), "__qualname__", qualname) == 0;
}

#else

// While a class is made, all that it derives from but the first base and that one's own first bases look as if they added nothing.
// Nobody else sees them yet, or, where they come from another module, can run meanwhile.
class Narrowed {
 public:
  explicit Narrowed(PyObject* bases) noexcept : collecting_(PyGC_Disable()) {
    if (!bases || !PyTuple_GET_SIZE(bases)) return;
    auto* first = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(bases, 0));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); ++i) {
      PyObject* order = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(bases, i))->tp_mro;
      for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(order); ++k) {
        narrow(reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(order, k)), first);
      }
    }
  }
  ~Narrowed() {
    while (count_ > 0) {
      --count_;
      was_[count_].type->tp_basicsize = was_[count_].size;
    }
    if (collecting_) PyGC_Enable();
  }
  Narrowed(const Narrowed&) = delete;
  Narrowed& operator=(const Narrowed&) = delete;

 private:
  struct Was {
    PyTypeObject* type;
    Py_ssize_t size;
  };
  static bool is_first_base(PyTypeObject* type, PyTypeObject* base) noexcept {
    while (type && type != base) type = base_of(type);
    return type;
  }
  void narrow(PyTypeObject* type, PyTypeObject* first) noexcept {
    PyTypeObject* shared = type;
    while (!is_first_base(first, shared)) shared = base_of(shared);
    if (shared == type || count_ == most) return;
    was_[count_++] = {type, type->tp_basicsize};  // one met twice gets its true size last
    type->tp_basicsize = shared->tp_basicsize;
  }
  static constexpr int most = 256;  // beyond, CPython refuses the class
  const int collecting_;  // a finalizer could run any code
  int count_ = 0;
  Was was_[most];
};

inline Ref make_class(PyObject* module, State*, const TypeRow& row, Ref bases, bool) noexcept {
  PyType_Spec spec = *row.spec;
  extend_bases(spec, bases.get());
  Narrowed narrowed(bases.get());
  return Ref(PyType_FromModuleAndSpec(module, &spec, bases.get()));
}
inline bool finish_class(PyTypeObject* type, const TypeRow& row, PyObject* qualname, bool) noexcept {
  type->tp_vectorcall = row.vectorcall;
  auto* heap = reinterpret_cast<PyHeapTypeObject*>(type);
  PyObject* old = heap->ht_qualname;
  heap->ht_qualname = Py_NewRef(qualname);
  Py_DECREF(old);
  return true;
}
inline bool is_one_object(PyTypeObject*) noexcept { return true; }  // CPython has seen to it

#endif

}  // namespace v1
}  // namespace dovetail
