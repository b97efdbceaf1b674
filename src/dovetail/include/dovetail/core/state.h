// dovetail/core/state.h: what a module knows, and how to find it.
//
// Everything mutable lives in `State`, the module's own memory: one per module object, so that subinterpreters share
// nothing. `Home` says where to look it up from; it is passed to whatever might need the state and costs nothing where
// it does not.
//
//   module_home(self)    in functions of the module and of its submodules (their self is the main module)
//   instance_home(self)  in methods and slots: self is an instance of a bound class
//   static_home(type)    where only a bound class is at hand
//   variable_home(self)  in getters and setters of module variables (self is the module or submodule)
#pragma once
#include <dovetail/core/python.h>

#include <initializer_list>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct Cell;
struct ModuleTable;
struct TypeRow;
struct Pins;
struct Ledger;

// From the address of a C++ object to the Python object that stands for it: registry.h.
struct Registry {
  struct Entry {
    void* address;
    Cell* cell;
  };
  Entry* entries = nullptr;
  size_t capacity = 0;  // a power of two
  size_t used = 0;
  Mutex mutex;
};

struct EnumState {
  PyObject* type;     // the enum class
  PyObject* members;  // dict: int -> member
  long long low;      // what an enum without a fixed underlying type can hold: all bits of its enumerators
  long long high;
};

// What modules must have in common to share classes: the layout of everything here. Part of it is the number of the inline
// namespace, which changes with the meaning of what is laid out.
constexpr unsigned long long runtime_version() noexcept;

struct State {
  unsigned long long version;  // runtime_version()
  const void* runtime;         // which copy of the runtime: each extension has its own
  PyTypeObject** types;  // by slot
  PyObject** names;      // interned keyword names
  EnumState* enums;      // by slot
  PyObject** exceptions;  // by slot
  const TypeRow** rows;   // by slot of the type
  PyObject* module;       // borrowed: the module that owns this state
  const ModuleTable* table;
  PyTypeObject* iterator;  // what give_iterator makes
  PyTypeObject* sequence_iterator;  // of list-like containers: convert/sequence_iterator.h
  PyTypeObject* static_member;  // descriptors of static members; nullptr where no class has any
  PyTypeObject* metaclass;      // of classes with static members
#ifdef Py_LIMITED_API
  PyTypeObject* room;  // the base of classes that are related by several bases: layout.h
#endif
  Pins* pins;  // containers with exported buffers: convert/buffer.h
  void* const* numpy;  // functions of NumPy, once they were needed: convert/numpy.h
  PyTypeObject* function;  // of C++ callables: core/functions.h
  PyObject* interpreter;  // the capsule of what threads enter the interpreter by: core/attach.h
  Cell** spares;  // by slot: memory of cells that died, for the next of their class: spares.h
  Registry* registry;  // of all modules of this interpreter that have the same runtime_version()
  PyObject* registry_owner;  // the capsule that frees it
  uint16_t* native;  // by slot: where the class is in the tables of its own module
  PyObject* used;    // tuple: the modules that this one has classes of
  PyObject* handed;  // dict: address -> object that C keeps as its user data, nullptr until there is any: convert/handed.h
  Ledger* debug;  // nullptr: nobody watches objects come and go: debug.h
};

struct Home {
  PyObject* object;
  bool instance;
};

inline Home module_home(PyObject* module) noexcept { return {module, false}; }
inline Home instance_home(PyObject* self) noexcept { return {self, true}; }
inline Home static_home(PyObject* type) noexcept {
  return {module_of(reinterpret_cast<PyTypeObject*>(type)), false};
}
inline Home variable_home(PyObject* module) noexcept {
  return static_home(reinterpret_cast<PyObject*>(Py_TYPE(module)));
}

void free_state(void* module) noexcept;  // m_free of every module of the runtime: this is how one is recognised

// The state of a dovetail module. A load instead of PyModule_GetState, which checks what is known here; exec_module
// compares the two once, and refuses to import where they differ.
#if PY_VERSION_HEX < 0x030F0000 && !defined(Py_LIMITED_API)
struct ModuleLayout {
  PyObject_HEAD
  PyObject* dict;
  PyModuleDef* definition;
  void* state;
};
inline State* module_state(PyObject* module) noexcept {
  return static_cast<State*>(reinterpret_cast<ModuleLayout*>(module)->state);
}
#else
inline State* module_state(PyObject* module) noexcept { return static_cast<State*>(PyModule_GetState(module)); }
#endif

// Over what modules of different builds may differ in: the namespace's number, the layout of State, Python, the library.
constexpr unsigned long long runtime_version() noexcept {
  unsigned long long version = 1;
  for (const unsigned long long part : {static_cast<unsigned long long>(sizeof(State)),
                                        static_cast<unsigned long long>(DOVETAIL_API >> 16),
#if defined(Py_LIMITED_API)
                                        7ull,
#endif
#if defined(_GLIBCXX_USE_CXX11_ABI)
                                        2ull + _GLIBCXX_USE_CXX11_ABI,
#elif defined(_LIBCPP_ABI_VERSION)
                                        16ull + _LIBCPP_ABI_VERSION,
#endif
#if defined(Py_DEBUG)
                                        5ull,
#endif
                                        static_cast<unsigned long long>(sizeof(void*))}) {
    version = (version ^ part) * 0x100000001b3ull;
  }
  return version;
}

inline const void* this_runtime() noexcept { return reinterpret_cast<const void*>(&free_state); }

// The state of this extension's own module, from that of a module whose classes derive from it.
DOVETAIL_COLD inline State* own_state(State* s) noexcept {
  for (Py_ssize_t i = 0; s && s->used && i < PyTuple_GET_SIZE(s->used); ++i) {
    State* used = module_state(PyTuple_GET_ITEM(s->used, i));
    if (used && used->runtime != this_runtime()) used = own_state(used);
    if (used) return used;
  }
  return nullptr;
}

// The module of an object's class, whichever extension made it; nullptr: it is no object of C++, or its class was cleared.
DOVETAIL_COLD inline State* owner_state(PyTypeObject* type) noexcept {
  for (; type; type = base_of(type)) {
    if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) continue;
    PyObject* module = module_of(type);
    if (!module || !PyModule_Check(module)) continue;
    PyModuleDef* definition = PyModule_GetDef(module);
    if (!definition || definition->m_size != Py_ssize_t{sizeof(State)}) continue;
    State* s = module_state(module);
    if (s && s->version == runtime_version()) return s;
  }
  return nullptr;
}
inline bool is_cell(PyObject* o) noexcept { return owner_state(Py_TYPE(o)) != nullptr; }

// The nearest class made by this runtime, in a type's chain of bases; nullptr if there is none.
DOVETAIL_COLD inline PyTypeObject* bound_base(PyTypeObject* type) noexcept {
  for (; type; type = base_of(type)) {
    if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) continue;
    PyObject* module = module_of(type);
    if (!module || !PyModule_Check(module)) continue;
    PyModuleDef* definition = PyModule_GetDef(module);
    if (definition && definition->m_free == free_state) return type;
  }
  return nullptr;
}

// Does not fail while the module lives, and a home comes from a module or an instance that is in use. nullptr where the
// collector has cleared the class already: instances, class and module that die together (at exit) are cleared in any
// order. Only what may run then has to ask: the end of cells.
inline State* state(Home home) noexcept {
  if (!home.instance) return module_state(home.object);
  PyTypeObject* type = Py_TYPE(home.object);
  PyObject* module = module_of(type);
  if (DOVETAIL_LIKELY(module)) {
    State* s = module_state(module);
    return DOVETAIL_LIKELY(s->runtime == this_runtime()) ? s : own_state(s);  // derived in another module from one of here
  }
  State* s = owner_state(type);  // a class written in Python
  return !s || s->runtime == this_runtime() ? s : own_state(s);
}

}  // namespace v1
}  // namespace dovetail
