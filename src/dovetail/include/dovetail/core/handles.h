// dovetail/core/handles.h: objects that functions of the library make and end, as C does it: `Shape* shape_new()`,
// `shape_free(Shape*)`. A cell holds the pointer and the function; the class need not be complete.
//
//   hold_made(self, made, end, function)   in a constructor: self owns *made from now on, which `end` ends; false: exception set
//   give_made(made, end, home)             a result that Python owns; null is None
//   end_made<T>(self, end)                 a method that ends the object at once: the Python object is unusable afterwards
//   end_quietly(call)                      runs what ends an object: the exception that may be set stays
#pragma once
#include <dovetail/core/objects.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

using EndMade = void (*)(void* object);

template <class T>
void delete_made(void* object) noexcept {
  delete static_cast<T*>(object);
}

template <class F>
void end_quietly(F&& end) noexcept {
  PyObject* raised = fetch_exception();
  try {
    end();
  } catch (...) {
    raise_current();
    PyErr_WriteUnraisable(nullptr);
  }
  restore_exception(raised);
}

DOVETAIL_COLD inline bool hold_found(PyObject* self, Cell* cell, Found made, uint32_t flags, EndMade end) noexcept {
  Cell* from = as_cell(self);
  from->owner = reinterpret_cast<PyObject*>(cell);  // of a draft; where both are one, the next line takes it back
  link_of(cell).again.drop = end;
  link_of(cell).holder = made.value;
  fill_cell(cell, made.value, nullptr, flags, Holding::shared, made.slot);
  State* s = state_of(reinterpret_cast<PyObject*>(cell));
  const bool known = remember(s, cell);
  if (s->rows[made.slot]->tracked && !PyObject_GC_IsTracked(reinterpret_cast<PyObject*>(cell))) {
    PyObject_GC_Track(reinterpret_cast<PyObject*>(cell));
  }
  if (known) return true;
  cell->value = nullptr;
  cell->holding = Holding::none;
  cell->state = unready;
  return false;
}

template <class T>
bool hold_made(PyObject* self, T* made, EndMade end, const char* function) noexcept {
  if (!made) {
    PyErr_Format(PyExc_RuntimeError, "%s gave no object", function);
    return false;
  }
  Cell* cell = as_cell(self);
  if (cell->state == (unready | draft)) {
    cell = new_cell<T>(Py_TYPE(self));
    if (cell) fill_cell(cell, nullptr, nullptr, unready, Holding::none, Bound<T>::slot);
  } else if (own_tag(self) != tag_of<T>() || !begin_init(cell)) {
    refuse_init(self);
    cell = nullptr;
  }
  if (cell && hold_found(self, cell, {Bound<T>::slot, made}, ready_state<T>, end)) return true;
  end(made);
  return false;
}

template <class T>
PyObject* give_made(T* made, EndMade end, Home home) noexcept {
  if (!made) return give_none();
  return give_held(made, const_cast<std::remove_cv_t<T>*>(made), end, home);
}

template <class T>
PyObject* end_made(PyObject* self, EndMade end) noexcept {
  if (!self_of<T>(self)) return nullptr;
  Cell* cell = as_cell(self);
  if (holder_of(self, end) != cell->value || !cell->value) {
    PyErr_Format(PyExc_ValueError, "the %s cannot be ended: Python does not own it", type_name(self));
    return nullptr;
  }
  State* s = owner_of(cell);
  forget(s, cell);
  revoke_borrowed(s, self);
  cell->state |= gone;
  release_link(cell);
  return give_none();
}

}  // namespace v1
}  // namespace dovetail
