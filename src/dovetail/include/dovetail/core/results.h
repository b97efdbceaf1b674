// dovetail/core/results.h: results of more than one part, and what only some wrappers need of them.
//
//   give_together(result, [&] { … }, …)    a tuple: the result, a Ref, and the outputs, each by a function that gives it
//   give_copy(p, home)                     a copy of *p; None for null
//   keep_with_result(result, patient)      a borrowed result, or each in a tuple, keeps an argument alive
//   keep_for_good(patient, home)           C++ keeps an argument that no object could keep for it
//   keep_lender(result, self)              a value that may look into self, or each in a tuple, keeps it alive
//   item_slot(self, index, get)            sq_item, where indexes are checked
//   give_bytes(range, home)                bytes of a vector, array or span of bytes
//   hash_identity(self)                    tp_hash of a class that orders but does not say what is equal
#pragma once
#include <dovetail/core/objects.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

inline PyObject* give_part(Ref& part) noexcept { return part.release(); }
template <class Give>
PyObject* give_part(Give& give) {
  return give();
}
// nullptr where one of the parts is: the first exception is set. The others are given all the same, as Python may have to
// own them, and none with an exception set.
template <class... Parts>
PyObject* give_together(Parts... parts) {
  constexpr size_t count = sizeof...(Parts);
  Ref given[count], raised;
  size_t at = 0;
  const auto add = [&](PyObject* part) noexcept {
    given[at++] = Ref(part);
    if (DOVETAIL_LIKELY(part != nullptr)) return;
    Ref error(fetch_exception());
    if (!raised) raised = std::move(error);
  };
  (add(give_part(parts)), ...);
  if (raised) return restore_exception(raised.release()), nullptr;
  PyObject* tuple = PyTuple_New(static_cast<Py_ssize_t>(count));
  for (size_t i = 0; tuple && i < count; ++i) PyTuple_SET_ITEM(tuple, static_cast<Py_ssize_t>(i), given[i].release());
  return tuple;
}

template <class T>
PyObject* give_copy(const T* p, Home home) {
  return p ? give(*p, home) : give_none();
}

// Each object in a new tuple or list. false: exception set.
inline bool keep_each(PyObject* results, PyObject* other, bool (*keep)(PyObject*, PyObject*) noexcept) noexcept {
  const bool listed = PyList_CheckExact(results);
  const Py_ssize_t count = listed ? PyList_GET_SIZE(results) : PyTuple_GET_SIZE(results);
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (!keep(listed ? PyList_GET_ITEM(results, i) : PyTuple_GET_ITEM(results, i), other)) return false;
  }
  return true;
}
inline bool has_parts(PyObject* result) noexcept { return PyTuple_CheckExact(result) || PyList_CheckExact(result); }

// What Python owns by itself needs nobody: it may be another argument, found again. false: exception set.
DOVETAIL_COLD inline bool keep_with_result(PyObject* result, PyObject* patient) noexcept {
  if (has_parts(result)) return keep_each(result, patient, keep_with_result);
  if (result == Py_None || !is_cell(result)) return true;
  if (as_cell(result)->holding == Holding::room && as_cell(result)->state == usable && result == patient) return true;
  return keep_alive(result, patient);
}

// The object is never ended, as C++ may look at it after the last line of Python; once, however often it is given.
// false: exception set.
DOVETAIL_COLD inline bool keep_for_good(PyObject* patient, Home home) noexcept {
  if (patient == Py_None) return true;
  Py_INCREF(patient);
  Ref key(PyLong_FromVoidPtr(patient)), name(key ? PyUnicode_InternFromString("__dovetail_kept__") : nullptr);
  Ref made(name ? PyDict_New() : nullptr);
  PyObject* const kept = made ? PyDict_SetDefault(PyModule_GetDict(state(home)->module), name.get(), made.get()) : nullptr;
  const int known = kept ? PyDict_Contains(kept, key.get()) : -1;
  if (known > 0) Py_DECREF(patient);
  return known > 0 || (known == 0 && !PyDict_SetItem(kept, key.get(), Py_None));
}

// Where both are of one class (`node = node.next()`), the result looks at what self looks at: else a walk would keep all
// that it has passed. false: exception set.
DOVETAIL_COLD inline bool keep_lender(PyObject* result, PyObject* self) noexcept {
  if (has_parts(result)) return keep_each(result, self, keep_lender);
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
