// dovetail/convert/finish.h: calls with Python files among their arguments.
//
//   finish_after(call, files…)     the result of call(), when the files have been written or set back; may throw
#pragma once
#include <dovetail/core/arguments.h>

#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class Call, class... Files>
decltype(auto) finish_after(Call&& call, Files&... files) {
  using Result = decltype(call());
  if constexpr (std::is_void_v<Result>) {
    call();
    (files.finish(), ...);
  } else if constexpr (std::is_reference_v<Result>) {
    Result result = call();
    (files.finish(), ...);
    return static_cast<Result>(result);
  } else {
    Result result = call();
    (files.finish(), ...);
    return result;
  }
}

}  // namespace v1
}  // namespace dovetail
