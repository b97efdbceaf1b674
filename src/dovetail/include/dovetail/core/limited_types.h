// dovetail/core/limited_types.h: types.h for the limited API, which shows the layout of no type.
//
// PyType_GetSlot answers for all types; where it has no answer the attributes that Python code sees have it. Slower, and so
// nothing that an ordinary module includes.
#pragma once

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Classes have no vectorcall: objects come from tp_new and tp_init alone.
inline constexpr bool constructs_by_new = true;

template <class T>
inline T type_slot(PyTypeObject* type, int slot) noexcept {
  return reinterpret_cast<T>(PyType_GetSlot(type, slot));
}
inline const PyMethodDef* methods_of(PyTypeObject* type) noexcept { return type_slot<PyMethodDef*>(type, Py_tp_methods); }
inline PyTypeObject* base_of(PyTypeObject* type) noexcept { return type_slot<PyTypeObject*>(type, Py_tp_base); }
inline PyObject* direct_bases_of(PyTypeObject* type) noexcept { return type_slot<PyObject*>(type, Py_tp_bases); }

// Borrowed; nullptr without an exception where the type has none. An exception that is set stays.
DOVETAIL_SHARED PyObject* module_of(PyTypeObject* type) noexcept {
  if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) return nullptr;
  PyObject *kind, *value, *trace;
  PyErr_Fetch(&kind, &value, &trace);
  PyObject* module = PyType_GetModule(type);
  PyErr_Restore(kind, value, trace);
  return module;
}

// Whether the type, or one that it derives from, has this table of methods.
DOVETAIL_COLD inline bool is_among_bases(PyTypeObject* type, const PyMethodDef* methods) noexcept {
  if (methods_of(type) == methods) return true;
  PyObject* bases = direct_bases_of(type);
  for (Py_ssize_t i = 0; bases && i < PyTuple_Size(bases); ++i) {
    if (is_among_bases(reinterpret_cast<PyTypeObject*>(PyTuple_GetItem(bases, i)), methods)) return true;
  }
  return false;
}

// Borrowed. A class is an object whose dict is that of its attributes: what object.__dict__ asks for has it as it is, where
// type.__dict__ shows it read-only. Classes of Python's own have none that may be seen.
DOVETAIL_COLD inline PyObject* class_dict(PyTypeObject* type) noexcept {
  if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) return nullptr;
  PyObject* dict = PyObject_GenericGetDict(reinterpret_cast<PyObject*>(type), nullptr);
  Py_XDECREF(dict);
  return dict;
}
// The order in which attributes are looked up, a tuple. Of a class whose metaclass says something else: nothing.
DOVETAIL_COLD inline Ref order_of(PyTypeObject* type) noexcept {
  PyObject* name = PyUnicode_InternFromString("__mro__");
  Ref order(name ? PyObject_GenericGetAttr(reinterpret_cast<PyObject*>(type), name) : nullptr);
  Py_XDECREF(name);
  if (!order) PyErr_Clear();
  return order && PyTuple_CheckExact(order.get()) ? static_cast<Ref&&>(order) : Ref();
}
// The whole size of its objects.
DOVETAIL_COLD inline Py_ssize_t size_of(PyTypeObject* type) noexcept {
  Ref size(get_attribute(reinterpret_cast<PyObject*>(type), "__basicsize__"));
  const Py_ssize_t value = size ? PyLong_AsSsize_t(size.get()) : -1;
  if (value < 0) PyErr_Clear();
  return value;
}
// Whether its objects are known to be no larger.
inline bool is_within(PyTypeObject*, size_t) noexcept { return false; }
inline bool has_own_dict(PyObject* object) noexcept { return has_attribute(object, "__dict__"); }

inline PyObject* allocate_object(PyTypeObject* type) noexcept { return type_slot<allocfunc>(type, Py_tp_alloc)(type, 0); }
inline PyObject* new_object(PyTypeObject* type, PyObject* args) noexcept {
  return type_slot<newfunc>(type, Py_tp_new)(type, args, nullptr);
}
inline void free_object(PyTypeObject* type, void* object) noexcept { type_slot<freefunc>(type, Py_tp_free)(object); }
inline bool is_real(PyTypeObject* type) noexcept {
  return PyType_GetSlot(type, Py_nb_float) || PyType_GetSlot(type, Py_nb_index);
}
inline bool has_iter(PyTypeObject* type) noexcept { return PyType_GetSlot(type, Py_tp_iter); }
inline descrgetfunc descriptor_get(PyTypeObject* type) noexcept { return type_slot<descrgetfunc>(type, Py_tp_descr_get); }

// A name as messages show it, without its module; the text is in the room, or lives as long as the expression.
struct NameRoom {
  mutable char text[201] = {};
};
DOVETAIL_COLD inline const char* last_name(PyTypeObject* type, const NameRoom& room = {}) noexcept {
  Ref name(PyType_GetName(type));
  Py_ssize_t size = 0;
  const char* text = name ? PyUnicode_AsUTF8AndSize(name.get(), &size) : nullptr;
  if (!text) {
    PyErr_Clear();
    return "?";
  }
  Py_ssize_t end = 0;
  for (; end < size && end < 200; ++end) room.text[end] = text[end];
  while (end == 200 && end < size && end > 0 && (text[end] & 0xC0) == 0x80) --end;  // not within a character
  room.text[end] = 0;
  return room.text;
}
DOVETAIL_COLD inline const char* type_name(PyObject* o, const NameRoom& room = {}) noexcept {
  return o == Py_None ? "None" : last_name(Py_TYPE(o), room);
}
DOVETAIL_COLD inline const char* full_name(PyTypeObject* type, const NameRoom& room = {}) noexcept { return last_name(type, room); }
// Whether the full name, as in messages of CPython, is that one.
DOVETAIL_COLD inline bool is_named(PyTypeObject* type, const char* module, const char* name) noexcept {
  Ref own(PyType_GetName(type));
  if (!own || PyUnicode_CompareWithASCIIString(own.get(), name) != 0) {
    PyErr_Clear();
    return false;
  }
  Ref where(get_attribute(reinterpret_cast<PyObject*>(type), "__module__"));
  if (!where) PyErr_Clear();
  return where && PyUnicode_Check(where.get()) && PyUnicode_CompareWithASCIIString(where.get(), module) == 0;
}

// The characters of a str that is ASCII, where that is known without work; else nullptr.
inline const char* ascii_of(PyObject*) noexcept { return nullptr; }

struct Complex {
  double real, imag;
};
inline bool read_complex(PyObject* o, Complex& out) noexcept {
  Ref number(PyComplex_Check(o) ? Py_NewRef(o)
                                : PyObject_CallFunctionObjArgs(reinterpret_cast<PyObject*>(&PyComplex_Type), o, nullptr));
  if (!number) return false;
  out = {PyComplex_RealAsDouble(number.get()), PyComplex_ImagAsDouble(number.get())};
  return true;
}

// Items of a list or tuple.
struct Items {
  PyObject* of;
  PyObject* (*get)(PyObject* of, Py_ssize_t index);
  PyObject* operator[](Py_ssize_t index) const noexcept { return get(of, index); }
};
inline Items items_of(PyObject* list_or_tuple) noexcept {
  return {list_or_tuple, PyList_Check(list_or_tuple) ? PyList_GetItem : PyTuple_GetItem};
}
struct TupleItems {
  PyObject* of;
  PyObject* operator[](Py_ssize_t index) const noexcept { return PyTuple_GetItem(of, index); }
};
inline TupleItems items_of_tuple(PyObject* tuple) noexcept { return {tuple}; }

// Items of a tuple as an array, for as long as it lives; nullptr with an exception where there is no memory.
class ItemArray {
 public:
  explicit ItemArray(PyObject* tuple) noexcept : items_(room_) {
    const Py_ssize_t count = PyTuple_Size(tuple);
    if (count > few) items_ = static_cast<PyObject**>(PyMem_Malloc(sizeof(PyObject*) * static_cast<size_t>(count)));
    if (!items_) PyErr_NoMemory();
    for (Py_ssize_t i = 0; items_ && i < count; ++i) items_[i] = PyTuple_GetItem(tuple, i);
  }
  ~ItemArray() {
    if (items_ != room_) PyMem_Free(items_);
  }
  ItemArray(const ItemArray&) = delete;
  ItemArray& operator=(const ItemArray&) = delete;
  PyObject* const* data() const noexcept { return items_; }

 private:
  static constexpr Py_ssize_t few = 8;
  PyObject* room_[few];
  PyObject** items_;
};

// Whether this interpreter can have the module; false: exception set. By what the limited API has threads of C++ only find
// the main one, and would wait forever for its lock in another.
DOVETAIL_COLD inline bool check_interpreter() noexcept {
  if (PyInterpreterState_GetID(PyInterpreterState_Get()) == 0) return true;
  PyErr_SetString(PyExc_ImportError, "this module was built for the limited API, and so for the main interpreter alone");
  return false;
}
inline constexpr PyInterpreterState* main_interpreter() noexcept { return nullptr; }  // not known
// A state for this thread, which does not run Python with it yet. nullptr: no memory. PyThreadState_New of 3.11 does not look
// what it got; its halves do not belong to the limited API, and are asked for by name where that version runs.
DOVETAIL_COLD inline PyThreadState* new_thread_state(PyInterpreterState* interpreter) noexcept {
#ifdef RTLD_DEFAULT  // where there is a dlsym
  if (Py_Version < 0x030C0000) {
    const auto allocate = reinterpret_cast<PyThreadState* (*)(PyInterpreterState*)>(dlsym(RTLD_DEFAULT, "_PyThreadState_Prealloc"));
    const auto enter = reinterpret_cast<void (*)(PyThreadState*)>(dlsym(RTLD_DEFAULT, "_PyThreadState_SetCurrent"));
    if (allocate && enter) {
      PyThreadState* const made = allocate(interpreter);
      if (made) enter(made);
      return made;
    }
  }
#endif
  return PyThreadState_New(interpreter);
}
// Ends the state of this thread, which then runs no Python.
inline void end_thread_state(PyThreadState* own) noexcept {
  PyThreadState_Clear(own);
  PyEval_SaveThread();
  PyThreadState_Delete(own);
}

// What inspect would say of a function or method written in Python, as far as overloads need it.
struct CodeFacts {
  long most, defaults, keyword_only, keyword_defaults, flags;
};
DOVETAIL_COLD inline bool read_code(PyObject* callable, CodeFacts& facts) noexcept {
  const bool bound = is_named(Py_TYPE(callable), "builtins", "method");
  Ref function(bound ? get_attribute(callable, "__func__") : Py_NewRef(callable));
  const auto number = [](PyObject* of, const char* name, long& out) noexcept {
    Ref value(of ? get_attribute(of, name) : nullptr);
    out = !value || value.get() == Py_None ? 0 : PyLong_Check(value.get()) ? PyLong_AsLong(value.get()) : static_cast<long>(PyObject_Size(value.get()));
    return static_cast<bool>(value);
  };
  bool good = function && is_named(Py_TYPE(function.get()), "builtins", "function");
  Ref code(good ? get_attribute(function.get(), "__code__") : nullptr);
  good = code && number(code.get(), "co_argcount", facts.most) && number(code.get(), "co_kwonlyargcount", facts.keyword_only) &&
         number(code.get(), "co_flags", facts.flags) && number(function.get(), "__defaults__", facts.defaults) &&
         number(function.get(), "__kwdefaults__", facts.keyword_defaults);
  PyErr_Clear();
  facts.most -= bound;
  return good;
}

// Changes with the class: never known.
inline uint32_t version_of(PyTypeObject*) noexcept { return 0; }
// What instances of the class find under an interned name, unbound: new reference, or nullptr without an exception.
// Classes of Python's own are passed over.
DOVETAIL_COLD inline PyObject* find_in_class(PyTypeObject* type, PyObject* name) noexcept {
  const Ref order = order_of(type);
  for (Py_ssize_t i = 0; order && i < PyTuple_Size(order.get()); ++i) {
    PyObject* dict = class_dict(reinterpret_cast<PyTypeObject*>(PyTuple_GetItem(order.get(), i)));
    if (PyObject* found = dict ? PyDict_GetItemWithError(dict, name) : nullptr) return Py_NewRef(found);
    PyErr_Clear();
  }
  return nullptr;
}

}  // namespace v1
}  // namespace dovetail
