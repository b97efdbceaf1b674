// dovetail/convert/bitset.h: std::bitset<N> <-> int >= 0, bit 0 the least significant.
// An int that needs more than N bits, or is negative, is OverflowError.
#pragma once
#include <dovetail/convert/guarded.h>

#include <bitset>
#include <string>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Binary digits of an int that fits `width` bits, as bytes of '0' and '1' in a str; nullptr with OverflowError otherwise,
// nullptr without an exception for a wrong type. Base 2 is exempt from Python's limit on digits.
[[gnu::noinline]] inline PyObject* take_bits(PyObject* from, Py_ssize_t width, const char** digits, Py_ssize_t* count) noexcept {
  if (!PyIndex_Check(from)) return nullptr;
  Ref number(PyNumber_Index(from));
  if (!number) return nullptr;
  PyObject* text = PyNumber_ToBase(number.get(), 2);
  if (!text) return nullptr;
  const char* start = PyUnicode_AsUTF8AndSize(text, count);
  if (start && start[0] != '-') {
    *digits = start + 2;
    *count -= 2;
    if (*count <= width) return text;
  }
  Py_DECREF(text);
  if (start) PyErr_Format(PyExc_OverflowError, "must be in range 0 to 2**%zd-1", width);
  return nullptr;
}

template <size_t N>
struct Convert<std::bitset<N>> {
  using Slot = std::bitset<N>;
  static bool take(PyObject* from, Slot& slot, Home) noexcept {
    const char* digits = nullptr;
    Py_ssize_t count = 0;
    Ref text(take_bits(from, Py_ssize_t(N), &digits, &count));
    if (!text) return false;
    slot.reset();
    for (Py_ssize_t i = 0; i < count; ++i) {
      if (digits[count - 1 - i] == '1') slot.set(size_t(i));
    }
    return true;
  }
  static const std::bitset<N>& view(Slot& slot) { return slot; }
  static std::bitset<N> pull(Slot& slot) { return slot; }
  static PyObject* give(const std::bitset<N>& bits, Home) {
    if constexpr (N == 0) {
      return PyLong_FromLong(0);
    } else if constexpr (N <= 64) {
      return PyLong_FromUnsignedLongLong(bits.to_ullong());
    } else {
      return PyLong_FromString(bits.to_string().c_str(), nullptr, 2);
    }
  }
  static int rank(PyObject* from, Home) noexcept {
    return PyBool_Check(from) ? 1 : PyLong_Check(from) ? 0 : PyIndex_Check(from) ? 2 : -1;
  }
};

}  // namespace v1
}  // namespace dovetail
