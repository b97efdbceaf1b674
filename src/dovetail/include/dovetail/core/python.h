// dovetail/core/python.h: Python.h, and everything that depends on the version of CPython.
// No other header of the runtime tests PY_VERSION_HEX.
#pragma once

// 1 in modules that are split because they are large: fast paths of keyword calls and constructors are then shared and not
// part of each wrapper. That is a tenth of the size, for some twenty instructions in those two kinds of call.
#ifndef DOVETAIL_COMPACT
#define DOVETAIL_COMPACT 0
#endif
#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN
#endif
#include <Python.h>
#if PY_VERSION_HEX < 0x030B0000
#include <frameobject.h>
#endif

#include <cstddef>
#include <cstdint>

#if PY_VERSION_HEX < 0x030A0000
#error "dovetail needs CPython 3.10 or later"
#endif

#if defined(__GNUC__)
#define DOVETAIL_LIKELY(x) __builtin_expect(!!(x), 1)
#define DOVETAIL_COLD [[gnu::cold, gnu::noinline]]
#define DOVETAIL_INLINE [[gnu::always_inline]] inline
#define DOVETAIL_SHARED [[gnu::noinline]] inline
#define DOVETAIL_HIDDEN __attribute__((visibility("hidden")))
#define DOVETAIL_ASSUME(x) ((x) ? static_cast<void>(0) : __builtin_unreachable())
#define DOVETAIL_ALLOCA(type, count) static_cast<type*>(__builtin_alloca(sizeof(type) * static_cast<size_t>(count)))
#else
#include <malloc.h>
#define DOVETAIL_LIKELY(x) (x)
#define DOVETAIL_COLD __declspec(noinline)
#define DOVETAIL_INLINE __forceinline
#define DOVETAIL_SHARED __declspec(noinline) inline
#define DOVETAIL_HIDDEN
#define DOVETAIL_ASSUME(x) __assume(x)
#define DOVETAIL_ALLOCA(type, count) static_cast<type*>(_alloca(sizeof(type) * static_cast<size_t>(count)))
#endif

// Said again as functions that do not throw, which C cannot say: those that wrappers call. Without landing pads around them,
// and as tail calls, wrappers are smaller and faster.
#if defined(__GNUC__)
#define DOVETAIL_NOTHROW(function) extern decltype(function) function __attribute__((nothrow))
extern "C" {
DOVETAIL_NOTHROW(PyLong_FromLong);
DOVETAIL_NOTHROW(PyLong_FromLongLong);
DOVETAIL_NOTHROW(PyLong_FromUnsignedLong);
DOVETAIL_NOTHROW(PyLong_FromUnsignedLongLong);
DOVETAIL_NOTHROW(PyFloat_FromDouble);
DOVETAIL_NOTHROW(PyUnicode_DecodeUTF8);
DOVETAIL_NOTHROW(PyErr_Occurred);
DOVETAIL_NOTHROW(PyErr_SetString);
DOVETAIL_NOTHROW(_PyObject_New);
DOVETAIL_NOTHROW(_PyObject_GC_New);
}
#undef DOVETAIL_NOTHROW
#endif

// What a module says about interpreters and threads; stands in the slots of its PyModuleDef.
#if PY_VERSION_HEX >= 0x030D0000
#define DOVETAIL_MODULE_SLOTS                                      \
  {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, \
  {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#elif PY_VERSION_HEX >= 0x030C0000
#define DOVETAIL_MODULE_SLOTS {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#else
#define DOVETAIL_MODULE_SLOTS
#endif

namespace dovetail {
// Hidden: two modules in one process never share a symbol, whatever flags they were compiled with.
inline namespace v1 DOVETAIL_HIDDEN {

// An int of one digit: its value without a call. `small_int` says whether; only then `small_value` may be asked.
inline bool small_int(PyObject* o) noexcept {
#if PY_VERSION_HEX >= 0x030C0000
  return PyUnstable_Long_IsCompact(reinterpret_cast<PyLongObject*>(o));
#else
  return static_cast<size_t>(Py_SIZE(o) + 1) <= 2;
#endif
}
inline Py_ssize_t small_value(PyObject* o) noexcept {
#if PY_VERSION_HEX >= 0x030C0000
  return PyUnstable_Long_CompactValue(reinterpret_cast<PyLongObject*>(o));
#else
  return Py_SIZE(o) * static_cast<Py_ssize_t>(reinterpret_cast<PyLongObject*>(o)->ob_digit[0]);
#endif
}

// The current exception as one object, normalised and with its traceback (new reference, nullptr if none); it is then no
// longer set. restore_exception steals the reference.
inline PyObject* fetch_exception() noexcept {
#if PY_VERSION_HEX >= 0x030C0000
  return PyErr_GetRaisedException();
#else
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  if (!type) return nullptr;
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace) PyException_SetTraceback(value, trace);
  Py_DECREF(type);
  Py_XDECREF(trace);
  return value;
#endif
}
inline void restore_exception(PyObject* exception) noexcept {
#if PY_VERSION_HEX >= 0x030C0000
  PyErr_SetRaisedException(exception);
#else
  if (!exception) return PyErr_Clear();
  PyObject* type = reinterpret_cast<PyObject*>(Py_TYPE(exception));
  Py_INCREF(type);
  PyErr_Restore(type, exception, PyException_GetTraceback(exception));
#endif
}

// The name of a function with those that it stands in: "Reader.open"; borrowed.
inline PyObject* full_name_of(PyCodeObject* code) noexcept {
#if PY_VERSION_HEX >= 0x030B0000
  return code->co_qualname;
#else
  return code->co_name;
#endif
}

// Py_SET_REFCNT asks first whether the object is immortal, which memory that was freed is not.
inline void set_first_reference(PyObject* o) noexcept {
#ifdef Py_GIL_DISABLED
  Py_SET_REFCNT(o, 1);
#else
  o->ob_refcnt = 1;
#endif
}

inline bool finalizing() noexcept {
#if PY_VERSION_HEX >= 0x030D0000
  return Py_IsFinalizing();
#else
  return _Py_IsFinalizing();
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

// A lock that costs nothing where the GIL is one already.
#ifdef Py_GIL_DISABLED
struct Mutex {
  PyMutex mutex = {0};
  void lock() noexcept { PyMutex_Lock(&mutex); }
  void unlock() noexcept { PyMutex_Unlock(&mutex); }
};
#else
struct Mutex {
  void lock() noexcept {}
  void unlock() noexcept {}
};
#endif
struct Locked {
  explicit Locked(Mutex& mutex) noexcept : mutex_(mutex) { mutex_.lock(); }
  ~Locked() { mutex_.unlock(); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  Mutex& mutex_;
};

// Attributes by a name that is interned: CPython's attribute cache keeps every new name object that it sees.
inline PyObject* get_attribute(PyObject* object, const char* name) noexcept {
  PyObject* interned = PyUnicode_InternFromString(name);
  PyObject* value = interned ? PyObject_GetAttr(object, interned) : nullptr;
  Py_XDECREF(interned);
  return value;
}
inline bool has_attribute(PyObject* object, const char* name) noexcept {
  PyObject* value = get_attribute(object, name);
  if (!value) PyErr_Clear();
  Py_XDECREF(value);
  return value != nullptr;
}

// An owned reference, for cold code with several ways out.
class Ref {
 public:
  Ref() noexcept = default;
  explicit Ref(PyObject* stolen) noexcept : object_(stolen) {}
  Ref(Ref&& other) noexcept : object_(other.release()) {}
  Ref& operator=(Ref&& other) noexcept {
    PyObject* old = object_;
    object_ = other.release();
    Py_XDECREF(old);
    return *this;
  }
  ~Ref() { Py_XDECREF(object_); }
  static Ref borrowed(PyObject* o) noexcept {
    Py_XINCREF(o);
    return Ref(o);
  }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  PyObject* get() const noexcept { return object_; }
  PyObject* release() noexcept {
    PyObject* o = object_;
    object_ = nullptr;
    return o;
  }

 private:
  PyObject* object_ = nullptr;
};

}  // namespace v1
}  // namespace dovetail
