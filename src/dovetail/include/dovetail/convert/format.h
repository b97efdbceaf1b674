// dovetail/convert/format.h: what lies in an element of a buffer, as the struct formats of the buffer protocol say it.
//
// ElementFormat<T>::text is the format of an element, nullptr where T has none. Emitted code specialises it for plain
// structs:  template <> struct dovetail::ElementFormat<lib::Row> { static constexpr const char* text = "T{i:id:4xd:w:}"; };
// layout_of<T> is what the runtime works with: of arrays, the numbers in them and their extents.
// read_format compares: two formats match when they have the same fields (offset, kind, size, name), however written.
#pragma once
#include <dovetail/core/state.h>

#include <array>
#include <cstddef>
#include <cstdint>
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
// An element down to its numbers: of array<array<double, 3>, 2> doubles, 2 by 3.
template <class T>
struct Grid {
  using Number = T;
  static constexpr int dimensions = 0;
};
template <class T, size_t N>
struct Grid<std::array<T, N>> {
  using Number = typename Grid<T>::Number;
  static constexpr int dimensions = N ? Grid<T>::dimensions + 1 : 64;  // without an element there is no address
  static constexpr void fill(Py_ssize_t* extents) noexcept {
    *extents = Py_ssize_t(N);
    if constexpr (Grid<T>::dimensions != 0) Grid<T>::fill(extents + 1);
  }
};

inline constexpr int max_dimensions = 8;

// What the elements of a buffer are.
struct Layout {
  const char* format;
  Py_ssize_t item;   // bytes of a number
  Py_ssize_t align;
  int inner;         // dimensions that each element has by itself
  Py_ssize_t extents[max_dimensions - 1];

  constexpr Py_ssize_t whole() const noexcept {
    Py_ssize_t bytes = item;
    for (int i = 0; i < inner; ++i) bytes *= extents[i];
    return bytes;
  }
};
template <class T>
inline constexpr bool has_format =
    ElementFormat<std::remove_cv_t<typename Grid<T>::Number>>::text != nullptr && Grid<T>::dimensions < max_dimensions;
template <class T>
constexpr Layout make_layout() noexcept {
  using Number = std::remove_cv_t<typename Grid<T>::Number>;
  Layout layout{ElementFormat<Number>::text, Py_ssize_t(sizeof(Number)), Py_ssize_t(alignof(Number)), Grid<T>::dimensions, {}};
  if constexpr (Grid<T>::dimensions != 0) Grid<T>::fill(layout.extents);
  return layout;
}
template <class T>
inline constexpr Layout layout_of = make_layout<std::remove_cv_t<T>>();
// bytes are chars, too
inline constexpr Layout byte_layout = {"B", 1, 1, 0, {}};

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
      case 'Z': {
        char part = 0;
        const size_t size = read_code(part);
        kind = 'Z';
        return part == 'f' ? 2 * size : 0;
      }
      case 's': kind = 's'; return 1;
      default: return 0;
    }
  }
  // The same for a code behind its byte order.
  size_t read_code_at(const char* code, char& kind) noexcept {
    if (code != at) order = *at;
    at = code;
    return read_code(kind);
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

// As messages call the elements of a format: float64 for "d"; a format that is not one letter stands for itself.
inline const char* name_format(const char* format) noexcept {
  if (!format) return "uint8";
  const char* code = format;
  while (*code == '@' || *code == '=' || *code == '<' || *code == '>' || *code == '!' || *code == '^') ++code;
  if (code[0] == 'Z' && code[1] && !code[2]) return code[1] == 'f' ? "complex64" : code[1] == 'd' ? "complex128" : "long double complex";
  if (!code[0] || code[1]) return format;
  char kind = 0;
  FormatShape shape;
  const size_t size = FormatReader{format, shape}.read_code_at(code, kind);
  switch (kind) {
    case 'i': return size == 1 ? "int8" : size == 2 ? "int16" : size == 4 ? "int32" : "int64";
    case 'u': return size == 1 ? "uint8" : size == 2 ? "uint16" : size == 4 ? "uint32" : "uint64";
    case 'f': return size == 2 ? "float16" : size == 4 ? "float32" : size == 8 ? "float64" : "long double";
    case '?': return "bool";
    case 'c': return "char";
    default: return format;
  }
}

}  // namespace v1
}  // namespace dovetail
