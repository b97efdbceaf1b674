// dovetail/core/lifetime.h: who keeps what alive. Everything here is cold and knows no C++ class: it works on cells.
//
// Borrowing. A borrowed cell keeps its owner alive. The owner of something borrowed from a plainly borrowed cell is that
// cell's own owner: walking a list node by node does not build a chain. Every borrowed cell is in the registry.
// Elements are looked up again at each use, through their owner, and are not in the registry.
// When C++ takes an object over, everything borrowed from it is gone too.
#pragma once
#include <dovetail/core/registry.h>
#include <dovetail/core/spares.h>

#include <cstring>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// The state of this module, and that of the module to which the class of an object belongs: its tables have cell->slot.
inline State* state_of(PyObject* self) noexcept { return state(instance_home(self)); }
inline State* owner_of(const Cell* cell) noexcept { return owner_state(Py_TYPE(reinterpret_cast<const PyObject*>(cell))); }
inline const TypeRow& row_of(State* owner, const Cell* cell) noexcept { return *owner->rows[cell->slot]; }

// ---- classes and their bases -----------------------------------------------------------------------------------------

// The bases of a class that begin elsewhere, or of the nearest base that has such: those before begin where it does.
inline const Table<BaseRow>& bases_of(State* s, int slot) noexcept {
  while (!s->rows[slot]->bases.count && s->rows[slot]->base >= 0) slot = s->rows[slot]->base;
  return s->rows[slot]->bases;
}
// `value`, an object of class `from`, as its base `to` sees it; nullptr if it has none of it, or more than one.
DOVETAIL_COLD inline void* cast_to_base(State* s, void* value, int from, int to) noexcept {
  for (int slot = from; slot >= 0; slot = s->rows[slot]->base) {
    if (slot == to) return value;
    for (const BaseRow& base : s->rows[slot]->bases) {
      if (base.slot == to) return base.cast ? base.cast(value) : value;
    }
    if (s->rows[slot]->bases.count) return nullptr;
  }
  return nullptr;
}
inline bool is_derived(State* s, int slot, int base) noexcept {
  for (; slot >= 0 && slot != base; slot = s->rows[slot]->base) {
    for (const BaseRow& above : s->rows[slot]->bases) {
      if (above.slot == base) return true;
    }
  }
  return slot == base;
}
// Whether one of its bases lies at another address, or is one of two.
inline bool has_adjusted(State* s, int slot) noexcept {
  for (const BaseRow& base : bases_of(s, slot)) {
    if (base.cast) return true;
  }
  return false;
}
// `value`, the object of a cell, as the class of the tag sees it; nullptr: it is none, or more than one.
DOVETAIL_COLD inline void* cast_to_tag(State* owner, void* value, int from, const PyMethodDef* tag) noexcept {
  for (int slot = from; slot >= 0; slot = owner->rows[slot]->base) {
    if (methods_of(owner->types[slot]) == tag) return value;
    for (const BaseRow& base : owner->rows[slot]->bases) {
      if (methods_of(owner->types[base.slot]) == tag) return base.cast ? base.cast(value) : value;
    }
    if (owner->rows[slot]->bases.count) return nullptr;
  }
  return nullptr;
}
// The cell keeps its object alive by itself: what a virtual cast reads is there until the cell is gone.
inline bool keeps_object(const Cell* cell) noexcept {
  switch (cell->holding) {
    case Holding::room:
    case Holding::kept_room:
    case Holding::heap:
    case Holding::shared:
    case Holding::handed: return true;
    default: return false;
  }
}

// ---- who is in the registry ------------------------------------------------------------------------------------------

// Calls act(address) for every different address that an object has as one of its bound classes. A virtual base is found
// by reading the object, which may be gone where it is only borrowed: that address is then in no registry.
template <class Act>
inline void each_address(State* s, Cell* cell, Act act) noexcept {
  void* value = cell->value;
  act(value);
  if (!(cell->state & adjusted)) return;
  const Table<BaseRow>& bases = bases_of(s, cell->slot);
  const auto address = [&](const BaseRow& base) noexcept -> void* {
    return base.cast && (!base.is_virtual || keeps_object(cell)) ? base.cast(value) : nullptr;
  };
  for (int i = 0; i < bases.count; ++i) {
    void* at = address(bases.rows[i]);
    bool known = !at || at == value;
    for (int k = 0; k < i && !known; ++k) known = address(bases.rows[k]) == at;
    if (!known) act(at);
  }
}

// Entries hold no references. Without a GIL another thread may drop the last one to what is found: a reference is then only
// had from what is not yet going, which CPython has to be told beforehand (as for weak references, and with their means).
#ifdef Py_GIL_DISABLED
#if PY_VERSION_HEX >= 0x030E0000
inline void expect_lookups(PyObject* o) noexcept { PyUnstable_EnableTryIncRef(o); }
inline bool take_reference(PyObject* o) noexcept { return PyUnstable_TryIncRef(o); }
#else
inline void expect_lookups(PyObject* o) noexcept {
  Py_ssize_t shared = __atomic_load_n(&o->ob_ref_shared, __ATOMIC_RELAXED);
  while (!(shared & _Py_REF_SHARED_FLAG_MASK) &&
         !__atomic_compare_exchange_n(&o->ob_ref_shared, &shared, shared | _Py_REF_MAYBE_WEAKREF, true, __ATOMIC_ACQ_REL,
                                      __ATOMIC_RELAXED)) {
  }
}
inline bool take_reference(PyObject* o) noexcept {
  if (_Py_IsOwnedByCurrentThread(o)) {
    Py_INCREF(o);
    return true;
  }
  Py_ssize_t shared = __atomic_load_n(&o->ob_ref_shared, __ATOMIC_RELAXED);
  while (shared && shared != _Py_REF_MERGED) {
    const Py_ssize_t more = shared + (Py_ssize_t{1} << _Py_REF_SHARED_SHIFT);
    if (__atomic_compare_exchange_n(&o->ob_ref_shared, &shared, more, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return true;
  }
  return false;
}
#endif
#else
inline void expect_lookups(PyObject*) noexcept {}
inline bool take_reference(PyObject* o) noexcept {
  Py_INCREF(o);
  return true;
}
#endif

// false: MemoryError is set.
inline bool remember(State* owner, Cell* cell) noexcept {
  expect_lookups(reinterpret_cast<PyObject*>(cell));
  Registry& r = *owner->registry;
  Locked lock(r.mutex);
  bool good = true;
  each_address(owner, cell, [&](void* address) {
    if ((r.used + 1) * 4 > r.capacity * 3 && !grow(r)) {
      good = false;
      return;
    }
    insert_entry(r, address, cell);
  });
  if (!good) {
    each_address(owner, cell, [&](void* address) { erase_entry(r, address, cell); });
    PyErr_NoMemory();
  }
  return good;
}
inline void forget(State* owner, Cell* cell) noexcept {
  Registry& r = *owner->registry;
  Locked lock(r.mutex);
  each_address(owner, cell, [&](void* address) { erase_entry(r, address, cell); });
}
// The same where the class has lost its module.
DOVETAIL_COLD inline void forget_lost(Cell* cell) noexcept {
  PyObject* raised = fetch_exception();
  Registry* r = find_registry();
  PyErr_Clear();
  restore_exception(raised);
  if (!r) return;
  Locked lock(r->mutex);
  for (size_t i = 0; i < r->capacity; ++i) {
    while (r->entries[i].cell == cell) erase_entry(*r, r->entries[i].address, cell);
  }
}

// Whether the object of a cell, as the class of a tag, lies at `address`. What is only borrowed is not read.
inline bool is_seen_at(Cell* cell, const PyMethodDef* tag, void* address) noexcept {
  if (!has_base(Py_TYPE(reinterpret_cast<PyObject*>(cell)), tag)) return false;
  if (!(cell->state & adjusted)) return cell->value == address;
  State* owner = owner_of(cell);
  if (!owner) return false;
  for (const BaseRow& base : bases_of(owner, cell->slot)) {
    if (base.is_virtual && methods_of(owner->types[base.slot]) == tag && !keeps_object(cell)) return false;
  }
  return cast_to_tag(owner, cell->value, cell->slot, tag) == address;
}

// The Python object that stands for the object of class `slot` at `address`: new reference, or nullptr without an
// exception. An object of a class derived from it at the same address is the same object.
inline Cell* find_cell(State* s, void* address, int slot) noexcept {
  Registry& r = *s->registry;
  const PyMethodDef* tag = methods_of(s->types[slot]);
  Locked lock(r.mutex);
  if (!r.capacity) return nullptr;
  Cell* found = nullptr;
  for (size_t i = home_entry(r, address); r.entries[i].cell; i = (i + 1) & (r.capacity - 1)) {
    if (r.entries[i].address != address) continue;
    Cell* cell = r.entries[i].cell;
    // One that is being deallocated (code runs while its attributes are dropped) must not come back.
    if (Py_REFCNT(cell) <= 0 || (cell->state & gone)) continue;
    if (own_tag(reinterpret_cast<PyObject*>(cell)) == tag) {
      found = cell;
      break;
    }
    if (is_seen_at(cell, tag, address)) found = cell;
  }
  return found && take_reference(reinterpret_cast<PyObject*>(found)) ? found : nullptr;
}

// ---- use -------------------------------------------------------------------------------------------------------------

// The object of an element, as its own class sees it; nullptr with an exception set.
DOVETAIL_SHARED void* look_up(Cell* cell) noexcept {
  const Link link = link_of(cell);
  Ref owner = Ref::borrowed(cell->owner);
  if (!owner) {
    PyErr_Format(PyExc_ReferenceError, "the %s is gone: its owner was collected", type_name(reinterpret_cast<PyObject*>(cell)));
    return nullptr;
  }
  void* value = nullptr;
  switch (cell->holding) {
    case Holding::offset: {
      value = resolve(owner.get(), nullptr, false, nullptr);
      if (value) value = static_cast<char*>(value) + link.index;
      break;
    }
    case Holding::interior: value = link.again.interior(owner.get()); break;
    case Holding::index: value = link.again.index(owner.get(), link.index); break;
    default: {
      Ref key = Ref::borrowed(link.key);
      value = link.again.key(owner.get(), key.get());
    }
  }
  if (!value && !PyErr_Occurred()) {
    PyErr_Format(PyExc_ReferenceError, "the %s is gone from its container", type_name(reinterpret_cast<PyObject*>(cell)));
  }
  return value;
}

DOVETAIL_COLD inline void* refuse(PyObject* self, const char* method) noexcept {
  const uint32_t flags = as_cell(self)->state;
  NameRoom room;
  const char* name = type_name(self, room);
  if (flags & (unready | building)) {
    PyErr_Format(PyExc_TypeError, "%s.__init__() was not called", name);
  } else if (flags & gone) {
    PyErr_Format(PyExc_ReferenceError, "the %s is gone: C++ took it over, or its owner was collected", name);
  } else if (method) {
    PyErr_Format(PyExc_TypeError, "%s.%s would change the %s, which is const here", name, method, name);
  } else {
    PyErr_Format(PyExc_TypeError, "the %s is const here and cannot be changed", name);
  }
  return nullptr;
}

DOVETAIL_SHARED void* resolve(PyObject* self, const PyMethodDef* tag, bool mutates, const char* method) noexcept {
  Cell* cell = as_cell(self);
  if (cell->state & (unready | gone | building)) return refuse(self, method);
  if (mutates && (cell->state & is_const)) return refuse(self, method);
  void* value = cell->state & element ? look_up(cell) : cell->value;
  if (!value || !tag || !(cell->state & adjusted) || own_tag(self) == tag) return value;
  State* owner = owner_of(cell);
  if (!owner) {
    PyErr_SetString(PyExc_ReferenceError, "the module is gone");
    return nullptr;
  }
  value = cast_to_tag(owner, value, cell->slot, tag);
  if (!value) {
    const Ref order = order_of(Py_TYPE(self));
    PyTypeObject* base = Py_TYPE(self);
    for (Py_ssize_t i = 0; order && i < PyTuple_GET_SIZE(order.get()) && methods_of(base) != tag; ++i) {
      base = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(order.get(), i));
    }
    PyErr_Format(PyExc_TypeError, "the %s has more than one base %s, and C++ cannot tell which is meant", type_name(self),
                 last_name(base));
  }
  return value;
}

DOVETAIL_COLD inline void* find_value(PyObject* given, const PyMethodDef* tag, bool mutates) noexcept {
  if (!has_base(Py_TYPE(given), tag)) return nullptr;
  Cell* cell = as_cell(given);
  return cell->state == usable ? cell->value : resolve(given, tag, mutates, nullptr);
}

inline bool in_room(const Cell* cell) noexcept {
  return cell->holding == Holding::room || cell->holding == Holding::kept_room;
}
inline bool owns(const Cell* cell) noexcept { return in_room(cell) || cell->holding == Holding::heap; }

// Whether the object can be changed through `self`; a dispatcher of overloads asks.
inline bool is_const_cell(PyObject* self) noexcept { return as_cell(self)->state & is_const; }

// ---- the end ---------------------------------------------------------------------------------------------------------

// Drops `owner`. A chain of a million cells that own one another must not overflow the stack: below a depth, cells wait
// in a list threaded through `value`, and the outermost call works it off. `finish` frees the cell itself.
struct Dying {
  int depth = 0;
  Cell* waiting = nullptr;
};
inline Dying& dying() noexcept {
  static thread_local Dying dying;
  return dying;
}
// Nothing else ends with the reference to `owner` that is dropped. (Without the GIL nobody can tell.)
inline bool stays(PyObject* owner) noexcept {
#ifdef Py_GIL_DISABLED
  return !owner;
#else
  return !owner || Py_REFCNT(owner) > 1;
#endif
}
DOVETAIL_SHARED void finish_with_owner(Cell* cell) noexcept {
  if (DOVETAIL_LIKELY(stays(cell->owner))) {
    Py_XDECREF(cell->owner);
    return free_cell(cell);
  }
  Dying& d = dying();
  if (d.depth >= 32) {
    cell->value = d.waiting;
    d.waiting = cell;
    return;
  }
  ++d.depth;
  Py_XDECREF(cell->owner);
  free_cell(cell);
  --d.depth;
  while (!d.depth && d.waiting) {
    Cell* next = d.waiting;
    d.waiting = static_cast<Cell*>(next->value);
    ++d.depth;
    Py_XDECREF(next->owner);
    free_cell(next);
    --d.depth;
  }
}

// Ends what the cell holds, other than an object in its room or on its heap: leaves it holding nothing.
DOVETAIL_SHARED void release_link(Cell* cell) noexcept {
  const Link link = link_of(cell);
  const Holding holding = cell->holding;
  cell->holding = Holding::none;
  cell->value = nullptr;
  if (holding == Holding::shared) link.again.drop(link.holder);
  if (holding == Holding::key) Py_XDECREF(link.key);
}

// For tracked classes: tp_traverse.
inline int traverse_cell(PyObject* self, visitproc visit, void* arg) noexcept {
  Cell* cell = as_cell(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(cell->owner);
  if (cell->holding == Holding::key) Py_VISIT(link_of(cell).key);
  if (cell->state & scripted) {
    for (Half::Kept* kept = link_of(cell).half->kept; kept; kept = kept->next) Py_VISIT(kept->object);
  }
  return 0;
}

// Everything borrowed from `owner` is gone: it was taken over or is destroyed while references remain.
DOVETAIL_COLD inline void revoke_borrowed(State* s, PyObject* owner) noexcept {
  if (!s) return;
  Registry& r = *s->registry;
  Locked lock(r.mutex);
  for (size_t i = 0; i < r.capacity; ++i) {
    Cell* cell = r.entries[i].cell;
    if (!cell || !cell->owner || reinterpret_cast<PyObject*>(cell) == owner || cell->holding != Holding::none) continue;
    bool from_owner = cell->owner == owner;
    if (PyList_CheckExact(cell->owner)) from_owner = PyList_GET_SIZE(cell->owner) && PyList_GET_ITEM(cell->owner, 0) == owner;
    if (from_owner) cell->state |= gone;
  }
}

// Whether `owner`, or what it lives in, is an object that C++ lent for the length of a call: nothing keeps that alive.
inline bool is_lent(PyObject* owner) noexcept {
  while (owner && PyList_CheckExact(owner)) owner = PyList_GET_SIZE(owner) ? PyList_GET_ITEM(owner, 0) : nullptr;
  if (!owner || owner == Py_None) return false;
  return as_cell(owner)->holding == Holding::lent || is_lent(as_cell(owner)->owner);
}

// `patient` lives at least as long as `nurse`, a cell. A list takes the place of the owner. false: exception set.
DOVETAIL_COLD inline bool keep_alive(PyObject* nurse, PyObject* patient) noexcept {
  if (as_cell(nurse)->state & draft && is_cell(nurse)) nurse = as_cell(nurse)->owner;
  if (patient == Py_None || nurse == patient) return true;
  if (nurse == Py_None || !is_cell(nurse)) {
    PyErr_Format(PyExc_TypeError, "a %s cannot keep a %s alive", type_name(nurse), type_name(patient));
    return false;
  }
  Cell* cell = as_cell(nurse);
  while (cell->state & element && cell->owner) cell = as_cell(cell->owner);  // what an element lives in
  const ObjectLock lock(reinterpret_cast<PyObject*>(cell), ObjectLock::Itself{});
  if (!cell->owner || !PyList_CheckExact(cell->owner)) {
    PyObject* list = PyList_New(1);
    if (!list) return false;
    if (cell->holding == Holding::room) cell->holding = Holding::kept_room;
    PyList_SET_ITEM(list, 0, cell->owner ? cell->owner : Py_NewRef(Py_None));  // [0] is always the owner proper
    __atomic_store_n(&cell->owner, list, __ATOMIC_RELEASE);
  }
  for (Py_ssize_t i = PyList_GET_SIZE(cell->owner); i-- > 0;) {
    if (PyList_GET_ITEM(cell->owner, i) == patient) return true;
  }
  return PyList_Append(cell->owner, patient) == 0;
}

// The same of what a wrapper made for the call. Without memory to keep it, it stays for good: `nurse` may use it until it ends.
DOVETAIL_COLD inline bool keep_made(PyObject* nurse, PyObject* made) noexcept {
  if (keep_alive(nurse, made)) return true;
  Py_INCREF(made);
  return false;
}

// `nurse`, a value that looks where `model` looks, keeps alive what `model` does. false: exception set.
DOVETAIL_COLD inline bool keep_as(PyObject* nurse, PyObject* model) noexcept {
  Ref kept = Ref::borrowed(as_cell(model)->owner);
  if (!kept || !PyList_CheckExact(kept.get())) return true;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(kept.get()); ++i) {
    Ref patient = Ref::borrowed(PyList_GET_ITEM(kept.get(), i));
    if (!keep_alive(nurse, patient.get())) return false;
  }
  return true;
}

}  // namespace v1
}  // namespace dovetail
