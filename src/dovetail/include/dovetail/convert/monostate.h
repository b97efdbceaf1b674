// dovetail/convert/monostate.h: std::monostate <-> None.
#pragma once
#include <dovetail/core/arguments.h>

#include <variant>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <>
struct Convert<std::monostate> {
  using Slot = std::monostate;
  static bool take(PyObject* from, Slot&, Home) noexcept { return from == Py_None; }
  static const std::monostate& view(Slot& slot) { return slot; }
  static std::monostate pull(Slot&) { return {}; }
  static PyObject* give(std::monostate, Home) { return give_none(); }
  static int rank(PyObject* from, Home) noexcept { return from == Py_None ? 0 : -1; }
};

}  // namespace v1
}  // namespace dovetail
