// dovetail/convert/sequence_fill.h: what Python gives becomes a vector, deque, list or array, and lists are made of these.
//
//   FillSequence<V>::fill(from, out, held, home)   from any iterable; false: exception set
//   FillSequence<V>::plain(value, home)            a new list
#pragma once
#include <dovetail/convert/flat.h>
#include <dovetail/convert/numbers.h>

#include <array>
#include <iterator>
#include <vector>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

namespace traits {
template <class V>
struct fixed_size : std::false_type {};
template <class T, size_t N>
struct fixed_size<std::array<T, N>> : std::true_type {};
// Elements lie side by side: a buffer.
template <class V>
struct contiguous : std::false_type {};
template <class T, class A>
struct contiguous<std::vector<T, A>> : std::bool_constant<!std::is_same_v<T, bool>> {};
template <class T, size_t N>
struct contiguous<std::array<T, N>> : std::true_type {};
// Elements that are moved as bytes, see flat.h.
template <class V>
struct flat : std::false_type {};
template <class T, class A>
struct flat<std::vector<T, A>>
    : std::bool_constant<!std::is_same_v<T, bool> && std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T> &&
                         std::is_nothrow_copy_constructible_v<T> && !std::is_const_v<T> && sizeof(T) <= flat_size &&
                         alignof(T) <= flat_align> {};
template <class V, class = void>
struct random_access : std::false_type {};
template <class V>
struct random_access<V, std::void_t<decltype(std::declval<V&>()[0])>> : std::true_type {};
template <class V, class = void>
struct reservable : std::false_type {};
template <class V>
struct reservable<V, std::void_t<decltype(std::declval<V&>().reserve(0))>> : std::true_type {};
}  // namespace traits

template <class V>
inline decltype(auto) element_at(V& c, Py_ssize_t index) {
  if constexpr (traits::random_access<V>::value) {
    return c[size_t(index)];
  } else {
    return *std::next(c.begin(), index);
  }
}
template <class V>
inline void reserve_for(V& c, size_t count) {
  if constexpr (traits::reservable<V>::value) c.reserve(count);
}

// How close the items of `from` come to T: conversion and the worst item, no_match if one cannot be a T.
template <class T>
int rank_items(PyObject* from, Home home) noexcept {
  if (is_text(from) || !is_iterable(from)) return no_match;
  if (!PyList_CheckExact(from) && !PyTuple_CheckExact(from)) return conversion + 2;
  int worst = exact;
  for (Py_ssize_t i = 0; i < Py_SIZE(from); ++i) {
    const int rank = Convert<T>::rank(items_of(from)[i], home);
    if (rank == no_match) return no_match;
    if (rank > worst) worst = rank;
  }
  return conversion + worst;
}

// Fills containers that have push_back (forward_list and sets: by `insert`).
template <class V>
struct FillSequence {
  using T = typename V::value_type;
  static constexpr bool numbers = std::is_arithmetic_v<T> && traits::contiguous<V>::value;

  [[gnu::noinline]] static bool fill(PyObject* from, V& out, PyObject*& held, Home home) noexcept {
    if constexpr (has_format<T>) {
      if (!PyList_CheckExact(from) && !PyTuple_CheckExact(from)) {
        Py_buffer view;
        const Match match = open_buffer(from, {layout_of<T>}, view);
        if (match == Match::refused) return false;
        if (match == Match::yes) {
          const Py_ssize_t count = view.shape[0];
          const bool good = guarded([&] { copy_buffer(view, out); });
          PyBuffer_Release(&view);
          return good && check_size(out, count);
        }
      }
    }
    Ref items(take_items(from));
    if (!items) return false;
    try {
      if (!fill_items(items.get(), out, home)) return false;
    } catch (...) {
      raise_current();
      return false;
    }
    if constexpr (traits::borrows<T>::value) held = items.release();
    (void)held;
    return true;
  }
  static int rank(PyObject* from, Home home) noexcept {
    if (is_plain_scalar(from)) return no_match;
    if constexpr (has_format<T>) {
      Py_buffer view;
      if (PyObject_CheckBuffer(from)) {
        const Match match = open_buffer(from, {layout_of<T>}, view);
        if (match == Match::yes) {
          PyBuffer_Release(&view);
          return conversion;
        }
        if (match == Match::refused) PyErr_Clear();
      }
    }
    return rank_items<T>(from, home);
  }
  template <class C>
  static PyObject* plain(C&& value, Home home) {
    if constexpr (std::is_arithmetic_v<T> && traits::contiguous<V>::value) return plain_numbers(value, home);
    Ref list(PyList_New(0));
    if (!list) return nullptr;
    for (auto&& element : value) {
      PyObject* item;
      if constexpr (std::is_same_v<T, bool>) {
        item = PyBool_FromLong(bool(element));
      } else if constexpr (std::is_rvalue_reference_v<C&&> && !std::is_const_v<std::remove_reference_t<decltype(element)>>) {
        item = dovetail::give(std::move(element), home);
      } else {
        item = dovetail::give(element, home);
      }
      if (!item) return nullptr;
      const int bad = PyList_Append(list.get(), item);
      Py_DECREF(item);
      if (bad) return nullptr;
    }
    return list.release();
  }

 private:
  // Making a number runs no Python code, which might change the vector.
  static PyObject* plain_numbers(const V& value, Home home) noexcept {
    const Py_ssize_t count = Py_ssize_t(value.size());
    PyObject* list = PyList_New(count);
    for (Py_ssize_t i = 0; list && i < count; ++i) {
      PyObject* item = Convert<T>::give(value[size_t(i)], home);
      if (!item) Py_CLEAR(list);
      if (item) PyList_SET_ITEM(list, i, item);
    }
    return list;
  }
  static bool check_size(const V& out, Py_ssize_t given) noexcept {
    if constexpr (traits::fixed_size<V>::value) {
      if (Py_ssize_t(out.size()) != given) {
        PyErr_Format(PyExc_ValueError, "expected %zd elements, not %zd", Py_ssize_t(out.size()), given);
        return false;
      }
    }
    (void)out, (void)given;
    return true;
  }
  static void copy_buffer(const Py_buffer& view, V& out) {
    const size_t count = size_t(view.shape[0]);
    if constexpr (traits::contiguous<V>::value && std::is_default_constructible_v<T>) {
      if constexpr (traits::fixed_size<V>::value) {
        if (out.size() != count) return;
      } else {
        out.resize(count);
      }
      read_buffer(view, out.data());
    } else {
      const char* at = static_cast<const char*>(view.buf);
      for (size_t i = 0; i < count; ++i, at += stride_of(view, 0)) {
        alignas(T) unsigned char bytes[sizeof(T)];
        read_dimension(view, 1, at, reinterpret_cast<char*>(bytes));
        out.push_back(*reinterpret_cast<const T*>(bytes));
      }
    }
  }
  static bool fill_items(PyObject* items, V& out, Home home) {
    const Py_ssize_t count = Py_SIZE(items);
    if constexpr (traits::fixed_size<V>::value) {
      if (!check_size(out, count)) return false;
    } else if constexpr (numbers) {
      out.resize(size_t(count));
    } else {
      reserve_for(out, size_t(count));
    }
    Py_ssize_t i = 0;
    if constexpr (numbers) {
      // Taking an exact int or float runs no Python code: neither the list nor its items can change.
      PyTypeObject* const plain_type = std::is_floating_point_v<T> ? &PyFloat_Type : &PyLong_Type;
      const auto from = items_of(items);
      T* const to = out.data();
      for (; i < count && Py_TYPE(from[i]) == plain_type; ++i) {
        typename Convert<T>::Slot slot{};
        bool good;
        if constexpr (is_integer<T>) {
          good = Convert<T>::template take_number<true>(from[i], slot);
        } else {
          good = Convert<T>::take(from[i], slot, home);
        }
        if (!DOVETAIL_LIKELY(good)) return item_error("item", i, from[i]);
        to[i] = Convert<T>::pull(slot);
      }
    }
    // A list may shrink while its items are taken.
    for (; i < count && i < Py_SIZE(items); ++i) {
      PyObject* item = items_of(items)[i];
      typename Convert<T>::Slot slot{};
      if (!take_held<T>(item, slot, home)) return item_error("item", i, item_at(items, i));
      if constexpr (traits::fixed_size<V>::value || numbers) {
        out[size_t(i)] = Convert<T>::pull(slot);
      } else {
        out.push_back(Convert<T>::pull(slot));
      }
    }
    if constexpr (!traits::fixed_size<V>::value && numbers) out.resize(size_t(i));
    return true;
  }
  static PyObject* item_at(PyObject* items, Py_ssize_t i) noexcept { return i < Py_SIZE(items) ? items_of(items)[i] : Py_None; }
};

}  // namespace v1
}  // namespace dovetail
