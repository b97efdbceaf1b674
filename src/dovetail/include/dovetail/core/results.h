// dovetail/core/results.h: results of more than one part, and what only some wrappers need of them.
//
//   give_together(Ref(…), Ref(…))          a tuple: the result and the outputs
//   give_copy(p, home)                     a copy of *p; None for null
//   keep_with_result(result, patient)      a borrowed result keeps an argument alive
//   keep_lender(result, self)              a value that may look into self keeps it alive
//   item_slot(self, index, get)            sq_item, where indexes are checked
//   give_bytes(range, home)                bytes of a vector, array or span of bytes
//   hash_identity(self)                    tp_hash of a class that orders but does not say what is equal
#pragma once
#include <dovetail/core/objects.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// nullptr where one of the parts is: its exception is set.
template <class... Parts>
PyObject* give_together(Parts... parts) noexcept {
  if (!(static_cast<bool>(parts) && ...)) return nullptr;
  return PyTuple_Pack(static_cast<Py_ssize_t>(sizeof...(Parts)), parts.get()...);
}

template <class T>
PyObject* give_copy(const T* p, Home home) {
  return p ? give(*p, home) : give_none();
}

// What Python owns by itself needs nobody: it may be another argument, found again. false: exception set.
DOVETAIL_COLD inline bool keep_with_result(PyObject* result, PyObject* patient) noexcept {
  if (result == Py_None || !is_cell(result)) return true;
  if (as_cell(result)->holding == Holding::room && as_cell(result)->state == usable && result == patient) return true;
  return keep_alive(result, patient);
}

// Where both are of one class (`node = node.next()`), the result looks at what self looks at: else a walk would keep all
// that it has passed. false: exception set.
DOVETAIL_COLD inline bool keep_lender(PyObject* result, PyObject* self) noexcept {
  if (result == Py_None || result == self || !is_cell(result)) return true;
  PyObject* const kept = as_cell(self)->owner;
  const bool same = Py_TYPE(result) == Py_TYPE(self) && kept && PyList_CheckExact(kept);
  return same ? keep_as(result, self) : keep_alive(result, self);
}

template <class Range, class Element = std::remove_pointer_t<decltype(std::declval<const Range&>().data())>>
PyObject* give_bytes(const Range& range, Home) noexcept {
  static_assert(sizeof(Element) == 1, "elements of another size are no bytes");
  return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(range.data()), static_cast<Py_ssize_t>(range.size()));
}

// sq_item of a class with __getitem__.
DOVETAIL_COLD inline PyObject* item_slot(PyObject* self, Py_ssize_t index, PyObject* (*get)(PyObject*, PyObject*)) noexcept {
  Ref key(PyLong_FromSsize_t(index));
  return key ? get(self, key.get()) : nullptr;
}

inline Py_hash_t hash_identity(PyObject* self) noexcept { return reinterpret_cast<hashfunc>(PyType_GetSlot(&PyBaseObject_Type, Py_tp_hash))(self); }

}  // namespace v1
}  // namespace dovetail
