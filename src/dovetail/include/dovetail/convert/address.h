// dovetail/convert/address.h: void* <-> an opaque capsule; null is None. It neither owns nor keeps alive what it points to,
// as in C++. What C keeps of Python as its user data (convert/handed.h) is given as the object that it is.
#pragma once
#include <dovetail/core/arguments.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

inline constexpr const char* address_name = "void *";

// A new reference to the object that an address stands for; nullptr: none.
DOVETAIL_COLD inline PyObject* find_handed(void* value, State* s) noexcept {
  PyObject* const raised = fetch_exception();
  Ref key(PyLong_FromVoidPtr(value));
  PyObject* const found = key ? PyDict_GetItemWithError(s->handed, key.get()) : nullptr;
  Py_XINCREF(found);
  PyErr_Clear();
  restore_exception(raised);
  return found;
}

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
  static PyObject* give(void* value, Home home) noexcept {
    if (!value) return give_none();
    State* const s = state(home);
    PyObject* const object = s->handed ? find_handed(value, s) : nullptr;
    return object ? object : PyCapsule_New(value, address_name, nullptr);
  }
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
