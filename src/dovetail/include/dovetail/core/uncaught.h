// dovetail/core/uncaught.h: throwing on threads of C++, where often nobody catches.
//
//   throw_if_caught(error);     // returns where std::terminate would be called, with nothing unwound
//
// An exception that leaves the function of a std::thread ends the process. So a callback on a thread that Python never saw
// looks first: the unwinder searches for a handler before it unwinds anything, and says if there is none.
#pragma once
#include <dovetail/core/python.h>

#ifdef __GLIBCXX__
#include <cxxabi.h>
#include <unwind.h>

#include <new>
#include <typeinfo>
#endif

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

#if defined(__GLIBCXX__) && defined(__cpp_rtti) && !defined(__ARM_EABI_UNWINDER__) && !defined(__USING_SJLJ_EXCEPTIONS__)
template <class E>
void throw_if_caught(const E& error) {
  // What a throw-expression does, in the words of the C++ ABI, up to the call of std::terminate.
  struct Globals {
    void* caught;
    unsigned int uncaught;
  };
  void* const memory = abi::__cxa_allocate_exception(sizeof(E));
  E* const thrown = ::new (memory) E(error);
  void* const header = abi::__cxa_init_primary_exception(
      memory, const_cast<std::type_info*>(&typeid(E)), [](void* value) { static_cast<E*>(value)->~E(); });
  *static_cast<int*>(header) = 1;  // the references to it
  auto* const globals = reinterpret_cast<Globals*>(abi::__cxa_get_globals());
  ++globals->uncaught;
  _Unwind_RaiseException(static_cast<_Unwind_Exception*>(memory) - 1);
  --globals->uncaught;
  thrown->~E();
  abi::__cxa_free_exception(memory);
}
#else
template <class E>
void throw_if_caught(const E& error) {
  throw E(error);
}
#endif

}  // namespace v1
}  // namespace dovetail
