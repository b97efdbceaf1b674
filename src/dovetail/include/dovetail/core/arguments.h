// dovetail/core/arguments.h: from the arguments of a call to C++ values.
//
// A wrapper binds its arguments to parameters (bind_arguments), takes each one (Arg<P>::take), calls, and gives.
// A failing `take` is reported by bad_argument, which knows from the docstring what the parameter is called and may be:
//   area(): argument 's' must be Shape, not int
//
// Convert<T> is how one C++ type crosses the border; it is specialised in convert/, by users, and here for bound classes.
//
//   using Slot = …;                                   what an argument is during the call; default-constructible
//   static bool take(PyObject*, Slot&, Home) noexcept;  false without an exception: wrong type; with one: bad value
//   static const T& view(Slot&);  static T pull(Slot&);   for const T& / by value (moved out where the slot owns it)
//   static T& edit(Slot&);                            for T&: only where Python shares the object
//   static void put(Slot&, T);                        a default value; not needed where Slot is T
//   static PyObject* give(const T&, Home); … (T&&, Home)  new reference or nullptr; may throw: called inside a try
//   static int rank(PyObject*, Home) noexcept;        how close for overloads: see below
//   static constexpr Foreseen foreseen;               ranks that the argument's type alone decides (core/kinds.h); may be left out
#pragma once
#include <dovetail/core/cell.h>
#include <dovetail/core/kinds.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T, class = void>
struct Convert;  // no definition: a type without a conversion does not compile

// Ranks. Between them, 3 … 99: bases further away.
enum : int {
  no_match = -1,
  exact = 0,
  promotion = 1,   // bool -> int, int -> float
  conversion = 2,  // iterable -> container, derived -> base
  last_resort = 100,  // right type, but the value does not fit: only so that the error can say so
};

template <class T>
DOVETAIL_INLINE PyObject* give(T&& value, Home home) {
  return Convert<std::decay_t<T>>::give(std::forward<T>(value), home);
}
DOVETAIL_INLINE PyObject* give_none() noexcept { Py_RETURN_NONE; }

// A default value that must be an object lives here for the length of the call.
template <class T, bool opaque = traits::is_opaque<T>::value>
struct Kept {
  alignas(T) unsigned char bytes[sizeof(T)];
  T* value = nullptr;
  Kept() noexcept {}
  ~Kept() {
    if constexpr (std::is_destructible_v<T>) {
      if (value) value->~T();
    }
  }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  template <class V>
  T* put(V&& from) {
    return value = new (bytes) T(std::forward<V>(from));
  }
};

// Of a class without a definition there are no values.
template <class T>
struct Kept<T, true> {};

// A callable as the messages see it. `doc` is its docstring: "area(s, scale=1.0)\n--\n\narea(s: Shape, scale: float = 1.0)
// -> float\n…"; the typed lines after "--\n\n" (or from the start) name parameters and types, `line` says which of them.
// Handed on as a pointer and a number: constants in the code instead of tables of pointers that are relocated at import.
struct Signature {
  const char* doc;
  uint8_t line;
  uint8_t total;
  uint8_t required;
  uint8_t positional;   // how many of the first parameters cannot be given by keyword
  uint16_t first_name;  // in State::names: the name of the first parameter that can

  constexpr uint64_t numbers() const noexcept {
    return uint64_t{first_name} << 32 | uint64_t{positional} << 24 | uint64_t{required} << 16 | uint64_t{line} << 8 | total;
  }
  static constexpr Signature from(const char* doc, uint64_t numbers) noexcept {
    return {doc, uint8_t(numbers >> 8), uint8_t(numbers), uint8_t(numbers >> 16), uint8_t(numbers >> 24), uint16_t(numbers >> 32)};
  }
};

// ---- cold: binding.h ---------------------------------------------------------------------------------------------------

PyObject* const* bind_slowly(const Signature&, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames, PyObject** slots,
                             Home) noexcept;
// Sets the exception for argument `index`, which `take` refused; returns nullptr. An exception already set keeps its type
// and gets the function and the argument in front of its text.
DOVETAIL_INLINE PyObject* bad_argument(const Signature&, int index, PyObject* given, Home) noexcept;
DOVETAIL_INLINE PyObject* bad_argument(const Signature&, int index, PyObject* const* bound) noexcept;
// What differs between the parameters of a wrapper is a number: `place` is the line times 256 plus the index.
PyObject* refuse_argument(const char* doc, int place, PyObject* given) noexcept;
PyObject* refuse_bound(const char* doc, int place, PyObject* const* bound) noexcept;
DOVETAIL_INLINE PyObject* bad_argument(const Signature& signature, int index, PyObject* given, Home) noexcept {
  return refuse_argument(signature.doc, signature.line * 256 + index, given);
}
DOVETAIL_INLINE PyObject* bad_argument(const Signature& signature, int index, PyObject* const* bound) noexcept {
  return refuse_bound(signature.doc, signature.line * 256 + index, bound);
}

// The same for a pointer that does not take None; `rule` is the line with which it would.
PyObject* refuse_pointer(const char* doc, int place, PyObject* given, const char* rule) noexcept;
DOVETAIL_INLINE PyObject* refuse_pointer(const Signature& signature, int index, PyObject* given, const char* rule) noexcept {
  return refuse_pointer(signature.doc, signature.line * 256 + index, given, rule);
}

using Bind = PyObject* const*(PyObject** slots, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames, const char* doc,
                              uint64_t numbers) noexcept;
template <bool instance>
DOVETAIL_COLD PyObject* const* bind_out_of_order(PyObject** slots, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames,
                                                 const char* doc, uint64_t numbers) noexcept {
  return bind_slowly(Signature::from(doc, numbers), args, nargs, kwnames, slots, {slots[0], instance});
}
// For signatures without positional-only parameters. All by keyword and in order: the vector already is as it must be. Everything is in registers, the first arguments of the
// wrapper where they were; self or the module waits in slots[0].
template <bool instance>
[[gnu::noinline]] PyObject* const* bind_by_name(PyObject** slots, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames,
                                                const char* doc, uint64_t numbers) noexcept {
  // One test after the other: the compiler would make the first ones into numbers and combine them.
  const Py_ssize_t total = uint8_t(numbers);
  if (!DOVETAIL_LIKELY(kwnames)) return bind_out_of_order<instance>(slots, args, nargs, kwnames, doc, numbers);
  if (DOVETAIL_LIKELY(!nargs) && DOVETAIL_LIKELY(PyTuple_GET_SIZE(kwnames) == total)) {
    PyObject* const* const names = state({slots[0], instance})->names + (numbers >> 32);
    const auto given = items_of_tuple(kwnames);
    Py_ssize_t i = total;
    do {
      if (--i < 0) return args;
    } while (given[i] == names[i]);
  }
  return bind_out_of_order<instance>(slots, args, nargs, kwnames, doc, numbers);
}

// One object per parameter, absent optional ones nullptr; nullptr: exception set, in the words of CPython.
// The result is `args` itself where all are given in order, else `slots`, which has room for all.
DOVETAIL_INLINE PyObject* const* bind_arguments(const Signature& signature, PyObject* const* args, Py_ssize_t nargs,
                                                PyObject* kwnames, PyObject** slots, Home home) noexcept {
#if DOVETAIL_COMPACT
  if (nargs == signature.total && !kwnames) return args;
#else
  if (DOVETAIL_LIKELY(nargs == signature.total && !kwnames)) {
    DOVETAIL_ASSUME(args || !signature.total);
    return args;
  }
  if (kwnames && signature.total <= 8 && nargs + PyTuple_GET_SIZE(kwnames) == signature.total && nargs >= signature.positional) {
    // All are given, keywords in order: the vector already is as it must be.
    PyObject* const* const names = state(home)->names + signature.first_name - signature.positional + nargs;
    const Py_ssize_t count = signature.total - nargs;
    Py_ssize_t i = 0;
    while (i < count && PyTuple_GET_ITEM(kwnames, i) == names[i]) ++i;
    if (DOVETAIL_LIKELY(i == count)) return args;
  }
#endif
  slots[0] = home.object;
  Bind* const bind = signature.positional ? (home.instance ? bind_out_of_order<true> : bind_out_of_order<false>)
                                          : (home.instance ? bind_by_name<true> : bind_by_name<false>);
  return bind(slots, args, nargs, kwnames, signature.doc, signature.numbers());
}

// Status of slots and initialisers that return int: the exception is set.
inline int failed(PyObject* = nullptr) noexcept { return -1; }

// ---- Arg ---------------------------------------------------------------------------------------------------------------
//
// One parameter during a call; P is its canonical C++ type. It must outlive the C++ call: views point into it.

namespace detail {
template <class T, class V>
inline void put_default(typename Convert<T>::Slot& slot, V&& value) {
  if constexpr (std::is_same_v<typename Convert<T>::Slot, T>) {
    slot = std::forward<V>(value);
  } else {
    Convert<T>::put(slot, std::forward<V>(value));
  }
}
}  // namespace detail

// By value (also const T).
template <class P>
struct Arg {
  using T = std::remove_cv_t<P>;
  using Converter = Convert<T>;
  typename Convert<T>::Slot slot{};
  DOVETAIL_INLINE bool take(PyObject* given, Home home) noexcept { return Convert<T>::take(given, slot, home); }
  template <class V>
  void set(V&& value) {
    detail::put_default<T>(slot, std::forward<V>(value));
  }
  DOVETAIL_INLINE decltype(auto) get() { return Convert<T>::pull(slot); }
  static int rank(PyObject* given, Home home) noexcept { return Convert<T>::rank(given, home); }
};

template <class T>
struct Arg<const T&> {
  using Converter = Convert<T>;
  typename Convert<T>::Slot slot{};
  DOVETAIL_INLINE bool take(PyObject* given, Home home) noexcept { return Convert<T>::take(given, slot, home); }
  template <class V>
  void set(V&& value) {
    detail::put_default<T>(slot, std::forward<V>(value));
  }
  DOVETAIL_INLINE decltype(auto) get() { return Convert<T>::view(slot); }
  static int rank(PyObject* given, Home home) noexcept { return Convert<T>::rank(given, home); }
};

template <class T>
struct Arg<T&&> {
  using U = std::remove_cv_t<T>;
  using Converter = Convert<U>;
  typename Convert<U>::Slot slot{};
  DOVETAIL_INLINE bool take(PyObject* given, Home home) noexcept { return Convert<U>::take(given, slot, home); }
  template <class V>
  void set(V&& value) {
    detail::put_default<U>(slot, std::forward<V>(value));
  }
  // A temporary of the call expression: it lives until the call returns. Copied as an explicit constructor wants it too.
  DOVETAIL_INLINE U get() { return U(Convert<U>::pull(slot)); }
  static int rank(PyObject* given, Home home) noexcept { return Convert<U>::rank(given, home); }
};

// A reference that C++ may write through: the Python object must be the C++ object.
template <class T>
struct Arg<T&> {
  static constexpr Foreseen foreseen = only_objects;
  T* pointer = nullptr;
  DOVETAIL_INLINE bool take(PyObject* given, Home home) noexcept { return (pointer = borrow<T>(given, home)) != nullptr; }
  void set(T& value) noexcept { pointer = &value; }
  DOVETAIL_INLINE T& get() noexcept { return *pointer; }
  static int rank(PyObject* given, Home home) noexcept { return instance_rank<T>(given, home); }
};

// A pointer to one object (bound class or container). C strings have their own Arg in convert/text.h.
template <class T>
struct Arg<T*> {
  static constexpr Foreseen foreseen = only_objects;
  T* pointer = nullptr;
  DOVETAIL_INLINE bool take(PyObject* given, Home home) noexcept {
    if constexpr (std::is_const_v<T>) {
      return (pointer = borrow_const<std::remove_const_t<T>>(given, home)) != nullptr;
    } else {
      return (pointer = borrow<T>(given, home)) != nullptr;
    }
  }
  bool take_nullable(PyObject* given, Home home) noexcept {
    if (given != Py_None) return take(given, home);
    pointer = nullptr;
    return true;
  }
  void set(T* value) noexcept { pointer = value; }
  DOVETAIL_INLINE T* get() noexcept { return pointer; }
  static int rank(PyObject* given, Home home) noexcept { return instance_rank<std::remove_const_t<T>>(given, home); }
  static int rank_nullable(PyObject* given, Home home) noexcept {
    return given == Py_None ? int{exact} : rank(given, home);
  }
};
template <class T>
struct Arg<T* const> : Arg<T*> {};

// Takes argument `index` of those that were bound; false: its exception is set. Numbers convert slowly and refuse in one
// function, so that a wrapper has one way out for all of them.
namespace detail {
template <class A, class = void>
struct takes_or_refuses : std::false_type {};
template <class A>
struct takes_or_refuses<A, std::void_t<decltype(&Convert<typename A::T>::take_or_refuse)>> : std::true_type {};
}  // namespace detail
template <class A>
DOVETAIL_INLINE bool take_argument(A& argument, const Signature& signature, int index, PyObject* const* bound, Home home) noexcept {
  if constexpr (detail::takes_or_refuses<A>::value) {
    return Convert<typename A::T>::take_or_refuse(bound, argument.slot, signature.doc, signature.line * 256 + index);
  } else {
    if (DOVETAIL_LIKELY(argument.take(bound[index], home))) return true;
    bad_argument(signature, index, bound);
    return false;
  }
}

using RankFunction = int (*)(PyObject* given, Home) noexcept;

}  // namespace v1
}  // namespace dovetail
