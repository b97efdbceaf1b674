// dovetail/library/eigen.h: Eigen's dense types <-> numpy.ndarray.
//   Matrix, Array   taken from a buffer of numbers of that shape, or rows of numbers, copied; a vector has one dimension.
//   Ref, Map        the array itself, without a copy: type, order, strides and writability must fit, else it is refused with
//                   the reason; of Ref<const M> and Map<const M> a copy does where the array does not fit
//   results         by value: moved into an owner of its own, which the array looks into. A reference, Ref, Map or block that
//                   self hands out: the array looks at that memory and keeps self alive, read-only where it is const. An
//                   expression is evaluated. Without self (free functions): a copy
//   Transform       its matrix
#pragma once
#include <dovetail/convert/dense.h>

#ifndef EIGEN_WORLD_VERSION  // the user's headers may know it by another path
#include <Eigen/Core>
#endif
#include <memory>
#include <optional>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {
namespace eigen {

template <class T>
inline constexpr bool is_dense = std::is_base_of_v<Eigen::EigenBase<T>, T>;
template <class T>
inline constexpr bool is_plain = std::is_base_of_v<Eigen::PlainObjectBase<T>, T>;

template <class M>
constexpr Shape shape_of() noexcept {
  return {M::RowsAtCompileTime, M::ColsAtCompileTime, M::MaxRowsAtCompileTime, M::MaxColsAtCompileTime};
}

template <class M>
DenseLayout layout_of(M& matrix) noexcept {
  using S = typename M::Scalar;
  const Py_ssize_t inner = Py_ssize_t(matrix.innerStride()) * Py_ssize_t(sizeof(S));
  const Py_ssize_t outer = Py_ssize_t(matrix.outerStride()) * Py_ssize_t(sizeof(S));
  const bool by_row = M::IsRowMajor;
  return {const_cast<char*>(reinterpret_cast<const char*>(matrix.size() ? matrix.data() : nullptr)), Py_ssize_t(matrix.rows()), Py_ssize_t(matrix.cols()),
          by_row ? outer : inner, by_row ? inner : outer};
}

// A matrix out of an open buffer. false: exception set.
template <class M>
[[gnu::noinline]] bool copy_buffer(const Py_buffer& view, NumberFormat format, M& to) noexcept {
  using S = typename M::Scalar;
  DenseLayout from;
  if (!converts_number(format, NumberOf<S>::format)) return refuse_numbers(NumberOf<S>::text, view.format);
  if (!fits_shape(view, shape_of<M>(), from)) return refuse_shape(shape_of<M>(), view.ndim, view.shape);
  return guarded([&] { to.resize(from.rows, from.cols); }) && read_numbers<S>(from, format, layout_of(to));
}

// A matrix out of rows. false: exception set, or not iterable.
template <class M>
[[gnu::noinline]] bool copy_rows(PyObject* from, M& to, Home home) noexcept {
  return take_rows<typename M::Scalar>(from, shape_of<M>(), home, [&](Py_ssize_t rows, Py_ssize_t cols, DenseLayout& out) {
    if (!guarded([&] { to.resize(rows, cols); })) return false;
    out = layout_of(to);
    return true;
  });
}

template <class M>
bool copy_from(PyObject* from, M& to, Home home) noexcept {
  Py_buffer view{};
  NumberFormat format;
  switch (open_numbers(from, view, format)) {
    case Match::refused: return false;
    case Match::no: return copy_rows(from, to, home);
    case Match::yes: break;
  }
  const bool copied = copy_buffer(view, format, to);
  PyBuffer_Release(&view);
  return copied;
}

// How well an object suits, by type and shape.
template <class M, bool in_place = false>
[[gnu::noinline]] int rank(PyObject* from) noexcept {
  using S = typename M::Scalar;
  Py_buffer view{};
  NumberFormat format;
  const Match match = open_numbers(from, view, format);
  if (match == Match::refused) PyErr_Clear();
  if (match != Match::yes) {
    const bool iterable = has_iter(Py_TYPE(from)) || PySequence_Check(from);
    return !in_place && iterable && !PyUnicode_Check(from) && !PyBytes_Check(from) && !PyDict_Check(from) ? int{conversion} : no_match;
  }
  DenseLayout layout;
  const bool fits = fits_shape(view, shape_of<M>(), layout);
  PyBuffer_Release(&view);
  if (!fits) return last_resort;
  if (same_number(format, NumberOf<S>::format)) return exact;
  return in_place || !converts_number(format, NumberOf<S>::format) ? int{last_resort} : int{conversion};
}

// ---- giving ----------------------------------------------------------------------------------------------------------------

template <class M>
Numbers describe(M& matrix, bool readonly) noexcept {
  using S = typename M::Scalar;
  const DenseLayout layout = layout_of(matrix);
  if (M::IsVectorAtCompileTime) {
    const bool row = M::RowsAtCompileTime == 1;
    // A vector steps by its inner stride, whichever way it lies.
    const Py_ssize_t stride = Py_ssize_t(matrix.innerStride()) * Py_ssize_t(sizeof(S));
    return {layout.data, 1, {row ? layout.cols : layout.rows, 0}, {stride, 0}, sizeof(S), NumberOf<S>::text, readonly};
  }
  return {layout.data,  2, {layout.rows, layout.cols}, {layout.row_stride, layout.col_stride}, sizeof(S), NumberOf<S>::text,
          readonly};
}

// An array that holds the matrix itself.
template <class M>
PyObject* give_plain(M&& matrix, Home home) noexcept {
  using Plain = std::decay_t<M>;
  Plain* held = nullptr;
  if (!guarded([&] { held = new Plain(std::forward<M>(matrix)); })) return nullptr;
  Numbers numbers = describe(*held, false);
  numbers.held = held;
  numbers.end = [](void* old) { delete static_cast<Plain*>(old); };
  return give_numbers(numbers, nullptr, home);
}

template <class T>
PyObject* give_any(T&& value, PyObject* owner, Home home) noexcept {
  using D = std::remove_cv_t<std::remove_reference_t<T>>;
  using Plain = typename D::PlainObject;
  constexpr bool plain = is_plain<D>, lasting = std::is_lvalue_reference_v<T> || !plain;
  if constexpr (plain && !lasting) {
    return give_plain(std::forward<T>(value), home);
  } else {
    constexpr int flags = Eigen::internal::traits<D>::Flags;
    if constexpr ((flags & Eigen::DirectAccessBit) != 0) {
      constexpr bool writable = (flags & Eigen::LvalueBit) != 0 && !(plain && std::is_const_v<std::remove_reference_t<T>>);
      if (owner) {
        // A field is as const as its object.
        Numbers numbers = describe(value, !writable || (as_cell(owner)->state & is_const));
        if constexpr (plain) numbers.pinned = D::SizeAtCompileTime == Eigen::Dynamic ? &value : nullptr;
        return give_numbers(numbers, owner, home);
      }
    }
    std::optional<Plain> made;
    if (!guarded([&] { made.emplace(value); })) return nullptr;
    return give_plain(std::move(*made), home);
  }
}

// ---- views of arrays -------------------------------------------------------------------------------------------------------

// Strides as Eigen wants them: given ones where they are dynamic, else those of the type.
template <class S>
S make_stride(Eigen::Index outer, Eigen::Index inner) {
  constexpr auto fixed_outer = S::OuterStrideAtCompileTime, fixed_inner = S::InnerStrideAtCompileTime;
  if constexpr (fixed_outer != Eigen::Dynamic) outer = fixed_outer;
  if constexpr (fixed_inner != Eigen::Dynamic) inner = fixed_inner;
  if constexpr (std::is_constructible_v<S, Eigen::Index, Eigen::Index>) {
    return S(outer, inner);
  } else if constexpr (fixed_inner == 0) {
    return S(outer);
  } else {
    return S(inner);
  }
}

// An array seen as View (a Ref or a Map of M), or where M is const and it does not fit, a copy.
template <class View, class M, int options, class Stride>
struct Slot {
  using Plain = std::remove_const_t<M>;
  using S = typename Plain::Scalar;
  static constexpr bool constant = std::is_const_v<M>;
  // A copy has no gaps.
  static constexpr bool may_copy = constant && Stride::InnerStrideAtCompileTime <= 1 && Stride::OuterStrideAtCompileTime <= 0;
  using Direct = Eigen::Map<M, options & Eigen::AlignedMask, Stride>;

  Py_buffer buffer{};
  std::optional<Plain> copy;
  std::optional<View> value;

  Slot() = default;
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    if (buffer.obj) PyBuffer_Release(&buffer);
  }

  bool take(PyObject* from, Home home) noexcept {
    NumberFormat format;
    switch (open_numbers(from, buffer, format)) {
      case Match::refused: return false;
      case Match::no:
        if constexpr (may_copy) {
          return guarded([&] { copy.emplace(); }) && copy_rows(from, *copy, home) && see_copy();
        } else {
          return false;
        }
      case Match::yes: break;
    }
    Eigen::Index outer = 0, inner = 0;
    DenseLayout layout;
    if (!fits_shape(buffer, shape_of<Plain>(), layout)) return refuse_shape(shape_of<Plain>(), buffer.ndim, buffer.shape);
    const char* why = !same_number(format, NumberOf<S>::format) ? "" : find_strides(layout, outer, inner);
    if (!why && !constant && buffer.readonly) why = "the array is read-only";
    if (why) {
      if constexpr (may_copy) return guarded([&] { copy.emplace(); }) && copy_buffer(buffer, format, *copy) && see_copy();
      if (!*why) return refuse_numbers(NumberOf<S>::text, buffer.format);
      PyErr_SetString(PyExc_BufferError, why);
      return false;
    }
    return guarded([&] {
      Direct direct(reinterpret_cast<S*>(layout.data), layout.rows, layout.cols, make_stride<Stride>(outer, inner));
      value.emplace(direct);
    });
  }
  template <class V>
  void set(V&& from) {
    value.emplace(std::forward<V>(from));
  }

 private:
  bool see_copy() noexcept {
    return guarded([&] {
      if constexpr (may_copy) {
        const DenseLayout layout = layout_of(*copy);
        const Eigen::Index step = Eigen::Index(sizeof(S));
        const Eigen::Index row = layout.row_stride / step, col = layout.col_stride / step;
        Direct direct(copy->data(), copy->rows(), copy->cols(), make_stride<Stride>(Plain::IsRowMajor ? row : col, 1));
        value.emplace(direct);
      }
    });
  }

  // Strides in elements; nullptr, or why the memory cannot be used in place.
  static const char* find_strides(const DenseLayout& layout, Eigen::Index& outer, Eigen::Index& inner) noexcept {
    constexpr Py_ssize_t item = sizeof(S);
    constexpr bool by_row = Plain::IsRowMajor, vector = Plain::IsVectorAtCompileTime;
    const Py_ssize_t inner_size = by_row ? layout.cols : layout.rows, outer_size = by_row ? layout.rows : layout.cols;
    const Py_ssize_t inner_bytes = by_row ? layout.col_stride : layout.row_stride;
    const Py_ssize_t outer_bytes = by_row ? layout.row_stride : layout.col_stride;
    constexpr Py_ssize_t fixed_inner = Stride::InnerStrideAtCompileTime == 0 ? 1 : Stride::InnerStrideAtCompileTime;
    constexpr Py_ssize_t fixed_outer = Stride::OuterStrideAtCompileTime;
    const uintptr_t align = (options & Eigen::AlignedMask) > int(alignof(S)) ? uintptr_t(options & Eigen::AlignedMask) : alignof(S);
    if (reinterpret_cast<uintptr_t>(layout.data) % align) return "the array is not aligned as C++ needs it: pass a copy";
    // A dimension of one element, or none, has no stride that matters.
    const bool no_inner = inner_size <= 1 || outer_size == 0, no_outer = vector || outer_size <= 1 || inner_size == 0;
    inner = fixed_inner == Eigen::Dynamic ? 1 : fixed_inner;
    if (!no_inner) {
      if (inner_bytes < item || inner_bytes % item) return "the array's strides are none that Eigen has: pass a copy";
      if (fixed_inner != Eigen::Dynamic && inner_bytes != fixed_inner * item) return wrong_order(outer_bytes == item);
      inner = inner_bytes / item;
    }
    outer = inner * (inner_size > 0 ? inner_size : 1);
    if (!no_outer) {
      if (outer_bytes < item || outer_bytes % item) return "the array's strides are none that Eigen has: pass a copy";
      if (fixed_outer == 0 && outer_bytes != inner * inner_size * item) return wrong_order(false);
      if (fixed_outer > 0 && outer_bytes != fixed_outer * item) return wrong_order(false);
      outer = outer_bytes / item;
    } else if (fixed_outer > 0) {
      outer = fixed_outer;
    }
    return nullptr;
  }
  static const char* wrong_order(bool turned) noexcept {
    if (turned) {
      return Plain::IsRowMajor ? "the array is in column-major (Fortran) order, and C++ needs rows: pass numpy.ascontiguousarray(…)"
                               : "the array is in row-major (C) order, and C++ needs columns: pass numpy.asfortranarray(…)";
    }
    return "the array is not contiguous: pass a copy";
  }
};

template <class View, class M, int options, class Stride>
struct ConvertView {
  using Slot = eigen::Slot<View, M, options, Stride>;
  static bool take(PyObject* from, Slot& slot, Home home) noexcept { return slot.take(from, home); }
  static View& view(Slot& slot) noexcept { return *slot.value; }
  static View& pull(Slot& slot) noexcept { return *slot.value; }
  template <class V>
  static void put(Slot& slot, V&& value) {
    slot.set(std::forward<V>(value));
  }
  static PyObject* give(const View& value, Home home) noexcept { return give_any(value, nullptr, home); }
  static int rank(PyObject* from, Home) noexcept { return eigen::rank<typename Slot::Plain, !Slot::may_copy>(from); }
};

}  // namespace eigen

template <class M>
struct Convert<M, std::enable_if_t<eigen::is_dense<M> && eigen::is_plain<M>>> {
  using Slot = M;
  static bool take(PyObject* from, Slot& slot, Home home) noexcept { return eigen::copy_from(from, slot, home); }
  static const M& view(Slot& slot) noexcept { return slot; }
  static M pull(Slot& slot) { return std::move(slot); }
  template <class V>
  static PyObject* give(V&& value, Home home) noexcept {
    return eigen::give_plain(std::forward<V>(value), home);
  }
  static int rank(PyObject* from, Home) noexcept { return eigen::rank<M>(from); }
};
template <class M, int options, class Stride>
struct Convert<Eigen::Ref<M, options, Stride>> : eigen::ConvertView<Eigen::Ref<M, options, Stride>, M, options, Stride> {};
template <class M, int options, class Stride>
struct Convert<Eigen::Map<M, options, Stride>> : eigen::ConvertView<Eigen::Map<M, options, Stride>, M, options, Stride> {};

template <class S, int dimensions, int mode, int options>
struct Convert<Eigen::Transform<S, dimensions, mode, options>> {
  using Slot = Eigen::Transform<S, dimensions, mode, options>;
  static bool take(PyObject* from, Slot& slot, Home home) noexcept { return eigen::copy_from(from, slot.matrix(), home); }
  static const Slot& view(Slot& slot) noexcept { return slot; }
  static Slot pull(Slot& slot) { return slot; }
  static PyObject* give(const Slot& value, Home home) noexcept { return eigen::give_plain(value.matrix(), home); }
  static int rank(PyObject* from, Home) noexcept { return eigen::rank<typename Slot::MatrixType>(from); }
};
template <class S, int dimensions, int mode, int options>
PyObject* give_array(const Eigen::Transform<S, dimensions, mode, options>& value, PyObject*, Home home) noexcept {
  return eigen::give_plain(value.matrix(), home);
}

template <class S, int dimensions, int mode, int options>
void assign(Eigen::Transform<S, dimensions, mode, options>& field, const Eigen::Transform<S, dimensions, mode, options>& value, Home) {
  field = value;
}
// A field that is assigned. Arrays that look at it see the new numbers, and so it keeps its size as long as there are any.
template <class M, class V>
std::enable_if_t<eigen::is_dense<M>> assign(M& field, V&& value, Home home) {
  if (field.rows() != value.rows() || field.cols() != value.cols()) {
    if (is_pinned(home, &field)) {
      PyErr_SetString(PyExc_BufferError, "the matrix cannot change its size while an array looks into it");
      throw_python_error();
    }
  }
  field = std::forward<V>(value);
}

template <class T>
auto give_array(T&& value, PyObject* owner, Home home) noexcept
    -> std::enable_if_t<eigen::is_dense<std::remove_cv_t<std::remove_reference_t<T>>>, PyObject*> {
  return eigen::give_any(std::forward<T>(value), owner, home);
}

}  // namespace v1
}  // namespace dovetail
