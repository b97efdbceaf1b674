// dovetail/convert/mapping.h: std::map, unordered_map <-> Python types that are the C++ container, dict-like.
// Values of bound types are shared: m["a"].append(1) changes the C++ map; they are looked up by key at each use.
// Taken from: the bound type, anything with keys(), iterables of pairs. multimaps are copied: lists of pairs.
// Emitted code: as at the top of sequence.h, with container_row<V>(scope, "MutableMapping").
#pragma once
#include <dovetail/convert/keyed.h>

#include <iterator>
#include <map>
#include <unordered_map>
#include <vector>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct MappingTable : KeyedTable {
  // nullptr without an exception: no such key. `moved`: an owned value, it is about to go.
  PyObject* (*get)(PyObject* self, PyObject* key, bool moved, Home) noexcept;
  bool (*set)(PyObject* self, PyObject* key, PyObject* value, Home) noexcept;
  void* (*find)(PyObject* self, PyObject* key) noexcept;  // for shared values; nullptr without an exception: gone
};
inline const MappingTable& mapping_of(PyObject* self) noexcept { return static_cast<const MappingTable&>(table_of(self)); }

// AgainKey of all mappings.
inline void* value_again(PyObject* owner, PyObject* key) noexcept { return mapping_of(owner).find(owner, key); }

inline PyObject* mapping_get(PyObject* self, PyObject* key) noexcept {
  PyObject* value = mapping_of(self).get(self, key, false, instance_home(self));
  if (!value && !PyErr_Occurred()) {
    Ref held(PyTuple_Pack(1, key));  // a tuple as key must not become the arguments of KeyError
    if (held) PyErr_SetObject(PyExc_KeyError, held.get());
  }
  return value;
}
inline int mapping_set(PyObject* self, PyObject* key, PyObject* value) noexcept {
  if (value) return mapping_of(self).set(self, key, value, instance_home(self)) ? 0 : -1;
  const int found = mapping_of(self).erase(self, key, instance_home(self));
  if (found > 0) return 0;
  if (!found) {
    Ref held(PyTuple_Pack(1, key));
    if (held) PyErr_SetObject(PyExc_KeyError, held.get());
  }
  return -1;
}

// [(key, value), …]
[[gnu::noinline]] inline PyObject* mapping_pairs(PyObject* self) noexcept {
  const ObjectLock lock(self);
  Ref keys(keyed_list(self));
  if (!keys) return nullptr;
  Ref pairs(PyList_New(0));
  for (Py_ssize_t i = 0; pairs && i < PyList_GET_SIZE(keys.get()); ++i) {
    PyObject* key = PyList_GET_ITEM(keys.get(), i);
    Ref value(mapping_of(self).get(self, key, false, instance_home(self)));
    if (!value && !PyErr_Occurred()) continue;  // gone meanwhile
    Ref pair(value ? PyTuple_Pack(2, key, value.get()) : nullptr);
    if (!pair || PyList_Append(pairs.get(), pair.get())) return nullptr;
  }
  return pairs.release();
}
// As a dict; as pairs where a key has no hash.
[[gnu::noinline]] inline PyObject* mapping_dict(PyObject* self) noexcept {
  Ref pairs(mapping_pairs(self));
  Ref dict(pairs ? PyDict_New() : nullptr);
  if (!dict) return nullptr;
  if (PyDict_MergeFromSeq2(dict.get(), pairs.get(), 1) == 0) return dict.release();
  if (!PyErr_ExceptionMatches(PyExc_TypeError)) return nullptr;
  PyErr_Clear();
  return pairs.release();
}
inline PyObject* mapping_repr(PyObject* self) noexcept { return container_repr(self, mapping_dict); }
inline PyObject* mapping_reduce(PyObject* self, PyObject*) noexcept { return container_reduce(self, mapping_dict); }

inline PyObject* mapping_get_or(PyObject* self, PyObject* const* args, Py_ssize_t nargs) noexcept {
  if (!check_count("get", nargs, 1, 2)) return nullptr;
  PyObject* value = mapping_of(self).get(self, args[0], false, instance_home(self));
  return value || PyErr_Occurred() ? value : Py_NewRef(nargs > 1 ? args[1] : Py_None);
}
inline PyObject* mapping_take_out(PyObject* self, PyObject* key) noexcept {
  const MappingTable& table = mapping_of(self);
  const ObjectLock lock(self);
  void* c = open_growing(self, table);  // before anything is moved
  if (!c) return nullptr;
  Ref value(table.get(self, key, true, instance_home(self)));
  if (free_threaded || !value) return value.release();  // without a GIL, giving has erased it
  return table.erase(self, key, instance_home(self)) < 0 ? nullptr : value.release();
}
inline PyObject* mapping_pop(PyObject* self, PyObject* const* args, Py_ssize_t nargs) noexcept {
  if (!check_count("pop", nargs, 1, 2)) return nullptr;
  PyObject* value = mapping_take_out(self, args[0]);
  if (value || PyErr_Occurred()) return value;
  if (nargs > 1) return Py_NewRef(args[1]);
  Ref held(PyTuple_Pack(1, args[0]));
  if (held) PyErr_SetObject(PyExc_KeyError, held.get());
  return nullptr;
}
inline PyObject* mapping_pop_item(PyObject* self, PyObject*) noexcept {
  const ObjectLock lock(self);
  Ref key(last_key(self));
  if (!key) return nullptr;
  Ref value(mapping_take_out(self, key.get()));
  if (!value && !PyErr_Occurred()) PyErr_SetObject(PyExc_KeyError, key.get());
  return value ? PyTuple_Pack(2, key.get(), value.get()) : nullptr;
}
inline PyObject* mapping_set_default(PyObject* self, PyObject* const* args, Py_ssize_t nargs) noexcept {
  if (!check_count("setdefault", nargs, 1, 2)) return nullptr;
  const ObjectLock lock(self);
  PyObject* value = mapping_of(self).get(self, args[0], false, instance_home(self));
  if (value || PyErr_Occurred()) return value;
  if (!mapping_of(self).set(self, args[0], nargs > 1 ? args[1] : Py_None, instance_home(self))) return nullptr;
  return mapping_get(self, args[0]);
}
inline PyObject* mapping_update(PyObject* self, PyObject* args, PyObject* kwargs) noexcept {
  if (!check_count("update", PyTuple_GET_SIZE(args), 0, 1)) return nullptr;
  const MappingTable& table = mapping_of(self);
  if (PyTuple_GET_SIZE(args) && !table.adopt(self, PyTuple_GET_ITEM(args, 0), Adopt::extend, nullptr, instance_home(self)))
    return nullptr;
  if (kwargs && !table.adopt(self, kwargs, Adopt::extend, nullptr, instance_home(self))) return nullptr;
  return give_none();
}

// Views are those of collections.abc: they work on any mapping and have all the operators.
inline PyObject* make_view(PyObject* self, const char* name) noexcept {
  Ref abc(PyImport_ImportModule("collections.abc"));
  return abc ? PyObject_CallMethod(abc.get(), name, "O", self) : nullptr;
}
inline PyObject* mapping_keys(PyObject* self, PyObject*) noexcept { return make_view(self, "KeysView"); }
inline PyObject* mapping_values(PyObject* self, PyObject*) noexcept { return make_view(self, "ValuesView"); }
inline PyObject* mapping_items(PyObject* self, PyObject*) noexcept { return make_view(self, "ItemsView"); }

inline bool is_mapping(PyObject* o) noexcept {
  PyTypeObject* type = bound_base(Py_TYPE(o));
  return type && PyType_GetSlot(type, Py_mp_subscript) == reinterpret_cast<void*>(mapping_get);
}
[[gnu::noinline]] inline PyObject* mapping_compare(PyObject* self, PyObject* other, int op) noexcept {
  if ((op != Py_EQ && op != Py_NE) || !is_mapping(self) || (!is_mapping(other) && !PyDict_Check(other))) Py_RETURN_NOTIMPLEMENTED;
  const MappingTable& table = mapping_of(self);
  const ObjectLock lock(self, is_mapping(other) ? other : self);
  void* a = open_const(self, table);
  if (!a) return nullptr;
  const Py_ssize_t size = PyObject_Size(other);
  if (size < 0) return nullptr;
  if (size != table.size(a)) return PyBool_FromLong(op == Py_NE);
  if (is_mapping(other) && table.equal && &table == &table_of(other)) {
    void* b = open_const(other, table);
    return b ? PyBool_FromLong(table.equal(a, b) == (op == Py_EQ)) : nullptr;
  }
  Ref left(mapping_dict(self)), right(is_mapping(other) ? mapping_dict(other) : Py_NewRef(other));
  return left && right ? PyObject_RichCompare(left.get(), right.get(), op) : nullptr;
}
[[gnu::noinline]] inline PyObject* mapping_or(PyObject* a, PyObject* b) noexcept {
  PyObject* ours = is_mapping(a) ? a : b;
  if (!is_mapping(ours) || (!is_mapping(a) && !PyDict_Check(a)) || (!is_mapping(b) && !PyDict_Check(b))) Py_RETURN_NOTIMPLEMENTED;
  const MappingTable& table = mapping_of(ours);
  const Home home = instance_home(ours);
  Ref result(ours == a ? container_copy(a, nullptr) : table.fresh(home));
  if (result && ours != a && !table.adopt(result.get(), a, Adopt::extend, nullptr, home)) return nullptr;
  if (!result || !table.adopt(result.get(), b, Adopt::extend, nullptr, home)) return nullptr;
  return result.release();
}
inline PyObject* mapping_or_in_place(PyObject* self, PyObject* other) noexcept {
  return mapping_of(self).adopt(self, other, Adopt::extend, nullptr, instance_home(self)) ? Py_NewRef(self) : nullptr;
}

inline const PyMethodDef* mapping_methods() noexcept {
  static const PyMethodDef methods[] = {
      {"get", method(mapping_get_or), METH_FASTCALL, "get($self, key, default=None, /)\n--\n\nReturn the value of a key, else the default."},
      {"keys", mapping_keys, METH_NOARGS, "keys($self, /)\n--\n\nA view of the keys."},
      {"values", mapping_values, METH_NOARGS, "values($self, /)\n--\n\nA view of the values."},
      {"items", mapping_items, METH_NOARGS, "items($self, /)\n--\n\nA view of the pairs."},
      {"pop", method(mapping_pop), METH_FASTCALL, "pop(key[, default])\n\nRemove a key and return its value."},
      {"popitem", mapping_pop_item, METH_NOARGS, "popitem($self, /)\n--\n\nRemove and return a pair: the last, where there is an order."},
      {"setdefault", method(mapping_set_default), METH_FASTCALL,
       "setdefault($self, key, default=None, /)\n--\n\nReturn the value of a key, after setting it if absent."},
      {"update", method(mapping_update), METH_VARARGS | METH_KEYWORDS,
       "update([other], **pairs)\n\nSet all pairs of a mapping or iterable; none if one does not fit."},
      {"clear", container_clear, METH_NOARGS, "clear($self, /)\n--\n\nRemove everything."},
      {"copy", container_copy, METH_NOARGS, "copy($self, /)\n--\n\nReturn a copy, with copies of the values."},
      {"__copy__", container_copy, METH_NOARGS, nullptr},
      {"__deepcopy__", container_copy, METH_O, nullptr},
      {"__reduce__", mapping_reduce, METH_NOARGS, nullptr},
      {nullptr, nullptr, 0, nullptr},
  };
  return methods;
}
inline const PyType_Slot* mapping_slots() noexcept {
  static const PyType_Slot slots[] = {
      {Py_tp_traverse, slot(traverse)},
      {Py_tp_repr, slot(mapping_repr)},
      {Py_tp_hash, slot(PyObject_HashNotImplemented)},
      {Py_tp_iter, slot(keyed_iterate)},
      {Py_tp_richcompare, slot(mapping_compare)},
      {Py_sq_contains, slot(keyed_contains)},
      {Py_mp_length, slot(container_length)},
      {Py_mp_subscript, slot(mapping_get)},
      {Py_mp_ass_subscript, slot(mapping_set)},
      {Py_nb_or, slot(mapping_or)},
      {Py_nb_inplace_or, slot(mapping_or_in_place)},
      {0, nullptr},
  };
  return slots;
}

// ---- conversion ----------------------------------------------------------------------------------------------------------

// The pairs of a mapping or iterable, as a list or tuple; nullptr without an exception for what has none.
[[gnu::noinline]] inline PyObject* take_pairs(PyObject* from) noexcept {
  if (PyDict_Check(from) || (PyMapping_Check(from) && !PySequence_Check(from))) return PyMapping_Items(from);
  if (is_text(from)) return nullptr;
  if (!PyList_Check(from) && !PyTuple_Check(from) && has_attribute(from, "keys")) return PyMapping_Items(from);
  return take_items(from);
}
// The two items of a pair; borrowed from `held`, which the caller drops. false: exception set.
[[gnu::noinline]] inline bool take_pair(PyObject* item, Py_ssize_t index, Ref& held, PyObject*& key, PyObject*& value) noexcept {
  held = Ref(is_text(item) ? nullptr : PySequence_Tuple(item));
  if (!held && PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_TypeError)) return false;
  if (!held || PyTuple_GET_SIZE(held.get()) != 2) {
    PyErr_Format(PyExc_TypeError, "item %zd is not a pair of key and value but %s", index, type_name(item));
    return false;
  }
  key = PyTuple_GET_ITEM(held.get(), 0);
  value = PyTuple_GET_ITEM(held.get(), 1);
  return true;
}

template <class V, bool multi>
struct FillMapping {
  using K = typename V::key_type;
  using M = typename V::mapped_type;

  [[gnu::noinline]] static bool fill(PyObject* from, V& out, PyObject*& held, Home home) noexcept {
    Ref pairs(take_pairs(from));
    if (!pairs) return false;
    try {
      for (Py_ssize_t i = 0; i < Py_SIZE(pairs.get()); ++i) {
        PyObject *key, *value;
        Ref pair;
        Ref item = Ref::borrowed(items_of(pairs.get())[i]);
        typename Convert<K>::Slot key_slot{};
        typename Convert<M>::Slot value_slot{};
        if (!take_pair(item.get(), i, pair, key, value)) return false;
        if (!Convert<K>::take(key, key_slot, home)) return item_error("key", i, key);
        if (!Convert<M>::take(value, value_slot, home)) return item_error("value", i, value);
        if constexpr (multi) {
          out.emplace(Convert<K>::pull(key_slot), Convert<M>::pull(value_slot));
        } else {
          put_pair(out, K(Convert<K>::pull(key_slot)), M(Convert<M>::pull(value_slot)));
        }
      }
    } catch (...) {
      raise_current();
      return false;
    }
    if constexpr (traits::borrows<K>::value || traits::borrows<M>::value) held = pairs.release();
    (void)held;
    return true;
  }
  static void put_pair(V& out, K&& key, M&& value) {
    if constexpr (std::is_move_assignable_v<M>) {
      out.insert_or_assign(std::move(key), std::move(value));
    } else {
      out.erase(key);
      out.emplace(std::move(key), std::move(value));
    }
  }
  static int rank(PyObject* from, Home home) noexcept {
    if (is_text(from) || (!PyMapping_Check(from) && !is_iterable(from))) return no_match;
    if (!PyDict_CheckExact(from)) return conversion + 2;
    int worst = exact;
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(from, &at, &key, &value)) {
      const int a = Convert<K>::rank(key, home), b = Convert<M>::rank(value, home);
      if (a == no_match || b == no_match) return no_match;
      worst = a > worst ? a : worst;
      worst = b > worst ? b : worst;
    }
    return conversion + worst;
  }
  // A dict; a multimap is a list of pairs.
  template <class C>
  static PyObject* plain(C&& value, Home home) {
    Ref result(multi ? PyList_New(0) : PyDict_New());
    if (!result) return nullptr;
    for (auto& [key, mapped] : value) {
      Ref k(dovetail::give(key, home));
      Ref m(k ? dovetail::give(mapped, home) : nullptr);
      if (!m) return nullptr;
      if constexpr (multi) {
        Ref pair(PyTuple_Pack(2, k.get(), m.get()));
        if (!pair || PyList_Append(result.get(), pair.get())) return nullptr;
      } else {
        if (PyDict_SetItem(result.get(), k.get(), m.get())) return nullptr;
      }
    }
    return result.release();
  }
};

// ---- the table of one container type -------------------------------------------------------------------------------------

template <class V>
struct MappingFunctions : ContainerFunctions<V> {
  using K = typename V::key_type;
  using M = typename V::mapped_type;
  static constexpr bool shared = is_bound<M>;

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
  static bool equal(const void* a, const void* b) noexcept {
    if constexpr (traits::comparable<V>::value) return self(a) == self(b);
    return a == b;
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
      void* c = shared || how == Adopt::replace ? open_growing(of, table_of(of)) : open_mutable(of, table_of(of));
      if (!c) throw_python_error();
      if (how == Adopt::replace) {
        self(c) = std::move(given);
        return;
      }
      for (auto& [key, mapped] : given) FillMapping<V, false>::put_pair(self(c), K(key), std::move(mapped));
    });
  }
  // Looks up a key. `c` is the container after that; end() where the key is absent or (exception set) something failed.
  static typename V::iterator look(PyObject* of, PyObject* key, Home home, bool growing, V*& c, bool& failed) {
    TakenKey<K> taken;
    const Key how = taken.take(key, home);
    const ContainerTable& table = table_of(of);
    c = how == Key::failed ? nullptr : static_cast<V*>(growing ? open_growing(of, table) : open_const(of, table));
    failed = !c;
    if (!c) return {};
    return how == Key::taken ? c->find(taken.view()) : c->end();
  }
  // As int-like results: -1 with an exception set.
  static int has(PyObject* of, PyObject* key, Home home) noexcept {
    int found = -1;
    const ObjectLock lock(of);
    guarded([&] {
      V* c;
      bool failed;
      auto at = look(of, key, home, false, c, failed);
      if (!failed) found = at != c->end();
    });
    return found;
  }
  static int erase(PyObject* of, PyObject* key, Home home) noexcept {
    int found = -1;
    const ObjectLock lock(of);
    guarded([&] {
      V* c;
      bool failed;
      auto at = look(of, key, home, true, c, failed);
      if (failed) return;
      found = at != c->end();
      if (found) c->erase(at);
    });
    return found;
  }
  static PyObject* get(PyObject* of, PyObject* key, [[maybe_unused]] bool moved, Home home) noexcept {
    const ObjectLock lock(of);
    return give_guarded([&]() -> PyObject* {
      V* c;
      bool failed;
      auto at = look(of, key, home, free_threaded && moved, c, failed);
      if (failed || at == c->end()) return nullptr;
      if constexpr (free_threaded) {
        if (moved) return give_last(of, *c, at, home);
      }
      if constexpr (shared) {
        if (!moved) {
          // Looked up again by what the map holds, not by what was given: that may change its mind.
          if (PyUnicode_CheckExact(key) || PyLong_CheckExact(key)) return give_element<M>(of, key, value_again, home);
          const K& held = steady(at->first);
          Ref own(dovetail::give(held, home));
          return own ? give_element<M>(of, own.get(), value_again, home) : nullptr;
        }
        if constexpr (std::is_move_constructible_v<M>) return give_new<M>(std::move(at->second), home);
        PyErr_Format(PyExc_TypeError, "values of %s cannot be moved out", type_name(of));
        return nullptr;
      } else {
        const M& value = steady(at->second);
        return dovetail::give(value, home);
      }
    });
  }
  static void* find(PyObject* of, PyObject* key) noexcept {
    if constexpr (shared) {
      void* found = nullptr;
      const ObjectLock lock(of);
      guarded([&] {
        V* c;
        bool failed;
        auto at = look(of, key, instance_home(of), false, c, failed);
        if (!failed && at != c->end()) found = &at->second;
      });
      return found;
    }
    (void)of, (void)key;
    return nullptr;
  }
  static bool set(PyObject* of, PyObject* key, PyObject* value, Home home) noexcept {
    typename Convert<K>::Slot key_slot{};
    typename Convert<M>::Slot value_slot{};
    if (!take_item<K>(key, key_slot, home)) return wrong_value(of, "a key", key);
    if (!take_item<M>(value, value_slot, home)) return wrong_value(of, "a value", value);
    const ObjectLock lock(of);
    void* c = shared ? open_growing(of, table_of(of)) : open_mutable(of, table_of(of));
    if (!c) return false;
    return guarded(
        [&] { FillMapping<V, false>::put_pair(self(c), K(Convert<K>::pull(key_slot)), M(Convert<M>::pull(value_slot))); });
  }
  static constexpr MappingTable make() noexcept {
    MappingTable t{};
    t.slot = Bound<V>::slot;
    t.size = size;
    t.copy = is_copyable<V> ? &copy : nullptr;
    t.fresh = fresh;
    t.equal = traits::comparable<V>::value ? &equal : nullptr;
    t.adopt = adopt;
    t.clear = clear;
    t.has = has;
    t.erase = erase;
    t.keys = keys;
    t.get = get;
    t.set = set;
    t.find = find;
    return t;
  }

 private:
  // A value that the container has no longer.
  static PyObject* give_last(PyObject* of, V& c, typename V::iterator at, Home home) {
    if constexpr (std::is_move_constructible_v<M>) {
      M taken(std::move(at->second));
      c.erase(at);
      if constexpr (shared) {
        return give_new<M>(std::move(taken), home);
      } else {
        return dovetail::give(static_cast<const M&>(taken), home);
      }
    }
    PyErr_Format(PyExc_TypeError, "values of %s cannot be moved out", type_name(of));
    return nullptr;
  }
};

template <class V>
struct MappingType : ContainerSpec {
  static constexpr MappingTable functions = MappingFunctions<V>::make();
  MappingType() noexcept {
    fill_container<V>(*this, unsigned(Py_TPFLAGS_MAPPING), functions, mapping_methods(), mapping_slots());
  }
};

template <class... P>
struct ContainerType<std::map<P...>> : MappingType<std::map<P...>> {};
template <class... P>
struct ContainerType<std::unordered_map<P...>> : MappingType<std::unordered_map<P...>> {};

template <class... P>
struct Convert<std::map<P...>> : ConvertContainer<std::map<P...>, FillMapping<std::map<P...>, false>> {};
template <class... P>
struct Convert<std::unordered_map<P...>>
    : ConvertContainer<std::unordered_map<P...>, FillMapping<std::unordered_map<P...>, false>> {};
template <class... P>
struct Convert<std::multimap<P...>> : ConvertContainer<std::multimap<P...>, FillMapping<std::multimap<P...>, true>> {};
template <class... P>
struct Convert<std::unordered_multimap<P...>>
    : ConvertContainer<std::unordered_multimap<P...>, FillMapping<std::unordered_multimap<P...>, true>> {};

template <class... P>
struct Arg<std::map<P...>&> : ArgContainer<std::map<P...>> {};
template <class... P>
struct Arg<std::unordered_map<P...>&> : ArgContainer<std::unordered_map<P...>> {};

// By rule: a new dict, whatever is bound.
template <class V>
PyObject* give_dict(V&& value, Home home) {
  return FillMapping<std::remove_cv_t<std::remove_reference_t<V>>, false>::plain(std::forward<V>(value), home);
}

}  // namespace v1
}  // namespace dovetail
