// dovetail/core/standard.h: which Python exception a standard C++ exception is. Needs nothing of Python: modules for CPython
// and plain libraries (plain/) share it. errors.h lists it.
#pragma once
#include <exception>
#include <new>
#include <stdexcept>
#include <system_error>
#include <typeinfo>

#ifndef DOVETAIL_HIDDEN
#define DOVETAIL_HIDDEN __attribute__((visibility("hidden")))
#endif

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

enum Standard : int {
  runtime_error = 0,
  index_error,
  value_error,
  overflow_error,
  arithmetic_error,
  memory_error,
  type_error,
  os_error,
};

// errno of an error code: generic and (POSIX) system codes are, others have an equivalent or none.
inline int errno_of(const std::error_code& code) noexcept {
  if (code.category() == std::generic_category()) return code.value();
#ifndef _WIN32
  if (code.category() == std::system_category()) return code.value();
#endif
  const std::error_condition same = code.default_error_condition();
  return same.category() == std::generic_category() ? same.value() : 0;
}

// In a catch (...): tell(kind, text, errno) of the exception being handled, and what that gives.
template <class Tell>
auto tell_standard(Tell tell) {
  try {
    throw;
  } catch (const std::out_of_range& error) {
    return tell(index_error, error.what(), 0);
  } catch (const std::invalid_argument& error) {
    return tell(value_error, error.what(), 0);
  } catch (const std::domain_error& error) {
    return tell(value_error, error.what(), 0);
  } catch (const std::length_error& error) {
    return tell(value_error, error.what(), 0);
  } catch (const std::overflow_error& error) {
    return tell(overflow_error, error.what(), 0);
  } catch (const std::underflow_error& error) {
    return tell(arithmetic_error, error.what(), 0);
  } catch (const std::range_error& error) {
    return tell(arithmetic_error, error.what(), 0);
  } catch (const std::system_error& error) {
    return tell(os_error, error.what(), errno_of(error.code()));
  } catch (const std::bad_alloc&) {
    return tell(memory_error, "", 0);
  } catch (const std::bad_cast& error) {
    return tell(type_error, error.what(), 0);
  } catch (const std::bad_typeid& error) {
    return tell(type_error, error.what(), 0);
  } catch (const std::exception& error) {
    return tell(runtime_error, error.what(), 0);
  } catch (...) {
    return tell(runtime_error, "C++ threw something that is no std::exception", 0);
  }
}

}  // namespace v1
}  // namespace dovetail
