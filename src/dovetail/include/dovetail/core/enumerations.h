// dovetail/core/enumerations.h: making enum classes; their conversions are in convert/enums.h.
#pragma once
#include <dovetail/core/lifetime.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Specialised by emitted code for every bound enum:
//   static constexpr int slot;             index in State::enums
//   static constexpr const char* name;
//   static constexpr bool scoped, flags;
template <class E>
struct BoundEnum;

DOVETAIL_COLD inline PyObject* enum_number(const EnumRow& row, long long value) noexcept {
  return row.is_unsigned ? PyLong_FromUnsignedLongLong(static_cast<unsigned long long>(value)) : PyLong_FromLongLong(value);
}

// The values of an enum without a fixed underlying type: [dcl.enum]. Others are undefined behaviour.
DOVETAIL_COLD inline void find_enum_range(const EnumRow& row, EnumState& made) noexcept {
  unsigned long long bits = 0;
  bool negative = false;
  for (const EnumValue& member : row.values) {
    negative = negative || (member.value < 0 && !row.is_unsigned);
    const bool below = member.value < 0 && !row.is_unsigned;
    bits |= below ? ~static_cast<unsigned long long>(member.value) : static_cast<unsigned long long>(member.value);
  }
  for (int shift = 1; shift < 64; shift *= 2) bits |= bits >> shift;
  made.high = static_cast<long long>(bits & ~0ull >> 1);
  made.low = negative ? -made.high - 1 : 0;
}

// enum.IntEnum(name, [(member, value), …], module=…, qualname=…); false: exception set.
DOVETAIL_COLD inline bool make_enum(const EnumRow& row, PyObject* module_name, const char* qualname, EnumState& made) noexcept {
  Ref enums(PyImport_ImportModule("enum"));
  Ref base(enums ? get_attribute(enums.get(), row.flags ? "IntFlag" : "IntEnum") : nullptr);
  Ref members(base ? PyList_New(0) : nullptr);
  if (!members) return false;
  for (const EnumValue& member : row.values) {
    Ref number(enum_number(row, member.value));
    Ref pair(number ? Py_BuildValue("(sO)", member.name, number.get()) : nullptr);
    if (!pair || PyList_Append(members.get(), pair.get()) < 0) return false;
  }
  Ref args(Py_BuildValue("(sO)", row.name, members.get()));
  Ref kwargs(args ? Py_BuildValue("{s:O,s:s}", "module", module_name, "qualname", qualname) : nullptr);
  Ref type(kwargs ? PyObject_Call(base.get(), args.get(), kwargs.get()) : nullptr);
  if (!type) return false;
  if (row.doc && *row.doc) {
    Ref doc(PyUnicode_FromString(row.doc));
    if (!doc || PyObject_SetAttrString(type.get(), "__doc__", doc.get()) < 0) return false;
  }
  Ref by_value(PyDict_New());
  if (!by_value) return false;
  for (const EnumValue& member : row.values) {
    Ref number(enum_number(row, member.value));
    Ref object(number ? PyObject_CallOneArg(type.get(), number.get()) : nullptr);
    if (!object || PyDict_SetItem(by_value.get(), number.get(), object.get()) < 0) return false;
  }
  find_enum_range(row, made);
  made.type = type.release();
  made.members = by_value.release();
  return true;
}

}  // namespace v1
}  // namespace dovetail
