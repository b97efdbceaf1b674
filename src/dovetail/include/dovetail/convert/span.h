// dovetail/convert/span.h: contiguous memory without a copy: std::span<T> (C++20), and Span<T>, a pointer and a length.
//   span<const T>   from a buffer of exactly these elements (not copied: what is strided, misaligned or in foreign byte order
//                   is refused with the reason), from a bound vector<T>, else from what a vector<T> is taken from, copied
//   span<T>         from a writable buffer only; Span<T> and span<T> keep the buffer open during the call
//   results         give_view / give_array(span, owner, home): a numpy.ndarray (a memoryview without NumPy) that looks at the
//                   memory and keeps `owner` alive; give(span, home) knows no owner: an array with a copy
#pragma once
#include <dovetail/convert/byte.h>
#include <dovetail/convert/sequence.h>
#include <dovetail/convert/view.h>

#if defined(__has_include) && __has_include(<span>) && __cplusplus >= 202002L
#include <span>
#endif

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T>
struct Span {
  T* data;
  size_t size;
};

// ---- results -------------------------------------------------------------------------------------------------------------

template <class T>
PyObject* give_view(T* data, size_t size, PyObject* owner, Home home) noexcept {
  static_assert(has_format<T>, "only numbers and plain structs have a buffer");
  return give_memory(lay_out(data, Py_ssize_t(size)), owner, home);
}

// ---- parameters ------------------------------------------------------------------------------------------------------------

template <class T>
struct SpanSlot {
  using E = std::remove_cv_t<T>;
  T* data = nullptr;
  size_t size = 0;
  Py_buffer view{};
  typename Convert<std::vector<E>>::Slot made{};

  SpanSlot() = default;
  SpanSlot(const SpanSlot&) = delete;
  SpanSlot& operator=(const SpanSlot&) = delete;
  ~SpanSlot() {
    if (view.obj) PyBuffer_Release(&view);
  }

  bool take(PyObject* from, Home home) noexcept {
    if constexpr (has_format<E>) {
      // bytes are chars, too.
      const bool bytes = std::is_same_v<E, char> && (PyBytes_Check(from) || PyByteArray_Check(from));
      const unsigned how = buffer_in_place | (std::is_const_v<T> ? 0u : unsigned{buffer_writable});
      switch (open_buffer(from, {bytes ? byte_layout : layout_of<E>, how}, view)) {
        case Match::refused: return false;
        case Match::yes:
          data = static_cast<T*>(view.buf);
          size = size_t(view.shape[0]);
          return true;
        case Match::no: view.obj = nullptr;
      }
    }
    if constexpr (!std::is_const_v<T>) {
      if constexpr (is_bound<std::vector<E>>) {
        std::vector<E>* bound = borrow<std::vector<E>>(from, home);
        if (bound) set(bound->data(), bound->size());
        return bound;
      }
      return false;
    } else if constexpr (std::is_same_v<E, bool>) {
      return false;  // vector<bool> has no memory to look at
    } else {
      if (!Convert<std::vector<E>>::take(from, made, home)) return false;
      const std::vector<E>& items = Convert<std::vector<E>>::view(made);
      set(items.data(), items.size());
      return true;
    }
  }
  void set(T* start, size_t count) noexcept {
    data = start;
    size = count;
  }
  static int rank(PyObject* from, Home home) noexcept {
    if constexpr (has_format<E>) {
      if (PyObject_CheckBuffer(from)) {
        Py_buffer view;
        const Match match = open_buffer(from, {layout_of<E>}, view);
        if (match == Match::refused) PyErr_Clear();
        if (match != Match::yes) return std::is_const_v<T> && !is_text(from) ? int{last_resort} : no_match;
        const bool readonly = view.readonly;
        PyBuffer_Release(&view);
        return readonly && !std::is_const_v<T> ? no_match : promotion;
      }
    }
    if constexpr (!std::is_const_v<T> || std::is_same_v<E, bool>) {
      return no_match;
    } else {
      return Convert<std::vector<E>>::rank(from, home);
    }
  }
};

template <class T>
struct Convert<Span<T>> {
  using Slot = SpanSlot<T>;
  static bool take(PyObject* from, Slot& slot, Home home) noexcept { return slot.take(from, home); }
  static Span<T> view(Slot& slot) noexcept { return {slot.data, slot.size}; }
  static Span<T> pull(Slot& slot) noexcept { return {slot.data, slot.size}; }
  static void put(Slot& slot, Span<T> value) noexcept { slot.set(value.data, value.size); }
  static PyObject* give(Span<T> value, Home home) noexcept { return give_view(value.data, value.size, nullptr, home); }
  static int rank(PyObject* from, Home home) noexcept { return Slot::rank(from, home); }
};
template <class T>
PyObject* give_array(Span<T> value, PyObject* owner, Home home) noexcept {
  return give_view(value.data, value.size, owner, home);
}

#ifdef __cpp_lib_span
template <class T, size_t N>
struct Convert<std::span<T, N>> {
  using Slot = SpanSlot<T>;
  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    if (!slot.take(from, home)) return false;
    if (N == std::dynamic_extent || slot.size == N) return true;
    PyErr_Format(PyExc_ValueError, "expected %zd elements, not %zd", Py_ssize_t(N), Py_ssize_t(slot.size));
    return false;
  }
  static std::span<T, N> view(Slot& slot) noexcept { return std::span<T, N>(slot.data, slot.size); }
  static std::span<T, N> pull(Slot& slot) noexcept { return std::span<T, N>(slot.data, slot.size); }
  static void put(Slot& slot, std::span<T, N> value) noexcept { slot.set(value.data(), value.size()); }
  static PyObject* give(std::span<T, N> value, Home home) noexcept { return give_view(value.data(), value.size(), nullptr, home); }
  static int rank(PyObject* from, Home home) noexcept { return Slot::rank(from, home); }
};
template <class T, size_t N>
PyObject* give_array(std::span<T, N> value, PyObject* owner, Home home) noexcept {
  return give_view(value.data(), value.size(), owner, home);
}
#endif

}  // namespace v1
}  // namespace dovetail
