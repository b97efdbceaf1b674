// dovetail/convert/buffer.h: the buffer protocol, both ways, without NumPy's headers.
//
// Taking     open_buffer(from, ElementFormat, how, Py_buffer&): a one-dimensional buffer of exactly that element, or the
//            reason why not. Two formats match when they have the same fields (offset, kind, size, name), however written.
// Exporting  export_buffer(self, view, flags, Exported): a view of contiguous elements.
// Pins       An export pins the containers it depends on (the one exported and those it is an element of): until it is
//            released, is_pinned() is true for their addresses, and whoever would grow or shrink one raises BufferError.
//
// ElementFormat<T>::text is the struct format of an element, nullptr where T has none. Emitted code specialises it for
// plain structs:  template <> struct dovetail::ElementFormat<lib::Row> { static constexpr const char* text = "T{i:id:4xd:w:}"; };
#pragma once
#include <dovetail/core/lifetime.h>

#include <cstddef>
#include <cstring>
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T, class = void>
struct ElementFormat {
  static constexpr const char* text = nullptr;
};
template <class T>
constexpr const char* number_format() noexcept {
  if (std::is_same_v<T, bool>) return "?";
  if (std::is_same_v<T, char>) return "c";
  if (std::is_same_v<T, float>) return "f";
  if (std::is_same_v<T, double>) return "d";
  if (std::is_same_v<T, long double>) return "g";
  constexpr bool is_signed = std::is_signed_v<T>;
  switch (sizeof(T)) {
    case 1: return is_signed ? "b" : "B";
    case 2: return is_signed ? "h" : "H";
    case 4: return is_signed ? "i" : "I";
    default: return is_signed ? "q" : "Q";
  }
}
template <class T>
inline constexpr bool is_wide_character = std::is_same_v<T, wchar_t> || std::is_same_v<T, char16_t> ||
#ifdef __cpp_char8_t
                                     std::is_same_v<T, char8_t> ||
#endif
                                     std::is_same_v<T, char32_t>;
template <class T>
struct ElementFormat<T, std::enable_if_t<std::is_arithmetic_v<T> && !is_wide_character<T>>> {
  static constexpr const char* text = number_format<T>();
};
template <>
struct ElementFormat<std::byte> {
  static constexpr const char* text = "B";
};
template <class T>
inline constexpr bool has_format = ElementFormat<std::remove_cv_t<T>>::text != nullptr;

// ---- formats ---------------------------------------------------------------------------------------------------------

// A format as one number: equal for formats with the same fields. `size` is the bytes of an element; 0: not understood.
struct FormatShape {
  uint64_t fields = 14695981039346656037u;
  size_t size = 0;
  bool foreign = false;  // of the other byte order
};

struct FormatReader {
  const char* at;
  FormatShape& shape;
  char order = '@';
  int depth = 0;
  bool swapped = false;

  void mix(uint64_t value) noexcept { shape.fields = (shape.fields ^ value) * 1099511628211u; }

  static bool little() noexcept {
    const uint16_t one = 1;
    unsigned char first = 0;
    std::memcpy(&first, &one, 1);
    return first == 1;
  }
  bool read_order() noexcept {
    while (*at == '@' || *at == '=' || *at == '<' || *at == '>' || *at == '!' || *at == '^') {
      order = *at++;
      swapped = (order == '<' && !little()) || ((order == '>' || order == '!') && little());
    }
    return *at != 0;
  }
  // Kind and size of a code letter; 0 where unknown.
  size_t read_code(char& kind) noexcept {
    const bool native = order == '@' || order == '^';
    const char c = *at++;
    kind = c;
    switch (c) {
      case 'x': return 1;
      case 'c': return 1;
      case '?': return 1;
      case 'b': case 'B': case 'h': case 'H': case 'i': case 'I': case 'l': case 'L': case 'q': case 'Q': case 'n': case 'N': {
        const bool is_signed = c >= 'a';
        kind = is_signed ? 'i' : 'u';
        switch (c | 0x20) {
          case 'b': return 1;
          case 'h': return 2;
          case 'i': return 4;
          case 'l': return native ? sizeof(long) : 4;
          case 'n': return sizeof(size_t);
          default: return 8;
        }
      }
      case 'e': kind = 'f'; return 2;
      case 'f': return 4;
      case 'd': kind = 'f'; return 8;
      case 'g': kind = 'f'; return sizeof(long double);
      case 's': kind = 's'; return 1;
      default: return 0;
    }
  }
  size_t read_number() noexcept {
    size_t n = 0;
    while (*at >= '0' && *at <= '9' && n < (size_t{1} << 40)) n = n * 10 + size_t(*at++ - '0');
    return n;
  }
  // Fields up to '}' or the end, the first at `offset`. Returns where they end, or SIZE_MAX.
  size_t read_fields(size_t offset) noexcept {
    while (*at && *at != '}') {
      if (!read_order()) break;
      size_t count = 1;
      bool counted = false;
      if (*at == '(') {
        ++at;
        for (;;) {
          const size_t n = read_number();
          if (n && count > (size_t{1} << 40) / n) return SIZE_MAX;
          count *= n;
          if (*at != ',') break;
          ++at;
        }
        if (*at++ != ')') return SIZE_MAX;
        counted = true;
        if (!read_order()) return SIZE_MAX;
      }
      if (*at >= '0' && *at <= '9') {
        count *= read_number();
        counted = true;
        if (!*at) return SIZE_MAX;
      }
      size_t size = 0;
      bool padding = false;
      const size_t start = offset;
      if (*at == 'T' && at[1] == '{') {
        if (++depth > 16) return SIZE_MAX;
        at += 2;
        mix('T');
        const size_t end = read_fields(offset);
        if (end == SIZE_MAX || *at++ != '}') return SIZE_MAX;
        mix('}');
        --depth;
        size = end - offset;
      } else {
        char kind = 0;
        size = read_code(kind);
        if (!size) return SIZE_MAX;
        padding = kind == 'x';
        if (!padding) {
          mix(offset);
          mix(uint64_t(kind));
          mix(size);
          if (swapped && size > 1) shape.foreign = true;
        }
      }
      if (counted && !padding) mix(count ^ (uint64_t{1} << 60)), mix(start);
      if (count && size > (size_t{1} << 40) / count) return SIZE_MAX;
      offset += size * count;
      if (*at == ':') {
        for (++at; *at && *at != ':'; ++at) mix(uint64_t(static_cast<unsigned char>(*at)) | (uint64_t{1} << 32));
        if (*at++ != ':') return SIZE_MAX;
      }
    }
    return offset;
  }
};

[[gnu::noinline]] inline FormatShape read_format(const char* format) noexcept {
  FormatShape shape;
  FormatReader reader{format ? format : "B", shape};
  const size_t end = reader.read_fields(0);
  // Padding is no field: only where fields lie and the whole size matter.
  shape.size = end == SIZE_MAX || *reader.at ? 0 : end;
  return shape;
}

// ---- taking ----------------------------------------------------------------------------------------------------------

enum class Match : uint8_t {
  yes,       // `view` is open: release it
  no,        // another kind of object or element: no exception
  refused,   // the exception says why
};
enum : unsigned {
  buffer_writable = 1,
  buffer_in_place = 2,  // the memory itself will be used: contiguous, aligned, in native byte order
};

DOVETAIL_COLD inline Match refuse_buffer(Py_buffer& view, const char* reason) noexcept {
  PyBuffer_Release(&view);
  PyErr_SetString(PyExc_BufferError, reason);
  return Match::refused;
}

// Opens `from` as a one-dimensional buffer of elements of `format`. A buffer of other elements is Match::no.
[[gnu::noinline]] inline Match open_buffer(PyObject* from, const char* format, size_t item, size_t align, unsigned how,
                                           Py_buffer& view) noexcept {
  if (!PyObject_CheckBuffer(from)) return Match::no;
  if (PyObject_GetBuffer(from, &view, PyBUF_RECORDS_RO)) {
    // An exporter may refuse strides or formats; it is then no buffer for us.
    if (!PyErr_ExceptionMatches(PyExc_BufferError) && !PyErr_ExceptionMatches(PyExc_ValueError)) return Match::refused;
    PyErr_Clear();
    return Match::no;
  }
  FormatShape given{};
  // One letter, the common case, needs no reading.
  const bool same = view.format && format[1] == 0 && view.format[0] == format[0] && view.format[1] == 0;
  if (!same) given = read_format(view.format);
  const bool equal = same || given.fields == read_format(format).fields;
  if (view.ndim != 1 || size_t(view.itemsize) != item || !equal || (!same && given.size != item)) {
    const char* why = nullptr;
    if (how & buffer_in_place) {
      why = view.ndim != 1 ? "the buffer must have one dimension" : "the buffer's elements are of another type";
      PyErr_Format(PyExc_TypeError, "%s: expected format '%s', got '%s' with %d dimension(s)", why, format,
                   view.format ? view.format : "B", view.ndim);
    }
    PyBuffer_Release(&view);
    return why ? Match::refused : Match::no;
  }
  if (!same && given.foreign) return refuse_buffer(view, "the buffer is not in native byte order: pass a converted copy");
  if (!(how & buffer_in_place)) return Match::yes;
  if ((how & buffer_writable) && view.readonly) return refuse_buffer(view, "the buffer is read-only");
  if (view.shape[0] > 1 && view.strides[0] != Py_ssize_t(item))
    return refuse_buffer(view, "the buffer is not contiguous: pass a contiguous copy");
  if (reinterpret_cast<uintptr_t>(view.buf) % align) return refuse_buffer(view, "the buffer is not aligned for its elements");
  return Match::yes;
}

// Copies the elements of an open buffer, whatever its stride, to `to`.
[[gnu::noinline]] inline void read_buffer(const Py_buffer& view, void* to) noexcept {
  const size_t count = size_t(view.shape[0]), item = size_t(view.itemsize);
  const char* from = static_cast<const char*>(view.buf);
  if (!count) return;
  if (view.strides[0] == view.itemsize) {
    std::memcpy(to, from, count * item);
    return;
  }
  for (size_t i = 0; i < count; ++i, from += view.strides[0]) std::memcpy(static_cast<char*>(to) + i * item, from, item);
}

// ---- exporting and pins ----------------------------------------------------------------------------------------------

struct Pin {
  const void* container;
  Pin* next;
};
// One export: what Py_buffer::internal points at.
struct Export {
  Py_ssize_t shape, stride;
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
// Whether a buffer looks into the container at this address.
inline bool is_pinned(PyObject* self, const void* container) noexcept {
  Pins* pins = owner_of(as_cell(self))->pins;
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

// bf_getbuffer for contiguous elements at `data`. `text`: format of an element.
[[gnu::noinline]] inline int export_buffer(PyObject* self, Py_buffer* view, int flags, void* container, void* data,
                                           Py_ssize_t count, Py_ssize_t item, const char* text) noexcept {
  static char nothing[64];  // an empty vector has no address
  view->obj = nullptr;
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
  if (!s->pins) {
    void* memory = PyMem_Calloc(1, sizeof(Pins));
    if (!memory) {
      PyMem_Free(made);
      PyErr_NoMemory();
      return -1;
    }
    s->pins = new (memory) Pins;
  }
  {
    Locked lock(s->pins->mutex);
    for (int i = 0; i < made->count; ++i) {
      Pin*& first = s->pins->bucket(made->pins[i].container);
      made->pins[i].next = first;
      first = &made->pins[i];
    }
    ++s->pins->exports;
  }
  made->shape = count;
  made->stride = item;
  view->buf = data ? data : nothing;
  view->obj = Py_NewRef(self);
  view->len = count * item;
  view->itemsize = item;
  view->readonly = readonly;
  view->ndim = 1;
  view->format = (flags & PyBUF_FORMAT) ? const_cast<char*>(text) : nullptr;
  view->shape = (flags & PyBUF_ND) ? &made->shape : nullptr;
  view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &made->stride : nullptr;
  view->suboffsets = nullptr;
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
