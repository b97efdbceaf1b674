// dovetail/convert/wide.h: wchar_t, char8_t, char16_t, char32_t and their strings and views <-> str.
//
// Encodings are those of the character's size: UTF-8, UTF-16, UTF-32. Lone surrogates pass both ways (surrogatepass), so
// nothing is lost; what is no code point at all (char32_t above 0x10FFFF) is a ValueError. Only str is taken, not bytes.
// A single character must fit one unit: an emoji is no char16_t.
#pragma once
#include <dovetail/core/arguments.h>
#include <dovetail/core/errors.h>

#include <string>
#include <string_view>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class C>
inline constexpr bool is_wide = std::is_same_v<C, wchar_t> || std::is_same_v<C, char16_t> || std::is_same_v<C, char32_t>
#ifdef __cpp_char8_t
                                || std::is_same_v<C, char8_t>
#endif
    ;

// The units of a str as bytes in native order: new reference to bytes, nullptr with an exception set.
DOVETAIL_COLD inline PyObject* encode_units(PyObject* given, size_t unit) noexcept {
  const int one = 1;
  const bool little = *reinterpret_cast<const char*>(&one) == 1;
  const char* const encoding =
      unit == 1 ? "utf-8" : unit == 2 ? (little ? "utf-16-le" : "utf-16-be") : (little ? "utf-32-le" : "utf-32-be");
  return PyUnicode_AsEncodedString(given, encoding, "surrogatepass");
}
DOVETAIL_COLD inline PyObject* decode_units(const void* data, size_t count, size_t unit) noexcept {
  const int one = 1;
  int order = *reinterpret_cast<const char*>(&one) == 1 ? -1 : 1;
  const auto* bytes = static_cast<const char*>(data);
  const auto size = static_cast<Py_ssize_t>(count * unit);
  if (unit == 1) return PyUnicode_DecodeUTF8(bytes, size, "surrogateescape");
  if (unit == 2) return PyUnicode_DecodeUTF16(bytes, size, "surrogatepass", &order);
  return PyUnicode_DecodeUTF32(bytes, size, "surrogatepass", &order);
}

// Units during a call.
template <class C>
struct WideSlot {
  PyObject* bytes = nullptr;
  std::basic_string_view<C> value;
  WideSlot() noexcept = default;
  WideSlot(const WideSlot&) = delete;
  WideSlot& operator=(const WideSlot&) = delete;
  ~WideSlot() { Py_XDECREF(bytes); }
  bool take(PyObject* given) noexcept {
    if (!PyUnicode_Check(given)) return false;
    Py_CLEAR(bytes);
    bytes = encode_units(given, sizeof(C));
    if (!bytes) return false;
    // PyBytes data is aligned for any unit, and a zero byte follows it; wider terminators are not needed by a view.
    value = {reinterpret_cast<const C*>(PyBytes_AS_STRING(bytes)), static_cast<size_t>(PyBytes_GET_SIZE(bytes)) / sizeof(C)};
    return true;
  }
};

template <class C, class Allocator>
struct Convert<std::basic_string<C, std::char_traits<C>, Allocator>, std::enable_if_t<is_wide<C>>> {
  using T = std::basic_string<C, std::char_traits<C>, Allocator>;
  struct Slot {
    WideSlot<C> text;
    Kept<T> kept;
  };
  static bool take(PyObject* given, Slot& slot, Home) noexcept { return slot.text.take(given); }
  static void put(Slot& slot, T value) { slot.kept.put(std::move(value)); }
  static T view(Slot& slot) { return pull(slot); }
  static T pull(Slot& slot) {
    if (slot.kept.value) return std::move(*slot.kept.value);
    return T(slot.text.value);
  }
  static PyObject* give(const T& value, Home) noexcept { return decode_units(value.data(), value.size(), sizeof(C)); }
  static int rank(PyObject* given, Home) noexcept { return PyUnicode_Check(given) ? int{exact} : int{no_match}; }
};

template <class C>
struct Convert<std::basic_string_view<C>, std::enable_if_t<is_wide<C>>> {
  using T = std::basic_string_view<C>;
  using Slot = WideSlot<C>;
  static bool take(PyObject* given, Slot& slot, Home) noexcept { return slot.take(given); }
  static void put(Slot& slot, T value) noexcept { slot.value = value; }
  static const T& view(Slot& slot) noexcept { return slot.value; }
  static T pull(Slot& slot) noexcept { return slot.value; }
  static PyObject* give(T value, Home) noexcept { return decode_units(value.data(), value.size(), sizeof(C)); }
  static int rank(PyObject* given, Home) noexcept { return PyUnicode_Check(given) ? int{exact} : int{no_match}; }
};

// Null-terminated: the string is copied, because bytes end in a single zero byte.
template <class C>
struct Convert<const C*, std::enable_if_t<is_wide<C>>> {
  struct Slot {
    Kept<std::basic_string<C>> kept;
    const C* value = nullptr;
  };
  static bool take(PyObject* given, Slot& slot, Home) noexcept {
    WideSlot<C> text;
    if (!text.take(given)) return false;
    if (text.value.find(C{}) != text.value.npos) {
      PyErr_SetString(PyExc_ValueError, "embedded null character");
      return false;
    }
    try {
      if (slot.kept.value) {
        slot.kept.value->assign(text.value);
      } else {
        slot.kept.put(std::basic_string<C>(text.value));
      }
    } catch (...) {
      raise_current();
      return false;
    }
    slot.value = slot.kept.value->c_str();
    return true;
  }
  static void put(Slot& slot, const C* value) noexcept { slot.value = value; }
  static const C* const& view(Slot& slot) noexcept { return slot.value; }
  static const C* pull(Slot& slot) noexcept { return slot.value; }
  static PyObject* give(const C* value, Home) noexcept {
    return value ? decode_units(value, std::char_traits<C>::length(value), sizeof(C)) : give_none();
  }
  static int rank(PyObject* given, Home) noexcept { return PyUnicode_Check(given) ? int{exact} : int{no_match}; }
};
template <class C>
struct Convert<C*, std::enable_if_t<is_wide<C>>> : Convert<const C*> {};

namespace detail {
template <class C>
struct WideArg {
  typename Convert<const C*>::Slot slot;
  bool take(PyObject* given, Home home) noexcept { return Convert<const C*>::take(given, slot, home); }
  bool take_nullable(PyObject* given, Home home) noexcept {
    if (given != Py_None) return take(given, home);
    slot.value = nullptr;
    return true;
  }
  void set(const C* value) noexcept { slot.value = value; }
  const C* get() noexcept { return slot.value; }
  static int rank(PyObject* given, Home home) noexcept { return Convert<const C*>::rank(given, home); }
  static int rank_nullable(PyObject* given, Home home) noexcept { return given == Py_None ? int{exact} : rank(given, home); }
};
}  // namespace detail
template <>
struct Arg<const wchar_t*> : detail::WideArg<wchar_t> {};
template <>
struct Arg<const char16_t*> : detail::WideArg<char16_t> {};
template <>
struct Arg<const char32_t*> : detail::WideArg<char32_t> {};
#ifdef __cpp_char8_t
template <>
struct Arg<const char8_t*> : detail::WideArg<char8_t> {};
#endif

DOVETAIL_COLD inline bool refuse_units(size_t count, size_t bits) noexcept {
  PyErr_Format(PyExc_ValueError, "one character of %zu bits is expected, not %zu of them", bits, count);
  return false;
}
template <class C>
struct Convert<C, std::enable_if_t<is_wide<C>>> {
  using Slot = C;
  static bool take(PyObject* given, Slot& slot, Home) noexcept {
    WideSlot<C> text;
    if (!text.take(given)) return false;
    if (text.value.size() != 1) return refuse_units(text.value.size(), 8 * sizeof(C));
    slot = text.value[0];
    return true;
  }
  static const C& view(Slot& slot) noexcept { return slot; }
  static C pull(Slot& slot) noexcept { return slot; }
  static PyObject* give(C value, Home) noexcept { return decode_units(&value, 1, sizeof(C)); }
  static int rank(PyObject* given, Home) noexcept {
    if (!PyUnicode_Check(given)) return no_match;
    return PyUnicode_GET_LENGTH(given) == 1 ? int{exact} : int{last_resort};
  }
};

}  // namespace v1
}  // namespace dovetail
