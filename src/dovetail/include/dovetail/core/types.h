// dovetail/core/types.h: what the runtime reads of Python's types, containers and threads; the end of python.h.
//
// Everywhere else types are opaque. limited_types.h has the same functions for the limited API.
#pragma once

#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
extern "C" PyAPI_FUNC(void) _PyThreadState_SetCurrent(PyThreadState*);  // of pycore_pystate.h
#endif

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// The name of a function with those that it stands in: "Reader.open"; borrowed.
inline PyObject* full_name_of(PyCodeObject* code) noexcept {
#if PY_VERSION_HEX >= 0x030B0000
  return code->co_qualname;
#else
  return code->co_name;
#endif
}

// Changes whenever the class, or one that it derives from, does; no two classes share one. 0: not known. Needs no GIL.
inline uint32_t version_of(PyTypeObject* type) noexcept {
#if PY_VERSION_HEX < 0x030C0000
  if (!(__atomic_load_n(&type->tp_flags, __ATOMIC_RELAXED) & Py_TPFLAGS_VALID_VERSION_TAG)) return 0;
#endif
  return __atomic_load_n(&type->tp_version_tag, __ATOMIC_RELAXED);
}
// What instances of the class find under an interned name, unbound: new reference, or nullptr without an exception. Gives
// the class a version.
inline PyObject* find_in_class(PyTypeObject* type, PyObject* name) noexcept {
#if PY_VERSION_HEX >= 0x030D0000
  return _PyType_LookupRef(type, name);
#else
  return Py_XNewRef(_PyType_Lookup(type, name));
#endif
}

// The thread state with which this thread runs Python code, or nullptr. Before 3.12 the current state is that of whichever
// thread holds the GIL; and one that runs in a subinterpreter is not found here, but by find_attached_state.
inline PyThreadState* attached_state() noexcept {
#if PY_VERSION_HEX >= 0x030D0000
  return PyThreadState_GetUnchecked();
#elif PY_VERSION_HEX >= 0x030C0000
  return _PyThreadState_UncheckedGet();
#else
  PyThreadState* own = PyGILState_GetThisThreadState();
  return own && own == _PyThreadState_UncheckedGet() ? own : nullptr;
#endif
}
DOVETAIL_COLD inline PyThreadState* find_attached_state() noexcept {
#if PY_VERSION_HEX >= 0x030C0000
  return attached_state();
#else
  PyThreadState* own = PyGILState_GetThisThreadState();
  PyThreadState* current = _PyThreadState_UncheckedGet();
  // A thread that has no state of its own has none in a subinterpreter either.
  if (own == current || !own || !current) return own == current ? own : nullptr;
  if (PyInterpreterState_Head() == PyInterpreterState_Main()) return nullptr;
  return current->thread_id == PyThread_get_thread_ident() ? current : nullptr;
#endif
}

inline constexpr bool check_interpreter() noexcept { return true; }
inline PyInterpreterState* main_interpreter() noexcept { return PyInterpreterState_Main(); }
// A state for this thread, which does not run Python with it yet. nullptr: no memory (PyGILState_Ensure ends the process then).
DOVETAIL_COLD inline PyThreadState* new_thread_state(PyInterpreterState* interpreter) noexcept {
#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
  PyThreadState* const made = _PyThreadState_Prealloc(interpreter);  // PyThreadState_New, which does not look what it got
  if (made) _PyThreadState_SetCurrent(made);
  return made;
#else
  return PyThreadState_New(interpreter);
#endif
}
inline void end_thread_state(PyThreadState* own) noexcept {
  PyThreadState_Clear(own);
  PyThreadState_DeleteCurrent();
}

struct CodeFacts {
  long most, defaults, keyword_only, keyword_defaults, flags;
};
inline bool read_code(PyObject* callable, CodeFacts& facts) noexcept {
  const bool bound = PyMethod_Check(callable);
  PyObject* function = bound ? PyMethod_GET_FUNCTION(callable) : callable;
  if (!PyFunction_Check(function)) return false;
  auto* code = reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(function));
  PyObject* const defaults = PyFunction_GET_DEFAULTS(function);
  PyObject* const named = PyFunction_GET_KW_DEFAULTS(function);
  facts = {code->co_argcount - bound, defaults ? static_cast<long>(PyTuple_GET_SIZE(defaults)) : 0, code->co_kwonlyargcount,
           named ? static_cast<long>(PyDict_GET_SIZE(named)) : 0, code->co_flags};
  return true;
}

inline constexpr bool constructs_by_new = false;
inline const PyMethodDef* methods_of(PyTypeObject* type) noexcept { return type->tp_methods; }
inline PyTypeObject* base_of(PyTypeObject* type) noexcept { return type->tp_base; }
inline PyObject* direct_bases_of(PyTypeObject* type) noexcept { return type->tp_bases; }
// Of a heap type.
inline PyObject* module_of(PyTypeObject* type) noexcept { return reinterpret_cast<PyHeapTypeObject*>(type)->ht_module; }
inline bool is_among_bases(PyTypeObject* type, const PyMethodDef* methods) noexcept {
  PyObject* order = type->tp_mro;
  for (Py_ssize_t i = 0; order && i < PyTuple_GET_SIZE(order); ++i) {
    if (reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(order, i))->tp_methods == methods) return true;
  }
  return false;
}
inline PyObject* class_dict(PyTypeObject* type) noexcept { return type->tp_dict; }
inline Ref order_of(PyTypeObject* type) noexcept { return Ref::borrowed(type->tp_mro); }
inline Py_ssize_t size_of(PyTypeObject* type) noexcept { return type->tp_basicsize; }
inline bool is_within(PyTypeObject* type, size_t size) noexcept { return static_cast<size_t>(type->tp_basicsize) <= size; }
inline bool has_own_dict(PyObject* object) noexcept { return Py_TYPE(object)->tp_dictoffset; }

inline PyObject* allocate_object(PyTypeObject* type) noexcept { return type->tp_alloc(type, 0); }
inline PyObject* new_object(PyTypeObject* type, PyObject* args) noexcept { return type->tp_new(type, args, nullptr); }
inline void free_object(PyTypeObject* type, void* object) noexcept { type->tp_free(object); }
inline bool is_real(PyTypeObject* type) noexcept {
  return type->tp_as_number && (type->tp_as_number->nb_float || type->tp_as_number->nb_index);
}
inline bool has_iter(PyTypeObject* type) noexcept { return type->tp_iter; }
inline descrgetfunc descriptor_get(PyTypeObject* type) noexcept { return type->tp_descr_get; }

// "Circle" of "shapes.Circle"; None for None.
DOVETAIL_COLD inline const char* last_name(PyTypeObject* type) noexcept {
  const char* dot = strrchr(type->tp_name, '.');
  return dot ? dot + 1 : type->tp_name;
}
DOVETAIL_COLD inline const char* type_name(PyObject* o) noexcept { return o == Py_None ? "None" : last_name(Py_TYPE(o)); }
// As in messages of CPython.
inline const char* full_name(PyTypeObject* type) noexcept { return type->tp_name; }
// For names that outlive an expression.
struct NameRoom {};
inline const char* last_name(PyTypeObject* type, const NameRoom&) noexcept { return last_name(type); }
inline const char* type_name(PyObject* o, const NameRoom&) noexcept { return type_name(o); }
DOVETAIL_COLD inline bool is_named(PyTypeObject* type, const char* module, const char* name) noexcept {
  const size_t size = strlen(module);
  return !strncmp(type->tp_name, module, size) && type->tp_name[size] == '.' && !strcmp(type->tp_name + size + 1, name);
}

inline const char* ascii_of(PyObject* o) noexcept {
  if (!DOVETAIL_LIKELY(PyUnicode_Check(o) && PyUnicode_IS_COMPACT_ASCII(o))) return nullptr;
  return static_cast<const char*>(static_cast<void*>(PyUnicode_1BYTE_DATA(o)));
}

using Complex = Py_complex;
inline bool read_complex(PyObject* o, Complex& out) noexcept {
  if (PyComplex_Check(o)) {
    out = reinterpret_cast<PyComplexObject*>(o)->cval;
    return true;
  }
  out = PyComplex_AsCComplex(o);
  return !(out.real == -1.0 && PyErr_Occurred());
}

inline PyObject** items_of(PyObject* list_or_tuple) noexcept {
  return PyList_Check(list_or_tuple) ? reinterpret_cast<PyListObject*>(list_or_tuple)->ob_item : &PyTuple_GET_ITEM(list_or_tuple, 0);
}
inline PyObject* const* items_of_tuple(PyObject* tuple) noexcept { return &PyTuple_GET_ITEM(tuple, 0); }
class ItemArray {
 public:
  explicit ItemArray(PyObject* tuple) noexcept : items_(&PyTuple_GET_ITEM(tuple, 0)) {}
  PyObject* const* data() const noexcept { return items_; }

 private:
  PyObject* const* items_;
};

}  // namespace v1
}  // namespace dovetail
