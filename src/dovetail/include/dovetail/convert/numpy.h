// dovetail/convert/numpy.h: arrays of NumPy, made by NumPy's own C functions.
//
// give_ndarray(memory, base, home)   an array over memory that `base` keeps alive: a new reference; nullptr with ImportError
//                                    where NumPy is not installed, with another exception where it failed
//
// Memory (data, item, ndim, shape, strides in bytes, format, readonly) is what view.h and dense.h describe. NumPy's headers
// are not needed: a table that its core shows as `_ARRAY_API` has the functions, each at a place it never leaves
// (numpy/_core/code_generators/numpy_api.py); those used here are the same in NumPy 1 and 2.
#pragma once
#include <dovetail/core/errors.h>
#include <dovetail/core/lifetime.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

namespace numpy {
using Table = void* const*;
enum Place : int { abi_version = 0, array_type = 2, descr_from_type = 45, new_from_descr = 94, set_base_object = 282 };
enum Abi : unsigned { numpy_1 = 0x01000009, numpy_2 = 0x02000000 };
inline constexpr int writeable = 0x0400;  // NPY_ARRAY_WRITEABLE

template <class F>
F function(Table table, Place place) noexcept {
  return reinterpret_cast<F>(table[place]);
}

// The number of a type in NumPy's enum NPY_TYPES; -1: it has none, or not one that tells all.
inline int type_number(const char* format, Py_ssize_t item) noexcept {
  enum { boolean = 0, byte, ubyte, short_, ushort, int_, uint, long_, ulong, longlong, ulonglong, float_, double_, longdouble };
  const bool complex = *format == 'Z';
  if (complex) ++format;
  if (!*format || format[1]) return -1;
  switch (*format) {
    case 'f': return complex ? float_ + 3 : float_;
    case 'd': return complex ? double_ + 3 : double_;
    case 'g': return complex ? longdouble + 3 : longdouble;
    default: if (complex) return -1;
  }
  switch (*format) {
    case '?': return boolean;
    case 'b': return byte;
    case 'B': return ubyte;
    case 'h': return short_;
    case 'H': return ushort;
    case 'i': return int_;
    case 'I': return uint;
    // numpy.int64 is `long` where that has eight bytes.
    case 'q': return Py_ssize_t(sizeof(long)) == item ? long_ : longlong;
    case 'Q': return Py_ssize_t(sizeof(long)) == item ? ulong : ulonglong;
    default: return -1;
  }
}

// `asarray` of a view, for elements that have no number: NumPy reads the format itself.
DOVETAIL_COLD inline PyObject* from_buffer(PyObject* view) noexcept {
  Ref module(PyImport_ImportModule("numpy"));
  Ref asarray(module ? get_attribute(module.get(), "asarray") : nullptr);
  return asarray ? PyObject_CallOneArg(asarray.get(), view) : nullptr;
}

// Looks the table up, and keeps it in the state: NumPy's core stays in memory as long as the process. nullptr: exception set.
DOVETAIL_COLD inline Table find_table(Home home) noexcept {
  Ref module(PyImport_ImportModule("numpy"));
  if (!module) return nullptr;
  Ref core(PyImport_ImportModule("numpy._core.multiarray"));
  if (!core) {
    PyErr_Clear();
    core = Ref(PyImport_ImportModule("numpy.core.multiarray"));  // NumPy 1
  }
  Ref capsule(core ? get_attribute(core.get(), "_ARRAY_API") : nullptr);
  const auto table = capsule ? static_cast<Table>(PyCapsule_GetPointer(capsule.get(), nullptr)) : nullptr;
  if (!table) return nullptr;
  const unsigned abi = function<unsigned (*)()>(table, abi_version)();
  if (abi != numpy_1 && abi != numpy_2) {
    PyErr_Format(PyExc_RuntimeError, "this NumPy has the binary interface %x, which is not known here", abi);
    return nullptr;
  }
  __atomic_store_n(&state(home)->numpy, table, __ATOMIC_RELEASE);
  return table;
}
inline Table table(Home home) noexcept {
  const Table known = __atomic_load_n(&state(home)->numpy, __ATOMIC_ACQUIRE);
  return known ? known : find_table(home);
}
}  // namespace numpy

template <class Memory>
PyObject* give_ndarray(const Memory& memory, PyObject* base, Home home) noexcept {
  const int number = numpy::type_number(memory.format, memory.item);
  const numpy::Table table = numpy::table(home);
  if (!table) return nullptr;
  using FromType = PyObject* (*)(int);
  using FromDescr = PyObject* (*)(PyTypeObject*, PyObject*, int, const Py_ssize_t*, const Py_ssize_t*, void*, int, PyObject*);
  using SetBase = int (*)(PyObject*, PyObject*);
  PyObject* dtype = numpy::function<FromType>(table, numpy::descr_from_type)(number);
  if (!dtype) return nullptr;
  Ref array(numpy::function<FromDescr>(table, numpy::new_from_descr)(  // takes dtype over
      static_cast<PyTypeObject*>(table[numpy::array_type]), dtype, memory.ndim, memory.shape, memory.strides,
      const_cast<void*>(memory.data), memory.readonly ? 0 : numpy::writeable, nullptr));
  if (!array) return nullptr;
  if (numpy::function<SetBase>(table, numpy::set_base_object)(array.get(), Py_NewRef(base)) < 0) return nullptr;
  return array.release();
}

}  // namespace v1
}  // namespace dovetail
