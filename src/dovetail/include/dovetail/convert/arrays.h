// dovetail/convert/arrays.h: arrays that C++ takes as a pointer, with their extents in other parameters or in the type.
//
//   Arg<ArrayOf<const double, int>>        (const double* data, int n)        get(), length()
//   Arg<ArrayOf<double, End>>              (double* first, double* last)      get(), end()
//   Arg<ArrayOf<const float, int, size_t>> (const float* m, int rows, size_t columns)   get(), extent<0>(), extent<1>()
//   Arg<ArrayOf<float, Apart<int>, int>>   … with the distance between rows             stride<0>(), pitch<0>() in bytes
//   Arg<ArrayOf<const double, Fixed<3>>>   (const double v[3])                get(); array() as const double (&)[3]
//   Arg<Keep<ArrayOf<…>>>                  C++ keeps the pointer              keeper(): what holds the memory still
//
// void and one-byte elements are bytes: any contiguous buffer for void, one of single bytes for the others; const char takes
// str as well. Other elements are those of a span: a buffer of exactly these, of const ones also what can be iterated over,
// copied for the call. More dimensions than one are never copied. An extent that its parameter cannot count is OverflowError.
#pragma once
#include <dovetail/convert/span.h>
#include <dovetail/convert/text.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <tuple>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct End {};
template <long long N>
struct Fixed {};
template <class Length>
struct Apart {};
template <class T, class... Dimensions>
struct ArrayOf {};
template <class Array>
struct Keep {};

// ---- bytes -----------------------------------------------------------------------------------------------------------------

// Opens any contiguous buffer; `single`: of single bytes.
[[gnu::noinline]] inline Match open_bytes(PyObject* from, unsigned how, bool single, Py_buffer& view) noexcept {
  if (!PyObject_CheckBuffer(from)) {
    if (!lends_memory(from)) return Match::no;
    if (!lend_memory(from, view, true)) return PyErr_Occurred() ? Match::refused : Match::no;
  } else if (PyObject_GetBuffer(from, &view, PyBUF_RECORDS_RO)) {
    return Match::refused;
  }
  // Such as Python objects.
  if (view.format && !read_format(view.format).size) return refuse_buffer(view, "the elements of the buffer are not plain memory");
  if (single && view.itemsize != 1) {
    PyErr_Format(PyExc_TypeError, "bytes are expected, the buffer has %.300s: pass a view of its bytes (memoryview.cast)", name_format(view.format));
    PyBuffer_Release(&view);
    return Match::refused;
  }
  if ((how & buffer_writable) && view.readonly) return refuse_buffer(view, "the buffer is read-only");
  if (!PyBuffer_IsContiguous(&view, 'C'))
    return refuse_buffer(view, "the buffer is not contiguous: pass a contiguous copy (numpy.ascontiguousarray)");
  return Match::yes;
}

template <class T>
struct BytesSlot {
  static constexpr bool writes = !std::is_const_v<T>;
  static constexpr bool text = std::is_same_v<T, const char>;
  static constexpr bool untyped = std::is_void_v<T>;
  T* data = nullptr;
  size_t size = 0;
  Py_buffer view{};
  TextSlot characters;

  BytesSlot() = default;
  BytesSlot(const BytesSlot&) = delete;
  BytesSlot& operator=(const BytesSlot&) = delete;
  ~BytesSlot() {
    if (view.obj) PyBuffer_Release(&view);
  }
  bool take(PyObject* from, Home) noexcept {
    if constexpr (text) {
      if (PyUnicode_Check(from)) {
        if (!take_text(from, characters)) return false;
        data = characters.data;
        size = size_t(characters.size);
        return true;
      }
    }
    switch (open_bytes(from, writes ? unsigned{buffer_writable} : 0u, !untyped, view)) {
      case Match::refused: view.obj = nullptr; return false;
      case Match::no: view.obj = nullptr; return false;
      case Match::yes: break;
    }
    data = static_cast<T*>(view.buf);
    size = size_t(view.len);
    return true;
  }
  bool copied() const noexcept { return characters.kept; }
  static int rank(PyObject* from, Home) noexcept {
    if (text && PyUnicode_Check(from)) return exact;
    if (PyBytes_Check(from)) return writes ? int{no_match} : int{exact};
    if (PyByteArray_Check(from)) return exact;
    if (!PyObject_CheckBuffer(from)) return lends_memory(from) ? int{conversion} : int{no_match};
    Py_buffer view;
    const Match match = open_bytes(from, writes ? unsigned{buffer_writable} : 0u, !untyped, view);
    if (match != Match::yes) return PyErr_Clear(), int{no_match};
    PyBuffer_Release(&view);
    return untyped ? int{conversion} : int{promotion};
  }
};

// ---- several dimensions ------------------------------------------------------------------------------------------------------

template <class T, int dimensions, bool apart>
struct GridSlot {
  using E = std::remove_cv_t<T>;
  T* data = nullptr;
  Py_buffer view{};

  GridSlot() = default;
  GridSlot(const GridSlot&) = delete;
  GridSlot& operator=(const GridSlot&) = delete;
  ~GridSlot() {
    if (view.obj) PyBuffer_Release(&view);
  }
  static constexpr unsigned how =
      buffer_in_place | (std::is_const_v<T> ? 0u : unsigned{buffer_writable}) | (apart ? unsigned{buffer_strided} : 0u);

  bool take(PyObject* from, Home) noexcept {
    if (open_buffer(from, {layout_of<E>, how, dimensions}, view) != Match::yes) {
      view.obj = nullptr;
      return false;
    }
    data = static_cast<T*>(view.buf);
    return !apart || check_rows();
  }
  bool copied() const noexcept { return false; }
  static int rank(PyObject* from, Home) noexcept {
    Py_buffer view;
    const Match match = open_buffer(from, {layout_of<E>, 0, dimensions}, view);
    if (match == Match::refused) PyErr_Clear();
    if (match != Match::yes) return PyObject_CheckBuffer(from) ? int{last_resort} : int{no_match};
    const bool readonly = view.readonly;
    PyBuffer_Release(&view);
    return readonly && !std::is_const_v<T> ? no_match : promotion;
  }

 private:
  // Rows may be apart, in whole elements; what is in them is not.
  bool check_rows() const noexcept {
    Py_ssize_t step = view.itemsize * layout_of<E>.whole() / layout_of<E>.item;
    for (int i = dimensions - 1; i > 0; step *= view.shape[i--]) {
      if (view.shape[i] > 1 && stride_of(view, i) != step) return refuse("the elements of a row are apart: pass a contiguous copy");
    }
    const Py_ssize_t stride = stride_of(view, 0);
    if (view.shape[0] > 1 && (stride < step || stride % Py_ssize_t(sizeof(E)))) return refuse("the rows do not follow each other: pass a copy");
    return true;
  }
  static bool refuse(const char* reason) noexcept { return PyErr_SetString(PyExc_BufferError, reason), false; }
};

// ---- extents -----------------------------------------------------------------------------------------------------------------

template <class Length>
bool check_extent(Py_ssize_t given, const Length*) noexcept {
  if constexpr (sizeof(Length) < sizeof(Py_ssize_t) || std::is_same_v<Length, bool>) {
    if (given > Py_ssize_t(std::numeric_limits<Length>::max())) {
      PyErr_Format(PyExc_OverflowError, "%zd elements are more than C++ can count here, which is %zd", given,
                   Py_ssize_t(std::numeric_limits<Length>::max()));
      return false;
    }
  }
  return (void)given, true;
}
template <class Length>
bool check_extent(Py_ssize_t given, const Apart<Length>*) noexcept {
  return check_extent(given, static_cast<const Length*>(nullptr));
}
inline bool check_extent(Py_ssize_t, const End*) noexcept { return true; }
DOVETAIL_COLD inline bool refuse_extent(Py_ssize_t expected, Py_ssize_t given) noexcept {
  PyErr_Format(PyExc_ValueError, "expected %zd element%s, not %zd", expected, expected == 1 ? "" : "s", given);
  return false;
}
template <long long N>
bool check_extent(Py_ssize_t given, const Fixed<N>*) noexcept {
  return given == Py_ssize_t(N) || refuse_extent(Py_ssize_t(N), given);
}
template <class D>
struct LengthOf {
  using type = D;
  static constexpr long long fixed = -1;
  static constexpr bool apart = false;
};
template <class Length>
struct LengthOf<Apart<Length>> : LengthOf<Length> {
  static constexpr bool apart = true;
};
template <long long N>
struct LengthOf<Fixed<N>> {
  using type = Py_ssize_t;
  static constexpr long long fixed = N;
  static constexpr bool apart = false;
};
// Of T[2][3] and the like, as C++ passes them.
template <class T, long long... N>
struct Nested {
  using type = T;
};
template <class T, long long First, long long... Rest>
struct Nested<T, First, Rest...> {
  using type = typename Nested<T, Rest...>::type[size_t(First)];
};
template <class T, class First, class... Rest>
struct RowsOf {
  using type = typename Nested<T, LengthOf<Rest>::fixed...>::type;
};

// A number of elements that several parameters say: never less than the product or sum of them would be.
struct Count {
  unsigned long long value;
  static constexpr unsigned long long most = ~0ull;

  template <class N>
  Count(N number) noexcept : value(number < N(0) ? most : static_cast<unsigned long long>(number)) {}
  friend Count operator+(Count a, Count b) noexcept { return Count(a.value > most - b.value ? most : a.value + b.value); }
  friend Count operator*(Count a, Count b) noexcept {
    return Count(b.value && a.value > most / b.value ? most : a.value * b.value);
  }
};

// ---- the argument --------------------------------------------------------------------------------------------------------------

template <class T>
inline constexpr bool is_bytes = std::is_void_v<T>;
template <>
inline constexpr bool is_bytes<char> = true;
template <>
inline constexpr bool is_bytes<unsigned char> = true;
template <>
inline constexpr bool is_bytes<std::byte> = true;

// What holds an array of one dimension; object_arrays.h has another for pointers.
template <class T>
struct ElementsSlot {
  using type = SpanSlot<std::conditional_t<std::is_void_v<T>, char, T>>;
};

template <class T, class... D>
struct Arg<ArrayOf<T, D...>> {
  static constexpr int dimensions = sizeof...(D);
  static constexpr bool bytes = dimensions == 1 && is_bytes<std::remove_cv_t<T>>;
  using Slot = std::conditional_t<
      bytes, BytesSlot<T>,
      std::conditional_t<dimensions == 1, typename ElementsSlot<T>::type,
                         GridSlot<std::conditional_t<std::is_void_v<T>, char, T>, dimensions, (LengthOf<D>::apart || ...)>>>;
  Slot slot;

  bool take(PyObject* given, Home home) noexcept {
    if (!slot.take(given, home)) return false;
    int i = 0;
    return (check_extent(extent_of(i++), static_cast<const D*>(nullptr)) && ...);
  }
  bool take_nullable(PyObject* given, Home home) noexcept { return given == Py_None || take(given, home); }
  void set(std::nullptr_t) noexcept {}

  T* get() noexcept { return slot.data; }
  T* end() noexcept { return slot.data + extent_of(0); }
  auto length() noexcept { return extent<0>(); }
  template <int i>
  auto extent() noexcept {
    using Length = typename LengthOf<std::tuple_element_t<i, std::tuple<D...>>>::type;
    return Length(extent_of(i));
  }
  // The distance of rows, in elements and in bytes.
  template <class Length>
  Length stride() noexcept {
    return Length(bytes_between() / Py_ssize_t(sizeof(T)));
  }
  template <class Length>
  Length pitch() noexcept {
    return Length(bytes_between());
  }
  auto rows() noexcept { return reinterpret_cast<typename RowsOf<T, D...>::type*>(slot.data); }
  auto& array() noexcept { return *reinterpret_cast<typename Nested<T, LengthOf<D>::fixed...>::type*>(slot.data); }
  Arg& itself() noexcept { return *this; }
  // Where further parameters say how much C++ looks at. The GIL may be away.
  T* holding(Count count) {
    if (static_cast<unsigned long long>(extent_of(0)) >= count.value) return get();
    throw std::invalid_argument("at least " + (count.value == Count::most ? "2**64 - 1" : std::to_string(count.value)) +
                                " elements are needed, not " + std::to_string(extent_of(0)));
  }
  // Where several arrays share their extents. The GIL may be away.
  template <class Other>
  T* like(Other& other) {
    for (int i = 0; i < dimensions; ++i) {
      if (extent_of(i) == other.extent_of(i)) continue;
      throw std::invalid_argument("arrays that belong together differ in length: " + std::to_string(other.extent_of(i)) + " and " +
                                  std::to_string(extent_of(i)));
    }
    return get();
  }
  Py_ssize_t extent_of(int i) const noexcept {
    if constexpr (dimensions == 1) {
      return (void)i, Py_ssize_t(slot.size);
    } else {
      return slot.view.obj ? slot.view.shape[i] : 0;
    }
  }
  static int rank(PyObject* given, Home home) noexcept { return Slot::rank(given, home); }
  static int rank_nullable(PyObject* given, Home home) noexcept { return given == Py_None ? int{exact} : rank(given, home); }

 private:
  Py_ssize_t bytes_between() const noexcept {
    if (slot.view.obj && slot.view.shape[0] > 1) return stride_of(slot.view, 0);
    Py_ssize_t step = Py_ssize_t(sizeof(T));
    for (int i = 1; i < dimensions; ++i) step *= extent_of(i);
    return step;
  }
};

// C++ keeps the pointer: the memory must neither be a copy nor move, so that a buffer stays open as long.
template <class T, class... D>
struct Arg<Keep<ArrayOf<T, D...>>> : Arg<ArrayOf<T, D...>> {
  using Base = Arg<ArrayOf<T, D...>>;
  Ref kept;
  bool take(PyObject* given, Home home) noexcept {
    if (!Base::take(given, home)) return false;
    const bool lent = this->slot.view.obj && this->slot.view.obj != given && !PyObject_CheckBuffer(this->slot.view.obj);
    if (PyUnicode_Check(given) || PyBytes_Check(given) || lent) {
      // A str whose text is its own; one that had to be encoded has a copy.
      kept = Ref::borrowed(lent ? this->slot.view.obj : given);
      if constexpr (Base::bytes) {
        if (this->slot.copied()) kept = Ref::borrowed(this->slot.characters.kept);
      }
      return true;
    }
    if (!this->slot.view.obj) {
      PyErr_SetString(PyExc_TypeError, "C++ keeps the memory, which a copy of the elements would not outlive: pass a buffer");
      return false;
    }
    kept = Ref(PyMemoryView_FromObject(given));
    return static_cast<bool>(kept);
  }
  bool take_nullable(PyObject* given, Home home) noexcept { return given == Py_None || take(given, home); }
  PyObject* keeper() const noexcept { return kept ? kept.get() : Py_None; }
};

// ---- results --------------------------------------------------------------------------------------------------------------------

// Without Python: the GIL may be away.
template <size_t N>
Py_ssize_t count_elements(const std::array<Py_ssize_t, N>& extents, const void* data, Py_ssize_t size) {
  Py_ssize_t count = 1;
  for (const Py_ssize_t extent : extents) {
    if (extent < 0) throw std::invalid_argument("C++ gave an array of length " + std::to_string(extent));
    if (extent && count > PY_SSIZE_T_MAX / size / extent) throw std::bad_alloc();
    count *= extent;
  }
  if (!data && count) throw std::invalid_argument("C++ gave a null pointer for an array of " + std::to_string(count) + " elements");
  return count;
}
// What C++ returned as a pointer, with extents that are asked for after the call.
template <class T, class Extents>
Memory memory_result(T* data, Extents ask) {
  using Byte = std::conditional_t<std::is_const_v<T>, const unsigned char, unsigned char>;
  using Element = std::conditional_t<std::is_void_v<T>, Byte, T>;
  const auto extents = ask();
  count_elements(extents, data, Py_ssize_t(sizeof(Element)));
  Memory memory = lay_out(static_cast<Element*>(data), extents[0]);
  const int inner = memory.ndim - 1, more = int(extents.size()) - 1;
  if (inner + 1 + more > max_dimensions) throw std::invalid_argument("an array of too many dimensions");
  for (int i = inner; i > 0; --i) memory.shape[i + more] = memory.shape[i], memory.strides[i + more] = memory.strides[i];
  Py_ssize_t stride = Py_ssize_t(sizeof(Element));
  for (int i = more; i >= 0; stride *= memory.shape[i--]) memory.shape[i] = extents[size_t(i)], memory.strides[i] = stride;
  memory.ndim += more;
  return memory;
}
template <class Extents>
std::string_view text_result(const char* data, Extents ask) {
  const auto extents = ask();
  return {data, size_t(count_elements(extents, data, 1))};
}
template <class... N>
std::array<Py_ssize_t, sizeof...(N)> extents(N... n) noexcept {
  return {Py_ssize_t(n)...};
}
inline PyObject* give_array(const Memory& memory, PyObject* owner, Home home) noexcept { return give_memory(memory, owner, home); }
inline PyObject* give_bytes(const Memory& memory, Home) noexcept {
  return PyBytes_FromStringAndSize(static_cast<const char*>(memory.data), memory.count() * memory.item);
}

// What C++ passes to an override in Python: bytes that are its own.
struct Bytes {
  const void* data;
  size_t size;
};
template <>
struct Convert<Bytes> {
  using Slot = Bytes;
  static PyObject* give(const Bytes& bytes, Home) noexcept {
    return PyBytes_FromStringAndSize(static_cast<const char*>(bytes.data), Py_ssize_t(bytes.size));
  }
};

}  // namespace v1
}  // namespace dovetail
