// dovetail/convert/optional.h: std::optional<T> <-> None or what T is in Python.
// None is exact for an optional, so that f(optional<int>) wins over f(bool) for None.
#pragma once
#include <dovetail/convert/guarded.h>
#ifdef __cpp_lib_variant  // the user's header, included before, has <variant>
#include <dovetail/convert/monostate.h>
#endif

#include <cstddef>
#include <optional>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T>
struct Convert<std::optional<T>> {
  struct Slot {
    typename Convert<T>::Slot inner{};  // outlives `value`: a string_view in it looks at the slot
    std::optional<T> value;
  };

  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    if (from == Py_None) {
      slot.value.reset();
      return true;
    }
    if (!Convert<T>::take(from, slot.inner, home)) return false;
    return guarded([&] { slot.value.emplace(Convert<T>::pull(slot.inner)); });
  }
  static const std::optional<T>& view(Slot& slot) { return slot.value; }
  static std::optional<T> pull(Slot& slot) { return std::move(slot.value); }
  static void put(Slot& slot, std::optional<T> value) { slot.value = std::move(value); }
  static PyObject* give(const std::optional<T>& value, Home home) {
    if (!value) return give_none();
    return dovetail::give(*value, home);
  }
  static PyObject* give(std::optional<T>&& value, Home home) {
    if (!value) return give_none();
    return dovetail::give(std::move(*value), home);
  }
  static int rank(PyObject* from, Home home) noexcept { return from == Py_None ? 0 : Convert<T>::rank(from, home); }
};

template <>
struct Convert<std::nullopt_t> {
  struct Slot {};
  static bool take(PyObject* from, Slot&, Home) noexcept { return from == Py_None; }
  static std::nullopt_t pull(Slot&) { return std::nullopt; }
  static void put(Slot&, std::nullopt_t) {}
  static PyObject* give(std::nullopt_t, Home) { return give_none(); }
  static int rank(PyObject* from, Home) noexcept { return from == Py_None ? 0 : -1; }
};

template <>
struct Convert<std::nullptr_t> {
  using Slot = std::nullptr_t;
  static bool take(PyObject* from, Slot&, Home) noexcept { return from == Py_None; }
  static std::nullptr_t pull(Slot&) { return nullptr; }
  static PyObject* give(std::nullptr_t, Home) { return give_none(); }
  static int rank(PyObject* from, Home) noexcept { return from == Py_None ? exact : no_match; }
};

}  // namespace v1
}  // namespace dovetail
