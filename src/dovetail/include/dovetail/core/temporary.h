// dovetail/core/temporary.h: the object of a method that C++ calls on temporaries only (`T take() &&`).
//
//   auto&& temporary = dovetail::as_temporary(it, self);
//   return dovetail::give(std::move(temporary).take(), home);
//
// It is a copy. What cannot be copied, or may be an object of a derived class, is taken over itself: from then on the Python
// object refuses to be used. Throws what copying throws, and PythonError where Python does not own the object.
#pragma once
#include <dovetail/core/objects.h>

#include <type_traits>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T>
decltype(auto) as_temporary(T* it, PyObject* self) {
  using Object = std::remove_const_t<T>;
  if constexpr (std::is_copy_constructible_v<Object> && !std::is_polymorphic_v<Object>) {
    return Object(*it);
  } else {
    if constexpr (!std::is_const_v<T>) check_and_mark_taken(self);  // nothing moves out of a const object
    return static_cast<T&>(*it);
  }
}

}  // namespace v1
}  // namespace dovetail
