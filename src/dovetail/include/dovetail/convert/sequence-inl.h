// dovetail/convert/sequence-inl.h: the list-like protocol, once for all sequences. No templates over containers here.
//
// Order in every function that changes something: first everything that may run Python code (conversions, indexes), then
// the container is looked up, checked and changed in one go. Positions are never kept across Python code.
#pragma once
#include <dovetail/convert/container.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

enum class Put : uint8_t { replace, insert, append };

struct SequenceTable : ContainerTable {
  // A new reference to an element: an element cell for bound types; `moved`: an owned one, the element is about to go, and
  // without a GIL it is gone then, as whoever comes between would get it, too.
  PyObject* (*give)(PyObject* self, void* c, Py_ssize_t index, bool moved, Home) noexcept;
  bool (*put)(PyObject* self, Py_ssize_t index, PyObject* value, Put how, Home) noexcept;
  bool (*erase)(const SequenceTable&, void* c, Py_ssize_t from, Py_ssize_t count) noexcept;
  // A new container of the elements in `order`, copied; or, `home.object` null, the container itself rearranged to them.
  PyObject* (*pick)(const SequenceTable&, void* c, const Py_ssize_t* order, Py_ssize_t count, Home) noexcept;
  // Of what is found by walking only: a list of `count` elements from an index on. nullptr: `give` is as quick.
  PyObject* (*stretch)(void* c, Py_ssize_t from, Py_ssize_t count, Home) noexcept;
  void* (*at)(void* c, Py_ssize_t index) noexcept;  // nullptr: elements are no C++ objects that Python can share
  void* (*data)(void* c) noexcept;                  // nullptr: no buffer
  const Layout* layout;
  Py_ssize_t item;
};

inline const SequenceTable& sequence_of(PyObject* self) noexcept { return static_cast<const SequenceTable&>(table_of(self)); }

DOVETAIL_COLD inline bool refuse_index(PyObject* self) noexcept {
  PyErr_Format(PyExc_IndexError, "%s index out of range", type_name(self));
  return false;
}
// Counts a negative index from the end. false: IndexError.
inline bool check_index(PyObject* self, Py_ssize_t& index, Py_ssize_t size) noexcept {
  if (index < 0) index += size;
  return DOVETAIL_LIKELY(index >= 0 && index < size) || refuse_index(self);
}
DOVETAIL_COLD inline bool refuse_fixed(PyObject* self) noexcept {
  PyErr_Format(PyExc_TypeError, "%s has a fixed size", type_name(self));
  return false;
}
inline void* open_resizable(PyObject* self, const SequenceTable& table) noexcept {
  if (table.fixed) return refuse_fixed(self), nullptr;
  return open_growing(self, table);
}

// Where `put` shall work: resolves self, checks the index, and the pins if something could move. nullptr: exception set.
[[gnu::noinline]] inline void* open_put(PyObject* self, Py_ssize_t& index, Put how) noexcept {
  const SequenceTable& table = sequence_of(self);
  // Replacing a number moves nothing; replacing a container frees what a buffer may look at.
  void* c = how == Put::replace ? (table.at ? open_growing(self, table) : open_mutable(self, table)) : open_resizable(self, table);
  if (!c) return nullptr;
  const Py_ssize_t size = table.size(c);
  if (how == Put::replace) return check_index(self, index, size) ? c : nullptr;
  if (index < 0) index = index + size < 0 ? 0 : index + size;
  if (how == Put::append || index > size) index = size;
  return c;
}

struct SliceRange {
  Py_ssize_t start, stop, step, count;
};
inline bool read_slice(PyObject* slice, SliceRange& range) noexcept {
  return PySlice_Unpack(slice, &range.start, &range.stop, &range.step) == 0;
}
// Where `adopt` shall put `given` elements. nullptr: exception set.
[[gnu::noinline]] inline void* open_adopt(PyObject* self, Adopt how, PyObject* slice, Py_ssize_t given, SliceRange& range) noexcept {
  const SequenceTable& table = sequence_of(self);
  range = {0, PY_SSIZE_T_MAX, 1, 0};
  if (how == Adopt::splice && !read_slice(slice, range)) return nullptr;
  void* c = table.fixed ? open_mutable(self, table) : open_growing(self, table);
  if (!c) return nullptr;
  const Py_ssize_t size = table.size(c);
  if (how == Adopt::extend) range.start = size;
  range.count = PySlice_AdjustIndices(size, &range.start, &range.stop, range.step);
  if (range.count != given && (range.step != 1 || table.fixed)) {
    if (table.fixed && how != Adopt::splice) return refuse_fixed(self), nullptr;
    PyErr_Format(PyExc_ValueError, "attempt to assign %zd elements to a slice of size %zd", given, range.count);
    return nullptr;
  }
  return c;
}

// AgainIndex of all sequences.
inline void* element_again(PyObject* owner, Py_ssize_t index) noexcept {
  const SequenceTable& table = sequence_of(owner);
  const ObjectLock lock(owner);
  void* c = open_const(owner, table);
  if (!c || index >= table.size(c)) return nullptr;
  return table.at(c, index);
}

inline PyObject* sequence_item(PyObject* self, Py_ssize_t index) noexcept {
  const SequenceTable& table = sequence_of(self);
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  if (!c || !DOVETAIL_LIKELY(index >= 0 && index < table.size(c))) return c ? refuse_index(self), nullptr : nullptr;
  return table.give(self, c, index, false, instance_home(self));
}

// Memory for an order of elements; freed with PyMem_Free.
inline Py_ssize_t* new_order(Py_ssize_t count) noexcept {
  auto* order = count > PY_SSIZE_T_MAX / Py_ssize_t(sizeof(Py_ssize_t))
                    ? nullptr
                    : static_cast<Py_ssize_t*>(PyMem_Malloc(size_t(count ? count : 1) * sizeof(Py_ssize_t)));
  if (!order) PyErr_NoMemory();
  return order;
}

// The elements as a list; their number may change while elements are given (memory may run collectors).
// Elements one after the other. Those of a linked list are read in stretches that double, so that all of them take about
// two walks instead of one each.
struct ReadAhead {
  PyObject* list = nullptr;
  Py_ssize_t from = 0;

  ReadAhead() = default;
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead() { Py_XDECREF(list); }

  // The element at an index that the open container has: a new reference.
  PyObject* read(PyObject* self, const SequenceTable& table, void* c, Py_ssize_t index) noexcept {
    if (DOVETAIL_LIKELY(!table.stretch)) return table.give(self, c, index, false, instance_home(self));
    if (!list || index < from || index - from >= PyList_GET_SIZE(list)) {
      const Py_ssize_t left = table.size(c) - index, wanted = index < 64 ? 64 : index;
      PyObject* const read = table.stretch(c, index, left < wanted ? left : wanted, instance_home(self));
      if (!read) return nullptr;
      Py_XDECREF(std::exchange(list, read));
      from = index;
    }
    return Py_NewRef(PyList_GET_ITEM(list, index - from));
  }
};

[[gnu::noinline]] inline PyObject* sequence_list(PyObject* self) noexcept {
  const SequenceTable& table = sequence_of(self);
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  if (!c) return nullptr;
  if (table.stretch) return table.stretch(c, 0, table.size(c), instance_home(self));
  Ref list(PyList_New(0));
  for (Py_ssize_t i = 0; list; ++i) {
    c = open_const(self, table);
    if (!c) return nullptr;
    if (i >= table.size(c)) break;
    Ref item(table.give(self, c, i, false, instance_home(self)));
    if (!item || PyList_Append(list.get(), item.get())) return nullptr;
  }
  return list.release();
}

[[gnu::noinline]] inline PyObject* sequence_slice(PyObject* self, PyObject* slice) noexcept {
  const SequenceTable& table = sequence_of(self);
  SliceRange range;
  if (!read_slice(slice, range)) return nullptr;
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  if (!c) return nullptr;
  range.count = PySlice_AdjustIndices(table.size(c), &range.start, &range.stop, range.step);
  if (table.fixed) {  // another length is another type: a list
    Ref list(PyList_New(range.count));
    for (Py_ssize_t i = 0; list && i < range.count; ++i) {
      PyObject* item = table.give(self, c, range.start + i * range.step, false, instance_home(self));
      if (!item) return nullptr;
      PyList_SET_ITEM(list.get(), i, item);
    }
    return list.release();
  }
  if (!table.copy) return refuse_copy(self);
  Py_ssize_t* order = new_order(range.count);
  if (!order) return nullptr;
  for (Py_ssize_t i = 0; i < range.count; ++i) order[i] = range.start + i * range.step;
  PyObject* result = table.pick(table, c, order, range.count, instance_home(self));
  PyMem_Free(order);
  return result;
}

inline PyObject* sequence_subscript(PyObject* self, PyObject* key) noexcept {
  if (PySlice_Check(key)) return sequence_slice(self, key);
  if (!PyIndex_Check(key)) {
    PyErr_Format(PyExc_TypeError, "%s indices must be integers or slices, not %s", type_name(self), type_name(key));
    return nullptr;
  }
  Py_ssize_t index;
  if (!PyLong_CheckExact(key) || !read_small(key, index)) index = PyNumber_AsSsize_t(key, PyExc_IndexError);
  if (index == -1 && PyErr_Occurred()) return nullptr;
  const SequenceTable& table = sequence_of(self);
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  if (!c || !check_index(self, index, table.size(c))) return nullptr;
  return table.give(self, c, index, false, instance_home(self));
}

// Removes the elements of a slice.
DOVETAIL_COLD inline int erase_slice(PyObject* self, PyObject* slice) noexcept {
  const SequenceTable& table = sequence_of(self);
  SliceRange range;
  if (!read_slice(slice, range)) return -1;
  const ObjectLock lock(self);
  void* c = open_resizable(self, table);
  if (!c) return -1;
  const Py_ssize_t size = table.size(c);
  range.count = PySlice_AdjustIndices(size, &range.start, &range.stop, range.step);
  if (!range.count) return 0;
  if (range.step < 0) {
    range.start += (range.count - 1) * range.step;
    range.step = -range.step;
  }
  if (range.step == 1) return table.erase(table, c, range.start, range.count) ? 0 : -1;
  Py_ssize_t* order = new_order(size);
  if (!order) return -1;
  Py_ssize_t kept = 0;
  for (Py_ssize_t i = 0; i < size; ++i) {
    const Py_ssize_t from = i - range.start;
    if (from < 0 || from % range.step || from / range.step >= range.count) order[kept++] = i;
  }
  PyObject* done = table.pick(table, c, order, kept, Home{nullptr, false});
  PyMem_Free(order);
  return done ? 0 : -1;
}

inline bool erase_index(PyObject* self, Py_ssize_t index) noexcept {
  const SequenceTable& table = sequence_of(self);
  const ObjectLock lock(self);
  void* c = open_resizable(self, table);
  return c && check_index(self, index, table.size(c)) && table.erase(table, c, index, 1);
}

inline int sequence_assign(PyObject* self, PyObject* key, PyObject* value) noexcept {
  const SequenceTable& table = sequence_of(self);
  if (PySlice_Check(key)) {
    if (!value) return erase_slice(self, key);
    return table.adopt(self, value, Adopt::splice, key, instance_home(self)) ? 0 : -1;
  }
  if (!PyIndex_Check(key)) {
    PyErr_Format(PyExc_TypeError, "%s indices must be integers or slices, not %s", type_name(self), type_name(key));
    return -1;
  }
  const Py_ssize_t index = PyNumber_AsSsize_t(key, PyExc_IndexError);
  if (index == -1 && PyErr_Occurred()) return -1;
  if (!value) return erase_index(self, index) ? 0 : -1;
  return table.put(self, index, value, Put::replace, instance_home(self)) ? 0 : -1;
}
inline int sequence_assign_item(PyObject* self, Py_ssize_t index, PyObject* value) noexcept {
  if (!value) return erase_index(self, index) ? 0 : -1;
  return sequence_of(self).put(self, index, value, Put::replace, instance_home(self)) ? 0 : -1;
}

// ---- methods -----------------------------------------------------------------------------------------------------------

inline PyObject* sequence_append(PyObject* self, PyObject* value) noexcept {
  return sequence_of(self).put(self, 0, value, Put::append, instance_home(self)) ? give_none() : nullptr;
}
inline bool read_index(PyObject* o, Py_ssize_t& index) noexcept {
  index = PyNumber_AsSsize_t(o, nullptr);
  return !(index == -1 && PyErr_Occurred());
}
inline PyObject* sequence_insert(PyObject* self, PyObject* const* args, Py_ssize_t nargs) noexcept {
  Py_ssize_t index = 0;
  if (!check_count("insert", nargs, 2, 2) || !read_index(args[0], index)) return nullptr;
  return sequence_of(self).put(self, index, args[1], Put::insert, instance_home(self)) ? give_none() : nullptr;
}
inline PyObject* sequence_pop(PyObject* self, PyObject* const* args, Py_ssize_t nargs) noexcept {
  Py_ssize_t index = -1;
  if (!check_count("pop", nargs, 0, 1) || (nargs && !read_index(args[0], index))) return nullptr;
  const SequenceTable& table = sequence_of(self);
  const ObjectLock lock(self);
  void* c = open_resizable(self, table);
  if (!c) return nullptr;
  const Py_ssize_t size = table.size(c);
  if (!size) {
    PyErr_Format(PyExc_IndexError, "pop from empty %s", type_name(self));
    return nullptr;
  }
  if (!check_index(self, index, size)) return nullptr;
  Ref result(table.give(self, c, index, true, instance_home(self)));
  if (free_threaded || !result) return result.release();  // without a GIL, giving has erased it
  // Giving may have run the collector, and that anything.
  c = open_resizable(self, table);
  return c && check_index(self, index, table.size(c)) && table.erase(table, c, index, 1) ? result.release() : nullptr;
}

// The position of `value` in [start, stop), -1 if absent, -2 with an exception set.
[[gnu::noinline]] inline Py_ssize_t find_element(PyObject* self, PyObject* value, Py_ssize_t start, Py_ssize_t stop,
                                                 Py_ssize_t* count) noexcept {
  const SequenceTable& table = sequence_of(self);
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  if (!c) return -2;
  PySlice_AdjustIndices(table.size(c), &start, &stop, 1);
  // An element that Python shares is found by its address, whatever == says of its class.
  void* wanted = nullptr;
  if (table.at && is_cell(value)) {
    wanted = resolve(value, nullptr, false, nullptr);
    if (!wanted) PyErr_Clear();
  }
  ReadAhead elements;
  for (Py_ssize_t i = start; i < stop; ++i) {
    c = open_const(self, table);  // == may have run anything
    if (!c) return -2;
    if (i >= table.size(c)) break;
    int same = wanted && table.at(c, i) == wanted;
    if (!same) {
      Ref item(elements.read(self, table, c, i));
      same = item ? PyObject_RichCompareBool(item.get(), value, Py_EQ) : -1;
    }
    if (same < 0) return -2;
    if (same && !count) return i;
    if (same) ++*count;
  }
  return -1;
}
inline int sequence_contains(PyObject* self, PyObject* value) noexcept {
  const Py_ssize_t found = find_element(self, value, 0, PY_SSIZE_T_MAX, nullptr);
  return found < -1 ? -1 : found >= 0;
}
inline PyObject* sequence_index(PyObject* self, PyObject* const* args, Py_ssize_t nargs) noexcept {
  Py_ssize_t start = 0, stop = PY_SSIZE_T_MAX;
  if (!check_count("index", nargs, 1, 3) || (nargs > 1 && !read_index(args[1], start)) || (nargs > 2 && !read_index(args[2], stop)))
    return nullptr;
  const Py_ssize_t found = find_element(self, args[0], start, stop, nullptr);
  if (found >= 0) return PyLong_FromSsize_t(found);
  if (found == -1) PyErr_Format(PyExc_ValueError, "%R is not in %s", args[0], type_name(self));
  return nullptr;
}
inline PyObject* sequence_count(PyObject* self, PyObject* value) noexcept {
  Py_ssize_t count = 0;
  return find_element(self, value, 0, PY_SSIZE_T_MAX, &count) == -2 ? nullptr : PyLong_FromSsize_t(count);
}
inline PyObject* sequence_remove(PyObject* self, PyObject* value) noexcept {
  const ObjectLock lock(self);
  const Py_ssize_t found = find_element(self, value, 0, PY_SSIZE_T_MAX, nullptr);
  if (found == -1) PyErr_Format(PyExc_ValueError, "%s.remove(x): x not in it", type_name(self));
  return found >= 0 && erase_index(self, found) ? give_none() : nullptr;
}

// Puts the elements in `order`, if there are still as many.
inline PyObject* rearrange(PyObject* self, const Py_ssize_t* order, Py_ssize_t count) noexcept {
  const SequenceTable& table = sequence_of(self);
  void* c = table.at ? open_growing(self, table) : open_mutable(self, table);
  if (!c) return nullptr;
  if (!table.fixed && !check_unpinned(self, c)) return nullptr;
  if (table.size(c) != count) {
    PyErr_Format(PyExc_ValueError, "%s modified during sort", type_name(self));
    return nullptr;
  }
  return table.pick(table, c, order, count, Home{nullptr, false}) ? give_none() : nullptr;
}
inline PyObject* sequence_reverse(PyObject* self, PyObject*) noexcept {
  const ObjectLock lock(self);
  const Py_ssize_t size = container_length(self);
  Py_ssize_t* order = size < 0 ? nullptr : new_order(size);
  if (!order) return nullptr;
  for (Py_ssize_t i = 0; i < size; ++i) order[i] = size - 1 - i;
  PyObject* result = rearrange(self, order, size);
  PyMem_Free(order);
  return result;
}
// Sorts positions by their keys: one way for elements of every type, stable, and key functions see shared elements.
[[gnu::noinline]] inline PyObject* sequence_sort(PyObject* self, PyObject* args, PyObject* kwargs) noexcept {
  static const char* const names[] = {"key", "reverse", nullptr};
  PyObject *key = Py_None, *reverse = Py_False;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$OO:sort", const_cast<char**>(names), &key, &reverse)) return nullptr;
  const ObjectLock lock(self);
  Ref keys(sequence_list(self));
  if (!keys) return nullptr;
  for (Py_ssize_t i = 0; key != Py_None && i < PyList_GET_SIZE(keys.get()); ++i) {
    PyObject* made = PyObject_CallOneArg(key, PyList_GET_ITEM(keys.get(), i));
    if (!made || PyList_SetItem(keys.get(), i, made)) return nullptr;
  }
  const Py_ssize_t size = PyList_GET_SIZE(keys.get());
  Ref positions(PyList_New(size));
  for (Py_ssize_t i = 0; positions && i < size; ++i) {
    PyObject* position = PyLong_FromSsize_t(i);
    if (!position) return nullptr;
    PyList_SET_ITEM(positions.get(), i, position);
  }
  if (!positions) return nullptr;
  Ref sort(get_attribute(positions.get(), "sort")), by(sort ? get_attribute(keys.get(), "__getitem__") : nullptr);
  Ref none(by ? PyTuple_New(0) : nullptr), options(none ? Py_BuildValue("{sOsO}", "key", by.get(), "reverse", reverse) : nullptr);
  if (!options) return nullptr;
  Ref done(PyObject_Call(sort.get(), none.get(), options.get()));
  Py_ssize_t* order = done ? new_order(size) : nullptr;
  if (!order) return nullptr;
  for (Py_ssize_t i = 0; i < size; ++i) order[i] = PyLong_AsSsize_t(PyList_GET_ITEM(positions.get(), i));
  PyObject* result = rearrange(self, order, size);
  PyMem_Free(order);
  return result;
}

inline PyObject* sequence_repr(PyObject* self) noexcept { return container_repr(self, sequence_list); }
inline PyObject* sequence_reduce(PyObject* self, PyObject*) noexcept { return container_reduce(self, sequence_list); }

inline PyObject* sequence_iterate(PyObject* self) noexcept;  // sequence_iterator.h

// ---- operators ---------------------------------------------------------------------------------------------------------

inline bool is_sequence(PyObject* o) noexcept {
  return PyType_GetSlot(Py_TYPE(o), Py_sq_contains) == reinterpret_cast<void*>(sequence_contains);
}

[[gnu::noinline]] inline PyObject* sequence_compare(PyObject* self, PyObject* other, int op) noexcept {
  if (!is_sequence(self)) Py_RETURN_NOTIMPLEMENTED;
  const bool ours = is_sequence(other);
  const SequenceTable& table = sequence_of(self);
  if (!ours && !(PyList_Check(other) || (table.fixed && PyTuple_Check(other)))) Py_RETURN_NOTIMPLEMENTED;
  const ObjectLock lock(self, ours ? other : self);
  void* a = open_const(self, table);
  if (!a) return nullptr;
  if (op == Py_EQ || op == Py_NE) {
    const Py_ssize_t size = ours ? container_length(other) : PySequence_Fast_GET_SIZE(other);
    if (size < 0) return nullptr;
    if (size != table.size(a)) return PyBool_FromLong(op == Py_NE);
    if (ours && table.equal && &table == &table_of(other)) {
      void* b = open_const(other, table);
      return b ? PyBool_FromLong(table.equal(a, b) == (op == Py_EQ)) : nullptr;
    }
  }
  Ref left(sequence_list(self)), right(ours ? sequence_list(other) : PySequence_List(other));
  return left && right ? PyObject_RichCompare(left.get(), right.get(), op) : nullptr;
}

inline PyObject* sequence_concat(PyObject* self, PyObject* other) noexcept {
  const SequenceTable& table = sequence_of(self);
  if (table.fixed) {
    Ref list(sequence_list(self));
    return list ? PySequence_InPlaceConcat(list.get(), other) : nullptr;
  }
  if (!is_sequence(other) && !PyList_Check(other) && !PyTuple_Check(other)) {
    PyErr_Format(PyExc_TypeError, "can only concatenate a list, tuple or %s (not %s) to %s", type_name(self), type_name(other),
                 type_name(self));
    return nullptr;
  }
  Ref result(container_copy(self, nullptr));
  if (!result || !table.adopt(result.get(), other, Adopt::extend, nullptr, instance_home(self))) return nullptr;
  return result.release();
}
inline PyObject* sequence_extend_in_place(PyObject* self, PyObject* other) noexcept {
  return table_of(self).adopt(self, other, Adopt::extend, nullptr, instance_home(self)) ? Py_NewRef(self) : nullptr;
}
// The elements `times` over, as a new container, or (in place) as the container itself.
[[gnu::noinline]] inline PyObject* repeat_sequence(PyObject* self, Py_ssize_t times, bool in_place) noexcept {
  const SequenceTable& table = sequence_of(self);
  if (table.fixed) return refuse_fixed(self), nullptr;
  if (!table.copy) return refuse_copy(self);
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  if (!c) return nullptr;
  const Py_ssize_t size = table.size(c);
  if (times < 0) times = 0;
  if (size && times > PY_SSIZE_T_MAX / size) return PyErr_NoMemory();
  Py_ssize_t* order = new_order(size * times);
  if (!order) return nullptr;
  for (Py_ssize_t i = 0; i < size * times; ++i) order[i] = i % size;
  Ref result(table.pick(table, c, order, size * times, instance_home(self)));
  PyMem_Free(order);
  if (!in_place || !result) return result.release();
  return table.adopt(self, result.get(), Adopt::replace, nullptr, instance_home(self)) ? Py_NewRef(self) : nullptr;
}
inline PyObject* sequence_repeat(PyObject* self, Py_ssize_t times) noexcept { return repeat_sequence(self, times, false); }
inline PyObject* sequence_repeat_in_place(PyObject* self, Py_ssize_t times) noexcept { return repeat_sequence(self, times, true); }

// ---- buffer ------------------------------------------------------------------------------------------------------------

inline int sequence_buffer(PyObject* self, Py_buffer* view, int flags) noexcept {
  const SequenceTable& table = sequence_of(self);
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  view->obj = nullptr;
  if (!c) return -1;
  return export_buffer(self, view, flags, c, table.data(c), table.size(c), *table.layout);
}

// ---- tables ------------------------------------------------------------------------------------------------------------

// What changes the size stands first: arrays go without.
inline const PyMethodDef* sequence_methods(bool fixed) noexcept {
  static const PyMethodDef methods[] = {
      {"append", sequence_append, METH_O, "append($self, value, /)\n--\n\nAppend a value to the end."},
      {"extend", container_extend, METH_O, "extend($self, values, /)\n--\n\nAppend all values; none if one does not fit."},
      {"insert", method(sequence_insert), METH_FASTCALL, "insert($self, index, value, /)\n--\n\nInsert a value before the index."},
      {"pop", method(sequence_pop), METH_FASTCALL, "pop($self, index=-1, /)\n--\n\nRemove and return the element at the index."},
      {"remove", sequence_remove, METH_O, "remove($self, value, /)\n--\n\nRemove the first element equal to the value."},
      {"clear", container_clear, METH_NOARGS, "clear($self, /)\n--\n\nRemove all elements."},
      {"index", method(sequence_index), METH_FASTCALL,
       "index($self, value, start=0, stop=9223372036854775807, /)\n--\n\nReturn the first position of a value."},
      {"count", sequence_count, METH_O, "count($self, value, /)\n--\n\nReturn how often the value occurs."},
      {"reverse", sequence_reverse, METH_NOARGS, "reverse($self, /)\n--\n\nReverse in place."},
      {"sort", method(sequence_sort), METH_VARARGS | METH_KEYWORDS,
       "sort($self, /, *, key=None, reverse=False)\n--\n\nSort in place, stably."},
      {"copy", container_copy, METH_NOARGS, "copy($self, /)\n--\n\nReturn a copy, with copies of the elements."},
      {"__copy__", container_copy, METH_NOARGS, nullptr},
      {"__deepcopy__", container_copy, METH_O, nullptr},
      {"__reduce__", sequence_reduce, METH_NOARGS, nullptr},
      {nullptr, nullptr, 0, nullptr},
  };
  return fixed ? methods + 6 : methods;
}

inline const PyType_Slot* sequence_slots(bool fixed) noexcept {
  static const PyType_Slot slots[] = {
      {Py_sq_inplace_concat, slot(sequence_extend_in_place)},
      {Py_sq_repeat, slot(sequence_repeat)},
      {Py_sq_inplace_repeat, slot(sequence_repeat_in_place)},
      {Py_tp_traverse, slot(traverse)},
      {Py_tp_repr, slot(sequence_repr)},
      {Py_tp_hash, slot(PyObject_HashNotImplemented)},
      {Py_tp_iter, slot(sequence_iterate)},
      {Py_tp_richcompare, slot(sequence_compare)},
      {Py_sq_length, slot(container_length)},
      {Py_sq_item, slot(sequence_item)},
      {Py_sq_ass_item, slot(sequence_assign_item)},
      {Py_sq_contains, slot(sequence_contains)},
      {Py_sq_concat, slot(sequence_concat)},
      {Py_mp_length, slot(container_length)},
      {Py_mp_subscript, slot(sequence_subscript)},
      {Py_mp_ass_subscript, slot(sequence_assign)},
      {0, nullptr},
  };
  return fixed ? slots + 3 : slots;
}

}  // namespace v1
}  // namespace dovetail
