// dovetail/convert/expected.h: std::expected<T, E> -> the value, or an exception (C++23).
// The error: an error_code raises OSError, a class derived from std::exception what throwing it would, anything else
// RuntimeError whose single argument is the error as Python sees it. Results only.
#pragma once
#include <dovetail/convert/error_code.h>

#if __has_include(<expected>)
#include <expected>
#endif

#ifdef __cpp_lib_expected
#include <exception>
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class E>
PyObject* raise_unexpected(const E& error, Home home) {
  if constexpr (std::is_same_v<E, std::error_code>) {
    throw std::system_error(error);
  } else if constexpr (std::is_same_v<E, std::error_condition>) {
    throw std::system_error(std::error_code(error.value(), error.category()));
  } else if constexpr (std::is_same_v<E, std::exception_ptr>) {
    std::rethrow_exception(error);
  } else if constexpr (std::is_base_of_v<std::exception, E>) {
    throw error;
  } else {
    Ref given(dovetail::give(error, home));
    if (given) PyErr_SetObject(PyExc_RuntimeError, given.get());
    return nullptr;
  }
}

template <class T, class E>
struct Convert<std::expected<T, E>> {
  static PyObject* give(const std::expected<T, E>& value, Home home) {
    if (!value) return raise_unexpected(value.error(), home);
    if constexpr (std::is_void_v<T>) {
      return give_none();
    } else {
      return dovetail::give(*value, home);
    }
  }
  static PyObject* give(std::expected<T, E>&& value, Home home) {
    if (!value) return raise_unexpected(value.error(), home);
    if constexpr (std::is_void_v<T>) {
      return give_none();
    } else {
      return dovetail::give(std::move(*value), home);
    }
  }
};

}  // namespace v1
}  // namespace dovetail
#endif
