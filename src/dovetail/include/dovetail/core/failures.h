// dovetail/core/failures.h: calls whose result says that they failed, as functions of C do.
//
//   raise_failure(slot, code, function, home, texts…)   sets the exception of the module, whose `code` is the result, and gives
//                                                       nullptr. The first text that is there is what it says.
#pragma once
#include <dovetail/core/exceptions.h>

#include <initializer_list>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Takes `code` over; nullptr: its exception is set already.
DOVETAIL_COLD inline void raise_coded(int slot, PyObject* code, const char* function, Home home, const char* text) noexcept {
  Ref number(code);
  if (!number) return;
  PyObject* type = state(home)->exceptions[slot];
  const bool coded = PyObject_IsTrue(number.get()) > 0;  // a null pointer and false say nothing more
  Ref said(text && *text ? error_text(text)
           : coded       ? PyUnicode_FromFormat("%s() failed: %S", function, number.get())
                         : PyUnicode_FromFormat("%s() failed", function));
  Ref exception(said ? PyObject_CallOneArg(type, said.get()) : nullptr);
  if (!exception || PyObject_SetAttrString(exception.get(), "code", number.get()) < 0) return;
  PyErr_SetObject(type, exception.get());
}

template <class N>
PyObject* raise_failure(int slot, N code, const char* function, Home home, std::initializer_list<const char*> texts) noexcept {
  const char* said = nullptr;
  for (const char* text : texts) {
    if (!said || !*said) said = text;
  }
  PyObject* number = std::is_signed_v<N> ? PyLong_FromLongLong(static_cast<long long>(code))
                                         : PyLong_FromUnsignedLongLong(static_cast<unsigned long long>(code));
  raise_coded(slot, number, function, home, said);
  return nullptr;
}

}  // namespace v1
}  // namespace dovetail
