// dovetail/core/debug.h: which objects are still alive when Python has ended, and where they were made.
//
// With the environment variable DOVETAIL_DEBUG=1, set when a module is imported, the types that it makes are watched: the
// places that allocate objects write each down in a ledger, and tp_dealloc strikes it out before it does what it did.
// The ledger is C memory. CPython calls report_alive when the modules, the collector and the interpreter are done, so what
// is left was leaked: a reference that nobody gave back, or one that C++ still holds.
//
// Without the variable State::debug is nullptr, which is all that allocations look at, and only those without a spare.
// With it, no spares are kept, so that each object passes here.
//
// Types that are made for the limited API cannot be watched: there the variable does nothing.
//
// The ledger is one for all interpreters of the process, as Py_AtExit calls functions without an argument: it has a lock.
#pragma once
#include <dovetail/core/state.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

#ifdef Py_LIMITED_API

struct Ledger;
inline void note_made(State*, PyObject*) noexcept {}
inline void note_fresh(PyTypeObject*, PyObject*) noexcept {}
inline PyTypeObject* watch(State*, PyTypeObject* type) noexcept { return type; }

#else

// All objects of one class that one line of Python made.
struct Birthplace {
  Birthplace* next;
  size_t alive;
  char text[1];  // goes on behind: "shapes.Circle, made in main (draw.py:12)"
};
// An object, or a watched type.
struct Noted {
  Noted* next;
  const void* address;
  Birthplace* birthplace;  // of an object
  destructor end;  // of a type: its own tp_dealloc
};

struct Ledger {
  static constexpr size_t places = size_t{1} << 14;
  PyThread_type_lock lock;
  char* module;
  Noted* noted[places];
  Birthplace* birthplaces[places];

  void enter() noexcept { PyThread_acquire_lock(lock, WAIT_LOCK); }
  void leave() noexcept { PyThread_release_lock(lock); }
  Noted** find(const void* address, bool is_type) noexcept {
    Noted** at = &noted[(reinterpret_cast<uintptr_t>(address) >> 4) % places];
    while (*at && ((*at)->address != address || bool((*at)->end) != is_type)) at = &(*at)->next;
    return at;
  }
  // false: there is no memory for it.
  bool note(const void* address, Birthplace* birthplace, destructor end) noexcept {
    Noted** at = find(address, end != nullptr);
    if (!*at) {
      *at = new (std::nothrow) Noted{nullptr, address, birthplace, end};
      return *at;
    }
    // A type of an interpreter that has ended was here. Objects are struck out when they end.
    (*at)->birthplace = birthplace;
    (*at)->end = end;
    return true;
  }
  Birthplace* find_birthplace(const char* text) noexcept {
    size_t hash = 5381;
    for (const char* c = text; *c; ++c) hash = hash * 33 + static_cast<unsigned char>(*c);
    Birthplace** at = &birthplaces[hash % places];
    while (*at && strcmp((*at)->text, text)) at = &(*at)->next;
    if (!*at) {
      const size_t size = strlen(text) + 1;
      *at = static_cast<Birthplace*>(calloc(1, sizeof(Birthplace) + size));
      if (*at) memcpy((*at)->text, text, size);
    }
    return *at;
  }
};

void report_alive() noexcept;

DOVETAIL_COLD inline Ledger* open_ledger(const char* module) noexcept {
  auto* opened = static_cast<Ledger*>(calloc(1, sizeof(Ledger)));
  if (!opened) return nullptr;
  opened->lock = PyThread_allocate_lock();
  opened->module = static_cast<char*>(calloc(strlen(module) + 1, 1));
  if (!opened->lock || !opened->module) return nullptr;
  strcpy(opened->module, module);
  // CPython has room for 32 such functions; the process ends soon after Python does.
  if (Py_AtExit([] { report_alive(); }) < 0) atexit([] { report_alive(); });
  return opened;
}
// Of this extension; the first call says for which module. nullptr: there is no memory for it.
inline Ledger* ledger(const char* module) noexcept {
  static Ledger* const opened = open_ledger(module);
  return opened;
}

DOVETAIL_COLD inline void report_alive() noexcept {
  Ledger* l = ledger("");
  size_t count = 0, alive = 0;
  for (Birthplace* first : l->birthplaces) {
    for (Birthplace* o = first; o; o = o->next) {
      count += o->alive != 0;
      alive += o->alive;
    }
  }
  auto* left = static_cast<Birthplace**>(calloc(count + 1, sizeof(Birthplace*)));
  if (!count || !left) return free(left);
  count = 0;
  for (Birthplace* first : l->birthplaces) {
    for (Birthplace* o = first; o; o = o->next) {
      if (o->alive) left[count++] = o;
    }
  }
  qsort(left, count, sizeof(Birthplace*), [](const void* a, const void* b) {
    const Birthplace *x = *static_cast<Birthplace* const*>(a), *y = *static_cast<Birthplace* const*>(b);
    return x->alive != y->alive ? (x->alive < y->alive ? 1 : -1) : strcmp(x->text, y->text);
  });
  fprintf(stderr, "dovetail: %zu object%s of module %s leaked:\n", alive, alive == 1 ? "" : "s", l->module);
  for (size_t i = 0; i < count; ++i) fprintf(stderr, "  %zu  %s\n", left[i]->alive, left[i]->text);
  free(left);
}

// "shapes.Circle, made in main (draw.py:12)", with the innermost line of Python that is not the import system's.
DOVETAIL_COLD inline PyObject* describe_birthplace(PyTypeObject* type) noexcept {
  auto* heap = reinterpret_cast<PyHeapTypeObject*>(type);
  PyObject* module = type->tp_dict ? PyDict_GetItemString(type->tp_dict, "__module__") : nullptr;
  Ref name(module && PyUnicode_Check(module) ? PyUnicode_FromFormat("%U.%U", module, heap->ht_qualname)
                                            : Py_NewRef(heap->ht_qualname));
  Ref frame = Ref::borrowed(reinterpret_cast<PyObject*>(PyEval_GetFrame()));
  while (name && frame) {
    auto* at = reinterpret_cast<PyFrameObject*>(frame.get());
    Ref code(reinterpret_cast<PyObject*>(PyFrame_GetCode(at)));
    PyObject* file = reinterpret_cast<PyCodeObject*>(code.get())->co_filename;
    const char* path = PyUnicode_AsUTF8(file);
    if (!path) PyErr_Clear();
    if (!path || strncmp(path, "<frozen importlib", 17) != 0) {
      return PyUnicode_FromFormat("%U, made in %U (%U:%d)", name.get(),
                                  full_name_of(reinterpret_cast<PyCodeObject*>(code.get())), file, PyFrame_GetLineNumber(at));
    }
    frame = Ref(reinterpret_cast<PyObject*>(PyFrame_GetBack(at)));
  }
  return name ? PyUnicode_FromFormat("%U, made outside of Python code", name.get()) : nullptr;
}

DOVETAIL_COLD inline void write_down(Ledger* l, PyObject* made) noexcept {
  PyObject* raised = fetch_exception();
  Ref text(describe_birthplace(Py_TYPE(made)));
  Ref bytes(text ? PyUnicode_AsEncodedString(text.get(), "utf-8", "backslashreplace") : nullptr);
  // Without memory for that, the object is one that nobody watches.
  if (!bytes) PyErr_Clear();
  if (bytes) {
    l->enter();
    Birthplace* birthplace = l->find_birthplace(PyBytes_AS_STRING(bytes.get()));
    if (birthplace && l->note(made, birthplace, nullptr)) ++birthplace->alive;
    l->leave();
  }
  restore_exception(raised);
}

// An object was made: of exactly a class of `s`, or of one written in Python that derives from it. nullptr: it was not.
DOVETAIL_INLINE void note_made(State* s, PyObject* made) noexcept {
  if (DOVETAIL_LIKELY(!s || !s->debug) || !made) return;
  write_down(s->debug, made);
}

// The same of exactly that class.
DOVETAIL_INLINE void note_fresh(PyTypeObject* type, PyObject* made) noexcept {
  if (PyObject* module = module_of(type)) note_made(module_state(module), made);
}

void drop_spares(Cell** spares, const ModuleTable* table) noexcept;  // spares.h

// tp_dealloc of watched types.
DOVETAIL_COLD inline void end_watched(PyObject* self) noexcept {
  PyTypeObject* type = Py_TYPE(self);
  while (type->tp_dealloc != end_watched) type = type->tp_base;
  Ledger* l = ledger("");
  l->enter();
  Noted** at = l->find(self, false);
  if (Noted* found = *at) {
    *at = found->next;
    --found->birthplace->alive;
    delete found;
  }
  const destructor end = (*l->find(type, true))->end;
  l->leave();
  // The type may end with its last object, and the module with it.
  Ref module = Ref::borrowed(reinterpret_cast<PyHeapTypeObject*>(type)->ht_module);
  end(self);
  if (!module) return;
  State* s = module_state(module.get());
  if (s->table) drop_spares(s->spares, s->table);
}

// A type that this module has made; what is nullptr is passed on.
DOVETAIL_COLD inline PyTypeObject* watch(State* s, PyTypeObject* type) noexcept {
  const char* wanted = getenv("DOVETAIL_DEBUG");
  if (!type || !wanted || !*wanted || !strcmp(wanted, "0")) return type;
  const char* module = PyModule_GetName(s->module);
  if (!module) PyErr_Clear();
  Ledger* l = ledger(module ? module : "?");
  if (!l) return type;
  l->enter();
  if (l->note(type, nullptr, type->tp_dealloc)) {
    type->tp_dealloc = end_watched;
    s->debug = l;
  }
  l->leave();
  return type;
}

#endif

// A type that the module makes when it is first needed, at its place in the state: borrowed. Of two threads that make it,
// one keeps what it made.
DOVETAIL_COLD inline PyTypeObject* make_once(State* s, PyTypeObject*& place, PyTypeObject* (*make)(PyObject* module)) noexcept {
  PyTypeObject* made = watch(s, make(s->module));
  if (!made) return nullptr;
  PyTypeObject* known = nullptr;
  if (__atomic_compare_exchange_n(&place, &known, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return made;
  Py_DECREF(reinterpret_cast<PyObject*>(made));
  return known;
}

}  // namespace v1
}  // namespace dovetail
