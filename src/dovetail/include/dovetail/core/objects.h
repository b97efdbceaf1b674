// dovetail/core/objects.h: C++ objects as Python's and back: give_*, take_over, and Convert<> of bound classes.
//
// give_* return a new reference, or nullptr with an exception set. Those that run C++ code (give_new: a copy or move) may
// throw; they are called inside the wrapper's try.
//
//   give(value, home)            a new Python object that owns a copy, or what was moved
//   give_borrowed(p, owner, home)  p lives inside what `owner` (a cell, or nullptr for statics) keeps alive. null -> None;
//                                the same C++ object is the same Python object; pointer to const -> const object
//   give_interior(p, self, home) as give_borrowed, for a member of self's object: as const as self is. Where self is looked
//                                up at each use, so is the result, at its offset, or by `again(self)` if that is given
//   give_element<T>(container, index or key, again, home)  element of a container: looked up at each use
//   give_owned(p, home)          Python deletes *p
//   give_held(p, holder, drop, home)  `holder` keeps *p alive until drop(holder)
#pragma once
#include <dovetail/core/construct.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// ---- give --------------------------------------------------------------------------------------------------------------

// The slot of a class in the tables of its own module: what its cells have.
template <class T>
inline int native_slot([[maybe_unused]] State* s) noexcept {
  if constexpr (is_foreign<T>) return s->native[Bound<T>::slot];
  return Bound<T>::slot;
}

// By value: a new object that owns what `value` says. May throw what the copy or move throws.
template <class T, class V>
inline PyObject* give_new(V&& value, Home home) {
  static_assert(holding_of<T> != Holding::none, "Python cannot own an object of this class: no public destructor");
  State* s = state(home);
  Cell* cell = new_cell<T>(s->types[Bound<T>::slot], s);
  if (!cell) return nullptr;
  PyObject* self = reinterpret_cast<PyObject*>(cell);
  if constexpr (holding_of<T> == Holding::room && !Bound<T>::tracked && std::is_nothrow_constructible_v<T, V&&>) {
    fill_cell(cell, ::new (room_of<T>(self)) T(std::forward<V>(value)), nullptr, ready_state<T>, Holding::room, native_slot<T>(s));
    return self;
  } else {
    fill_cell(cell, nullptr, nullptr, unready, Holding::none, native_slot<T>(s));
    Ref owned(self);
    Place<T> place(self);
    ::new (place.memory) T(std::forward<V>(value));
    return place.ready() == 0 ? owned.release() : nullptr;
  }
}

// The owner that something borrowed from `owner` needs: a plainly borrowed cell owns nothing itself.
inline PyObject* root_owner(PyObject* owner) noexcept {
  while (owner && !PyList_CheckExact(owner) && as_cell(owner)->holding == Holding::none &&
         !(as_cell(owner)->state & (unready | gone))) {
    owner = as_cell(owner)->owner;
  }
  return owner;
}

DOVETAIL_SHARED PyObject* new_linked(State* s, void* value, PyObject* owner, uint32_t flags, Holding holding, int slot,
                                          Link link) noexcept {
  const TypeRow& row = *s->rows[slot];
  Cell* cell = new_cell_in(s, slot);
  if (!cell) return nullptr;
  if (has_adjusted(s, slot)) flags |= adjusted;
  fill_cell(cell, value, Py_XNewRef(owner), flags, holding, s->native[slot]);
  if (holding != Holding::none && holding != Holding::heap) link_of(cell) = link;
  PyObject* self = reinterpret_cast<PyObject*>(cell);
  if (value && !remember(owner_of(cell), cell)) {
    // Nothing that the caller gave is released: it keeps what it has on failure.
    cell->value = nullptr;
    cell->holding = Holding::none;
    Py_CLEAR(cell->owner);
    if (row.tracked) PyObject_GC_Track(self);  // dealloc untracks
    Py_DECREF(self);
    return nullptr;
  }
  if (row.tracked) PyObject_GC_Track(self);
  return self;
}

DOVETAIL_COLD inline PyObject* give_found(Found found, bool constant, PyObject* owner, Home home) noexcept {
  if (!found.value) return give_none();
  State* s = state(home);
  if (!s) return module_is_gone();
  if (owner) {
    Cell* cell = as_cell(owner);
    // `return *this`: the same object, also of an element that is looked up.
    if (!(cell->state & (unready | gone | building))) {
      void* own = cell->state & element ? look_up(cell) : cell->value;
      if (!own) return nullptr;
      State* of = owner_of(cell);
      if (of && cast_to_tag(of, own, cell->slot, methods_of(s->types[found.slot])) == found.value &&
          !(cell->state & is_const && !constant)) {
        return Py_NewRef(owner);
      }
      if (cell->state & element) {
        const ptrdiff_t offset = static_cast<char*>(found.value) - static_cast<char*>(own);
        if (offset >= 0 && static_cast<size_t>(offset) < row_of(of, cell).size) {
          Link link{};
          link.index = offset;
          return new_linked(s, nullptr, owner, element | (constant ? is_const : usable), Holding::offset, found.slot, link);
        }
      }
    }
  }
  if (Cell* same = find_cell(s, found.value, found.slot)) {
    if (!constant) same->state &= ~uint32_t{is_const};  // C++ itself gave the right to change it
    return reinterpret_cast<PyObject*>(same);
  }
  return new_linked(s, found.value, root_owner(owner), constant ? is_const : usable, Holding::none, found.slot, Link{});
}

// What *p really is, where something bound derives from its class.
template <class T>
inline Found most_derived(T* p) noexcept {
  using U = std::remove_cv_t<T>;
  if constexpr (traits::has_derived<U>::value) {
    if (p) return Bound<U>::most_derived(const_cast<U*>(p));
  }
  return {Bound<U>::slot, const_cast<U*>(p)};
}

template <class T>
inline PyObject* give_borrowed(T* p, PyObject* owner, Home home) noexcept {
  return give_found(most_derived(p), std::is_const_v<T>, owner, home);
}

DOVETAIL_COLD inline PyObject* give_found_interior(Found found, bool constant, PyObject* self, AgainInterior again,
                                                   Home home) noexcept {
  const uint32_t flags = as_cell(self)->state;
  constant = constant || flags & is_const;
  if (!found.value || !again || !(flags & element)) return give_found(found, constant, self, home);
  Link link{};
  link.again.interior = again;
  link.index = 0;
  return new_linked(state(home), nullptr, self, element | (constant ? is_const : usable), Holding::interior, found.slot, link);
}
template <class T>
inline PyObject* give_interior(T* p, PyObject* self, AgainInterior again, Home home) noexcept {
  return give_found_interior({Bound<std::remove_cv_t<T>>::slot, const_cast<std::remove_cv_t<T>*>(p)}, std::is_const_v<T>, self,
                             again, home);
}

// For a member at a fixed place inside self's object, which needs no `again`.
template <class T>
inline PyObject* give_interior(T* p, PyObject* self, Home home) noexcept {
  return give_interior(p, self, nullptr, home);
}

template <class T>
inline PyObject* give_element(PyObject* container, Py_ssize_t index, AgainIndex again, Home home) noexcept {
  Link link{};
  link.again.index = again;
  link.index = index;
  const uint32_t constant = std::is_const_v<T> ? uint32_t{is_const} : as_cell(container)->state & is_const;
  return new_linked(state(home), nullptr, container, element | constant, Holding::index, Bound<std::remove_cv_t<T>>::slot, link);
}
template <class T>
inline PyObject* give_element(PyObject* container, PyObject* key, AgainKey again, Home home) noexcept {
  Link link{};
  link.again.key = again;
  link.key = Py_NewRef(key);
  const uint32_t constant = std::is_const_v<T> ? uint32_t{is_const} : as_cell(container)->state & is_const;
  PyObject* self =
      new_linked(state(home), nullptr, container, element | constant, Holding::key, Bound<std::remove_cv_t<T>>::slot, link);
  if (!self) Py_DECREF(key);
  return self;
}

// A scripted object goes to C++, and holds its Python object; or it comes back, and its Python object owns it again.
inline void hand_over_scripted(Cell* cell) noexcept {
  link_of(cell).half->held = true;
  Py_INCREF(reinterpret_cast<PyObject*>(cell));
  cell->holding = Holding::handed;
}
inline void take_back_scripted(Cell* cell) noexcept {
  Half* half = link_of(cell).half;
  if (!half->held) return;
  half->held = false;
  cell->holding = Holding::heap;
  Py_DECREF(reinterpret_cast<PyObject*>(cell));
}

// On failure (nullptr) the caller still owns the object.
DOVETAIL_COLD inline PyObject* give_found_owned(Found found, uint32_t flags, Holding holding, Link link, Home home) noexcept {
  if (!found.value) return give_none();
  State* s = state(home);
  if (Cell* same = find_cell(s, found.value, found.slot)) {
    PyObject* self = reinterpret_cast<PyObject*>(same);
    if (same->state & scripted) {
      if (holding == Holding::heap) {
        take_back_scripted(same);
      } else {
        link.again.drop(link.holder);  // it stays with C++, which keeps its Python object alive
      }
    } else if ((same->holding == Holding::none || same->holding == Holding::lent) && own_tag(self) == methods_of(s->types[found.slot])) {
      // Known as borrowed until now.
      PyObject* owner = same->owner;
      same->owner = nullptr;
      same->holding = holding;
      if (!flags) same->state &= ~uint32_t{is_const};
      if (holding == Holding::shared) link_of(same) = link;
      Py_XDECREF(owner);
    } else if (holding == Holding::shared) {
      link.again.drop(link.holder);  // one holder is enough
    }
    return self;
  }
  return new_linked(s, found.value, nullptr, flags, holding, found.slot, link);
}
template <class T>
inline PyObject* give_owned(T* p, Home home) noexcept {
  return give_found_owned(most_derived(p), std::is_const_v<T> ? is_const : usable, Holding::heap, Link{}, home);
}
template <class T>
inline PyObject* give_held(T* p, void* holder, void (*drop)(void*), Home home) noexcept {
  Link link{};
  link.again.drop = drop;
  link.holder = holder;
  PyObject* self = give_found_owned(most_derived(p), std::is_const_v<T> ? is_const : usable, Holding::shared, link, home);
  if (!self || self == Py_None) drop(holder);
  return self;
}
// The holder of a cell that has one dropped by `drop`, else nullptr.
inline void* holder_of(PyObject* self, void (*drop)(void*)) noexcept {
  Cell* cell = as_cell(self);
  return cell->holding == Holding::shared && link_of(cell).again.drop == drop ? link_of(cell).holder : nullptr;
}

// ---- take over ---------------------------------------------------------------------------------------------------------

// TypeRow::lift: the object moves from its room to the heap.
template <class T>
void* move_to_heap(void* value) {
  return new T(std::move(*static_cast<T*>(value)));
}

// How its object moves from its room to the heap: by its own module, or by this one, where only this one hands it over.
using Lift = void* (*)(void*);
DOVETAIL_COLD inline Lift lift_of(PyObject* given, Home home) noexcept {
  Cell* cell = as_cell(given);
  if (Lift lift = row_of(owner_of(cell), cell).lift) return lift;
  State* s = state(home);
  for (int slot = 0; slot < s->table->types.count; ++slot) {
    if (methods_of(s->types[slot]) == own_tag(given)) return s->rows[slot]->lift;
  }
  return nullptr;
}

DOVETAIL_COLD inline bool can_take_over(PyObject* given, Home home) noexcept {
  Cell* cell = as_cell(given);
  if (cell->holding == Holding::heap || (in_room(cell) && lift_of(given, home))) return true;
  PyErr_Format(PyExc_ValueError, "the %s cannot be taken over: Python does not own it alone", type_name(given));
  return false;
}

// The object leaves Python: a heap pointer that the caller owns, as class `slot` sees it. May throw what moving throws.
// The cell is gone, and so is everything borrowed from it; of a scripted object it stays usable for as long as C++ keeps
// the object. nullptr: exception set.
DOVETAIL_COLD inline void* take_found(PyObject* given, const PyMethodDef* tag, Home home) {
  if (!can_take_over(given, home)) return nullptr;
  Cell* cell = as_cell(given);
  State* s = owner_of(cell);
  const TypeRow& row = row_of(s, cell);
  void* value = cell->value;
  if (cell->state & scripted) {
    hand_over_scripted(cell);
    return cast_to_tag(s, value, cell->slot, tag);
  }
  const bool moved = in_room(cell);
  if (moved) value = lift_of(given, home)(value);
  if (row.tracked) forget(s, cell);
  revoke_borrowed(s, given);
  cell->state |= gone;
  if (!moved) {
    cell->holding = Holding::none;  // else what was moved from is destroyed with the cell
    cell->value = nullptr;
  }
  return cast_to_tag(s, value, cell->slot, tag);
}
// `given` has been found usable by borrow<T>.
template <class T>
inline T* take_over(PyObject* given, Home home) {
  return static_cast<T*>(take_found(given, tag_of<T>(home), home));
}
// Its object is about to be moved from: it must be Python's own and not const, and cannot be used any more. Throws.
DOVETAIL_COLD inline void check_and_mark_taken(PyObject* given) {
  Cell* cell = as_cell(given);
  const bool owned = owns(cell);
  if (cell->state & (unready | gone | building | is_const)) {
    refuse(given, nullptr);
    throw_python_error();
  }
  if (!owned) {
    PyErr_Format(PyExc_ValueError, "the %s cannot be taken over: Python does not own it", type_name(given));
    throw_python_error();
  }
  revoke_borrowed(owner_of(cell), given);
  cell->state |= gone;
}

// ---- Convert<> of bound classes ------------------------------------------------------------------------------------------

// `const T&` looks at the Python object's own; by value copies it, and a class that can only be moved is taken over.
template <class T>
struct Convert<T, std::enable_if_t<is_bound_class<T>>> {
  static constexpr bool transfers = !std::is_copy_constructible_v<T>;
  struct Slot {
    const T* value = nullptr;
    PyObject* given = nullptr;
    Kept<T> kept;
#ifdef Py_GIL_DISABLED
    const PyMethodDef* tag = nullptr;
#endif
  };
  static bool take(PyObject* given, Slot& slot, Home home) noexcept {
    slot.given = given;
    slot.value = borrow_const<T>(given, home);
#ifdef Py_GIL_DISABLED
    slot.tag = tag_of<T>(home);
#endif
    return slot.value != nullptr;
  }
  static void put(Slot& slot, const T& value) noexcept { slot.value = &value; }  // which outlives the call
  static void put(Slot& slot, T&& value) { slot.value = slot.kept.put(std::move(value)); }
  static const T& view(Slot& slot) noexcept { return *slot.value; }
  static T& edit(Slot& slot) noexcept { return *const_cast<T*>(slot.value); }
  static decltype(auto) pull(Slot& slot) {
    if constexpr (transfers) {
      if (slot.given) check_and_mark_taken(slot.given);
      return std::move(*const_cast<T*>(slot.value));
    } else if constexpr (free_threaded && is_copyable<T>) {
      return copy_in_turn(slot);
    } else {
      return static_cast<const T&>(*slot.value);
    }
  }
  static PyObject* give(const T& value, Home home) { return give_new<T>(value, home); }
  static PyObject* give(T&& value, Home home) { return give_new<T>(std::move(value), home); }
  static constexpr Foreseen foreseen = only_objects;
  static int rank(PyObject* given, Home home) noexcept { return instance_rank<T>(given, home); }

#ifdef Py_GIL_DISABLED
 private:
  // An element may have moved since it was taken.
  static T copy_in_turn(Slot& slot) {
    if (!slot.given) return T(*slot.value);
    const ObjectLock lock(slot.given);
    const void* value = as_cell(slot.given)->state & element ? find_value(slot.given, slot.tag, false) : slot.value;
    if (!value) throw_python_error();
    return T(*static_cast<const T*>(value));
  }
#endif
};

}  // namespace v1
}  // namespace dovetail
