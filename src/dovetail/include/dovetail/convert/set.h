// dovetail/convert/set.h: std::set, unordered_set <-> Python types that are the C++ container, set-like, with the operators
// of Python's sets (also mixed with them; the result is of the container's type). Elements are given as copies: C++ keys are
// const. multisets are copied: lists.
// Emitted code: as at the top of sequence.h, with container_row<V>(scope, "MutableSet").
#pragma once
#include <dovetail/convert/keyed.h>

#include <iterator>
#include <set>
#include <unordered_set>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct SetTable : KeyedTable {
  bool (*add)(PyObject* self, PyObject* value, Home) noexcept;
};
inline const SetTable& set_of(PyObject* self) noexcept { return static_cast<const SetTable&>(table_of(self)); }

enum class SetOp : uint8_t { unite, intersect, subtract, differ };

PyObject* set_and(PyObject* a, PyObject* b) noexcept;
inline bool is_set(PyObject* o) noexcept {
  PyTypeObject* type = bound_base(Py_TYPE(o));
  return type && PyType_GetSlot(type, Py_nb_and) == reinterpret_cast<void*>(set_and);
}
inline bool is_any_set(PyObject* o) noexcept { return PyAnySet_Check(o) || is_set(o) || PyDictKeys_Check(o); }

// self op other, as a new container of self's type. `other`: any iterable.
[[gnu::noinline]] inline PyObject* combine(PyObject* self, PyObject* other, SetOp op) noexcept {
  const SetTable& table = set_of(self);
  const Home home = instance_home(self);
  if (!table.copy) return refuse_copy(self);
  Ref result(op == SetOp::intersect ? table.fresh(home) : container_copy(self, nullptr));
  if (!result) return nullptr;
  if (op == SetOp::unite) return table.adopt(result.get(), other, Adopt::extend, nullptr, home) ? result.release() : nullptr;
  Ref distinct;
  if (op == SetOp::differ) {  // an element given twice counts once
    distinct = Ref(table.fresh(home));
    if (!distinct || !table.adopt(distinct.get(), other, Adopt::extend, nullptr, home)) return nullptr;
    other = distinct.get();
  }
  Ref items(PySequence_List(other));
  for (Py_ssize_t i = 0; items && i < PyList_GET_SIZE(items.get()); ++i) {
    PyObject* item = PyList_GET_ITEM(items.get(), i);
    const int found = op == SetOp::intersect ? table.has(self, item, home) : table.erase(result.get(), item, home);
    if (found < 0) return nullptr;
    if ((op == SetOp::intersect && found) || (op == SetOp::differ && !found)) {
      if (!table.add(result.get(), item, home)) return nullptr;
    }
  }
  return items ? result.release() : nullptr;
}
inline PyObject* set_operator(PyObject* a, PyObject* b, SetOp op) noexcept {
  if (!is_any_set(a) || !is_any_set(b)) Py_RETURN_NOTIMPLEMENTED;
  if (is_set(a)) return combine(a, b, op);
  const SetTable& table = set_of(b);
  Ref left(table.fresh(instance_home(b)));
  // What the left set has and this type cannot hold is in no result but a union's.
  if (!left || !table.adopt(left.get(), a, Adopt::extend, nullptr, instance_home(b))) return nullptr;
  return combine(left.get(), b, op);
}
inline PyObject* set_operator_in_place(PyObject* self, PyObject* other, SetOp op) noexcept {
  if (!is_any_set(other)) Py_RETURN_NOTIMPLEMENTED;
  const SetTable& table = set_of(self);
  if (op == SetOp::unite) {
    return table.adopt(self, other, Adopt::extend, nullptr, instance_home(self)) ? Py_NewRef(self) : nullptr;
  }
  Ref result(combine(self, other, op));
  if (!result || !table.adopt(self, result.get(), Adopt::replace, nullptr, instance_home(self))) return nullptr;
  return Py_NewRef(self);
}
inline PyObject* set_or(PyObject* a, PyObject* b) noexcept { return set_operator(a, b, SetOp::unite); }
inline PyObject* set_and(PyObject* a, PyObject* b) noexcept { return set_operator(a, b, SetOp::intersect); }
inline PyObject* set_minus(PyObject* a, PyObject* b) noexcept { return set_operator(a, b, SetOp::subtract); }
inline PyObject* set_xor(PyObject* a, PyObject* b) noexcept { return set_operator(a, b, SetOp::differ); }
inline PyObject* set_or_in_place(PyObject* a, PyObject* b) noexcept { return set_operator_in_place(a, b, SetOp::unite); }
inline PyObject* set_and_in_place(PyObject* a, PyObject* b) noexcept { return set_operator_in_place(a, b, SetOp::intersect); }
inline PyObject* set_minus_in_place(PyObject* a, PyObject* b) noexcept { return set_operator_in_place(a, b, SetOp::subtract); }
inline PyObject* set_xor_in_place(PyObject* a, PyObject* b) noexcept { return set_operator_in_place(a, b, SetOp::differ); }

// self and `other` (any iterable): how many elements each has, and both have. false: exception set.
struct Overlap {
  Py_ssize_t own, given, both;
};
[[gnu::noinline]] inline bool read_overlap(PyObject* self, PyObject* other, Overlap& out) noexcept {
  Ref distinct(is_any_set(other) ? Py_NewRef(other) : PySet_New(other));
  Ref items(distinct ? PySequence_List(distinct.get()) : nullptr);
  if (!items) return false;
  out.given = PyList_GET_SIZE(items.get());
  out.both = count_hits(self, items.get());
  out.own = out.both < 0 ? -1 : container_length(self);
  return out.own >= 0;
}
inline PyObject* set_compare(PyObject* self, PyObject* other, int op) noexcept {
  if (!is_set(self) || !is_any_set(other)) Py_RETURN_NOTIMPLEMENTED;
  Overlap o;
  if (!read_overlap(self, other, o)) return nullptr;
  bool result = false;
  switch (op) {
    case Py_EQ: result = o.both == o.own && o.both == o.given; break;
    case Py_NE: result = o.both != o.own || o.both != o.given; break;
    case Py_LE: result = o.both == o.own; break;
    case Py_LT: result = o.both == o.own && o.own < o.given; break;
    case Py_GE: result = o.both == o.given; break;
    default: result = o.both == o.given && o.given < o.own; break;
  }
  return PyBool_FromLong(result);
}
inline PyObject* set_is_subset(PyObject* self, PyObject* other) noexcept {
  Overlap o;
  return read_overlap(self, other, o) ? PyBool_FromLong(o.both == o.own) : nullptr;
}
inline PyObject* set_is_superset(PyObject* self, PyObject* other) noexcept {
  Overlap o;
  return read_overlap(self, other, o) ? PyBool_FromLong(o.both == o.given) : nullptr;
}
inline PyObject* set_is_disjoint(PyObject* self, PyObject* other) noexcept {
  Overlap o;
  return read_overlap(self, other, o) ? PyBool_FromLong(o.both == 0) : nullptr;
}

// union(a, b, …) and the like: one after the other.
inline PyObject* combine_all(PyObject* self, PyObject* const* args, Py_ssize_t nargs, SetOp op) noexcept {
  Ref result(container_copy(self, nullptr));
  for (Py_ssize_t i = 0; result && i < nargs; ++i) result = Ref(combine(result.get(), args[i], op));
  return result.release();
}
inline PyObject* set_union(PyObject* self, PyObject* const* args, Py_ssize_t nargs) noexcept {
  return combine_all(self, args, nargs, SetOp::unite);
}
inline PyObject* set_intersection(PyObject* self, PyObject* const* args, Py_ssize_t nargs) noexcept {
  return combine_all(self, args, nargs, SetOp::intersect);
}
inline PyObject* set_difference(PyObject* self, PyObject* const* args, Py_ssize_t nargs) noexcept {
  return combine_all(self, args, nargs, SetOp::subtract);
}
inline PyObject* set_symmetric_difference(PyObject* self, PyObject* other) noexcept { return combine(self, other, SetOp::differ); }

inline PyObject* set_add(PyObject* self, PyObject* value) noexcept {
  return set_of(self).add(self, value, instance_home(self)) ? give_none() : nullptr;
}
inline PyObject* set_discard(PyObject* self, PyObject* value) noexcept {
  return set_of(self).erase(self, value, instance_home(self)) < 0 ? nullptr : give_none();
}
inline PyObject* set_remove(PyObject* self, PyObject* value) noexcept {
  const int found = set_of(self).erase(self, value, instance_home(self));
  if (found > 0) return give_none();
  if (!found) {
    Ref held(PyTuple_Pack(1, value));
    if (held) PyErr_SetObject(PyExc_KeyError, held.get());
  }
  return nullptr;
}
inline PyObject* set_pop(PyObject* self, PyObject*) noexcept {
  const ObjectLock lock(self);
  Ref key(last_key(self));
  return key && set_of(self).erase(self, key.get(), instance_home(self)) >= 0 ? key.release() : nullptr;
}
// As a set; as a list where an element has no hash.
inline PyObject* set_contents(PyObject* self) noexcept {
  Ref list(keyed_list(self));
  if (!list) return nullptr;
  if (PyObject* set = PySet_New(list.get())) return set;
  if (!PyErr_ExceptionMatches(PyExc_TypeError)) return nullptr;
  PyErr_Clear();
  return list.release();
}
inline PyObject* set_repr(PyObject* self) noexcept {
  return container_repr(self, container_length(self) ? set_contents : keyed_list);  // "SetInt([])", not "SetInt(set())"
}
inline PyObject* set_reduce(PyObject* self, PyObject*) noexcept { return container_reduce(self, keyed_list); }

inline const PyMethodDef* set_methods() noexcept {
  static const PyMethodDef methods[] = {
      {"add", set_add, METH_O, "add($self, value, /)\n--\n\nAdd a value."},
      {"discard", set_discard, METH_O, "discard($self, value, /)\n--\n\nRemove a value if it is there."},
      {"remove", set_remove, METH_O, "remove($self, value, /)\n--\n\nRemove a value; KeyError if it is not there."},
      {"pop", set_pop, METH_NOARGS, "pop($self, /)\n--\n\nRemove and return a value: the last, where there is an order."},
      {"clear", container_clear, METH_NOARGS, "clear($self, /)\n--\n\nRemove all values."},
      {"update", container_extend, METH_O, "update($self, values, /)\n--\n\nAdd all values; none if one does not fit."},
      {"union", method(set_union), METH_FASTCALL, "union(*others)\n\nA new container with the values of all."},
      {"intersection", method(set_intersection), METH_FASTCALL, "intersection(*others)\n\nA new container with the common values."},
      {"difference", method(set_difference), METH_FASTCALL, "difference(*others)\n\nA new container without the others' values."},
      {"symmetric_difference", set_symmetric_difference, METH_O,
       "symmetric_difference($self, other, /)\n--\n\nA new container with the values of exactly one of both."},
      {"issubset", set_is_subset, METH_O, "issubset($self, other, /)\n--\n\nWhether the other has all values of this one."},
      {"issuperset", set_is_superset, METH_O, "issuperset($self, other, /)\n--\n\nWhether this one has all values of the other."},
      {"isdisjoint", set_is_disjoint, METH_O, "isdisjoint($self, other, /)\n--\n\nWhether there is no common value."},
      {"copy", container_copy, METH_NOARGS, "copy($self, /)\n--\n\nReturn a copy."},
      {"__copy__", container_copy, METH_NOARGS, nullptr},
      {"__deepcopy__", container_copy, METH_O, nullptr},
      {"__reduce__", set_reduce, METH_NOARGS, nullptr},
      {nullptr, nullptr, 0, nullptr},
  };
  return methods;
}
inline const PyType_Slot* set_slots() noexcept {
  static const PyType_Slot slots[] = {
      {Py_tp_traverse, slot(traverse)},
      {Py_tp_repr, slot(set_repr)},
      {Py_tp_hash, slot(PyObject_HashNotImplemented)},
      {Py_tp_iter, slot(keyed_iterate)},
      {Py_tp_richcompare, slot(set_compare)},
      {Py_sq_length, slot(container_length)},
      {Py_sq_contains, slot(keyed_contains)},
      {Py_nb_or, slot(set_or)},
      {Py_nb_and, slot(set_and)},
      {Py_nb_subtract, slot(set_minus)},
      {Py_nb_xor, slot(set_xor)},
      {Py_nb_inplace_or, slot(set_or_in_place)},
      {Py_nb_inplace_and, slot(set_and_in_place)},
      {Py_nb_inplace_subtract, slot(set_minus_in_place)},
      {Py_nb_inplace_xor, slot(set_xor_in_place)},
      {0, nullptr},
  };
  return slots;
}

// ---- conversion ----------------------------------------------------------------------------------------------------------

template <class V>
struct FillSet {
  using T = typename V::value_type;
  [[gnu::noinline]] static bool fill(PyObject* from, V& out, PyObject*& held, Home home) noexcept {
    Ref items(take_items(from));
    if (!items) return false;
    try {
      for (Py_ssize_t i = 0; i < Py_SIZE(items.get()); ++i) {
        Ref item = Ref::borrowed(items_of(items.get())[i]);
        typename Convert<T>::Slot slot{};
        if (!Convert<T>::take(item.get(), slot, home)) return item_error("item", i, item.get());
        out.insert(Convert<T>::pull(slot));
      }
    } catch (...) {
      raise_current();
      return false;
    }
    if constexpr (traits::borrows<T>::value) held = items.release();
    (void)held;
    return true;
  }
  static int rank(PyObject* from, Home home) noexcept {
    if (is_text(from) || !is_iterable(from)) return no_match;
    if (!PyAnySet_Check(from)) return conversion + 2;
    Ref items(PySequence_List(from));
    if (!items) PyErr_Clear();
    int worst = exact;
    for (Py_ssize_t i = 0; items && i < PyList_GET_SIZE(items.get()); ++i) {
      const int rank = Convert<T>::rank(PyList_GET_ITEM(items.get(), i), home);
      if (rank == no_match) return no_match;
      if (rank > worst) worst = rank;
    }
    return conversion + worst;
  }
  // A set; a list where a value may occur twice.
  template <class C>
  static PyObject* plain(const C& value, Home home) {
    Ref list(PyList_New(0));
    for (auto at = value.begin(); list && at != value.end(); ++at) {
      Ref item(dovetail::give(*at, home));
      if (!item || PyList_Append(list.get(), item.get())) return nullptr;
    }
    if constexpr (multi<V>::value) return list.release();
    return list ? PySet_New(list.get()) : nullptr;
  }

 private:
  template <class C>
  struct multi : std::false_type {};
  template <class... P>
  struct multi<std::multiset<P...>> : std::true_type {};
  template <class... P>
  struct multi<std::unordered_multiset<P...>> : std::true_type {};
};

// ---- the table of one container type -------------------------------------------------------------------------------------

template <class V>
struct SetFunctions : ContainerFunctions<V> {
  using T = typename V::value_type;

  using Shared = ContainerFunctions<V>;
  using Shared::copy;
  using Shared::self;
  using Shared::size;
  static PyObject* fresh(Home home) noexcept {
    return give_guarded([&] {
      V made;
      return give_moved(made, home);
    });
  }
  static bool clear(void* c) noexcept {
    self(c).clear();
    return true;
  }
  static PyObject* keys(const void* c, bool one, Home home) noexcept {
    return give_guarded([&] { return list_keys(self(c), one, home); });
  }
  static bool adopt(PyObject* of, PyObject* from, Adopt how, PyObject*, Home) noexcept {
    return guarded([&] {
      V given;
      if (!take_whole(of, from, given)) throw_python_error();
      const ObjectLock lock(of);
      void* c = open_mutable(of, table_of(of));
      if (!c) throw_python_error();
      if (how == Adopt::replace) {
        self(c) = std::move(given);
      } else {
        self(c).merge(given);
      }
    });
  }
  static int has(PyObject* of, PyObject* key, Home home) noexcept { return look(of, key, home, false); }
  static int erase(PyObject* of, PyObject* key, Home home) noexcept { return look(of, key, home, true); }
  static bool add(PyObject* of, PyObject* value, Home home) noexcept {
    typename Convert<T>::Slot slot{};
    if (!take_item<T>(value, slot, home)) return wrong_value(of, "an element", value);
    const ObjectLock lock(of);
    void* c = open_mutable(of, table_of(of));
    return c && guarded([&] { self(c).insert(Convert<T>::pull(slot)); });
  }
  static constexpr SetTable make() noexcept {
    SetTable t{};
    t.slot = Bound<V>::slot;
    t.size = size;
    t.copy = is_copyable<V> ? &copy : nullptr;
    t.fresh = fresh;
    t.adopt = adopt;
    t.clear = clear;
    t.has = has;
    t.erase = erase;
    t.keys = keys;
    t.add = add;
    return t;
  }

 private:
  [[gnu::noinline]] static int look(PyObject* of, PyObject* key, Home home, bool erase) noexcept {
    TakenKey<T> taken;
    const Key how = taken.take(key, home);
    if (how == Key::failed) return -1;
    const ObjectLock lock(of);
    void* c = erase ? open_mutable(of, table_of(of)) : open_const(of, table_of(of));
    if (!c) return -1;
    if (how == Key::absent) return 0;
    int found = -1;
    guarded([&] {
      auto at = self(c).find(taken.view());
      const bool there = at != self(c).end();
      if (there && erase) self(c).erase(at);
      found = there;
    });
    return found;
  }
};

template <class V>
struct SetType : ContainerSpec {
  static constexpr SetTable functions = SetFunctions<V>::make();
  SetType() noexcept { fill_container<V>(*this, 0, functions, set_methods(), set_slots()); }
};

template <class... P>
struct ContainerType<std::set<P...>> : SetType<std::set<P...>> {};
template <class... P>
struct ContainerType<std::unordered_set<P...>> : SetType<std::unordered_set<P...>> {};

template <class... P>
struct Convert<std::set<P...>> : ConvertContainer<std::set<P...>, FillSet<std::set<P...>>> {};
template <class... P>
struct Convert<std::unordered_set<P...>> : ConvertContainer<std::unordered_set<P...>, FillSet<std::unordered_set<P...>>> {};
template <class... P>
struct Convert<std::multiset<P...>> : ConvertContainer<std::multiset<P...>, FillSet<std::multiset<P...>>> {};
template <class... P>
struct Convert<std::unordered_multiset<P...>>
    : ConvertContainer<std::unordered_multiset<P...>, FillSet<std::unordered_multiset<P...>>> {};

template <class... P>
struct Arg<std::set<P...>&> : ArgContainer<std::set<P...>> {};
template <class... P>
struct Arg<std::unordered_set<P...>&> : ArgContainer<std::unordered_set<P...>> {};

}  // namespace v1
}  // namespace dovetail
