// dovetail/core/spares.h: the memory of cells. What a cell of an untracked class leaves behind is kept for the next one:
// making and ending small objects is then a matter of a few loads and stores.
//
// Spares belong to the module's state, so that interpreters share nothing. They are empty: `value` links to the next one,
// `state` counts those behind it. A spare holds no reference to its class, and is freed with the module.
// Classes written in Python get their memory from Python. So do all where something wants to see every object come and
// go: free-threaded, debug and sanitized builds.
#pragma once
#include <dovetail/core/debug.h>
#include <dovetail/core/tables.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

#ifndef DOVETAIL_SPARES
#if defined(Py_GIL_DISABLED) || defined(Py_DEBUG) || defined(Py_TRACE_REFS) || defined(__SANITIZE_ADDRESS__) || \
    defined(__SANITIZE_THREAD__)
#define DOVETAIL_SPARES 0
#else
#define DOVETAIL_SPARES 1
#endif
#endif

inline constexpr uint32_t most_spares = 32;
inline constexpr size_t largest_spare = 256;

template <class T>
inline constexpr bool has_spares = DOVETAIL_SPARES && !Bound<T>::tracked && !is_foreign<T> && sizeof(Room<T>) <= largest_spare;

// A cell of exactly the class `type` of `slot`, with nothing filled in; nullptr: there is none.
DOVETAIL_INLINE Cell* take_spare(State* s, PyTypeObject* type, int slot) noexcept {
  Cell* spare = s->spares[slot];
  if (!DOVETAIL_LIKELY(spare)) return nullptr;
  s->spares[slot] = static_cast<Cell*>(spare->value);
  set_first_reference(reinterpret_cast<PyObject*>(spare));
  Py_INCREF(reinterpret_cast<PyObject*>(type));
  return spare;
}
// false: there are enough of them, or the class was written in Python (then it has no module), or the collector cleared it.
DOVETAIL_INLINE bool keep_spare(Cell* cell, PyTypeObject* type, int slot) noexcept {
  PyObject* module = module_of(type);
  if (!DOVETAIL_LIKELY(module)) return false;
  Cell*& first = module_state(module)->spares[slot];
  const uint32_t behind = first ? first->state + 1 : 0;
  if (!DOVETAIL_LIKELY(behind < most_spares)) return false;
  cell->value = first;
  cell->state = behind;
  first = cell;
  Py_DECREF(reinterpret_cast<PyObject*>(type));
  return true;
}

// Memory from Python.
template <bool tracked>
DOVETAIL_SHARED Cell* fresh_cell(PyTypeObject* type) noexcept {
  PyObject* made;
  if constexpr (tracked) {
    made = reinterpret_cast<PyObject*>(_PyObject_GC_New(type));
  } else {
    made = reinterpret_cast<PyObject*>(_PyObject_New(type));
  }
  note_fresh(type, made);
  return reinterpret_cast<Cell*>(made);
}

// ---- where only the module's table knows it --------------------------------------------------------------------------------

DOVETAIL_SHARED Cell* new_cell_in(State* s, int slot) noexcept {
  PyTypeObject* type = s->types[slot];
  if (s->rows[slot]->tracked) return fresh_cell<true>(type);
  if (Cell* spare = DOVETAIL_SPARES ? take_spare(s, type, slot) : nullptr) return spare;
  return fresh_cell<false>(type);
}
// The end of tp_dealloc, also for instances of classes written in Python.
inline void free_plainly(Cell* cell, PyTypeObject* type) noexcept {
  free_object(type, cell);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}
DOVETAIL_SHARED void free_cell(Cell* cell) noexcept {
  PyTypeObject* type = Py_TYPE(reinterpret_cast<PyObject*>(cell));
  const bool keep = DOVETAIL_SPARES && !PyType_IS_GC(type) && is_within(type, largest_spare);
  if (!keep || !keep_spare(cell, type, cell->slot)) free_plainly(cell, type);
}

// ---- where the class is known --------------------------------------------------------------------------------------------

template <class T>
DOVETAIL_INLINE Cell* new_cell(PyTypeObject* type, State* s) noexcept {
  if constexpr (DOVETAIL_COMPACT) return new_cell_in(s, Bound<T>::slot);
  if constexpr (has_spares<T>) {
    if (Cell* spare = take_spare(s, type, Bound<T>::slot)) return spare;
  }
  return fresh_cell<Bound<T>::tracked>(type);
}
template <class T>
DOVETAIL_INLINE Cell* new_cell(PyTypeObject* type) noexcept {
  constexpr bool needs_state = has_spares<T> || DOVETAIL_COMPACT;
  return new_cell<T>(type, needs_state ? module_state(module_of(type)) : nullptr);
}

template <class T>
DOVETAIL_INLINE void free_cell_of(Cell* cell) noexcept {
  if constexpr (DOVETAIL_COMPACT) return free_cell(cell);
  PyTypeObject* type = Py_TYPE(reinterpret_cast<PyObject*>(cell));
  if (!has_spares<T> || !keep_spare(cell, type, Bound<T>::slot)) free_plainly(cell, type);
}

DOVETAIL_COLD inline void drop_spares(Cell** spares, const ModuleTable* table) noexcept {
  for (int slot = 0; spares && slot < table->types.count; ++slot) {
    while (Cell* spare = spares[slot]) {
      spares[slot] = static_cast<Cell*>(spare->value);
      PyObject_Free(spare);
    }
  }
}

}  // namespace v1
}  // namespace dovetail
