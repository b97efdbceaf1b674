// dovetail/convert/tuple.h: std::pair and std::tuple <-> tuple.
// Taken from a tuple or list of exactly that length; given as a new tuple. Elements are copies.
#pragma once
#include <dovetail/convert/guarded.h>

#include <optional>
#include <tuple>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Whether it is a tuple or list of `count`: no exception for a wrong type, one for a wrong length.
[[gnu::noinline]] inline bool has_items(PyObject* from, Py_ssize_t count) noexcept {
  if (!PyTuple_Check(from) && !PyList_Check(from)) return false;
  const Py_ssize_t given = PySequence_Fast_GET_SIZE(from);
  if (given == count) return true;
  PyErr_Format(PyExc_ValueError, "expected %zd items, not %zd", count, given);
  return false;
}

template <class Whole, class... Parts>
struct ConvertFixed {
  struct Slot {
    std::tuple<typename Convert<std::decay_t<Parts>>::Slot...> inner;
    std::optional<Whole> value;
  };

  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    return take_all(from, slot, home, std::index_sequence_for<Parts...>());
  }
  static const Whole& view(Slot& slot) { return *slot.value; }
  static Whole pull(Slot& slot) { return std::move(*slot.value); }
  static void put(Slot& slot, Whole value) { slot.value.emplace(std::move(value)); }
  static int rank(PyObject* from, Home home) noexcept {
    return rank_all(from, home, std::index_sequence_for<Parts...>());
  }
  template <class W>
  static PyObject* give(W&& value, Home home) {
    return give_all(std::forward<W>(value), home, std::index_sequence_for<Parts...>());
  }

 private:
  template <size_t I>
  static bool take_one(PyObject* from, Slot& slot, Home home) noexcept {
    using Part = std::decay_t<std::tuple_element_t<I, std::tuple<Parts...>>>;
    // Taking an item may run Python, which may shorten a list: looked up and held for each.
    if (!has_items(from, sizeof...(Parts))) return false;
    PyObject* item = items_of(from)[I];
    Py_INCREF(item);
    const bool good = Convert<Part>::take(item, std::get<I>(slot.inner), home) || item_error("item", I, item);
    Py_DECREF(item);
    return good;
  }
  template <size_t... I>
  static bool take_all(PyObject* from, Slot& slot, Home home, std::index_sequence<I...>) noexcept {
    if (!has_items(from, sizeof...(Parts))) return false;
    if (!(take_one<I>(from, slot, home) && ...)) return false;
    return guarded([&] { slot.value.emplace(Convert<std::decay_t<Parts>>::pull(std::get<I>(slot.inner))...); });
  }
  template <size_t... I>
  static int rank_all(PyObject* from, Home home, std::index_sequence<I...>) noexcept {
    if ((!PyTuple_Check(from) && !PyList_Check(from)) || PySequence_Fast_GET_SIZE(from) != Py_ssize_t(sizeof...(Parts)))
      return -1;
    [[maybe_unused]] const auto items = items_of(from);
    int worst = PyTuple_Check(from) ? 0 : 1;
    const auto with = [&worst](int rank) {
      if (rank < 0 || rank > worst) worst = rank;
      return rank >= 0;
    };
    return (with(Convert<std::decay_t<Parts>>::rank(items[I], home)) && ...) ? worst : -1;
  }
  template <class W, size_t... I>
  static PyObject* give_all(W&& value, [[maybe_unused]] Home home, std::index_sequence<I...>) {
    Ref result(PyTuple_New(sizeof...(Parts)));
    if (!result) return nullptr;
    [[maybe_unused]] const auto put = [&result](Py_ssize_t i, PyObject* item) {
      if (item) PyTuple_SET_ITEM(result.get(), i, item);
      return item != nullptr;
    };
    const bool good = (put(I, dovetail::give(std::get<I>(std::forward<W>(value)), home)) && ...);
    return good ? result.release() : nullptr;
  }
};

template <class A, class B>
struct Convert<std::pair<A, B>> : ConvertFixed<std::pair<A, B>, A, B> {};

template <class... T>
struct Convert<std::tuple<T...>> : ConvertFixed<std::tuple<T...>, T...> {};

}  // namespace v1
}  // namespace dovetail
