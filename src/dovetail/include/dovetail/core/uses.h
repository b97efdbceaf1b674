// dovetail/core/uses.h: classes, enums and exceptions that another module has made.
//
// Every module with something to share has a capsule `__dovetail__`. A module that uses it finds there the state, and in
// its tables the Python class for each row that says `from`; nothing is bound a second time. What both were built from
// must agree: the version of the runtime, and each class's size and way of being held. Lookups go by import, so that each
// interpreter finds its own.
#pragma once
#include <dovetail/core/enumerations.h>
#include <dovetail/core/exceptions.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

inline constexpr const char* module_capsule = "dovetail.module";
inline constexpr const char* module_attribute = "__dovetail__";

// What the capsule holds. The version comes first and stays there: it says whether the rest can be read.
struct Shared {
  unsigned long long version;
  State* state;
};

inline void end_shared(PyObject* capsule) noexcept {
  delete static_cast<Shared*>(PyCapsule_GetPointer(capsule, module_capsule));
}
DOVETAIL_COLD inline bool share_module(PyObject* module, State* s) noexcept {
  auto* shared = new (std::nothrow) Shared{runtime_version(), s};
  if (!shared) return PyErr_NoMemory();
  Ref capsule(PyCapsule_New(shared, module_capsule, end_shared));
  if (!capsule) {
    delete shared;
    return false;
  }
  return PyObject_SetAttrString(module, module_attribute, capsule.get()) == 0;
}

// ImportError: "b uses a, but …". Always nullptr.
DOVETAIL_COLD inline State* refuse_use(State* s, const char* from, const char* why) noexcept {
  Ref name(get_attribute(s->module, "__name__"));
  if (name) PyErr_Format(PyExc_ImportError, "%U uses %s, but %s", name.get(), from, why);
  return nullptr;
}

// The state of a module that this one uses, kept alive by it; nullptr with an exception set.
DOVETAIL_COLD inline State* use_module(State* s, const char* from) noexcept {
  Ref used(PyImport_ImportModule(from));
  if (!used) return nullptr;
  Ref capsule(get_attribute(used.get(), module_attribute));
  if (!capsule || !PyCapsule_IsValid(capsule.get(), module_capsule)) {
    PyErr_Clear();
    return refuse_use(s, from, "that module was not made by dovetail, or by one that shared nothing: build it again");
  }
  auto* shared = static_cast<Shared*>(PyCapsule_GetPointer(capsule.get(), module_capsule));
  if (shared->version != runtime_version()) {
    return refuse_use(s, from, "the two were built by different versions of dovetail, of Python or of the C++ library: build both again");
  }
  const Py_ssize_t count = s->used ? PyTuple_GET_SIZE(s->used) : 0;
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (PyTuple_GET_ITEM(s->used, i) == shared->state->module) return shared->state;
  }
  Ref grown(PyTuple_New(count + 1));
  if (!grown) return nullptr;
  for (Py_ssize_t i = 0; i < count; ++i) PyTuple_SET_ITEM(grown.get(), i, Py_NewRef(PyTuple_GET_ITEM(s->used, i)));
  PyTuple_SET_ITEM(grown.get(), count, Py_NewRef(shared->state->module));
  Py_XDECREF(s->used);
  s->used = grown.release();
  return shared->state;
}

// Whether a row of the other module is what `path` names there: "Shape", "detail.Shape.Kind".
template <class Row>
inline bool is_at(const Row& row, const char* path) noexcept {
  const size_t size = strlen(row.scope);
  if (!size) return !row.from && !strcmp(row.name, path);
  return !row.from && !strncmp(row.scope, path, size) && path[size] == '.' && !strcmp(row.name, path + size + 1);
}
template <template <class> class Rows, class Row>
inline const Row* find_row(const Rows<Row>& rows, const char* path) noexcept {
  for (const Row& row : rows) {
    if (is_at(row, path)) return &row;
  }
  return nullptr;
}

DOVETAIL_COLD inline bool refuse_row(State* s, const char* from, const char* path, const char* why) noexcept {
  Ref text(PyUnicode_FromFormat("%s.%s %s", from, path, why));
  if (text) refuse_use(s, from, PyUnicode_AsUTF8(text.get()));
  return false;
}
inline constexpr const char* missing = "is not there any more: build this module again with the other's present headers";

DOVETAIL_COLD inline bool use_type(State* s, const TypeRow& row) noexcept {
  State* other = use_module(s, row.from);
  if (!other) return false;
  const TypeRow* theirs = find_row(other->table->types, row.name);
  if (!theirs) return refuse_row(s, row.from, row.name, missing);
  if (theirs->size != row.size || theirs->tracked != row.tracked || static_cast<size_t>(theirs->spec->basicsize) != row.room) {
    return refuse_row(s, row.from, row.name, "has another layout there: build both from the same headers, with the same options");
  }
  s->types[row.slot] = other->types[theirs->slot];
  Py_INCREF(reinterpret_cast<PyObject*>(s->types[row.slot]));
  s->rows[row.slot] = &row;
  s->native[row.slot] = static_cast<uint16_t>(theirs->slot);
  return true;
}
DOVETAIL_COLD inline bool use_enum(State* s, const EnumRow& row) noexcept {
  State* other = use_module(s, row.from);
  if (!other) return false;
  const EnumRow* theirs = find_row(other->table->enums, row.name);
  if (!theirs) return refuse_row(s, row.from, row.name, missing);
  EnumState& made = s->enums[row.slot];
  made = other->enums[theirs->slot];
  Py_INCREF(made.type);
  Py_INCREF(made.members);
  return true;
}
DOVETAIL_COLD inline bool use_exception(State* s, const ExceptionRow& row) noexcept {
  State* other = use_module(s, row.from);
  if (!other) return false;
  const ExceptionRow* theirs = find_row(other->table->exceptions, row.name);
  if (!theirs) return refuse_row(s, row.from, row.name, missing);
  s->exceptions[row.slot] = Py_NewRef(other->exceptions[theirs->slot]);
  return true;
}

}  // namespace v1
}  // namespace dovetail
