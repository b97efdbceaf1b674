// dovetail/core/python.h: Python.h, and everything that depends on the version of CPython, or on its limited API.
// Its other half is types.h, or limited_types.h; no further header of the runtime tests PY_VERSION_HEX.
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
#include <cstring>
#ifdef Py_GIL_DISABLED
#include <mutex>
#endif

// The version whose functions may be called: with the limited API the oldest interpreter that the extension is for.
#ifdef Py_LIMITED_API
#include <dovetail/core/limited.h>
#define DOVETAIL_API Py_LIMITED_API
#else
#define DOVETAIL_API PY_VERSION_HEX
#endif

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
#ifdef Py_LIMITED_API
// Other interpreters of a process cannot be told apart on threads of C++: attach.h. Older versions know no such slots.
#define DOVETAIL_MODULE_SLOTS
#elif PY_VERSION_HEX >= 0x030D0000
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

// The value of an int, where that takes no work: false for others, without an exception. `small_is_narrow`: it fits 32 bits.
#ifdef Py_LIMITED_API
inline constexpr bool small_is_narrow = false;
inline bool read_small(PyObject* o, Py_ssize_t& value) noexcept {
  int overflow = 0;
  const long long whole = PyLong_AsLongLongAndOverflow(o, &overflow);
  value = static_cast<Py_ssize_t>(whole);
  return !overflow && value == whole;
}
#else
inline constexpr bool small_is_narrow = true;
inline bool read_small(PyObject* o, Py_ssize_t& value) noexcept {
  auto* number = reinterpret_cast<PyLongObject*>(o);
#if PY_VERSION_HEX >= 0x030C0000
  if (!DOVETAIL_LIKELY(PyUnstable_Long_IsCompact(number))) return false;
  value = PyUnstable_Long_CompactValue(number);
#else
  if (!DOVETAIL_LIKELY(static_cast<size_t>(Py_SIZE(o) + 1) <= 2)) return false;
  value = Py_SIZE(o) * static_cast<Py_ssize_t>(number->ob_digit[0]);
#endif
  return true;
}
#endif

// The current exception as one object, normalised and with its traceback (new reference, nullptr if none); it is then no
// longer set. restore_exception steals the reference.
inline PyObject* fetch_exception() noexcept {
#if DOVETAIL_API >= 0x030C0000
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
#if DOVETAIL_API >= 0x030C0000
  PyErr_SetRaisedException(exception);
#else
  if (!exception) return PyErr_Clear();
  PyObject* type = reinterpret_cast<PyObject*>(Py_TYPE(exception));
  Py_INCREF(type);
  PyErr_Restore(type, exception, PyException_GetTraceback(exception));
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
#if DOVETAIL_API >= 0x030D0000
  return Py_IsFinalizing();
#elif defined(Py_LIMITED_API)
  return !Py_IsInitialized();  // both are set in the same place
#else
  return _Py_IsFinalizing();
#endif
}

#ifdef Py_GIL_DISABLED
inline constexpr bool free_threaded = true;
#else
inline constexpr bool free_threaded = false;
#endif

// A lock that costs nothing where the GIL is one already. Nothing of Python is called while it is held; and whoever waits
// for it keeps its critical sections, which PyMutex would give up.
#ifdef Py_GIL_DISABLED
struct Mutex {
  std::mutex mutex;
  void lock() noexcept { mutex.lock(); }
  void unlock() noexcept { mutex.unlock(); }
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
// Of an argument that is taken: false, with a MemoryError, also where that cannot be said.
inline bool shows_attribute(PyObject* object, const char* name) noexcept {
  PyObject* value = get_attribute(object, name);
  if (!value && !PyErr_ExceptionMatches(PyExc_MemoryError)) PyErr_Clear();
  Py_XDECREF(value);
  return value != nullptr;
}
using HasAttribute = bool (*)(PyObject*, const char*) noexcept;  // has_attribute, which ranks ask, or the other

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

#ifdef Py_LIMITED_API
#include <dovetail/core/limited_types.h>
#else
#include <dovetail/core/types.h>
#endif
