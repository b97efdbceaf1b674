// dovetail/convert/error_code.h: std::error_code -> None where there is no error, else an OSError object (not raised).
// A parameter takes None, or an OSError with an errno. std::system_error -> an OSError object.
#pragma once
#include <dovetail/convert/guarded.h>

#include <string>
#include <system_error>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

[[gnu::noinline]] inline PyObject* give_os_error(int value, const std::string& text) {
  return PyObject_CallFunction(PyExc_OSError, "is#", value, text.data(), Py_ssize_t(text.size()));
}

template <>
struct Convert<std::error_code> {
  using Slot = std::error_code;
  static bool take(PyObject* from, Slot& slot, Home) noexcept {
    slot.clear();
    if (from == Py_None) return true;
    if (!PyObject_TypeCheck(from, reinterpret_cast<PyTypeObject*>(PyExc_OSError))) return false;
    Ref number(get_attribute(from, "errno"));
    if (!number) return false;
    const long value = number.get() == Py_None ? 0 : PyLong_AsLong(number.get());
    if (value == -1 && PyErr_Occurred()) return false;
    slot.assign(int(value), std::generic_category());
    return true;
  }
  static const std::error_code& view(Slot& slot) { return slot; }
  static std::error_code pull(Slot& slot) { return slot; }
  static std::error_code& edit(Slot& slot) { return slot; }
  static PyObject* give(const std::error_code& code, Home) {
    if (!code) return give_none();
    return give_os_error(errno_of(code), code.message());
  }
  static int rank(PyObject* from, Home) noexcept {
    if (from == Py_None) return 0;
    return PyObject_TypeCheck(from, reinterpret_cast<PyTypeObject*>(PyExc_OSError)) ? 0 : -1;
  }
};

// A result only: an OSError that nobody raised.
template <>
struct Convert<std::system_error> {
  static PyObject* give(const std::system_error& error, Home) { return give_os_error(errno_of(error.code()), error.what()); }
};

}  // namespace v1
}  // namespace dovetail
