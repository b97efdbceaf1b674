// dovetail/convert/address.h: void* <-> an opaque capsule; null is None. It neither owns nor keeps alive what it points to,
// as in C++.
#pragma once
#include <dovetail/core/arguments.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

inline constexpr const char* address_name = "void *";

template <>
struct Convert<void*> {
  using Slot = void*;
  // false without an exception: neither None nor an address.
  static bool take(PyObject* given, Slot& slot, Home) noexcept {
    slot = PyCapsule_IsValid(given, address_name) ? PyCapsule_GetPointer(given, address_name) : nullptr;
    return slot || given == Py_None;
  }
  static void* const& view(Slot& slot) noexcept { return slot; }
  static void* pull(Slot& slot) noexcept { return slot; }
  static PyObject* give(void* value, Home) noexcept { return value ? PyCapsule_New(value, address_name, nullptr) : give_none(); }
  static int rank(PyObject* given, Home home) noexcept {
    Slot ignored = nullptr;
    return take(given, ignored, home) ? int{exact} : int{no_match};
  }
};

template <>
struct Arg<void*> {
  void* pointer = nullptr;
  bool take(PyObject* given, Home home) noexcept { return Convert<void*>::take(given, pointer, home); }
  void set(void* value) noexcept { pointer = value; }
  void* get() const noexcept { return pointer; }
  static int rank(PyObject* given, Home home) noexcept { return Convert<void*>::rank(given, home); }
};

}  // namespace v1
}  // namespace dovetail
