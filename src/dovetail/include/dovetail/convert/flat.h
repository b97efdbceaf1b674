// dovetail/convert/flat.h: vectors whose elements are plain bytes: numbers, plain structs.
//
// Everything that moves elements is written once, on memory: such a vector type adds only functions for its size, its
// memory and the conversion of one element. A vector of vectors or of strings has templates instead (sequence.h).
#pragma once
#include <dovetail/convert/sequence-inl.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

inline constexpr size_t flat_size = 128, flat_align = 16;

struct FlatTable : SequenceTable {
  bool (*resize)(void* c, Py_ssize_t count) noexcept;               // new elements are zero
  bool (*take)(PyObject* value, void* out, Home) noexcept;          // like Convert<T>::take
};

// The elements of a flat container.
struct FlatMemory {
  const FlatTable& table;
  void* c;
  char* at(Py_ssize_t index) const noexcept { return static_cast<char*>(table.data(c)) + index * table.item; }
  size_t bytes(Py_ssize_t count) const noexcept { return size_t(count) * size_t(table.item); }
  Py_ssize_t size() const noexcept { return table.size(c); }
  // From here on index `from + gap` is what was `from`; the gap may be negative. false: exception set.
  bool shift(Py_ssize_t from, Py_ssize_t gap) const noexcept {
    const Py_ssize_t old = size();
    if (gap > 0 && !table.resize(c, old + gap)) return false;
    if (gap && old > from) std::memmove(at(from + gap), at(from), bytes(old - from));
    return gap >= 0 || table.resize(c, old + gap);
  }
};
inline const FlatTable& flat_table(const ContainerTable& table) noexcept { return static_cast<const FlatTable&>(table); }

inline bool flat_put(PyObject* self, Py_ssize_t index, PyObject* value, Put how, Home home) noexcept {
  const FlatTable& table = flat_table(table_of(self));
  alignas(flat_align) unsigned char element[flat_size];
  if (!table.take(value, element, home)) return wrong_value(self, "an element", value);
  const ObjectLock lock(self);
  const FlatMemory memory{table, open_put(self, index, how)};
  if (!memory.c || (how != Put::replace && !memory.shift(index, 1))) return false;
  std::memcpy(memory.at(index), element, memory.bytes(1));
  return true;
}

inline bool flat_erase(const SequenceTable& table, void* c, Py_ssize_t from, Py_ssize_t count) noexcept {
  return FlatMemory{flat_table(table), c}.shift(from + count, -count);
}

// A new container of `count` elements, all zero; its memory in `out`.
inline PyObject* new_flat(const FlatTable& table, Py_ssize_t count, Home home, void*& out) noexcept {
  Ref made(table.fresh(home));
  if (!made) return nullptr;
  out = as_cell(made.get())->value;
  return table.resize(out, count) ? made.release() : nullptr;
}

inline PyObject* flat_copy(const ContainerTable& of, void* c, Home home) noexcept {
  const FlatTable& table = flat_table(of);
  const Py_ssize_t size = table.size(c);
  void* to = nullptr;
  PyObject* made = new_flat(table, size, home, to);
  if (made && size) std::memcpy(table.data(to), table.data(c), FlatMemory{table, c}.bytes(size));
  return made;
}

inline PyObject* flat_pick(const SequenceTable& of, void* c, const Py_ssize_t* order, Py_ssize_t count, Home home) noexcept {
  const FlatTable& table = flat_table(of);
  const FlatMemory from{table, c};
  PyObject* made = Py_None;  // borrowed, for a container that is rearranged
  char* to = nullptr;
  if (home.object) {
    void* target = nullptr;
    made = new_flat(table, count, home, target);
    if (!made) return nullptr;
    to = static_cast<char*>(table.data(target));
  } else {
    to = static_cast<char*>(PyMem_Malloc(from.bytes(count) + 1));
    if (!to) return PyErr_NoMemory();
  }
  for (Py_ssize_t i = 0; i < count; ++i) std::memcpy(to + from.bytes(i), from.at(order[i]), from.bytes(1));
  if (!home.object) {
    const bool good = table.resize(c, count);  // never larger
    if (good && count) std::memcpy(from.at(0), to, from.bytes(count));
    PyMem_Free(to);
    if (!good) return nullptr;
  }
  return made;
}

inline bool flat_adopt(PyObject* self, PyObject* from, Adopt how, PyObject* slice, Home home) noexcept {
  const FlatTable& table = flat_table(table_of(self));
  // The type itself takes whatever it is made from; its copy also keeps `v.extend(v)` simple.
  Ref held(PyObject_CallOneArg(reinterpret_cast<PyObject*>(state(home)->types[table.slot]), from));
  if (!held) return false;
  void* given = as_cell(held.get())->value;
  const Py_ssize_t count = table.size(given);
  SliceRange range;
  const ObjectLock lock(self);
  const FlatMemory memory{table, open_adopt(self, how, slice, count, range)};
  if (!memory.c) return false;
  const FlatMemory source{table, given};
  if (range.step != 1) {
    for (Py_ssize_t i = 0; i < count; ++i) std::memcpy(memory.at(range.start + i * range.step), source.at(i), source.bytes(1));
    return true;
  }
  if (!memory.shift(range.start + range.count, count - range.count)) return false;
  if (count) std::memcpy(memory.at(range.start), source.at(0), source.bytes(count));
  return true;
}

}  // namespace v1
}  // namespace dovetail
