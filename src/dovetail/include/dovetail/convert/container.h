// dovetail/convert/container.h: what all bound std containers share.
//
// A container's Python type is made of tables: its protocol (list-, dict- or set-like) is implemented once, without
// templates, and works through a `ContainerTable` of small functions, one table per C++ type. `ContainerType<V>` holds
// what CPython wants in writable memory; it is filled when the extension is loaded and never changes after.
#pragma once
#include <dovetail/convert/buffer.h>
#include <dovetail/convert/guarded.h>
#include <dovetail/core/objects.h>
#include <dovetail/core/uninterrupted.h>

#include <cstring>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// ---- what elements can do ----------------------------------------------------------------------------------------------

// std containers claim to be comparable whatever their elements; these ask the elements.
namespace traits {
template <class T, class = void>
struct has_equal : std::false_type {};
template <class T>
struct has_equal<T, std::void_t<decltype(bool(std::declval<const T&>() == std::declval<const T&>()))>> : std::true_type {};
template <class T, class = void>
struct comparable : has_equal<T> {};  // of variants: convert/variant.h
template <class T>
struct comparable<T, std::void_t<typename T::const_iterator, std::enable_if_t<!std::is_same_v<typename T::value_type, T>>>>
    : comparable<typename T::value_type> {};  // a JSON array is made of JSON values
template <class A, class B>
struct comparable<std::pair<A, B>> : std::bool_constant<comparable<std::remove_cv_t<A>>::value && comparable<B>::value> {};
template <class... T>
struct comparable<std::tuple<T...>> : std::bool_constant<(comparable<std::remove_cv_t<T>>::value && ...)> {};
template <class T>
struct comparable<std::optional<T>> : comparable<std::remove_cv_t<T>> {};

// A value that looks at the Python object it was taken from, which must live as long.
template <class T>
struct borrows : std::is_pointer<T> {};
template <class C, class Traits>
struct borrows<std::basic_string_view<C, Traits>> : std::true_type {};
}  // namespace traits
// ---- tables ------------------------------------------------------------------------------------------------------------

enum class Adopt : uint8_t { replace, extend, splice };

struct ContainerTable {
  int slot;
  bool fixed;  // its size never changes
  Py_ssize_t (*size)(const void* c) noexcept;
  PyObject* (*copy)(const ContainerTable&, void* c, Home) noexcept;   // nullptr: elements cannot be copied
  PyObject* (*fresh)(Home) noexcept;                                  // a new empty one
  bool (*equal)(const void* a, const void* b) noexcept;               // nullptr: no operator==
  // Takes all of `from` first, then changes self: extend or update, or replace the elements that `slice` names.
  bool (*adopt)(PyObject* self, PyObject* from, Adopt how, PyObject* slice, Home) noexcept;
  bool (*clear)(void* c) noexcept;
};

// In writable memory, because CPython's structures are. tp_methods leads to it: `methods` stands first.
struct ContainerSpec {
  static constexpr int max_methods = 28, max_slots = 40;
  PyMethodDef methods[max_methods];
  const ContainerTable* table;
  PyType_Slot slots[max_slots];
  PyType_Spec spec;

  ContainerSpec() = default;
  void add(const PyType_Slot& slot) noexcept {
    int i = 0;
    while (slots[i].slot) ++i;
    slots[i] = slot;
  }
  void add_methods(const PyMethodDef* more) noexcept {
    int i = 0;
    while (methods[i].ml_name) ++i;
    for (; more && more->ml_name && i + 1 < max_methods; ++more) methods[i++] = *more;
  }
  // `shared` and `common` end with a null entry.
  void fill(const char* name, size_t size, unsigned flags, const ContainerTable& of, const PyMethodDef* shared,
            const PyType_Slot* common) noexcept {
    add_methods(shared);
    for (; common->slot; ++common) add(*common);
    table = &of;
    add({Py_tp_methods, methods});
    spec.name = name;
    spec.basicsize = static_cast<int>(size);
    spec.flags = static_cast<unsigned>(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE) | flags;
    spec.slots = slots;
  }
};

// The table of an instance, also of a Python subclass.
inline const ContainerTable& table_of(PyObject* self) noexcept {
  PyTypeObject* type = Py_TYPE(self);
  while (!methods_of(type)) type = base_of(type);
  return *reinterpret_cast<const ContainerSpec*>(methods_of(type))->table;
}

// The C++ container of self; nullptr with an exception set.
inline void* open_const(PyObject* self, const ContainerTable&) noexcept {
  Cell* cell = as_cell(self);
  if (DOVETAIL_LIKELY((cell->state & ~uint32_t{is_const}) == 0)) return cell->value;
  return resolve(self, nullptr, false, nullptr);
}
inline void* open_mutable(PyObject* self, const ContainerTable&) noexcept {
  Cell* cell = as_cell(self);
  if (DOVETAIL_LIKELY(cell->state == usable)) return cell->value;
  return resolve(self, nullptr, true, nullptr);
}
// For changes of size, and of elements that are containers themselves: also refuses while a buffer looks into it.
inline void* open_growing(PyObject* self, const ContainerTable& table) noexcept {
  void* c = open_mutable(self, table);
  return c && check_unpinned(self, c) ? c : nullptr;
}

// Runs C++ that may throw in a function of a table.
template <class F>
inline PyObject* give_guarded(F f) noexcept {
  try {
    return f();
  } catch (...) {
    return raise_current();
  }
}

// Text is a sequence of text in Python: taken as elements it is nearly always a mistake.
inline bool is_text(PyObject* o) noexcept { return PyUnicode_Check(o) || PyBytes_Check(o) || PyByteArray_Check(o); }
// The usual arguments of other overloads, told by their type.
inline bool is_plain_scalar(PyObject* o) noexcept {
  return PyFloat_CheckExact(o) || PyLong_CheckExact(o) || PyUnicode_CheckExact(o);
}
// Of whatever is filled from items. (Bytes may be numbers.)
inline constexpr Foreseen scalars_never{0, float_kind | small_int_kind | int_kind | text_kind | bool_kind | none_kind};
inline bool is_iterable(PyObject* o) noexcept { return has_iter(Py_TYPE(o)) || PySequence_Check(o); }
// Anything iterable as a list or tuple; nullptr without an exception for what is not.
inline PyObject* take_items(PyObject* from) noexcept {
  if (PyList_CheckExact(from) || PyTuple_CheckExact(from)) return Py_NewRef(from);
  if (is_text(from) || !is_iterable(from)) return nullptr;
  return uninterrupted([from] { return PySequence_List(from); });
}

// One item, held: taking it may run Python code that drops it from where it came.
template <class T>
[[gnu::noinline]] bool take_held(PyObject* item, typename Convert<T>::Slot& slot, Home home) noexcept {
  Py_INCREF(item);
  const bool good = Convert<T>::take(item, slot, home);
  Py_DECREF(item);
  return good;
}
template <class T>
inline bool take_item(PyObject* item, typename Convert<T>::Slot& slot, Home home) noexcept {
  if constexpr (std::is_integral_v<T>) {
    if (DOVETAIL_LIKELY(PyLong_CheckExact(item))) return Convert<T>::take(item, slot, home);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (DOVETAIL_LIKELY(PyFloat_CheckExact(item))) return Convert<T>::take(item, slot, home);
  }
  return take_held<T>(item, slot, home);
}

// A value that cannot become an element (or key): keeps an exception that says more.
DOVETAIL_COLD inline bool wrong_value(PyObject* self, const char* what, PyObject* value) noexcept {
  if (!PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "%s of %s cannot be %s", what, type_name(self), type_name(value));
  return false;
}
DOVETAIL_COLD inline bool wrong_values(PyObject* self, PyObject* from) noexcept {
  if (!PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "%s cannot take its elements from %s", type_name(self), type_name(from));
  return false;
}
DOVETAIL_COLD inline PyObject* refuse_copy(PyObject* self) noexcept {
  PyErr_Format(PyExc_TypeError, "%s cannot be copied: its elements cannot", type_name(self));
  return nullptr;
}

// What becomes a Python object. Making one may let others have their turn: without a GIL it is made from a copy.
template <class T>
inline decltype(auto) steady(const T& value) {
  if constexpr (free_threaded && is_copyable<T>) {
    return T(value);
  } else {
    return (value);
  }
}

// ---- methods that all containers have ----------------------------------------------------------------------------------

inline Py_ssize_t container_length(PyObject* self) noexcept {
  const ContainerTable& table = table_of(self);
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  return c ? table.size(c) : -1;
}
inline PyObject* container_copy(PyObject* self, PyObject*) noexcept {
  const ContainerTable& table = table_of(self);
  if (!table.copy) return refuse_copy(self);
  const ObjectLock lock(self);
  void* c = open_const(self, table);
  return c ? table.copy(table, c, instance_home(self)) : nullptr;
}
inline PyObject* container_clear(PyObject* self, PyObject*) noexcept {
  const ContainerTable& table = table_of(self);
  const ObjectLock lock(self);
  void* c = open_growing(self, table);
  return c && table.clear(c) ? give_none() : nullptr;
}
// extend() and update()
inline PyObject* container_extend(PyObject* self, PyObject* from) noexcept {
  return table_of(self).adopt(self, from, Adopt::extend, nullptr, instance_home(self)) ? give_none() : nullptr;
}
// "VectorInt(<what>)" for a container whose contents are `contents` (stolen).
inline PyObject* container_repr(PyObject* self, PyObject* (*contents)(PyObject*)) noexcept {
  const int entered = Py_ReprEnter(self);
  if (entered) return entered < 0 ? nullptr : PyUnicode_FromFormat("%s(...)", type_name(self));
  PyObject* text = nullptr;
  Ref inner(contents(self));
  if (inner) text = PyUnicode_FromFormat("%s(%R)", type_name(self), inner.get());
  Py_ReprLeave(self);
  return text;
}
// (type, (contents,)) for pickle and copy.
inline PyObject* container_reduce(PyObject* self, PyObject* (*contents)(PyObject*)) noexcept {
  Ref inner(contents(self));
  return inner ? Py_BuildValue("(O(O))", Py_TYPE(self), inner.get()) : nullptr;
}

inline bool check_count(const char* name, Py_ssize_t nargs, Py_ssize_t least, Py_ssize_t most) noexcept {
  if (nargs >= least && nargs <= most) return true;
  PyErr_Format(PyExc_TypeError, "%s() takes %s%zd argument%s (%zd given)", name, least == most ? "exactly " : nargs < least ? "at least " : "at most ",
               nargs < least ? least : most, (nargs < least ? least : most) == 1 ? "" : "s", nargs);
  return false;
}
inline PyCFunction method(PyObject* (*f)(PyObject*, PyObject* const*, Py_ssize_t) noexcept) noexcept {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(f));
}
inline PyCFunction method(PyObject* (*f)(PyObject*, PyObject*, PyObject*) noexcept) noexcept {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(f));
}
template <class F>
void* slot(F* f) noexcept {
  return reinterpret_cast<void*>(f);
}

// ---- construction ------------------------------------------------------------------------------------------------------

// The one optional argument of a container's constructor. false: exception set; nullptr: none given.
[[gnu::noinline]] inline bool one_argument(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames,
                                           PyObject*& given) noexcept {
  given = nargs ? args[0] : nullptr;
  if (nargs <= 1 && !(kwnames && PyTuple_GET_SIZE(kwnames))) return true;
  if (nargs > 1) {
    PyErr_Format(PyExc_TypeError, "%s() takes at most 1 argument (%zd given)", type_name(self), nargs);
  } else {
    PyErr_Format(PyExc_TypeError, "%s() takes no keyword arguments", type_name(self));
  }
  return false;
}

// All of `from` as a V of its own. false: exception set.
template <class V>
[[gnu::noinline]] bool take_whole(PyObject* self, PyObject* from, V& out) noexcept {
  return guarded([&] {
    typename Convert<V>::Slot slot{};
    if (!Convert<V>::take(from, slot, instance_home(self))) {
      wrong_values(self, from);
      throw_python_error();
    }
    out = Convert<V>::pull(slot);
  });
}
// A new Python object for what is in `value`. Noexcept where moving is: one for all that makes containers.
template <class V>
[[gnu::noinline]] PyObject* give_moved(V& value, Home home) {
  return give_new<V>(std::move(value), home);
}

template <class V>
int construct_container(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) noexcept {
  PyObject* given = nullptr;
  if (!one_argument(self, args, nargs, kwnames, given)) return -1;
  int status = -1;
  guarded([&] {
    V made{};
    if (given && !take_whole(self, given, made)) throw_python_error();
    Place<V> place(self);
    if (!place) throw_python_error();
    ::new (place.memory) V(std::move(made));
    status = place.ready();
  });
  return status;
}

// ---- what emitted code derives from ------------------------------------------------------------------------------------

template <class V>
struct ContainerType;  // a ContainerSpec, filled for V: sequence.h, mapping.h, set.h

template <class V>
inline ContainerType<V> container_type;

template <class V>
struct BoundContainer {
  static constexpr bool container = true;
  static constexpr bool tracked = true;
  static constexpr Holding holding = Holding::room;
  static constexpr PyMethodDef* methods = container_type<V>.methods;
};

// Of one that another module has made.
struct UsedContainer {
  static constexpr bool container = true;
  static constexpr bool tracked = true;
  static constexpr Holding holding = Holding::room;
  static constexpr bool foreign = true;
};

template <class V>
constexpr TypeRow container_row(const char* scope, const char* abc) noexcept {
  TypeRow row{};
  row.slot = Bound<V>::slot;
  row.base = -1;
  row.scope = scope;
  row.name = Bound<V>::name;
  row.spec = &container_type<V>.spec;
  row.tracked = true;
  row.size = sizeof(V);
  row.vectorcall = construct<V, construct_container<V>>;
  row.abc = abc;
  return row;
}

// The row of a container type that another module has made: `path` there.
template <class V>
constexpr TypeRow used_container_row(const char* from, const char* path) noexcept {
  TypeRow row{};
  row.slot = Bound<V>::slot;
  row.base = -1;
  row.scope = "";
  row.name = path;
  row.tracked = true;
  row.size = sizeof(V);
  row.from = from;
  row.room = sizeof(Room<V>);
  return row;
}

// What every container type has beside its protocol; the buffer slots come on top.
template <class V>
void fill_container(ContainerSpec& spec, unsigned flags, const ContainerTable& table, const PyMethodDef* methods,
                    const PyType_Slot* slots) noexcept {
  spec.fill(Bound<V>::full_name, sizeof(Room<V>), flags, table, methods, slots);
  spec.add({Py_tp_new, reinterpret_cast<void*>(&new_unready<V>)});
  spec.add({Py_tp_init, reinterpret_cast<void*>(&init<V, construct_container<V>>)});
  spec.add({Py_tp_dealloc, reinterpret_cast<void*>(&dealloc<V>)});
  spec.add({Py_tp_clear, reinterpret_cast<void*>(&clear<V>)});
}

// What the tables of all containers share.
template <class V>
struct ContainerFunctions {  static V& self(void* c) noexcept { return *static_cast<V*>(c); }
  static const V& self(const void* c) noexcept { return *static_cast<const V*>(c); }

  static Py_ssize_t size(const void* c) noexcept { return Py_ssize_t(self(c).size()); }
  static PyObject* copy(const ContainerTable&, void* c, Home home) noexcept {
    if constexpr (is_copyable<V>) {
      return give_guarded([&] {
        V made(static_cast<const V&>(self(c)));
        return give_moved(made, home);
      });
    }
    return nullptr;
  }
};

// ---- Convert<> of containers: what they share ----------------------------------------------------------------------------

// A container made for a call. Wrappers declare their arguments before anything can catch what a constructor throws, and
// some containers allocate even while they are empty: these are made when there is something to put in.
template <class V, bool = std::is_nothrow_default_constructible_v<V>>
struct OwnContainer {
  V value{};
  V& make() noexcept { return value; }
  V& get() noexcept { return value; }
};
template <class V>
struct OwnContainer<V, false> {
  std::optional<V> value;
  V& make() { return value ? *value : value.emplace(); }
  V& get() noexcept { return *value; }
};

// `const V&` looks at a bound container's own, or at one made for the call. By value: copied from a bound container,
// moved from one made for the call. Fill: static bool fill(PyObject* from, V& out, PyObject*& held, Home) noexcept.
template <class V, class Fill>
struct ConvertContainer {
  struct Slot {
    const V* given = nullptr;
    OwnContainer<V> own;
    Ref held;  // what elements look into
#ifdef Py_GIL_DISABLED
    PyObject* from = nullptr;  // of `given`
#endif
  };
  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    if constexpr (is_bound<V>) {
      if (const V* bound = borrow_const<V>(from, home)) {
        slot.given = bound;
#ifdef Py_GIL_DISABLED
        slot.from = from;
#endif
        return true;
      }
      if (PyErr_Occurred()) return false;
    }
    slot.given = nullptr;
    PyObject* held = nullptr;
    const bool good = guarded([&] { slot.own.make(); }) && Fill::fill(from, slot.own.get(), held, home);
    slot.held = Ref(held);
    return good;
  }
  static const V& view(Slot& slot) noexcept { return slot.given ? *slot.given : slot.own.get(); }
  static V pull(Slot& slot) {
    if (slot.given) {
#ifdef Py_GIL_DISABLED
      // An element may have moved since it was taken.
      const ObjectLock lock(slot.from);
      if (as_cell(slot.from)->state & element) slot.given = static_cast<const V*>(resolve(slot.from, nullptr, false, nullptr));
      if (!slot.given) throw_python_error();
#endif
      if constexpr (is_copyable<V>) return V(*slot.given);
      PyErr_Format(PyExc_TypeError, "the container cannot be copied: its elements cannot");
      throw_python_error();
    }
    return std::move(slot.own.get());
  }
  static void put(Slot& slot, V value) {
    slot.own.make() = std::move(value);
    slot.given = nullptr;
  }
  static PyObject* give(const V& value, Home home) {
    if constexpr (is_bound<V>) {
      return give_new<V>(value, home);
    } else {
      return Fill::plain(value, home);
    }
  }
  static PyObject* give(V&& value, Home home) {
    if constexpr (is_bound<V>) {
      return give_new<V>(std::move(value), home);
    } else {
      return Fill::plain(std::move(value), home);
    }
  }
  static constexpr Foreseen foreseen = scalars_never;
  static int rank(PyObject* from, Home home) noexcept {
    if constexpr (is_bound<V>) {
      if (instance_rank<V>(from, home) >= 0) return methods_of(Py_TYPE(from)) == tag_of<V>(home) ? exact : promotion;
    }
    return Fill::rank(from, home);
  }
};

// `V&`: the bound container itself. While a buffer looks into it C++ may not have it: it might grow.
template <class V>
struct ArgContainer {
  V* pointer = nullptr;
  bool take(PyObject* from, Home home) noexcept {
    pointer = borrow<V>(from, home);
    return pointer && check_unpinned(from, pointer);
  }
  void set(V& value) noexcept { pointer = &value; }
  V& get() noexcept { return *pointer; }
  static constexpr Foreseen foreseen = only_objects;
  static int rank(PyObject* from, Home home) noexcept { return instance_rank<V>(from, home); }
};

}  // namespace v1
}  // namespace dovetail
