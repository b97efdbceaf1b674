// dovetail/core/varargs.h: calls of functions that take a va_list.
//
//   with_arguments([&](va_list arguments) { return vlog("%s", arguments); }, "", text)
#pragma once
#include <dovetail/core/python.h>

#include <cstdarg>
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Functions of C do not throw: nothing is left open.
template <class F>
auto with_arguments(F call, const char* before, ...) {
  va_list arguments;
  va_start(arguments, before);
  if constexpr (std::is_void_v<decltype(call(arguments))>) {
    call(arguments);
    va_end(arguments);
  } else {
    auto result = call(arguments);
    va_end(arguments);
    return result;
  }
}

}  // namespace v1
}  // namespace dovetail
