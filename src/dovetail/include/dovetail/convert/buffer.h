// dovetail/convert/buffer.h: the memory of other objects, taken and lent, without NumPy's headers.
//
// Taking     open_buffer(from, Wanted, Py_buffer&): a buffer of exactly those elements, or the reason why not. What has no
//            buffer protocol may lend its memory by DLPack or Arrow instead (lend.h): it becomes a Py_buffer all the same.
// Exporting  export_buffer(self, view, flags, container, data, count, Layout): a view of contiguous elements.
// Pins       An export pins the containers it depends on (the one exported and those it is an element of): until it is
//            released, is_pinned() is true for their addresses, and whoever would grow or shrink one raises BufferError.
#pragma once
#include <dovetail/convert/format.h>
#include <dovetail/convert/lend.h>
#include <dovetail/core/lifetime.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// ---- taking ----------------------------------------------------------------------------------------------------------

enum class Match : uint8_t {
  yes,       // `view` is open: release it
  no,        // another kind of object or element: no exception
  refused,   // the exception says why
};
enum : unsigned {
  buffer_writable = 1,
  buffer_in_place = 2,  // the memory itself will be used: aligned, in native byte order, elements side by side
  buffer_strided = 4,   // in place, but elements may lie apart
  buffer_required = 8,  // nothing but a buffer will do: what is wrong with another one is said
};

// What is asked of a buffer: elements, and how many dimensions of them.
struct Wanted {
  const Layout& layout;
  unsigned how = 0;
  int outer = 1;
  int dimensions() const noexcept { return outer + layout.inner; }
};

DOVETAIL_COLD inline Match refuse_buffer(Py_buffer& view, const char* reason) noexcept {
  PyBuffer_Release(&view);
  PyErr_SetString(PyExc_BufferError, reason);
  return Match::refused;
}
// Of other elements or dimensions: a TypeError where nothing else could be done with the object.
DOVETAIL_COLD inline Match refuse_shape(Py_buffer& view, const Wanted& wanted, bool elements) noexcept {
  const bool said = wanted.how & (buffer_in_place | buffer_required);
  if (said && !elements) {
    PyErr_Format(PyExc_TypeError, "elements of type %.300s are expected, the buffer has %.300s: pass a converted copy",
                 name_format(wanted.layout.format), name_format(view.format));
  } else if (said) {
    const int dimensions = wanted.dimensions();
    bool extents = view.ndim == dimensions && view.shape;
    Py_ssize_t expected = 0, given = 0;
    for (int i = wanted.outer; extents && i < dimensions; ++i) {
      expected = wanted.layout.extents[i - wanted.outer], given = view.shape[i];
      if (expected != given) break;
    }
    if (extents) PyErr_Format(PyExc_ValueError, "the last dimensions of the buffer must have extent %zd, not %zd", expected, given);
    if (!extents) PyErr_Format(PyExc_TypeError, "the buffer must have %d dimension%s, not %d", dimensions, dimensions == 1 ? "" : "s", view.ndim);
  }
  PyBuffer_Release(&view);
  return said ? Match::refused : Match::no;
}
// Bytes from one to the next. Some exporters (ctypes) give no strides although they are asked: their elements lie together.
inline Py_ssize_t stride_of(const Py_buffer& view, int dimension) noexcept {
  if (view.strides) return view.strides[dimension];
  Py_ssize_t stride = view.itemsize;
  for (int i = view.ndim - 1; i > dimension; --i) stride *= view.shape[i];
  return stride;
}
// Whether an element lies at an address where C++ can use it.
inline bool is_aligned(const Py_buffer& view, Py_ssize_t align) noexcept {
  uintptr_t bits = reinterpret_cast<uintptr_t>(view.buf);
  for (int i = 0; i < view.ndim; ++i) {
    if (view.shape[i] == 0) return true;
    if (view.shape[i] > 1) bits |= uintptr_t(stride_of(view, i));
  }
  return bits % uintptr_t(align) == 0;
}
// C++ reads a bool as one of two bytes, and nothing else.
DOVETAIL_COLD inline bool has_only_bools(const Py_buffer& view, int dimension, const unsigned char* at) noexcept {
  if (dimension == view.ndim) return *at < 2;
  const Py_ssize_t stride = stride_of(view, dimension);
  for (Py_ssize_t i = 0; i < view.shape[dimension]; ++i, at += stride) {
    if (!has_only_bools(view, dimension + 1, at)) return false;
  }
  return true;
}

// Whether both formats are the same letter: then they need no reading.
inline bool is_same_letter(const char* given, const char* wanted) noexcept {
  return given && given[0] == wanted[0] && !given[1] && !wanted[1];
}
// The common case, in which nothing has to be read or refused: one dimension of numbers of one letter, side by side.
inline bool is_plain_row(const Py_buffer& view, const Wanted& wanted) noexcept {
  const Layout& layout = wanted.layout;
  return is_same_letter(view.format, layout.format) && layout.format[0] != '?' && view.ndim == 1 &&
         wanted.dimensions() == 1 && view.itemsize == layout.item && view.strides && view.strides[0] == layout.item &&
         !((wanted.how & buffer_writable) && view.readonly) && reinterpret_cast<uintptr_t>(view.buf) % uintptr_t(layout.align) == 0;
}

// Opens `from`. A buffer of other elements or dimensions is Match::no, unless the memory itself is needed.
[[gnu::noinline]] inline Match open_buffer(PyObject* from, const Wanted& wanted, Py_buffer& view) noexcept {
  const Layout& layout = wanted.layout;
  if (!PyObject_CheckBuffer(from)) {
    if (!lends_memory(from)) return Match::no;
    if (!lend_memory(from, view, wanted.how & buffer_in_place)) return PyErr_Occurred() ? Match::refused : Match::no;
  } else if (PyObject_GetBuffer(from, &view, PyBUF_RECORDS_RO)) {
    // An exporter may refuse strides or formats; it is then no buffer for us.
    if (!PyErr_ExceptionMatches(PyExc_BufferError) && !PyErr_ExceptionMatches(PyExc_ValueError)) return Match::refused;
    PyErr_Clear();
    return Match::no;
  }
  if (DOVETAIL_LIKELY(is_plain_row(view, wanted))) return Match::yes;
  const char* const format = layout.format;
  bool foreign = false;
  if (!is_same_letter(view.format, format)) {
    const FormatShape given = read_format(view.format);
    foreign = given.foreign;
    // NumPy leaves out what lies behind the last field; the size of an item tells of that.
    const bool whole = given.size && given.size <= size_t(layout.item) && view.itemsize == layout.item;
    const bool equal = whole && given.fields == read_format(format).fields;
    if (!equal) return refuse_shape(view, wanted, false);
  }
  if (view.itemsize != layout.item) return refuse_shape(view, wanted, false);
  bool shaped = view.ndim == wanted.dimensions() && (view.shape || !view.ndim);
  for (int i = 0; shaped && i < layout.inner; ++i) shaped = view.shape[wanted.outer + i] == layout.extents[i];
  if (!shaped) return refuse_shape(view, wanted, true);
  if (foreign) return refuse_buffer(view, "the buffer is not in native byte order: pass a converted copy");
  if (format[0] == '?' && view.len && !has_only_bools(view, 0, static_cast<unsigned char*>(view.buf)))
    return refuse_buffer(view, "a bool in the buffer is neither 0 nor 1");
  if (!(wanted.how & buffer_in_place)) return Match::yes;
  if ((wanted.how & buffer_writable) && view.readonly) return refuse_buffer(view, "the buffer is read-only");
  if (!(wanted.how & buffer_strided) && !PyBuffer_IsContiguous(&view, 'C'))
    return refuse_buffer(view, "the buffer is not contiguous: pass a contiguous copy (numpy.ascontiguousarray)");
  if (!is_aligned(view, layout.align)) return refuse_buffer(view, "the buffer is not aligned for its elements: pass a copy");
  return Match::yes;
}

// Copies the elements of an open buffer, whatever its strides, to `to`, side by side.
inline char* read_dimension(const Py_buffer& view, int dimension, const char* from, char* to) noexcept {
  const size_t item = size_t(view.itemsize);
  if (dimension == view.ndim) return std::memcpy(to, from, item), to + item;
  const Py_ssize_t count = view.shape[dimension], stride = stride_of(view, dimension);
  if (dimension + 1 == view.ndim && stride == view.itemsize) {
    if (count) std::memcpy(to, from, size_t(count) * item);
    return to + size_t(count) * item;
  }
  for (Py_ssize_t i = 0; i < count; ++i, from += stride) to = read_dimension(view, dimension + 1, from, to);
  return to;
}
[[gnu::noinline]] inline void read_buffer(const Py_buffer& view, void* to) noexcept {
  if (view.len) read_dimension(view, 0, static_cast<const char*>(view.buf), static_cast<char*>(to));
}

// ---- exporting and pins ----------------------------------------------------------------------------------------------

struct Pin {
  const void* container;
  Pin* next;
};
// One export: what Py_buffer::internal points at.
struct Export {
  Py_ssize_t shape[max_dimensions], strides[max_dimensions];
  int count = 0;
  Pin pins[8];  // the container, and those it is an element of: deeper nesting is refused
};
// State::pins: made at the first export and gone with the last, so that a module that exports nothing pays one test.
struct Pins {
  static constexpr size_t buckets = 64;
  Py_ssize_t exports = 0;
  Pin* first[buckets] = {};
  Mutex mutex;

  Pin*& bucket(const void* container) noexcept { return first[(reinterpret_cast<uintptr_t>(container) >> 4) % buckets]; }
};

DOVETAIL_COLD inline bool find_pin(Pins& pins, const void* container) noexcept {
  Locked lock(pins.mutex);
  for (const Pin* pin = pins.bucket(container); pin; pin = pin->next) {
    if (pin->container == container) return true;
  }
  return false;
}
// nullptr: nothing was exported yet.
inline Pins* pins_of(State* s) noexcept {
#ifdef Py_GIL_DISABLED
  return __atomic_load_n(&s->pins, __ATOMIC_ACQUIRE);
#else
  return s->pins;
#endif
}
// The same, made where there are none; nullptr with an exception set.
[[gnu::noinline]] inline Pins* make_pins(State* s) noexcept {
  if (Pins* pins = pins_of(s)) return pins;
  void* memory = PyMem_Calloc(1, sizeof(Pins));
  if (!memory) {
    PyErr_NoMemory();
    return nullptr;
  }
  Locked lock(s->registry->mutex);
  Pins* pins = pins_of(s);
  if (!pins) {
    pins = new (memory) Pins;
    __atomic_store_n(&s->pins, pins, __ATOMIC_RELEASE);
  } else {
    PyMem_Free(memory);
  }
  return pins;
}
// Whether a buffer looks into the container at this address.
inline bool is_pinned(PyObject* self, const void* container) noexcept {
  Pins* pins = pins_of(owner_of(as_cell(self)));
  return pins && find_pin(*pins, container);
}
DOVETAIL_COLD inline bool refuse_pinned(PyObject* self) noexcept {
  PyErr_Format(PyExc_BufferError, "the %s cannot change its size or be replaced while a buffer looks into it", type_name(self));
  return false;
}
inline bool check_unpinned(PyObject* self, const void* container) noexcept {
  return !is_pinned(self, container) || refuse_pinned(self);
}

// The containers that must keep still: the one that self is, and those that hold it. false: exception set.
inline bool list_pins(PyObject* self, void* container, Export& out) noexcept {
  out.pins[out.count++].container = container;
  Cell* cell = as_cell(self);
  while (cell->state & element && cell->owner) {
    const bool in_container = cell->holding == Holding::index || cell->holding == Holding::key;
    Cell* owner = as_cell(cell->owner);
    if (in_container) {
      if (out.count == 8) {
        PyErr_SetString(PyExc_BufferError, "containers nested too deeply for a buffer");
        return false;
      }
      void* value = owner->state & element ? look_up(owner) : owner->value;
      if (!value) return false;
      out.pins[out.count++].container = value;
    }
    cell = owner;
  }
  return true;
}

// Fills a view of elements that lie side by side; `shape` and `strides` are its own.
inline void fill_view(Py_buffer* view, int flags, void* data, Py_ssize_t count, const Layout& layout, Py_ssize_t* shape,
                      Py_ssize_t* strides) noexcept {
  alignas(16) static char nothing[64];  // an empty vector has no address
  Py_ssize_t step = layout.item;
  for (int i = layout.inner; i >= 0; --i) {
    shape[i] = i ? layout.extents[i - 1] : count;
    strides[i] = step;
    step *= shape[i];
  }
  view->buf = data ? data : nothing;
  view->len = step;
  view->itemsize = layout.item;
  // Without a shape there is nothing to read further dimensions from: a memoryview for PyBUF_SIMPLE would.
  view->ndim = (flags & PyBUF_ND) ? layout.inner + 1 : 1;
  view->format = (flags & PyBUF_FORMAT) ? const_cast<char*>(layout.format) : nullptr;
  view->shape = (flags & PyBUF_ND) ? shape : nullptr;
  view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? strides : nullptr;
  view->suboffsets = nullptr;
}

// bf_getbuffer for elements that lie side by side at `data`.
[[gnu::noinline]] inline int export_buffer(PyObject* self, Py_buffer* view, int flags, void* container, void* data,
                                           Py_ssize_t count, const Layout& layout) noexcept {
  view->obj = nullptr;
  if (layout.inner && (flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS) {
    PyErr_Format(PyExc_BufferError, "the rows of the %s lie side by side, not its columns", type_name(self));
    return -1;
  }
  const bool readonly = as_cell(self)->state & is_const;
  if (readonly && (flags & PyBUF_WRITABLE)) {
    PyErr_Format(PyExc_BufferError, "the %s is const here: its buffer is read-only", type_name(self));
    return -1;
  }
  if (is_lent(self)) {
    PyErr_Format(PyExc_BufferError, "the %s is C++'s own and may end with this call: copy it", type_name(self));
    return -1;
  }
  auto* made = static_cast<Export*>(PyMem_Calloc(1, sizeof(Export)));
  if (!made) {
    PyErr_NoMemory();
    return -1;
  }
  State* s = owner_of(as_cell(self));
  if (!list_pins(self, container, *made)) {
    PyMem_Free(made);
    return -1;
  }
  Pins* const pins = make_pins(s);
  if (!pins) {
    PyMem_Free(made);
    return -1;
  }
  {
    Locked lock(pins->mutex);
    for (int i = 0; i < made->count; ++i) {
      Pin*& first = pins->bucket(made->pins[i].container);
      made->pins[i].next = first;
      first = &made->pins[i];
    }
    ++pins->exports;
  }
  fill_view(view, flags, data, count, layout, made->shape, made->strides);
  view->obj = Py_NewRef(self);
  view->readonly = readonly;
  view->internal = made;
  return 0;
}

// bf_releasebuffer
[[gnu::noinline]] inline void release_buffer(PyObject* self, Py_buffer* view) noexcept {
  auto* made = static_cast<Export*>(view->internal);
  State* s = owner_of(as_cell(self));
  bool last = false;
  {
    Locked lock(s->pins->mutex);
    for (int i = 0; i < made->count; ++i) {
      Pin** at = &s->pins->bucket(made->pins[i].container);
      while (*at != &made->pins[i]) at = &(*at)->next;
      *at = made->pins[i].next;
    }
    last = --s->pins->exports == 0;
  }
#ifndef Py_GIL_DISABLED  // without the GIL, another thread may just be looking: it stays
  if (last) {
    PyMem_Free(s->pins);
    s->pins = nullptr;
  }
#else
  (void)last;
#endif
  PyMem_Free(made);
}

}  // namespace v1
}  // namespace dovetail
