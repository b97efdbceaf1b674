// dovetail/core/limited.h: what the limited API of CPython leaves out, under the names that it has elsewhere.
//
// With Py_LIMITED_API an extension may use only what later versions promise to keep. The fast macros and a few functions are
// not among it: here they are functions that are, so that no other header has to know. What needs the layout of types is in
// types.h; what cannot be had at all (vectorcall before 3.12) is done with tuples.
#pragma once
#include <Python.h>

#ifndef _WIN32
#include <dlfcn.h>
#endif

#include <cstdlib>

#if Py_LIMITED_API + 0 < 0x030B0000
#error "the limited API that dovetail needs (buffers, names of types) is that of CPython 3.11: Py_LIMITED_API=0x030B0000"
#endif
#ifdef Py_GIL_DISABLED
#error "free-threaded builds of CPython have no limited API"
#endif

namespace dovetail {
inline namespace v1 __attribute__((visibility("hidden"))) {
namespace limited {

inline PyObject* call(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* kwnames) noexcept {
  const Py_ssize_t count = static_cast<Py_ssize_t>(nargsf & ~(size_t{1} << (8 * sizeof(size_t) - 1)));
  const Py_ssize_t named = kwnames ? PyTuple_Size(kwnames) : 0;
  PyObject* positional = PyTuple_New(count);
  PyObject* keywords = positional && named ? PyDict_New() : nullptr;
  bool good = positional && (keywords || !named);
  for (Py_ssize_t i = 0; good && i < count; ++i) {
    Py_INCREF(args[i]);
    good = PyTuple_SetItem(positional, i, args[i]) == 0;
  }
  for (Py_ssize_t i = 0; good && i < named; ++i) {
    good = PyDict_SetItem(keywords, PyTuple_GetItem(kwnames, i), args[count + i]) == 0;
  }
  PyObject* result = good ? PyObject_Call(callable, positional, keywords) : nullptr;
  Py_XDECREF(positional);
  Py_XDECREF(keywords);
  return result;
}

// Calls the builtin of that name.
inline PyObject* call_builtin(const char* name, PyObject* argument) noexcept {
  PyObject* builtins = PyImport_ImportModule("builtins");
  PyObject* made = builtins ? PyObject_CallMethod(builtins, name, "O", argument) : nullptr;
  Py_XDECREF(builtins);
  return made;
}

// A function of C that becomes a method where it is found in a class: a function of Python around it.
inline PyObject* make_instance_method(PyObject* function) noexcept {
  PyObject* builtins = PyImport_ImportModule("builtins");
  PyObject* scope = PyDict_New();
  PyObject* text = PyUnicode_FromString("lambda function: lambda *args, **named: function(*args, **named)");
  PyObject* maker = builtins && scope && text ? PyObject_CallMethod(builtins, "eval", "OO", text, scope) : nullptr;
  PyObject* made = maker ? PyObject_CallFunctionObjArgs(maker, function, nullptr) : nullptr;
  Py_XDECREF(builtins);
  Py_XDECREF(scope);
  Py_XDECREF(text);
  Py_XDECREF(maker);
  return made;
}

// Items are borrowed, indices are right, and a tuple is filled by who made it: none of these can fail.
inline void set_tuple(PyObject* tuple, Py_ssize_t index, PyObject* stolen) noexcept {
  PyTuple_SetItem(tuple, index, stolen);
}
// Borrowed, as the dict keeps it.
inline PyObject* set_default(PyObject* dict, PyObject* key, PyObject* value) noexcept {
  PyObject* found = PyObject_CallMethod(dict, "setdefault", "OO", key, value);
  Py_XDECREF(found);
  return found;
}
inline void set_list(PyObject* list, Py_ssize_t index, PyObject* stolen) noexcept { PyList_SetItem(list, index, stolen); }

// From any thread, as the originals: with a pointer that is one also where nothing is asked for.
inline void* raw_malloc(size_t size) noexcept { return malloc(size ? size : 1); }
inline void* raw_calloc(size_t count, size_t size) noexcept { return count && size ? calloc(count, size) : calloc(1, 1); }
// Macros in one version, functions in another.
inline PyTypeObject* type_of(PyObject* o) noexcept { return Py_TYPE(o); }
inline Py_ssize_t size_of(PyObject* o) noexcept { return Py_SIZE(o); }
inline Py_ssize_t references_to(PyObject* o) noexcept { return Py_REFCNT(o); }

}  // namespace limited
}  // namespace v1
}  // namespace dovetail

// For `match`. Bits of a spec, the same in all versions that have them.
#ifndef Py_TPFLAGS_SEQUENCE
#define Py_TPFLAGS_SEQUENCE (1UL << 5)
#define Py_TPFLAGS_MAPPING (1UL << 6)
#endif

// As elsewhere, of a pointer to any object.
#undef Py_TYPE
#undef Py_REFCNT
#undef Py_SIZE
#undef Py_INCREF
#undef Py_DECREF
#undef Py_XINCREF
#undef Py_XDECREF
#define Py_TYPE(object) ::dovetail::limited::type_of((PyObject*)(object))
#define Py_REFCNT(object) ::dovetail::limited::references_to((PyObject*)(object))
#define Py_SIZE(object) ::dovetail::limited::size_of((PyObject*)(object))
#define Py_INCREF(object) Py_INCREF((PyObject*)(object))
#define Py_DECREF(object) Py_DECREF((PyObject*)(object))
#define Py_XINCREF(object) Py_XINCREF((PyObject*)(object))
#define Py_XDECREF(object) Py_XDECREF((PyObject*)(object))

#ifndef PYTHREAD_INVALID_THREAD_ID
#define PYTHREAD_INVALID_THREAD_ID (static_cast<unsigned long>(-1))
#endif

#define PyTuple_GET_ITEM PyTuple_GetItem
#define PyTuple_GET_SIZE PyTuple_Size
#define PyTuple_SET_ITEM ::dovetail::limited::set_tuple
#define PyList_GET_ITEM PyList_GetItem
#define PyList_GET_SIZE PyList_Size
#define PyList_SET_ITEM ::dovetail::limited::set_list
#define PyDict_GET_SIZE PyDict_Size
#define PyDict_SetDefault ::dovetail::limited::set_default
#define PyFloat_AS_DOUBLE PyFloat_AsDouble
#define PyBytes_AS_STRING PyBytes_AsString
#define PyBytes_GET_SIZE PyBytes_Size
#define PyByteArray_AS_STRING PyByteArray_AsString
#define PyByteArray_GET_SIZE PyByteArray_Size
#define PyUnicode_GET_LENGTH PyUnicode_GetLength
#define PyUnicode_READ_CHAR PyUnicode_ReadChar
#undef PySequence_Fast_GET_SIZE
#define PySequence_Fast_GET_SIZE PySequence_Size
#define PyStaticMethod_New(function) ::dovetail::limited::call_builtin("staticmethod", function)
#define PyInstanceMethod_New ::dovetail::limited::make_instance_method
#define PyUnicode_AsUTF8(text) PyUnicode_AsUTF8AndSize(text, nullptr)
#if Py_LIMITED_API < 0x030D0000
#define PyMem_RawMalloc ::dovetail::limited::raw_malloc
#define PyMem_RawCalloc ::dovetail::limited::raw_calloc
#define PyMem_RawFree free
#endif
#define Py_SETREF(place, value)                                 \
  do {                                                          \
    PyObject* const before = reinterpret_cast<PyObject*>(place); \
    (place) = (value);                                          \
    Py_DECREF(before);                                          \
  } while (0)
#define PyObject_CallOneArg(callable, argument) PyObject_CallFunctionObjArgs(callable, argument, nullptr)
#if Py_LIMITED_API < 0x030C0000
typedef PyObject* (*vectorcallfunc)(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* kwnames);
#define PY_VECTORCALL_ARGUMENTS_OFFSET (size_t{1} << (8 * sizeof(size_t) - 1))
#define PyVectorcall_NARGS(nargsf) static_cast<Py_ssize_t>((nargsf) & ~PY_VECTORCALL_ARGUMENTS_OFFSET)
#define PyObject_Vectorcall ::dovetail::limited::call
#endif
