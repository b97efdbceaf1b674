// dovetail/core/tables.h: what an emitted module consists of, as constant data; exec_module turns it into Python objects.
//
// Order matters: a base stands before what derives from it, an outer class before a nested one. `scope` is a dotted path
// inside the module: "" (the module), "detail" (a submodule), "Shape" or "detail.Shape" (a class).
// `slot` counts each kind from 0 and is the index in the arrays of State.
#pragma once
#include <dovetail/core/cell.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// An array and its length; `{}` is empty.
template <class T>
struct Table {
  const T* rows = nullptr;
  int count = 0;
  constexpr Table() noexcept = default;
  template <size_t N>
  constexpr Table(const T (&array)[N]) noexcept : rows(array), count(int(N)) {}
  const T* begin() const noexcept { return rows; }
  const T* end() const noexcept { return rows + count; }
};

// The same of rows that are wherever the compiler met them: in a module of several translation units.
template <class T>
class ScatteredTable {
 public:
  constexpr ScatteredTable() noexcept = default;
  template <size_t N>
  constexpr ScatteredTable(const T (&array)[N]) noexcept : count(int(N)), rows_(array) {}
  template <size_t N>
  constexpr ScatteredTable(const T* const (&array)[N]) noexcept : count(int(N)), places_(array) {}
  const T& operator[](int i) const noexcept { return places_ ? *places_[i] : rows_[i]; }

  struct Iterator {
    const ScatteredTable* table;
    int at;
    const T& operator*() const noexcept { return (*table)[at]; }
    Iterator& operator++() noexcept { return ++at, *this; }
    bool operator!=(const Iterator& other) const noexcept { return at != other.at; }
  };
  Iterator begin() const noexcept { return {this, 0}; }
  Iterator end() const noexcept { return {this, count}; }

  int count = 0;

 private:
  const T* rows_ = nullptr;
  const T* const* places_ = nullptr;
};

// A base of a class, direct or further up.
struct BaseRow {
  int slot;
  void* (*cast)(void* value);  // cast_to<Base, Derived>, ambiguous_base; nullptr: it begins where the object begins
  bool direct;                 // it is a base of the Python class too
  bool is_virtual;             // the cast reads the object
};
template <class Base, class Derived>
void* cast_to(void* value) {
  return static_cast<Base*>(static_cast<Derived*>(value));
}
// An object has two of it: isinstance() is true, and there is nothing to convert to.
inline void* ambiguous_base(void*) { return nullptr; }

// Puts a copy of *value into an unready cell; may throw. false: exception set.
using CopyInto = bool (*)(PyObject* unready, const void* value);

// A bound class or container. `spec->name` is "module.Name"; its slots hold Py_tp_methods = Bound<T>::methods always.
struct TypeRow {
  int slot;
  int base;  // slot of the first bound base, or -1
  const char* scope;
  const char* name;
  PyType_Spec* spec;
  bool tracked;
  size_t size;  // sizeof(T)
  vectorcallfunc vectorcall = nullptr;      // construct<…>; nullptr: cannot be constructed
  CopyInto copy = nullptr;                  // copy_of<T>, where it has copy_method
  Table<BaseRow> bases = {};                // all of them, where there is more to say than `base`
  void* (*lift)(void*) = nullptr;           // move_to_heap<T>: where an object of it can be handed over to C++
  const char* no_constructor = nullptr;     // why it cannot be constructed: "is abstract"
  Table<const char*> fields = {};           // __match_args__
  const char* abc = nullptr;                // class in collections.abc to register with: "MutableSequence"
  const PyGetSetDef* statics = nullptr;     // static members, with the module as self; ends with nullptr
  PyMethodDef* functions = nullptr;         // static methods, with the module as self (METH_STATIC has none at all)
  const char* from = nullptr;               // the module that has made it: `name` is its path there, and nothing is made here
  size_t room = 0;                          // sizeof(Room<T>), of one that another module has made
};

struct EnumValue {
  const char* name;
  long long value;  // of an unsigned 64-bit one: its bits
};
struct EnumRow {
  int slot;
  const char* scope;
  const char* name;
  const char* doc;
  bool flags;          // IntFlag instead of IntEnum
  bool is_unsigned;
  bool exported;       // members are also attributes of the enclosing scope
  Table<EnumValue> values;
  const char* from = nullptr;  // as in TypeRow
};

// A Python base of an exception class: the slot of a bound one, or -1 and the name of one of Python's own.
struct ExceptionParent {
  int slot;
  const char* builtin;
};
// An exception class of the header.
struct ExceptionRow {
  int slot;
  Table<ExceptionParent> parents;
  const char* scope;
  const char* name;
  const char* doc;
  PyMethodDef* methods = nullptr;  // ends with nullptr
  PyGetSetDef* accessors = nullptr;
  PyMethodDef* construct = nullptr;  // __init__ with the module as self and the exception as first argument
  const char* from = nullptr;        // as in TypeRow
  bool coded = false;                // raised where a result says that the call failed: it has a `code`
};

// The functions of the module ("") or of a submodule; also makes the submodule, so it stands here without functions too.
struct ScopeRow {
  const char* path;
  const char* doc;
  PyMethodDef* functions = nullptr;  // ends with nullptr
  PyGetSetDef* variables = nullptr;  // mutable globals; ends with nullptr
};

// A value fixed at import. `read` gives a new reference; it is called once.
struct ConstantRow {
  const char* scope;
  const char* name;
  PyObject* (*read)(Home) noexcept;
};

// A second name for what `target` (a dotted path in the module) says.
struct AliasRow {
  const char* scope;
  const char* name;
  const char* target;
  const char* from = nullptr;  // the module that has made it
};

// A class template: what `name[arguments]` is. `arguments` are Python names or values, those that need not be given
// (`shown` must be) at the end; `spellings` the same in C++. Both are separated by newlines.
struct TemplateCase {
  const char* arguments;
  const char* target;  // dotted path of the class
  const char* spellings = "";
  int shown = -1;  // all
};
struct TemplateRow {
  const char* scope;
  const char* name;
  Table<TemplateCase> cases;
};

struct ModuleTable {
  Table<const char*> names;  // keyword names, as Signature::first_name counts them
  Table<ScopeRow> scopes;
  Table<ExceptionRow> exceptions;
  ScatteredTable<TypeRow> types;
  Table<EnumRow> enums;
  Table<ConstantRow> constants;
  Table<AliasRow> aliases;
  Table<TemplateRow> templates = {};
  bool (*raise)(Home) noexcept = nullptr;  // a RaiseFunction, for what callables and iterators throw
  PyMethodDef* attributes = nullptr;       // __getattr__ of the module: natives.h
};

}  // namespace v1
}  // namespace dovetail
