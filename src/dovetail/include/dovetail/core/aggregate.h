// dovetail/core/aggregate.h: what a plain struct is expected to do, through its fields as Python sees them:
//   __repr__, __eq__, __reduce__ by the names of its fields; __copy__ and __deepcopy__ by its copy constructor.
// `names` are the Python names of the fields in the order of the constructor. A bound class that is derived from the struct
// may have more fields: it inherits the text, but is equal to itself only, and not pickled.
#pragma once
#include <dovetail/core/objects.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// "Point(x=1.0, y=2.0)"
DOVETAIL_COLD inline PyObject* repr_fields(PyObject* self, const char* const* names, int count) noexcept {
  const int entered = Py_ReprEnter(self);
  if (entered) return entered < 0 ? nullptr : PyUnicode_FromFormat("%s(...)", type_name(self));
  Ref text(PyUnicode_FromFormat("%s(", type_name(self)));
  for (int i = 0; text && i < count; ++i) {
    Ref value(get_attribute(self, names[i]));
    text = Ref(value ? PyUnicode_FromFormat("%U%s%s=%R", text.get(), i ? ", " : "", names[i], value.get()) : nullptr);
  }
  if (text) text = Ref(PyUnicode_FromFormat("%U)", text.get()));
  Py_ReprLeave(self);
  return text.release();
}
template <size_t N>
inline PyObject* repr_fields(PyObject* self, const char* const (&names)[N]) noexcept {
  return repr_fields(self, names, int(N));
}

// tp_richcompare: == and != field by field with another of the same bound class; everything else is NotImplemented.
DOVETAIL_COLD inline PyObject* compare_fields(PyObject* self, PyObject* other, int op, const PyMethodDef* tag,
                                              const char* const* names, int count) noexcept {
  if ((op != Py_EQ && op != Py_NE) || rank_base(Py_TYPE(self), tag) < 0 || rank_base(Py_TYPE(other), tag) < 0 ||
      own_tag(self) != tag || own_tag(other) != tag) {
    return Py_NewRef(Py_NotImplemented);
  }
  int equal = 1;
  for (int i = 0; equal > 0 && i < count; ++i) {
    Ref mine(get_attribute(self, names[i]));
    Ref its(mine ? get_attribute(other, names[i]) : nullptr);
    if (!its) return nullptr;
    // Not RichCompareBool: it calls identical objects equal, and a NaN is not equal to itself.
    Ref same(PyObject_RichCompare(mine.get(), its.get(), Py_EQ));
    equal = same ? PyObject_IsTrue(same.get()) : -1;
  }
  return equal < 0 ? nullptr : PyBool_FromLong(op == Py_EQ ? equal : !equal);
}
template <class T, size_t N>
inline PyObject* compare_fields(PyObject* self, PyObject* other, int op, const char* const (&names)[N]) noexcept {
  return compare_fields(self, other, op, tag_of<T>(), names, int(N));
}

// (maker, values), with the attributes of a Python subclass: what __reduce__ gives.
DOVETAIL_COLD inline PyObject* reduce_with(PyObject* self, PyObject* maker, PyObject* values) noexcept {
  Ref attributes(get_attribute(self, "__dict__"));
  if (attributes && PyDict_Check(attributes.get()) && PyDict_GET_SIZE(attributes.get())) {
    return PyTuple_Pack(3, maker, values, attributes.get());
  }
  if (!attributes) {
    if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return nullptr;
    PyErr_Clear();
  }
  return PyTuple_Pack(2, maker, values);
}

// __reduce__: (type, (field, …)).
DOVETAIL_COLD inline PyObject* reduce_fields(PyObject* self, const PyMethodDef* tag, const char* const* names,
                                             int count) noexcept {
  if (own_tag(self) != tag) {
    PyErr_Format(PyExc_TypeError, "cannot pickle '%.200s' object", type_name(self));
    return nullptr;
  }
  Ref values(PyTuple_New(count));
  if (!values) return nullptr;
  for (int i = 0; i < count; ++i) {
    PyObject* value = get_attribute(self, names[i]);
    if (!value) return nullptr;
    PyTuple_SET_ITEM(values.get(), i, value);
  }
  return reduce_with(self, reinterpret_cast<PyObject*>(Py_TYPE(self)), values.get());
}
template <class T, size_t N>
inline PyObject* reduce_fields(PyObject* self, const char* const (&names)[N]) noexcept {
  return reduce_fields(self, tag_of<T>(), names, int(N));
}

// The attributes of a Python subclass, copied (deeply with a memo) to `copy`.
DOVETAIL_COLD inline bool copy_attributes(PyObject* self, PyObject* copy, PyObject* memo) noexcept {
  Ref attributes(get_attribute(self, "__dict__"));
  if (!attributes) {
    if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return false;
    PyErr_Clear();
    return true;
  }
  if (memo) {
    Ref module(PyImport_ImportModule("copy"));
    if (!module) return false;
    attributes = Ref(PyObject_CallMethod(module.get(), "deepcopy", "OO", attributes.get(), memo));
    if (!attributes) return false;
  }
  Ref target(get_attribute(copy, "__dict__"));
  return target && PyDict_Update(target.get(), attributes.get()) == 0;
}

template <class T>
bool copy_into(PyObject* unready, const void* value) {
  Place<T> place(unready);
  if (!place) return false;
  ::new (place.memory) T(*static_cast<const T*>(value));
  return place.ready() == 0;
}
// The same for all classes whose objects are copied by their bytes, and lie behind their cells.
DOVETAIL_COLD inline bool copy_bytes_into(PyObject* unready, const void* value) noexcept {
  const Cell* cell = as_cell(unready);
  if (!open_place(unready, cell->slot, own_tag(unready))) return false;
  void* room = as_cell(unready) + 1;
  memcpy(room, value, row_of(owner_of(cell), cell).size);
  fill_cell(as_cell(unready), room, nullptr, usable, Holding::room, cell->slot);
  return true;
}
template <class T>
constexpr CopyInto copy_of() noexcept {
  if constexpr (is_plain<T> && std::is_trivially_copyable_v<T>) return copy_bytes_into;
  else return copy_into<T>;
}

// __copy__ (memo nullptr) and __deepcopy__: an object of the same Python class around a C++ copy.
DOVETAIL_COLD inline PyObject* copy_object(PyObject* self, PyObject* memo) noexcept {
  const PyMethodDef* tag = own_tag(self);
  const ObjectLock lock(self);
  const void* value = as_cell(self)->state == usable ? as_cell(self)->value : resolve(self, tag, false, nullptr);
  if (!value) return nullptr;
  State* owner = owner_of(as_cell(self));
  if (!owner) return module_is_gone();
  const TypeRow& row = row_of(owner, as_cell(self));
  if (!row.copy) {  // a bound class that inherits this, and cannot be copied
    PyErr_Format(PyExc_TypeError, "a %s cannot be copied", type_name(self));
    return nullptr;
  }
  Ref copy(new_unready_cell(Py_TYPE(self), as_cell(self)->slot));
  if (!copy) return nullptr;
  try {
    if (!row.copy(copy.get(), value)) return nullptr;
  } catch (...) {
    return raise_current();
  }
  if (!keep_as(copy.get(), self)) return nullptr;
  if (methods_of(Py_TYPE(self)) != tag && !copy_attributes(self, copy.get(), memo)) return nullptr;
  return copy.release();
}

// For method tables: {"__copy__", dovetail::copy_method, METH_NOARGS, …}, {"__deepcopy__", dovetail::deepcopy_method, METH_O, …}
inline PyObject* copy_method(PyObject* self, PyObject*) noexcept { return copy_object(self, nullptr); }
inline PyObject* deepcopy_method(PyObject* self, PyObject* memo) noexcept { return copy_object(self, memo); }

}  // namespace v1
}  // namespace dovetail
