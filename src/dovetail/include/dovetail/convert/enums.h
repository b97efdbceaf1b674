// dovetail/convert/enums.h: bound enums <-> members of their Python enum class.
//
// Taken: a member of the enum (of no other); an unscoped enum takes any int that it can hold too: OverflowError beyond.
// Given: the member itself. A value without a member: of a flag enum the combination, else a plain int.
#pragma once
#include <dovetail/convert/numbers.h>
#include <dovetail/core/enumerations.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

DOVETAIL_COLD inline PyObject* give_member(PyObject* number, const EnumState& made, bool flags) noexcept {
  if (!number) return nullptr;
  PyObject* member = PyDict_GetItemWithError(made.members, number);
  if (member || PyErr_Occurred()) {
    Py_XINCREF(member);
    Py_DECREF(number);
    return member;
  }
  if (!flags) return number;
  member = PyObject_CallOneArg(made.type, number);
  Py_DECREF(number);
  return member;
}

namespace traits {
// Only an enum with a fixed underlying type is initialised from a number in braces.
template <class E, class = void>
struct fixed_enum : std::false_type {};
template <class E>
struct fixed_enum<E, std::void_t<decltype(E{0})>> : std::true_type {};
}  // namespace traits

template <class E>
struct Convert<E, std::void_t<decltype(BoundEnum<E>::slot)>> {
  using Slot = E;
  using Number = std::underlying_type_t<E>;
  // A bool or char underneath is a number to Python too.
  using Integer = std::conditional_t<is_integer<Number>, Number, std::conditional_t<std::is_signed_v<Number>, int, unsigned>>;

  static bool take(PyObject* given, Slot& slot, Home home) noexcept {
    if (!accepts(given, home)) return false;
    Integer number{};
    if (!Convert<Integer>::take(given, number, home)) return false;
    if constexpr (!traits::fixed_enum<E>::value) {
      const EnumState& made = state(home)->enums[BoundEnum<E>::slot];
      const auto value = static_cast<long long>(number);
      if (value < made.low || value > made.high) return out_of_range_signed(given, made.low, made.high);
    }
    slot = static_cast<E>(static_cast<Number>(number));
    return true;
  }
  static const E& view(Slot& slot) noexcept { return slot; }
  static E pull(Slot& slot) noexcept { return slot; }
  static PyObject* give(E value, Home home) noexcept {
    PyObject* number = Convert<Integer>::give(static_cast<Integer>(static_cast<Number>(value)), home);
    return give_member(number, state(home)->enums[BoundEnum<E>::slot], BoundEnum<E>::flags);
  }
  static int rank(PyObject* given, Home home) noexcept {
    if (is_member(given, home)) return exact;
    if constexpr (!BoundEnum<E>::scoped) return accepts(given, home) ? int{conversion} : int{no_match};
    return no_match;
  }

 private:
  static bool is_member(PyObject* given, Home home) noexcept {
    return reinterpret_cast<PyObject*>(Py_TYPE(given)) == state(home)->enums[BoundEnum<E>::slot].type;
  }
  static bool accepts(PyObject* given, Home home) noexcept {
    if (DOVETAIL_LIKELY(is_member(given, home))) return true;
    if constexpr (!BoundEnum<E>::scoped) return PyLong_CheckExact(given);
    return false;
  }
};

}  // namespace v1
}  // namespace dovetail
