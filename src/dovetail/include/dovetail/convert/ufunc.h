// dovetail/convert/ufunc.h: C++ functions of numbers as NumPy ufuncs.
//
//   static double area_element(double width, double height) { return lib::area(width, height); }
//   dovetail::UfuncFunction area_functions[] = {dovetail::ufunc_loop<area_element>, ...};
//
// A ufunc is made by NumPy's own C function when the module is first asked for it, so that a module needs NumPy neither to
// be built nor to be imported. NumPy calls loops without the GIL; one that C++ leaves by an exception sets it, and NumPy
// looks. NumPy's headers are not needed: a table that its core shows as `_UFUNC_API` has the function, at a place that
// it never leaves (numpy/_core/code_generators/numpy_api.py), the same in NumPy 1 and 2.
#pragma once
#include <dovetail/core/natives.h>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

using UfuncFunction = void (*)(char** places, const Py_ssize_t* count, const Py_ssize_t* steps, void* errors);

// How an exception of C++ becomes one of Python: what `fail_native` takes.
struct UfuncErrors {
  const char* module;
  PyObject* (*raise)(Home) noexcept;
};
struct UfuncRow {
  const char* name;
  const char* doc;
  UfuncFunction* functions;
  const char* types;  // of each loop: its arguments and its result, as NPY_TYPES
  void** errors;      // one for each loop
  int loops;
  int arguments;
};

// The number of a type in NumPy's enum NPY_TYPES.
template <class T>
constexpr char ufunc_type() {
  if constexpr (std::is_same_v<T, bool>) return 0;
  else if constexpr (std::is_same_v<T, signed char>) return 1;
  else if constexpr (std::is_same_v<T, unsigned char>) return 2;
  else if constexpr (std::is_same_v<T, short>) return 3;
  else if constexpr (std::is_same_v<T, unsigned short>) return 4;
  else if constexpr (std::is_same_v<T, int>) return 5;
  else if constexpr (std::is_same_v<T, unsigned int>) return 6;
  else if constexpr (std::is_same_v<T, long>) return 7;
  else if constexpr (std::is_same_v<T, unsigned long>) return 8;
  else if constexpr (std::is_same_v<T, long long>) return 9;
  else if constexpr (std::is_same_v<T, unsigned long long>) return 10;
  else if constexpr (std::is_same_v<T, float>) return 11;
  else return 12;
}

namespace detail {
// One loop. Arrays that are contiguous get a loop of their own, which the compiler can vectorise.
template <auto element, class R, class... A, size_t... k>
void run_loop(char** places, Py_ssize_t count, const Py_ssize_t* steps, R (*)(A...), std::index_sequence<k...>) {
  constexpr size_t out = sizeof...(A);
  if (((steps[k] == Py_ssize_t(sizeof(A))) && ...) && steps[out] == Py_ssize_t(sizeof(R))) {
    for (Py_ssize_t i = 0; i < count; ++i) {
      reinterpret_cast<R*>(places[out])[i] = element(reinterpret_cast<const A*>(places[k])[i]...);
    }
    return;
  }
  for (Py_ssize_t i = 0; i < count; ++i) {
    *reinterpret_cast<R*>(places[out] + i * steps[out]) = element(*reinterpret_cast<const A*>(places[k] + i * steps[k])...);
  }
}
template <auto element, class R, class... A>
void run_loop(char** places, Py_ssize_t count, const Py_ssize_t* steps, R (*same)(A...)) {
  run_loop<element>(places, count, steps, same, std::index_sequence_for<A...>());
}
}  // namespace detail

template <auto element>
void ufunc_loop(char** places, const Py_ssize_t* count, const Py_ssize_t* steps, void* errors) noexcept {
  try {
    detail::run_loop<element>(places, *count, steps, element);
  } catch (...) {
    const auto* known = static_cast<const UfuncErrors*>(errors);
    fail_native(known->module, known->raise);
  }
}

DOVETAIL_COLD inline PyObject* make_ufunc(const UfuncRow& row) noexcept {
  const Ref numpy(PyImport_ImportModule("numpy"));
  if (!numpy) return nullptr;
  Ref core(PyImport_ImportModule("numpy._core._multiarray_umath"));
  if (!core) {
    PyErr_Clear();
    core = Ref(PyImport_ImportModule("numpy.core._multiarray_umath"));  // NumPy 1
  }
  Ref capsule(core ? get_attribute(core.get(), "_UFUNC_API") : nullptr);
  const auto table = capsule ? static_cast<void* const*>(PyCapsule_GetPointer(capsule.get(), nullptr)) : nullptr;
  if (!table) return nullptr;
  using FromFunctions = PyObject* (*)(UfuncFunction*, void**, const char*, int, int, int, int, const char*, const char*, int);
  constexpr int place = 1, no_identity = -1;
  const auto from_functions = reinterpret_cast<FromFunctions>(table[place]);
  return from_functions(row.functions, row.errors, row.types, row.loops, row.arguments, 1, no_identity, row.name, row.doc, 0);
}

// `module.__getattr__`: a ufunc is made when it is asked for; `rest` has the other attributes.
DOVETAIL_COLD inline PyObject* ufunc_attribute(PyObject* module, PyObject* name, const UfuncRow* rows, size_t count,
                                               PyCFunction rest) noexcept {
  const char* text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : "";
  if (!text) return nullptr;
  for (size_t i = 0; i < count; ++i) {
    if (strcmp(text, rows[i].name)) continue;
    Ref made(make_ufunc(rows[i]));
    if (!made || PyObject_SetAttr(module, name, made.get()) < 0) return nullptr;
    return made.release();
  }
  return rest(module, name);
}
template <const auto& rows, PyCFunction rest>
PyObject* ufunc_getattr(PyObject* module, PyObject* name) noexcept {
  return ufunc_attribute(module, name, rows, std::size(rows), rest);
}

}  // namespace v1
}  // namespace dovetail
