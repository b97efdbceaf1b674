// dovetail/convert/variant.h: std::variant<...> <-> the value of the active alternative.
// Taken by the alternative whose conversion is closest (the first of equals); std::monostate is None.
#pragma once
#include <dovetail/convert/guarded.h>
#include <dovetail/convert/monostate.h>

#include <optional>
#include <tuple>
#include <variant>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

namespace traits {
template <class T, class>
struct comparable;  // convert/container.h
template <class... T>
struct comparable<std::variant<T...>, void> : std::bool_constant<(comparable<std::remove_cv_t<T>, void>::value && ...)> {};
}  // namespace traits

template <class... T>
struct Convert<std::variant<T...>> {
  using Whole = std::variant<T...>;
  struct Slot {
    std::tuple<typename Convert<T>::Slot...> inner;
    std::optional<Whole> value;
  };

  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    const int best = closest(from, home);
    if (best < 0) return false;
    return take_alternative(best, from, slot, home, std::index_sequence_for<T...>());
  }
  static const Whole& view(Slot& slot) { return *slot.value; }
  static Whole pull(Slot& slot) { return std::move(*slot.value); }
  static void put(Slot& slot, Whole value) { slot.value.emplace(std::move(value)); }
  template <class W>
  static PyObject* give(W&& value, Home home) {
    if (value.valueless_by_exception()) throw std::bad_variant_access();
    return std::visit([home](auto&& active) { return dovetail::give(std::forward<decltype(active)>(active), home); },
                      std::forward<W>(value));
  }
  static int rank(PyObject* from, Home home) noexcept {
    const int best = closest(from, home);
    if (best < 0) return -1;
    const int ranks[] = {Convert<T>::rank(from, home)...};
    return ranks[best];
  }

 private:
  static int closest(PyObject* from, Home home) noexcept {
    const int ranks[] = {Convert<T>::rank(from, home)...};
    int best = -1;
    for (int i = 0; i < int(sizeof...(T)); ++i) {
      if (ranks[i] >= 0 && (best < 0 || ranks[i] < ranks[best])) best = i;
    }
    return best;
  }
  template <size_t I>
  static bool take_one(PyObject* from, Slot& slot, Home home) noexcept {
    using Part = std::variant_alternative_t<I, Whole>;
    auto& inner = std::get<I>(slot.inner);
    if (!Convert<Part>::take(from, inner, home)) return false;
    return guarded([&] { slot.value.emplace(std::in_place_index<I>, Convert<Part>::pull(inner)); });
  }
  template <size_t... I>
  static bool take_alternative(int which, PyObject* from, Slot& slot, Home home, std::index_sequence<I...>) noexcept {
    bool good = false;
    (void)((which == int(I) ? (good = take_one<I>(from, slot, home), true) : false) || ...);
    return good;
  }
};

}  // namespace v1
}  // namespace dovetail
