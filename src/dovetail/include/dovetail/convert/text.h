// dovetail/convert/text.h: std::string, std::string_view, const char* and char <-> str.
//
// Taken: str as UTF-8, bytes as they are. A view or a pointer looks into the Python object for the length of the call.
// Given: str; bytes that are not UTF-8 become surrogates (surrogateescape) and are the same bytes again when taken, so
// nothing is lost. give_bytes gives bytes. A `const char*` refuses text with a NUL inside (ValueError); nullptr is None.
#pragma once
#include <dovetail/core/arguments.h>
#include <dovetail/core/errors.h>

#include <cstring>
#include <string>
#include <string_view>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Text during a call. `kept` holds the bytes where the object itself does not (a str with surrogates, a default).
struct Characters {
  const char* data;  // nullptr: not taken
  Py_ssize_t size;
  PyObject* kept;
};
struct TextSlot : Characters {
  TextSlot() noexcept { kept = nullptr; }
  TextSlot(const TextSlot&) = delete;
  TextSlot& operator=(const TextSlot&) = delete;
  ~TextSlot() {
    if (!DOVETAIL_LIKELY(!kept)) drop(kept);
  }

 private:
  DOVETAIL_COLD static void drop(PyObject* kept) noexcept { Py_DECREF(kept); }
};

DOVETAIL_COLD inline Characters read_text(PyObject* given) noexcept {
  if (PyBytes_Check(given)) return {PyBytes_AS_STRING(given), PyBytes_GET_SIZE(given), nullptr};
  if (!PyUnicode_Check(given)) return {nullptr, 0, nullptr};
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(given, &size);
  if (data) return {data, size, nullptr};
  if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) return {nullptr, 0, nullptr};
  PyErr_Clear();
  PyObject* bytes = PyUnicode_AsEncodedString(given, "utf-8", "surrogateescape");
  if (!bytes) return {nullptr, 0, nullptr};
  return {PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), bytes};
}
// false without an exception: neither str nor bytes.
[[gnu::noinline]] inline bool take_text(PyObject* given, TextSlot& slot) noexcept {
  if (const char* ascii = ascii_of(given)) {
    slot.data = ascii;
    slot.size = PyUnicode_GET_LENGTH(given);
    return true;
  }
  Py_CLEAR(slot.kept);  // a slot is used again for the elements of a list
  const Characters characters = read_text(given);
  slot.data = characters.data;
  slot.size = characters.size;
  slot.kept = characters.kept;
  return slot.data != nullptr;
}
[[gnu::noinline]] inline PyObject* give_text(const char* data, size_t size) noexcept {
  return PyUnicode_DecodeUTF8(data, static_cast<Py_ssize_t>(size), "surrogateescape");
}
inline constexpr Foreseen text_foreseen{text_kind, ~unsigned{text_kind | bytes_kind}};
inline int text_rank(PyObject* given) noexcept {
  return PyUnicode_Check(given) ? int{exact} : PyBytes_Check(given) ? int{promotion} : int{no_match};
}

// A default: a copy of the text.
DOVETAIL_COLD inline void keep_text(TextSlot& slot, const char* data, size_t size) {
  slot.kept = PyBytes_FromStringAndSize(data, static_cast<Py_ssize_t>(size));
  if (!slot.kept) throw_python_error();
  slot.data = PyBytes_AS_STRING(slot.kept);
  slot.size = static_cast<Py_ssize_t>(size);
}

inline PyObject* give_bytes(const char* value, Home) noexcept {
  if (!value) return give_none();
  return PyBytes_FromString(value);
}
inline PyObject* give_bytes(std::string_view value, Home) noexcept {
  return PyBytes_FromStringAndSize(value.data(), static_cast<Py_ssize_t>(value.size()));
}

template <class Allocator>
struct Convert<std::basic_string<char, std::char_traits<char>, Allocator>> {
  using T = std::basic_string<char, std::char_traits<char>, Allocator>;
  // The string is made when it is asked for, inside the wrapper's try: allocation may fail.
  using Slot = TextSlot;
  DOVETAIL_INLINE static bool take(PyObject* given, Slot& slot, Home) noexcept { return take_text(given, slot); }
  static void put(Slot& slot, const T& value) { keep_text(slot, value.data(), value.size()); }
  // A literal of the header outlives every call.
  template <size_t N>
  static void put(Slot& slot, const char (&value)[N]) noexcept {
    slot.data = value;
    slot.size = static_cast<Py_ssize_t>(std::char_traits<char>::length(value));
  }
  DOVETAIL_INLINE static T view(Slot& slot) { return pull(slot); }
  [[gnu::noinline]] static T pull(Slot& slot) { return T(slot.data, static_cast<size_t>(slot.size)); }
  DOVETAIL_INLINE static PyObject* give(const T& value, Home) noexcept { return give_text(value.data(), value.size()); }
  static constexpr Foreseen foreseen = text_foreseen;
  static int rank(PyObject* given, Home) noexcept { return text_rank(given); }
};

template <>
struct Convert<std::string_view> {
  struct Slot {
    TextSlot text;
    std::string_view value;
  };
  static bool take(PyObject* given, Slot& slot, Home) noexcept {
    if (!take_text(given, slot.text)) return false;
    slot.value = {slot.text.data, static_cast<size_t>(slot.text.size)};
    return true;
  }
  static void put(Slot& slot, std::string_view value) noexcept { slot.value = value; }
  static const std::string_view& view(Slot& slot) noexcept { return slot.value; }
  static std::string_view pull(Slot& slot) noexcept { return slot.value; }
  static PyObject* give(std::string_view value, Home) noexcept { return give_text(value.data(), value.size()); }
  static constexpr Foreseen foreseen = text_foreseen;
  static int rank(PyObject* given, Home) noexcept { return text_rank(given); }
};

DOVETAIL_COLD inline bool refuse_null_character() noexcept {
  PyErr_SetString(PyExc_ValueError, "embedded null character");
  return false;
}

// Results and elements; as a parameter see Arg below.
template <>
struct Convert<const char*> {
  struct Slot {
    TextSlot text;
    const char* value = nullptr;
  };
  static bool take(PyObject* given, Slot& slot, Home) noexcept {
    if (!take_text(given, slot.text)) return false;
    slot.value = slot.text.data;
    if (memchr(slot.value, 0, static_cast<size_t>(slot.text.size))) return refuse_null_character();
    return true;
  }
  static void put(Slot& slot, const char* value) noexcept { slot.value = value; }
  static const char* const& view(Slot& slot) noexcept { return slot.value; }
  static const char* pull(Slot& slot) noexcept { return slot.value; }
  static PyObject* give(const char* value, Home) noexcept { return value ? give_text(value, strlen(value)) : give_none(); }
  static constexpr Foreseen foreseen = text_foreseen;
  static int rank(PyObject* given, Home) noexcept { return text_rank(given); }
};
template <>
struct Convert<char*> : Convert<const char*> {};

template <>
struct Arg<const char*> {
  Convert<const char*>::Slot slot;
  bool take(PyObject* given, Home home) noexcept { return Convert<const char*>::take(given, slot, home); }
  bool take_nullable(PyObject* given, Home home) noexcept {
    if (given != Py_None) return take(given, home);
    slot.value = nullptr;
    return true;
  }
  void set(const char* value) noexcept { slot.value = value; }
  const char* get() noexcept { return slot.value; }
  static constexpr Foreseen foreseen = text_foreseen;
  static int rank(PyObject* given, Home) noexcept { return text_rank(given); }
  static int rank_nullable(PyObject* given, Home) noexcept { return given == Py_None ? int{exact} : text_rank(given); }
};

// One character. Given back, a byte beyond ASCII is a surrogate (or no character of UTF-8 by itself), as in strings.
template <>
struct Convert<char> {
  using Slot = char;
  static bool take(PyObject* given, Slot& slot, Home) noexcept {
    if (!PyUnicode_Check(given) && !PyBytes_Check(given)) return false;
    TextSlot text;
    if (!take_text(given, text)) return false;
    if (text.size != 1) return refuse_length(text.size);
    slot = text.data[0];
    return true;
  }
  static const char& view(Slot& slot) noexcept { return slot; }
  static char pull(Slot& slot) noexcept { return slot; }
  static PyObject* give(char value, Home) noexcept { return give_text(&value, 1); }
  static int rank(PyObject* given, Home) noexcept {
    if (PyUnicode_Check(given)) return PyUnicode_GET_LENGTH(given) == 1 ? int{exact} : int{last_resort};
    return PyBytes_Check(given) ? int{promotion} : int{no_match};
  }

 private:
  DOVETAIL_COLD static bool refuse_length(Py_ssize_t size) noexcept {
    PyErr_Format(PyExc_ValueError, "one character of one byte is expected, not %zd bytes", size);
    return false;
  }
};

}  // namespace v1
}  // namespace dovetail
