// dovetail/convert/sequence_iterator.h: the iterator of all list-like containers.
//
// It keeps the container and a position. Each step asks the container anew for its size and for the element: what grows or
// shrinks meanwhile, in Python or in C++, is seen, and nothing points into freed memory. An iterator that has ended stays so.
// (Values of a linked list are read ahead in stretches: there it may be seen later.)
#pragma once
#include <dovetail/convert/sequence-inl.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct SequenceIterator {
  PyObject_HEAD
  PyObject* sequence;
  Py_ssize_t at;  // -1: it has ended. Read and written as a whole: threads may share an iterator
  ReadAhead ahead;
};

inline Py_ssize_t position_of(PyObject* self) noexcept {
  return __atomic_load_n(&reinterpret_cast<SequenceIterator*>(self)->at, __ATOMIC_RELAXED);
}
inline void set_position(PyObject* self, Py_ssize_t at) noexcept {
  __atomic_store_n(&reinterpret_cast<SequenceIterator*>(self)->at, at, __ATOMIC_RELAXED);
}

inline PyObject* sequence_next(PyObject* self) noexcept {
  PyObject* sequence = reinterpret_cast<SequenceIterator*>(self)->sequence;
  const SequenceTable& table = sequence_of(sequence);
  const ObjectLock lock(sequence);  // it is also this iterator's
  const Py_ssize_t at = position_of(self);
  void* c = open_const(sequence, table);
  if (!DOVETAIL_LIKELY(c && static_cast<size_t>(at) < static_cast<size_t>(table.size(c)))) {
    if (c) set_position(self, -1);
    return nullptr;
  }
  set_position(self, at + 1);
  if (DOVETAIL_LIKELY(!table.stretch)) return table.give(sequence, c, at, false, instance_home(sequence));
  return reinterpret_cast<SequenceIterator*>(self)->ahead.read(sequence, table, c, at);
}

inline void sequence_iterator_dealloc(PyObject* self) noexcept {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  reinterpret_cast<SequenceIterator*>(self)->ahead.~ReadAhead();
  Py_DECREF(reinterpret_cast<SequenceIterator*>(self)->sequence);
  free_object(type, self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}
inline int sequence_iterator_traverse(PyObject* self, visitproc visit, void* arg) noexcept {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(reinterpret_cast<SequenceIterator*>(self)->sequence);
  Py_VISIT(reinterpret_cast<SequenceIterator*>(self)->ahead.list);
  return 0;
}
// What is left; list() makes room for it.
inline PyObject* sequence_length_hint(PyObject* self, PyObject*) noexcept {
  const Py_ssize_t at = position_of(self);
  const Py_ssize_t size = at < 0 ? 0 : container_length(reinterpret_cast<SequenceIterator*>(self)->sequence);
  if (size < 0) return nullptr;
  return PyLong_FromSsize_t(size > at && at >= 0 ? size - at : 0);
}

inline PyTypeObject* make_sequence_iterator_type(PyObject* module) noexcept {
  static PyMethodDef methods[] = {{"__length_hint__", sequence_length_hint, METH_NOARGS, nullptr}, {nullptr, nullptr, 0, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(sequence_iterator_dealloc)},
                                {Py_tp_traverse, reinterpret_cast<void*>(sequence_iterator_traverse)},
                                {Py_tp_iter, reinterpret_cast<void*>(PyObject_SelfIter)},
                                {Py_tp_iternext, reinterpret_cast<void*>(sequence_next)},
                                {Py_tp_methods, methods},
                                {0, nullptr}};
  static PyType_Spec spec = {"dovetail.sequence_iterator", sizeof(SequenceIterator), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
                                 Py_TPFLAGS_DISALLOW_INSTANTIATION,
                             slots};
  return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}

inline PyObject* sequence_iterate(PyObject* self) noexcept {
  State* s = state(instance_home(self));
  if (!s) return module_is_gone();
  if (!s->sequence_iterator && !make_once(s, s->sequence_iterator, make_sequence_iterator_type)) return nullptr;
  auto* iterator = reinterpret_cast<SequenceIterator*>(_PyObject_GC_New(s->sequence_iterator));
  if (!iterator) return nullptr;
  iterator->sequence = Py_NewRef(self);
  iterator->at = 0;
  new (&iterator->ahead) ReadAhead;
  PyObject_GC_Track(reinterpret_cast<PyObject*>(iterator));
  note_made(s, reinterpret_cast<PyObject*>(iterator));
  return reinterpret_cast<PyObject*>(iterator);
}

}  // namespace v1
}  // namespace dovetail
