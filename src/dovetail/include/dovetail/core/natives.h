// dovetail/core/natives.h: the native signatures of a module, for whoever calls C++ without Python objects.
//
//   __pyx_capi__        dict: name -> capsule of the function, named as Cython spells the signature; Cython's `cimport`, SciPy's
//                       LowLevelCallable and Numba read it
//   __dovetail_capi__   capsule "dovetail.capi" of a NativeTable, which says all that is known
//
// Both are made when they are first asked for (PEP 562). Native functions never throw, need no GIL, and may be called
// from any thread. One that fails sets a Python exception and returns what its row names `failure`.
#pragma once
#include <dovetail/core/errors.h>
#include <dovetail/core/lifetime.h>
#include <dovetail/core/typed.h>

#include <cstring>
#include <stdexcept>
#include <string>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

using NativeFunction = void (*)();

enum NativeFlags : uint32_t {
  native_fails = 1,      // it may return its failure, with an exception set
  native_ambiguous = 2,  // that may be a result, too
  native_bool = 4,       // its int is a bool
  native_void = 8,       // its int says only whether it failed
  native_gets = 16,      // it reads an attribute
  native_sets = 32,      // it writes one: the attribute `width` has the row `set_width`
  native_gil = 64,       // it needs the GIL
  native_layout = 128,   // its text has a fifth string: __pyx_capi__ has it once more with that behind its name
};
enum NativeGiveFlags : int {
  native_const = 1,  // the object is const to Python
  native_copied = 2,  // of a value: Python gets one of its own, which may look into the keeper
};
// Layout of version 4.1, which docs/reference/native-table.md explains; rows only grow at their end, and `row_size` says
// how far. A failure is NULL of pointers, -1 of what stands for void, bool, optional and several numbers, the largest
// unsigned integer or char, the negative of the largest signed integer or floating point number. A text argument is two,
// its bytes in UTF-8 and their number; a text result is its bytes, whose number is stored through the last argument. They
// live as long as C++ keeps them, but for `own text`, which the caller frees.
struct NativeScope {
  const char* path;     // of the class, enum, container or submodule in Python: "Row"; "" is the module
  const char* cpp;      // the C++ type: "lib::Row"
  const char* type;     // of an enum: the integer below it, as in signatures; else nullptr
  uint32_t size;        // in bytes; 0 of what is only declared
  uint32_t alignment;
  void (*end)(void*);   // deletes an object that belongs to the caller; nullptr where no native function makes one
};
struct NativeRow {
  // Four strings, one behind the other: a pointer to each would be three times as large, with what relocates it.
  //   the name of the Python callable in its scope: "at"
  //   the signature as Cython spells it, self first; `$` stands for the class
  //   the signature without self as Python has it, "" where it is the same: `bool`, `text` (`text *` may be null), enums by
  //     name, `lib::Row const &` (never null) or `lib::Row const *`, `double const []`, `own …` of what belongs to the
  //     caller, `optional<double>`, `tuple<double, int>`
  //   the names of these parameters, with commas between; may be empty
  //   of native_layout a hash of where C++ finds what in an object of the class
  const char* text;
  NativeFunction function;
  uint16_t scope;   // its index
  uint16_t number;  // which of the callable's signatures, from 1: the key in __pyx_capi__ is Row_at, Row_at_2
  uint32_t flags;
};
// A public member that is a number, a bool, an enum, text in a std::string, or an object of a class or container in the table.
struct NativeField {
  const char* text;  // its name in Python, and behind that its type as in the meaning of a row; objects without `&`
  uint32_t scope;    // the class
  uint32_t offset;   // bytes from the start of the object
  uint32_t flags;    // native_sets: Python may write it
};
// A container whose elements lie side by side.
struct NativeSequence {
  const char* element;  // as the type of a field
  uint32_t scope;       // the container's own
  uint32_t stride;      // bytes from one element to the next; 0: this standard library keeps them otherwise
  uint32_t count;       // of a std::array, whose elements are inside; 0: at the start are pointers to the first and behind the last
};
// A container whose elements lie apart. A key is given by its address, text by that of its bytes; `size` is their number.
struct NativeContainer {
  const char* key;      // as the type of a field; "" where there are no keys: `find` takes the address of a size_t, the index
  const char* element;  // of a set the same as the key
  uint32_t scope;       // the container's own
  uint32_t offset;      // of the element behind the address that the functions give, where a key is
  size_t (*count)(const void* of);
  const void* (*find)(const void* of, const void* key, size_t size);  // nullptr: there is none; no function of a list
  const void* (*next)(const void* of, void* place);  // `place` are native_place bytes, at first null; nullptr at the end
  void* (*make)(void* of, const void* key, size_t size);  // the element, a new one where there was none; only of maps
};
constexpr size_t native_place = 64;
// A class with begin() and end(). A loop needs `size` bytes, at first zero and aligned to 16, and the object must stay where
// it is meanwhile. `begin` is called once: 0, or -1 with an exception set. `next` stores an element as a native function
// stores its result, and an object that is no value by its address: 1, 0 at the end, or -1. `leave` ends a loop at any time.
struct NativeRange {
  const char* element;  // as a result in `meaning`
  uint32_t scope;       // the class
  uint32_t size;
  uint32_t flags;       // native_sets: begin() is not const
  int (*begin)(void* of, void* state);
  int (*next)(void* state, void* element);
  void (*leave)(void* state);  // nullptr: there is nothing to end
};
struct NativeBase {
  uint32_t scope, base;  // a class, and a class that it derives from
  uint32_t offset;       // bytes from the start of the object
};
// A row's C++ function itself, which throws: of a row that is native_void its result is void.
struct NativeBare {
  NativeFunction function;
  uint32_t row;
};
struct NativeBares {
  uint32_t count;
  const NativeBare* rows;
  // nullptr where exceptions find no frames but those of C++.
  void (*take)(void* thrown);  // at a landing pad, with or without the GIL: catches, sets the exception, ends the catch
  int (*personality)(...);     // of frames with such landing pads
  int (*unwinds)(void* code);  // whether exceptions find the frame of this code
};
// A Python object for an object of a scope, which `keeper` keeps alive; `module` is the import name of the table's own.
// nullptr: exception set. It needs the GIL.
using NativeGive = PyObject* (*)(const void* place, int flags, PyObject* keeper, const char* module);
struct NativeTable {
  uint32_t major, minor;
  uint32_t row_size;
  uint32_t count;
  const NativeRow* rows;
  const NativeScope* scopes;
  uint32_t scope_count;
  uint32_t field_count;
  const NativeField* fields;
  const char* abi;  // differs where any signature or place of a member does
  const NativeSequence* sequences;
  const NativeBase* bases;
  uint32_t sequence_count;
  uint32_t base_count;
  int (*is_const)(PyObject* object);                           // of a class or container in the table; needs the GIL
  const char* (*string)(const void* string, size_t* size);     // of a std::string; nullptr where the table names none
  const NativeContainer* containers;
  uint32_t container_count;
  const NativeBares* bare;  // nullptr where there are none
  const NativeGive* give;   // of each scope; nullptr of what has no objects. This and what follows is here since 4.1
  const NativeRange* ranges;
  uint32_t range_count;
};

inline int native_is_const(PyObject* object) noexcept { return is_const_cell(object); }

// Text of a result: its bytes, never null but for a null pointer.
template <class T>
const char* native_text(const T& text, size_t* size) noexcept {
  *size = text.size();
  return text.data() ? text.data() : "";
}
inline const char* native_text(const char* text, size_t* size) noexcept {
  *size = text ? strlen(text) : 0;
  return text;
}
inline const char* native_string(const void* string, size_t* size) noexcept {
  return native_text(*static_cast<const std::string*>(string), size);
}
// Text for a C++ function that takes a std::string. The code of that is not small, and there are many such functions.
DOVETAIL_SHARED std::string native_copy(const char* text, size_t size) { return std::string(text, size); }
// Text for a C++ function that takes it up to a null character.
inline std::string native_c_string(const char* text, size_t size) {
  if (memchr(text, 0, size)) throw std::invalid_argument("embedded null character");
  return std::string(text, size);
}

// What a native function does in its `catch (...)`. `raise`: a module's own translation, with a Home in that module.
DOVETAIL_COLD inline void raise_native(const char* module, PyObject* (*raise)(Home) noexcept) noexcept {
  Ref name(raise ? PyUnicode_FromString(module) : nullptr);
  Ref found(name ? PyImport_GetModule(name.get()) : nullptr);
  if (found) {
    raise(module_home(found.get()));
  } else {
    PyErr_Clear();
    raise_current();
  }
}
DOVETAIL_COLD inline void fail_native(const char* module, PyObject* (*raise)(Home) noexcept) noexcept {
  if (!PyGILState_GetThisThreadState()) return;  // nor would an exception be seen: it ends with the state of the thread
  const PyGILState_STATE gil = PyGILState_Ensure();
  raise_native(module, raise);
  PyGILState_Release(gil);
}

// The C++ object of a Python one, of the class with the tag; nullptr: exception set. Needs the GIL.
DOVETAIL_COLD inline void* native_object(PyObject* given, const PyMethodDef* tag, const char* name, bool mutates) noexcept {
  if (void* found = find_value(given, tag, mutates)) return found;
  if (!PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "%s is expected, not %s", name, type_name(given));
  return nullptr;
}

DOVETAIL_COLD inline Ref replace_text(PyObject* text, const char* old, const char* fresh) noexcept {
  Ref from(text ? PyUnicode_FromString(old) : nullptr);
  Ref to(from ? PyUnicode_FromString(fresh) : nullptr);
  return Ref(to ? PyUnicode_Replace(text, from.get(), to.get(), -1) : nullptr);
}
// The key of a row in __pyx_capi__.
inline Ref native_name(const NativeTable& table, const NativeRow& row) noexcept {
  const char* scope = table.scopes[row.scope].path;
  const char* joint = *scope ? "_" : "";
  Ref name(row.number > 1 ? PyUnicode_FromFormat("%s%s%s_%d", scope, joint, row.text, int{row.number})
                          : PyUnicode_FromFormat("%s%s%s", scope, joint, row.text));
  return replace_text(name.get(), ".", "_");
}
// As bytes.
inline Ref native_signature(const NativeTable& table, const NativeRow& row) noexcept {
  Ref text(PyUnicode_FromString(row.text + strlen(row.text) + 1));
  Ref named(replace_text(text.get(), "$", table.scopes[row.scope].cpp));
  return Ref(named ? PyUnicode_AsUTF8String(named.get()) : nullptr);
}
// What declarations for Cython name: a module that was compiled for another layout does not find it.
inline Ref native_layout_name(const NativeRow& row, PyObject* name) noexcept {
  const char* text = row.text;
  for (int k = 0; k < 4; ++k) text += strlen(text) + 1;
  return Ref(PyUnicode_FromFormat("%U__layout_%s", name, text));
}
// A capsule does not copy its name: the bytes object that holds it goes along as its context.
inline void end_capsule_name(PyObject* capsule) noexcept { Py_XDECREF(static_cast<PyObject*>(PyCapsule_GetContext(capsule))); }
inline Ref make_native_capsule(NativeFunction function, Ref signature) noexcept {
  const char* name = signature ? PyBytes_AsString(signature.get()) : nullptr;
  Ref capsule(name ? PyCapsule_New(reinterpret_cast<void*>(function), name, end_capsule_name) : nullptr);
  if (!capsule || PyCapsule_SetContext(capsule.get(), signature.get())) return Ref();
  signature.release();
  return capsule;
}
DOVETAIL_COLD inline PyObject* make_pyx_capi(const NativeTable& table) noexcept {
  Ref dict(PyDict_New());
  for (uint32_t i = 0; dict && i < table.count; ++i) {
    const NativeRow& row = table.rows[i];
    Ref name(native_name(table, row));
    Ref capsule(name ? make_native_capsule(row.function, native_signature(table, row)) : Ref());
    if (!capsule || PyDict_SetItem(dict.get(), name.get(), capsule.get()) < 0) return nullptr;
    if (!(row.flags & native_layout)) continue;
    name = native_layout_name(row, name.get());
    if (!name || PyDict_SetItem(dict.get(), name.get(), capsule.get()) < 0) return nullptr;
  }
  return dict.release();
}
DOVETAIL_COLD inline PyObject* refuse_attribute(PyObject* module, PyObject* name) noexcept {
  Ref own(get_attribute(module, "__name__"));
  Ref message(own ? PyUnicode_FromFormat("module %R has no attribute %R", own.get(), name) : nullptr);
  Ref arguments(message ? PyTuple_Pack(1, message.get()) : nullptr);
  Ref details(arguments ? Py_BuildValue("{sOsO}", "name", name, "obj", module) : nullptr);
  Ref error(details ? PyObject_Call(PyExc_AttributeError, arguments.get(), details.get()) : nullptr);
  if (error) PyErr_SetObject(PyExc_AttributeError, error.get());
  return nullptr;
}
// `module.__getattr__`, which Python calls for what the module does not have.
using NativeDict = PyObject* (*)(const NativeTable&) noexcept;
DOVETAIL_COLD inline PyObject* native_attribute(PyObject* module, PyObject* name, const NativeTable& table,
                                                NativeDict make) noexcept {
  const char* text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : "";
  if (!text) return nullptr;
  Ref made;
  if (!strcmp(text, "__pyx_capi__")) {
    made = Ref(make(table));
  } else if (!strcmp(text, "__dovetail_capi__")) {
    made = Ref(PyCapsule_New(const_cast<NativeTable*>(&table), "dovetail.capi", nullptr));
  } else {
    return refuse_attribute(module, name);
  }
  if (!made || PyObject_SetAttr(module, name, made.get()) < 0) return nullptr;
  return made.release();
}
template <const NativeTable& table, NativeDict make = make_pyx_capi>
PyObject* native_getattr(PyObject* module, PyObject* name) noexcept {
  return native_attribute(module, name, table, make);
}

}  // namespace v1
}  // namespace dovetail
