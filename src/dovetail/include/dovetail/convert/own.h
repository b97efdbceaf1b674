// dovetail/convert/own.h: Convert<> of types for which a header of the user's specialises dovetail::convert.
#pragma once
#include <dovetail/convert.h>
#include <dovetail/convert/guarded.h>

#include <optional>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

namespace detail {
template <class T, class = void>
struct takes_own : std::false_type {};
template <class T>
struct takes_own<T, std::void_t<decltype(&convert<T>::take)>> : std::true_type {};
template <class T, class = void>
struct gives_own : std::false_type {};
template <class T>
struct gives_own<T, std::void_t<decltype(&convert<T>::give)>> : std::true_type {};
template <class T, class = void>
struct accepts_own : std::false_type {};
template <class T>
struct accepts_own<T, std::void_t<decltype(&convert<T>::accepts)>> : std::true_type {};
}  // namespace detail

template <class T>
struct Convert<T, std::enable_if_t<detail::takes_own<T>::value || detail::gives_own<T>::value>> {
  using Slot = std::optional<T>;

  static bool take(PyObject* given, Slot& slot, Home) noexcept {
    const bool good = guarded([&] {
      std::optional<T> made = convert<T>::take(given);
      if (made) slot.emplace(std::move(*made));
    });
    if (!good) return false;
    if (slot && PyErr_Occurred()) slot.reset();  // the exception says more than the value
    return slot.has_value();
  }
  static const T& view(Slot& slot) noexcept { return *slot; }
  static T& edit(Slot& slot) noexcept { return *slot; }
  static T pull(Slot& slot) { return std::move(*slot); }
  static void put(Slot& slot, T value) { slot.emplace(std::move(value)); }
  static PyObject* give(const T& value, Home) {
    PyObject* made = convert<T>::give(value);
    if (!made && !PyErr_Occurred()) {
      PyErr_SetString(PyExc_SystemError, "dovetail::convert<>::give gave nullptr without an exception");
    }
    return made;
  }
  static int rank(PyObject* given, Home home) noexcept {
    if constexpr (detail::accepts_own<T>::value) {
      bool accepted = false;
      if (!guarded([&] { accepted = convert<T>::accepts(given); })) PyErr_Clear();
      return accepted ? int{exact} : int{no_match};
    } else {
      Slot slot;
      if (take(given, slot, home)) return exact;
      // A value that will not do is of the right type: its own error says so, where nothing else fits.
      const bool refused = PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_TypeError);
      PyErr_Clear();
      return refused ? int{last_resort} : int{no_match};
    }
  }
};

}  // namespace v1
}  // namespace dovetail
