// dovetail/core/typed.h: what a PyPy that knows METH_TYPED reads beside a method's name. Empty for all others.
//
// `ml_name` of a typed function lies within a PyPyTypedMethodMetadata, which says the C types of its arguments (ended by
// -1) and of its result, negative where it may fail, and has the C function to be called with them. That returns -1 or
// -0.0 where it failed, with an exception set. CPython takes the flag, too, but its specialised calls ask for other flags
// exactly, and miss it: so it is never set there.
//
//   static PyPyTypedMethodMetadata inc_typed{dovetail::typed_arguments<long>, dovetail::typed_code<long>(),
//                                            dovetail::typed_function(+[](long value) noexcept -> long { … }), "inc"};
//   static const bool functions_typed = dovetail::type_functions(functions, {&inc_typed});
#pragma once
#include <dovetail/core/python.h>

#ifdef METH_TYPED
#include <cstring>
#include <initializer_list>
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T>
constexpr int typed_code() noexcept {
  static_assert(std::is_same_v<T, long> || std::is_same_v<T, double>);
  return std::is_same_v<T, long> ? T_C_LONG : T_C_DOUBLE;
}
template <class... A>
inline int typed_arguments[] = {typed_code<A>()..., -1};
template <class R, class... A>
void* typed_function(R (*function)(A...) noexcept) noexcept {
  return reinterpret_cast<void*>(function);
}

// Before the module is made: the rows of these functions get their names from the metadata, and the flag.
inline bool type_functions(PyMethodDef* rows, std::initializer_list<const PyPyTypedMethodMetadata*> typed) noexcept {
  for (; rows->ml_name; ++rows) {
    for (const PyPyTypedMethodMetadata* each : typed) {
      if (std::strcmp(rows->ml_name, each->ml_name) != 0) continue;
      rows->ml_name = each->ml_name;
      rows->ml_flags |= METH_TYPED;
      break;
    }
  }
  return true;
}

}  // namespace v1
}  // namespace dovetail
#endif
