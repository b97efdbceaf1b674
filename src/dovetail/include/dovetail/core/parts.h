// dovetail/core/parts.h: what a class does through some of its members, named by a rule:
//
//   enter_context(self, enter), leave_context(self, leave)   `with`: __enter__ gives self, __exit__ calls a method
//   repr_parts(self, parts)                                  "Vec(x=1.0, y=2.0)"
//   reduce_parts(self, parts)                                __reduce__: the constructor called with the parts
//   reduce_parsed(self, part, parse)                         __reduce__: the static method `parse` called with one part
//
// Members are looked up by their Python names, so that what a subclass written in Python overrides is what counts.
#pragma once
#include <dovetail/core/aggregate.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// A value of an object: an attribute, or a method without arguments.
struct Part {
  const char* name;
  bool call;
};
inline PyObject* part_value(PyObject* self, const Part& part) noexcept {
  Ref found(get_attribute(self, part.name));
  if (!found || !part.call) return found.release();
  return PyObject_CallNoArgs(found.get());
}

DOVETAIL_COLD inline PyObject* enter_context(PyObject* self, const char* enter) noexcept {
  if (as_cell(self)->state & (unready | gone)) {
    refuse(self, "__enter__()");
    return nullptr;
  }
  if (!enter) return Py_NewRef(self);
  Ref done(part_value(self, {enter, true}));
  return done ? Py_NewRef(self) : nullptr;
}
DOVETAIL_COLD inline PyObject* leave_context(PyObject* self, const char* leave, Py_ssize_t nargs) noexcept {
  if (nargs != 3) {
    PyErr_Format(PyExc_TypeError, "__exit__() takes 3 arguments but %zd %s given", nargs, nargs == 1 ? "was" : "were");
    return nullptr;
  }
  Ref done(part_value(self, {leave, true}));
  return done ? give_none() : nullptr;  // None: an exception goes on
}

DOVETAIL_COLD inline PyObject* repr_parts(PyObject* self, const Part* parts, int count) noexcept {
  const int entered = Py_ReprEnter(self);
  if (entered) return entered < 0 ? nullptr : PyUnicode_FromFormat("%s(...)", type_name(self));
  Ref text(PyUnicode_FromFormat("%s(", type_name(self)));
  for (int i = 0; text && i < count; ++i) {
    Ref value(part_value(self, parts[i]));
    text = Ref(value ? PyUnicode_FromFormat("%U%s%s=%R", text.get(), i ? ", " : "", parts[i].name, value.get()) : nullptr);
  }
  if (text) text = Ref(PyUnicode_FromFormat("%U)", text.get()));
  Py_ReprLeave(self);
  return text.release();
}
template <size_t N>
inline PyObject* repr_parts(PyObject* self, const Part (&parts)[N]) noexcept {
  return repr_parts(self, parts, int(N));
}

DOVETAIL_COLD inline PyObject* reduce_parts(PyObject* self, const Part* parts, int count) noexcept {
  Ref values(PyTuple_New(count));
  for (int i = 0; values && i < count; ++i) {
    PyObject* value = part_value(self, parts[i]);
    if (!value) return nullptr;
    PyTuple_SET_ITEM(values.get(), i, value);
  }
  return values ? reduce_with(self, reinterpret_cast<PyObject*>(Py_TYPE(self)), values.get()) : nullptr;
}
template <size_t N>
inline PyObject* reduce_parts(PyObject* self, const Part (&parts)[N]) noexcept {
  return reduce_parts(self, parts, int(N));
}

// A static method has no name of its own that pickle could find: operator.methodcaller(parse, value)(type) calls it.
DOVETAIL_COLD inline PyObject* reduce_parsed(PyObject* self, const Part& part, const char* parse) noexcept {
  Ref value(part_value(self, part));
  Ref module(value ? PyImport_ImportModule("operator") : nullptr);
  Ref maker(module ? get_attribute(module.get(), "methodcaller") : nullptr);
  Ref caller(maker ? PyObject_CallFunction(maker.get(), "sO", parse, value.get()) : nullptr);
  Ref arguments(caller ? PyTuple_Pack(1, reinterpret_cast<PyObject*>(Py_TYPE(self))) : nullptr);
  return arguments ? PyTuple_Pack(2, caller.get(), arguments.get()) : nullptr;
}

}  // namespace v1
}  // namespace dovetail
