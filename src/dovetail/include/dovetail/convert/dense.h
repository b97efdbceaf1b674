// dovetail/convert/dense.h: numbers in one or two dimensions: what any matrix library needs, without one.
//
// Taking    open_numbers(from, view): a buffer of numbers of any type, stride and byte order; fits_shape says whether its
//           shape is the wanted one; read_numbers copies, each number checked as a Python number would be; shares_numbers
//           says whether the memory can be used in place. Nested sequences: take_rows.
// Giving    give_numbers(Numbers, owner, home): a numpy.ndarray (a memoryview without NumPy) over memory that its owner, or a
//           holder of its own, keeps alive.
#pragma once
#include <dovetail/convert/buffer.h>
#include <dovetail/convert/complex.h>
#include <dovetail/convert/guarded.h>
#include <dovetail/convert/numbers.h>
#include <dovetail/convert/numpy.h>

#include <climits>
#include <cstdint>
#include <cstdio>
#include <limits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// ---- what a buffer holds -------------------------------------------------------------------------------------------------

// Kinds: '?' truth, 'i' and 'u' whole, 'f' floating, 'c' complex; 0: no numbers.
struct NumberFormat {
  char kind = 0;
  uint8_t size = 0;
  bool swapped = false;
};

[[gnu::noinline]] inline NumberFormat read_number_format(const char* format) noexcept {
  if (!format) return {'u', 1, false};
  FormatShape shape;
  FormatReader reader{format, shape};
  if (!reader.read_order()) return {};
  const bool complex = *reader.at == 'Z';
  if (complex) ++reader.at;
  char kind = 0;
  const size_t size = reader.read_code(kind);
  if (!size || *reader.at || kind == 'x' || kind == 's' || kind == 'c' || (complex && kind != 'f' && kind != 'g')) return {};
  if (kind == 'g') kind = 'f';
  return {complex ? 'c' : kind, uint8_t(complex ? 2 * size : size), reader.swapped && size > 1};
}

template <class S>
struct NumberOf {
  static constexpr const char* text = number_format<S>();
  static constexpr NumberFormat format{std::is_same_v<S, bool>       ? '?'
                                       : std::is_floating_point_v<S> ? 'f'
                                       : std::is_signed_v<S>         ? 'i'
                                                                     : 'u',
                                       uint8_t(sizeof(S)), false};
};
template <class F>
struct NumberOf<std::complex<F>> {
  static constexpr const char* text = sizeof(F) == 4 ? "Zf" : sizeof(F) == 8 ? "Zd" : "Zg";
  static constexpr NumberFormat format{'c', uint8_t(2 * sizeof(F)), false};
};
inline bool same_number(NumberFormat a, NumberFormat b) noexcept {
  return a.kind == b.kind && a.size == b.size && a.swapped == b.swapped;
}
// Whether C++ would make the one of the other without losing what kind of number it is.
inline bool converts_number(NumberFormat from, NumberFormat to) noexcept {
  const auto order = [](char kind) { return kind == 'c' ? 3 : kind == 'f' ? 2 : kind == '?' ? 0 : 1; };
  return from.kind && order(from.kind) <= order(to.kind) && (to.kind != '?' || from.kind == '?');
}

// Rows and columns of a buffer or of memory; a vector is one column, or one row where `flat_row`. Strides in bytes.
struct DenseLayout {
  char* data = nullptr;
  Py_ssize_t rows = 0, cols = 0, row_stride = 0, col_stride = 0;
};
// What is wanted: -1 is any number; `most` bounds such a one.
struct Shape {
  Py_ssize_t rows, cols, most_rows, most_cols;
  constexpr bool is_vector() const noexcept { return rows == 1 || cols == 1; }
};

// ---- taking ----------------------------------------------------------------------------------------------------------------

// Match::no without an exception where `from` is no buffer of numbers; Match::refused with one.
[[gnu::noinline]] inline Match open_numbers(PyObject* from, Py_buffer& view, NumberFormat& format) noexcept {
  if (!PyObject_CheckBuffer(from)) return Match::no;
  if (PyObject_GetBuffer(from, &view, PyBUF_RECORDS_RO)) {
    if (!PyErr_ExceptionMatches(PyExc_BufferError) && !PyErr_ExceptionMatches(PyExc_ValueError)) return Match::refused;
    PyErr_Clear();
    return Match::no;
  }
  format = read_number_format(view.format);
  if (format.kind && size_t(view.itemsize) == format.size) return Match::yes;
  PyBuffer_Release(&view);
  view.obj = nullptr;
  return Match::no;
}

// The layout of an open buffer, where its shape is the wanted one. A vector may have one dimension.
inline bool fits_shape(const Py_buffer& view, const Shape& wanted, DenseLayout& out) noexcept {
  out.data = static_cast<char*>(view.buf);
  if (view.ndim == 1 && wanted.is_vector()) {
    const bool row = wanted.rows == 1;
    out.rows = row ? 1 : view.shape[0];
    out.cols = row ? view.shape[0] : 1;
    out.row_stride = out.col_stride = view.strides[0];
  } else if (view.ndim == 2) {
    out.rows = view.shape[0];
    out.cols = view.shape[1];
    out.row_stride = view.strides[0];
    out.col_stride = view.strides[1];
  } else {
    return false;
  }
  const auto fits = [](Py_ssize_t given, Py_ssize_t fixed, Py_ssize_t most) {
    return fixed >= 0 ? given == fixed : most < 0 || given <= most;
  };
  return fits(out.rows, wanted.rows, wanted.most_rows) && fits(out.cols, wanted.cols, wanted.most_cols);
}

// "expected shape (3, n), got (2, 3)". Returns false.
DOVETAIL_COLD inline bool refuse_shape(const Shape& wanted, int ndim, const Py_ssize_t* given) noexcept {
  char text[96], got[160];
  const auto write = [](char* at, size_t room, Py_ssize_t number, Py_ssize_t most, const char* any) {
    if (number >= 0) return snprintf(at, room, "%zd", number);
    return most >= 0 ? snprintf(at, room, "%s <= %zd", any, most) : snprintf(at, room, "%s", any);
  };
  int n = 0;
  text[n++] = '(';
  if (wanted.is_vector()) {
    const bool row = wanted.rows == 1;
    n += write(text + n, sizeof text - size_t(n), row ? wanted.cols : wanted.rows, row ? wanted.most_cols : wanted.most_rows, "n");
    text[n++] = ',';
  } else {
    n += write(text + n, sizeof text - size_t(n), wanted.rows, wanted.most_rows, "m");
    text[n++] = ',';
    text[n++] = ' ';
    n += write(text + n, sizeof text - size_t(n), wanted.cols, wanted.most_cols, "n");
  }
  text[n++] = ')';
  text[n] = 0;
  int m = 0;
  got[m++] = '(';
  for (int i = 0; i < ndim && m < 120; ++i) m += snprintf(got + m, sizeof got - size_t(m), i ? ", %zd" : "%zd", given[i]);
  if (ndim == 1) got[m++] = ',';
  got[m++] = ')';
  got[m] = 0;
  PyErr_Format(PyExc_ValueError, "expected shape %s, got %s", text, got);
  return false;
}

inline float half_number(uint16_t bits) noexcept {
  const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  float value = exponent == 31 ? (fraction ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity())
                : exponent     ? std::ldexp(float(fraction + 1024), exponent - 25)
                               : std::ldexp(float(fraction), -24);
  return bits & 0x8000 ? -value : value;
}

// Any number of a buffer, widened: exactly one of the fields is meant.
struct AnyNumber {
  char kind;
  int64_t whole;
  uint64_t natural;
  long double real, imaginary;
};
inline AnyNumber load_number(const char* at, NumberFormat format) noexcept {
  unsigned char bytes[32];
  const size_t part = format.kind == 'c' ? format.size / 2u : format.size;
  for (size_t i = 0; i < format.size; ++i) {
    const size_t from = format.swapped ? i - i % part + (part - 1 - i % part) : i;
    bytes[i] = static_cast<unsigned char>(at[from]);
  }
  AnyNumber out{format.kind, 0, 0, 0, 0};
  const auto load = [&](auto zero, size_t offset = 0) {
    std::memcpy(&zero, bytes + offset, sizeof zero);
    return zero;
  };
  const auto real = [&](size_t offset) -> long double {
    switch (part) {
      case 2: return half_number(load(uint16_t{}, offset));
      case 4: return load(float{}, offset);
      case 8: return load(double{}, offset);
      default: return load(static_cast<long double>(0), offset);
    }
  };
  switch (format.kind) {
    case '?': out.natural = bytes[0] != 0; break;
    case 'i':
      out.whole = part == 1   ? load(int8_t{})
                  : part == 2 ? load(int16_t{})
                  : part == 4 ? load(int32_t{})
                              : load(int64_t{});
      break;
    case 'u':
      out.natural = part == 1   ? load(uint8_t{})
                    : part == 2 ? load(uint16_t{})
                    : part == 4 ? load(uint32_t{})
                                : load(uint64_t{});
      break;
    case 'c': out.imaginary = real(part); [[fallthrough]];
    default: out.real = real(0);
  }
  return out;
}

// false: the whole number is out of range.
template <class S>
bool store_number(const AnyNumber& from, S& to) noexcept {
  if constexpr (std::is_same_v<S, bool>) {
    to = from.natural != 0;
  } else if constexpr (std::is_integral_v<S>) {
    if (from.kind == 'i') {
      if (from.whole < 0 ? !std::is_signed_v<S> || from.whole < int64_t(std::numeric_limits<S>::min())
                         : uint64_t(from.whole) > uint64_t(std::numeric_limits<S>::max()))
        return false;
      to = static_cast<S>(from.whole);
    } else {
      if (from.natural > uint64_t(std::numeric_limits<S>::max())) return false;
      to = static_cast<S>(from.natural);
    }
  } else if constexpr (std::is_floating_point_v<S>) {
    to = from.kind == 'i'   ? static_cast<S>(from.whole)
         : from.kind == 'f' ? static_cast<S>(from.real)
                            : static_cast<S>(from.natural);
  } else {
    using F = typename S::value_type;
    F real{};
    store_number(from.kind == 'c' ? AnyNumber{'f', 0, 0, from.real, 0} : from, real);
    to = S(real, static_cast<F>(from.imaginary));
  }
  return true;
}

// Copies to memory of `to`, which has the same rows and columns. false: exception set.
template <class S>
[[gnu::noinline]] bool read_numbers(const DenseLayout& from, NumberFormat format, const DenseLayout& to) noexcept {
  const bool same = same_number(format, NumberOf<S>::format) && !std::is_same_v<S, bool>;
  for (Py_ssize_t c = 0; c < from.cols; ++c) {
    for (Py_ssize_t r = 0; r < from.rows; ++r) {
      const char* source = from.data + r * from.row_stride + c * from.col_stride;
      char* target = to.data + r * to.row_stride + c * to.col_stride;
      if (same) {
        std::memcpy(target, source, sizeof(S));
      } else if (S value{}; store_number(load_number(source, format), value)) {
        std::memcpy(target, &value, sizeof(S));
      } else {
        PyErr_Format(PyExc_OverflowError, "number at (%zd, %zd) is out of range for format '%s'", r, c, NumberOf<S>::text);
        return false;
      }
    }
  }
  return true;
}

DOVETAIL_COLD inline bool refuse_numbers(const char* wanted, const char* given) noexcept {
  PyErr_Format(PyExc_TypeError, "expected numbers of format '%s', got '%s'", wanted, given ? given : "B");
  return false;
}

// Rows of numbers (or, for a vector, numbers) out of any iterable: `begin(rows, cols)` makes room and tells where;
// nullptr: it has refused. Without a wrong type's exception where `from` is not iterable.
template <class S, class Begin>
[[gnu::noinline]] bool take_rows(PyObject* from, const Shape& wanted, Home home, Begin begin) noexcept {
  if (PyUnicode_Check(from) || PyBytes_Check(from) || PyDict_Check(from) || (!has_iter(Py_TYPE(from)) && !PySequence_Check(from)))
    return false;
  const bool vector = wanted.is_vector();
  Ref outer(PySequence_Tuple(from));
  if (!outer) return false;
  Py_ssize_t given[2] = {PyTuple_GET_SIZE(outer.get()), 0};
  Ref rows(PyTuple_New(vector ? 1 : given[0]));
  if (!rows) return false;
  if (vector) {
    PyTuple_SET_ITEM(rows.get(), 0, outer.release());
  } else {
    for (Py_ssize_t r = 0; r < given[0]; ++r) {
      PyObject* item = PyTuple_GET_ITEM(outer.get(), r);
      PyObject* row = PyUnicode_Check(item) ? nullptr : PySequence_Tuple(item);
      if (!row) return item_error("row", r, item);
      PyTuple_SET_ITEM(rows.get(), r, row);
      if (r && PyTuple_GET_SIZE(row) != given[1]) {
        PyErr_Format(PyExc_ValueError, "row %zd has %zd numbers, and row 0 has %zd", r, PyTuple_GET_SIZE(row), given[1]);
        return false;
      }
      given[1] = PyTuple_GET_SIZE(row);
    }
    if (!given[0] && wanted.cols > 0) given[1] = wanted.cols;
  }
  Py_buffer shape{};
  shape.ndim = vector ? 1 : 2;
  shape.shape = given;
  Py_ssize_t strides[2] = {0, 0};
  shape.strides = strides;
  DenseLayout layout;
  if (!fits_shape(shape, wanted, layout)) return refuse_shape(wanted, shape.ndim, given);
  DenseLayout to;
  if (!begin(layout.rows, layout.cols, to)) return false;
  for (Py_ssize_t r = 0; r < PyTuple_GET_SIZE(rows.get()); ++r) {
    PyObject* row = PyTuple_GET_ITEM(rows.get(), r);
    for (Py_ssize_t c = 0; c < PyTuple_GET_SIZE(row); ++c) {
      PyObject* item = PyTuple_GET_ITEM(row, c);
      S number{};
      if (!Convert<S>::take(item, number, home)) return item_error(vector ? "number" : "number in row", vector ? c : r, item);
      const Py_ssize_t at_row = vector && wanted.rows != 1 ? c : r, at_col = vector && wanted.rows != 1 ? r : c;
      std::memcpy(to.data + at_row * to.row_stride + at_col * to.col_stride, &number, sizeof(S));
    }
  }
  return true;
}

// ---- giving ----------------------------------------------------------------------------------------------------------------

// Memory of numbers, and who ends it.
struct Numbers {
  void* data;
  int ndim;
  Py_ssize_t shape[2], strides[2], item;
  const char* format;
  bool readonly;
  const void* pinned = nullptr;  // what must keep its size
  void* held = nullptr;  // an object of C++ that holds the memory
  void (*end)(void*) = nullptr;
};
struct NumbersView {
  PyObject_HEAD
  PyObject* owner;
  Numbers numbers;
  Pin pin;  // its container is null where nothing is pinned
};

// While an array looks into `container`, nobody may make it larger or smaller. false: exception set.
inline bool pin_memory(State* s, Pin& pin, const void* container) noexcept {
  Pins* const pins = make_pins(s);
  if (!pins) return false;
  Locked lock(pins->mutex);
  Pin*& first = pins->bucket(container);
  pin = {container, first};
  first = &pin;
  ++pins->exports;
  return true;
}
inline void unpin_memory(State* s, Pin& pin) noexcept {
  if (!s || !s->pins) return;
  Locked lock(s->pins->mutex);
  Pin** at = &s->pins->bucket(pin.container);
  while (*at && *at != &pin) at = &(*at)->next;
  if (!*at) return;
  *at = pin.next;
  --s->pins->exports;
}
inline bool is_pinned(Home home, const void* container) noexcept {
  Pins* pins = pins_of(state(home));
  return pins && find_pin(*pins, container);
}
inline int numbers_buffer(PyObject* self, Py_buffer* out, int flags) noexcept {
  Numbers& n = reinterpret_cast<NumbersView*>(self)->numbers;
  out->obj = nullptr;
  if (n.readonly && (flags & PyBUF_WRITABLE)) {
    PyErr_SetString(PyExc_BufferError, "the memory is read-only");
    return -1;
  }
  if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES) {
    PyErr_SetString(PyExc_BufferError, "the memory has strides");
    return -1;
  }
  static char nothing[64];
  out->buf = n.data ? n.data : nothing;
  out->len = n.item * n.shape[0] * (n.ndim == 2 ? n.shape[1] : 1);
  out->itemsize = n.item;
  out->readonly = n.readonly;
  out->ndim = n.ndim;
  out->format = (flags & PyBUF_FORMAT) ? const_cast<char*>(n.format) : nullptr;
  out->shape = n.shape;
  out->strides = n.strides;
  out->suboffsets = nullptr;
  out->internal = nullptr;
  out->obj = Py_NewRef(self);
  return 0;
}
inline void end_numbers(PyObject* self) noexcept {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  auto* view = reinterpret_cast<NumbersView*>(self);
  if (view->pin.container) unpin_memory(state(instance_home(self)), view->pin);
  if (view->numbers.end) view->numbers.end(view->numbers.held);
  Py_XDECREF(view->owner);
  PyObject_GC_Del(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}
inline int traverse_numbers(PyObject* self, visitproc visit, void* arg) noexcept {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(reinterpret_cast<NumbersView*>(self)->owner);
  return 0;
}
// Made at first use, kept by the module under a name that is no identifier of C++.
DOVETAIL_COLD inline PyTypeObject* numbers_type(PyObject* module) noexcept {
  static const char name[] = "__dovetail_numbers__";
  PyObject* dict = PyModule_GetDict(module);
  if (PyObject* known = PyDict_GetItemString(dict, name)) return reinterpret_cast<PyTypeObject*>(Py_NewRef(known));
  PyType_Slot slots[] = {{Py_bf_getbuffer, reinterpret_cast<void*>(numbers_buffer)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(end_numbers)},
                         {Py_tp_traverse, reinterpret_cast<void*>(traverse_numbers)},
                         {0, nullptr}};
  PyType_Spec spec = {"dovetail.numbers", sizeof(NumbersView), 0,
                      unsigned(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE),
                      slots};
  Ref type(PyType_FromModuleAndSpec(module, &spec, nullptr));
  if (!type || PyDict_SetItemString(dict, name, type.get())) return nullptr;
  return reinterpret_cast<PyTypeObject*>(type.release());
}

// Takes over what `numbers` holds, also where it fails.
[[gnu::noinline]] inline PyObject* give_numbers(const Numbers& numbers, PyObject* owner, Home home) noexcept {
  PyTypeObject* type = numbers_type(state(home)->module);
  NumbersView* view = type ? PyObject_GC_New(NumbersView, type) : nullptr;
  Py_XDECREF(reinterpret_cast<PyObject*>(type));  // the instance holds its type
  if (!view) {
    if (numbers.end) numbers.end(numbers.held);
    return nullptr;
  }
  view->owner = Py_XNewRef(owner);
  view->numbers = numbers;
  view->pin = {nullptr, nullptr};
  Ref held(reinterpret_cast<PyObject*>(view));
  PyObject_GC_Track(held.get());
  if (numbers.pinned && !pin_memory(state(home), view->pin, numbers.pinned)) return nullptr;
  const bool plain = numbers.data && numpy::type_number(numbers.format, numbers.item) >= 0;
  PyObject* array = plain ? give_ndarray(numbers, held.get(), home) : numpy::from_buffer(held.get());
  if (array || !PyErr_ExceptionMatches(PyExc_ImportError)) return array;
  PyErr_Clear();
  return PyMemoryView_FromObject(held.get());
}

}  // namespace v1
}  // namespace dovetail
