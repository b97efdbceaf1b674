// dovetail/convert/byte.h: std::byte <-> int, 0 to 255.
#pragma once
#include <dovetail/convert/numbers.h>

#include <cstddef>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <>
struct Convert<std::byte> {
  using Slot = std::byte;
  static bool take(PyObject* given, Slot& slot, Home home) noexcept {
    unsigned char value = 0;
    if (!Convert<unsigned char>::take(given, value, home)) return false;
    slot = std::byte{value};
    return true;
  }
  static const std::byte& view(Slot& slot) noexcept { return slot; }
  static std::byte pull(Slot& slot) noexcept { return slot; }
  static PyObject* give(std::byte value, Home) noexcept { return PyLong_FromLong(std::to_integer<long>(value)); }
  static int rank(PyObject* given, Home home) noexcept { return Convert<unsigned char>::rank(given, home); }
};

}  // namespace v1
}  // namespace dovetail
