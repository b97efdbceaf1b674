// dovetail/convert/keyed.h: what mappings and sets share: lookup by a key that Python gives.
//
// A key that cannot be a key of the container is simply not in it. Iteration walks a copy of the keys: what changes
// meanwhile, in Python or in C++, cannot leave an iterator into freed memory.
#pragma once
#include <dovetail/convert/container.h>

#ifdef Py_GIL_DISABLED
#include <deque>
#endif

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct KeyedTable : ContainerTable {
  int (*has)(PyObject* self, PyObject* key, Home) noexcept;    // 1, 0, or -1 with an exception set
  int (*erase)(PyObject* self, PyObject* key, Home) noexcept;  // was it there?
  PyObject* (*keys)(const void* c, bool one, Home) noexcept;   // a list; `one`: only the last, or any where there is no order
};
inline const KeyedTable& keyed_of(PyObject* self) noexcept { return static_cast<const KeyedTable&>(table_of(self)); }

enum class Key : uint8_t { taken, absent, failed };

// After a `take` of a key said no: whether the exception only means that there is no such key.
DOVETAIL_COLD inline Key unfit_key() noexcept {
  if (!PyErr_Occurred()) return Key::absent;
  if (!PyErr_ExceptionMatches(PyExc_TypeError) && !PyErr_ExceptionMatches(PyExc_OverflowError) &&
      !PyErr_ExceptionMatches(PyExc_ValueError))
    return Key::failed;
  PyErr_Clear();
  return Key::absent;
}

template <class K>
struct TakenKey {
  typename Convert<K>::Slot slot{};
  Key take(PyObject* key, Home home) noexcept {
    return DOVETAIL_LIKELY(take_item<K>(key, slot, home)) ? Key::taken : unfit_key();
  }
  decltype(auto) view() { return Convert<K>::view(slot); }
};

inline PyObject* keyed_list(PyObject* self) noexcept {
  const KeyedTable& table = keyed_of(self);
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  return c ? table.keys(c, false, instance_home(self)) : nullptr;
}
inline PyObject* keyed_iterate(PyObject* self) noexcept {
  Ref keys(keyed_list(self));
  return keys ? PyObject_GetIter(keys.get()) : nullptr;
}
inline int keyed_contains(PyObject* self, PyObject* key) noexcept { return keyed_of(self).has(self, key, instance_home(self)); }

// The key that pop methods remove: new reference, or nullptr with KeyError.
inline PyObject* last_key(PyObject* self) noexcept {
  const KeyedTable& table = keyed_of(self);
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  if (!c) return nullptr;
  Ref keys(table.keys(c, true, instance_home(self)));
  if (!keys) return nullptr;
  if (PyList_GET_SIZE(keys.get())) return Py_NewRef(PyList_GET_ITEM(keys.get(), 0));
  PyErr_Format(PyExc_KeyError, "%s is empty", type_name(self));
  return nullptr;
}

// How many of the elements of list `items` are in self; -1: exception set.
inline Py_ssize_t count_hits(PyObject* self, PyObject* items) noexcept {
  Py_ssize_t hits = 0;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(items); ++i) {
    const int found = keyed_of(self).has(self, PyList_GET_ITEM(items, i), instance_home(self));
    if (found < 0) return -1;
    hits += found;
  }
  return hits;
}

template <class C>
const typename C::key_type& key_at(typename C::const_iterator at) noexcept {
  if constexpr (std::is_same_v<typename C::value_type, typename C::key_type>) {
    return *at;
  } else {
    return at->first;
  }
}
template <class C>
PyObject* list_keys(const C& c, bool one, Home home) {
  using K = typename C::key_type;
  Ref list(PyList_New(0));
  if (!list || c.empty()) return list.release();
  auto at = c.begin();
  if constexpr (std::is_base_of_v<std::bidirectional_iterator_tag, typename std::iterator_traits<decltype(at)>::iterator_category>) {
    if (one) at = std::prev(c.end());
  }
  const auto add = [&](const K& key) {
    Ref item(dovetail::give(key, home));
    return item && PyList_Append(list.get(), item.get()) == 0;
  };
#ifdef Py_GIL_DISABLED
  if constexpr (is_copyable<K>) {  // see steady()
    std::deque<K> keys;
    for (; at != c.end(); ++at) {
      keys.push_back(key_at<C>(at));
      if (one) break;
    }
    for (const K& key : keys) {
      if (!add(key)) return nullptr;
    }
    return list.release();
  }
#endif
  for (; at != c.end(); ++at) {
    if (!add(key_at<C>(at))) return nullptr;
    if (one) break;
  }
  return list.release();
}

}  // namespace v1
}  // namespace dovetail
