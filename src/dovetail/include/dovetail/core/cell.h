// dovetail/core/cell.h: the Python object that is a C++ object.
//
// A `Cell` points at a C++ object and says who owns it. Every bound class has one layout, `Room<T>`: a cell with room
// for a T behind it. The object may live in the room, on the heap, behind a shared_ptr, or elsewhere (borrowed): then
// `owner` is kept alive for as long as the cell.
//
// Access is one test: a non-const method needs `state == usable`, a const one tolerates `is_const`. All else is cold:
// an element of a container is looked up again at each use, a base at another address is adjusted, and an object without
// __init__, one that C++ took over, or a const one refuse with an exception.
//
// Invariants
//   value      the object as its own bound class (slot) sees it; nullptr while unready or gone, and for elements
//   owner      a cell, or a list of [owner, kept …] (see keep_alive), or nullptr; a strong reference
//   slot       index of the bound class in State::types of the module that made it; a Python subclass has the slot of its
//              bound base
#pragma once
#include <dovetail/core/state.h>

#include <atomic>
#include <new>
#include <type_traits>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Who holds the object. none, room and heap are also what a class declares for its own instances.
enum class Holding : uint16_t {
  none,      // borrowed: lives elsewhere (a class: instances are never owned by Python)
  room,      // behind the cell, and owner is nullptr
  kept_room, // behind the cell, which keeps other objects alive (owner is a list)
  heap,      // Python deletes it
  shared,    // link.holder keeps it: a shared_ptr, or a unique_ptr with its own deleter
  offset,    // inside an object that is itself looked up: link.index bytes from its start
  interior,  // the same, found by link.again.interior
  index,     // element of a container: link.again.index
  key,       // element of a container: link.again.key, link.key is a strong reference
  lent,      // lives elsewhere, for the length of a call out of C++: link.holder says of which (loans.h)
  handed,    // C++ owns it and tells the cell of its end: link.half
};

enum : uint32_t {
  usable = 0,
  is_const = 1,  // C++ gave a pointer to const
  element = 2,   // looked up again at each use
  adjusted = 4,  // one of its bases lies at another address, or it has one twice
  unready = 8,   // no __init__ yet
  gone = 16,     // C++ took it over, or its owner was collected
  building = 32, // inside of __init__
  scripted = 128,  // of a class that emitted code derived from C++'s, so that Python overrides virtual functions: virtuals.h
  draft = 64,    // on the stack of construct(), which makes the cell when the arguments are converted: owner is the cell then
};

struct Half;

// Of a cell. Without a GIL, whoever reads that an object is usable sees all of it, whichever thread made it.
#ifdef Py_GIL_DISABLED
class Flags {
 public:
  operator uint32_t() const noexcept { return bits_.load(std::memory_order_acquire); }
  void operator=(uint32_t bits) noexcept { bits_.store(bits, std::memory_order_release); }
  void operator|=(uint32_t bits) noexcept { bits_.fetch_or(bits); }
  void operator&=(uint32_t bits) noexcept { bits_.fetch_and(bits); }
  bool replace(uint32_t old, uint32_t with) noexcept { return bits_.compare_exchange_strong(old, with); }

 private:
  std::atomic<uint32_t> bits_;
};
#else
using Flags = uint32_t;
#endif

struct Cell {
  PyObject_HEAD
  void* value;
  PyObject* owner;
  Holding holding;  // together with slot and a state of 0 an immediate operand: one store makes a usable cell
  uint16_t slot;
  Flags state;
};

// Of several threads that call __init__ of one object, one begins.
inline bool begin_init(Cell* cell) noexcept {
#ifdef Py_GIL_DISABLED
  return cell->state.replace(unready, unready | building);
#else
  if (cell->state != unready) return false;
  cell->state = unready | building;
  return true;
#endif
}

// Finds an object that is looked up at each use: nullptr with an exception set (ReferenceError) where it is gone.
// The first argument is the cell's owner.
using AgainInterior = void* (*)(PyObject* owner) noexcept;
using AgainIndex = void* (*)(PyObject* owner, Py_ssize_t index) noexcept;
using AgainKey = void* (*)(PyObject* owner, PyObject* key) noexcept;

// Lies directly behind the cell when the room does not hold an object.
struct Link {
  union {
    AgainInterior interior;
    AgainIndex index;
    AgainKey key;
    void (*drop)(void* holder);  // Holding::shared
  } again;
  union {
    Py_ssize_t index;
    PyObject* key;
    void* holder;
    Half* half;  // of a scripted object, which is on the heap or belongs to C++
  };
};

// What a scripted C++ object knows of its Python object; a part of the C++ object. See virtuals.h.
struct Half {
  // A Python object that the C++ object keeps: what an override returned and C++ may still look at.
  struct Kept {
    PyObject* object;
    Kept* next;
  };
  PyObject* self;                        // the cell; nullptr until it is ready, and from when it is gone
  void* object;                          // the C++ object, as the class that emitted code derived
  void (*destroy)(void* object) noexcept;
  Kept* kept;
  bool held;                             // C++ owns the object, which holds a reference to `self`
};
inline Link& link_of(Cell* cell) noexcept { return *reinterpret_cast<Link*>(cell + 1); }

struct Found {
  int slot;
  void* value;
};

// Specialised by emitted code, for every bound class and container:
//   static constexpr int slot;              index in State::types
//   static constexpr const char* name;      for messages: "Circle"
//   static PyMethodDef methods[];           the class's own method table; its address identifies the class
//   static constexpr bool tracked;          something returns it by reference: GC-tracked, in the registry
//   static constexpr dovetail::Holding holding;   room, heap or none
// and where they apply
//   static constexpr bool adjusted = true;  one of its bound bases lies at a non-zero offset, or it has one twice
//   static constexpr bool copyable = false; it cannot be copied, although the type traits say so
//   static constexpr bool container = true; a std container: its Convert<> comes from convert/
//   static constexpr bool foreign = true;   another module's: has no `methods`, and its type is imported
//   static dovetail::Found most_derived(T* object) noexcept;   polymorphic, with bound classes derived from it
template <class T>
struct Bound;

namespace traits {
template <class T, class = void>
struct bound : std::false_type {};
template <class T>
struct bound<T, std::void_t<decltype(Bound<T>::slot)>> : std::true_type {};
template <class T, class = void>
struct container : std::false_type {};
template <class T>
struct container<T, std::void_t<decltype(Bound<T>::container)>> : std::bool_constant<Bound<T>::container> {};
template <class T, class = void>
struct is_adjusted : std::false_type {};
template <class T>
struct is_adjusted<T, std::void_t<decltype(Bound<T>::adjusted)>> : std::bool_constant<Bound<T>::adjusted> {};
template <class T, class = void>
struct is_opaque : std::false_type {};
template <class T>
struct is_opaque<T, std::void_t<decltype(Bound<T>::opaque)>> : std::bool_constant<Bound<T>::opaque> {};
template <class T, class = void>
struct is_foreign : std::false_type {};
template <class T>
struct is_foreign<T, std::void_t<decltype(Bound<T>::foreign)>> : std::bool_constant<Bound<T>::foreign> {};
template <class T, class = void>
struct has_derived : std::false_type {};
template <class T>
struct has_derived<T, std::void_t<decltype(&Bound<T>::most_derived)>> : std::true_type {};
}  // namespace traits

template <class T>
inline constexpr bool is_bound = traits::bound<std::remove_cv_t<T>>::value;
template <class T>
inline constexpr bool is_container = traits::container<std::remove_cv_t<T>>::value;
template <class T>
inline constexpr bool is_foreign = traits::is_foreign<std::remove_cv_t<T>>::value;
template <class T>
inline constexpr bool is_bound_class = is_bound<T> && !is_container<T>;

// What the room of a cell must be; a class that these headers only declare has no size, and is never held.
namespace detail {
struct Extent {
  Holding holding;
  size_t size;
  size_t align;
};
template <class T>
constexpr Extent extent_of() noexcept {
  if constexpr (Bound<T>::holding == Holding::room) {
    // An over-aligned object does not fit behind a cell: Python's allocator aligns to 16 bytes.
    if (alignof(T) <= 2 * sizeof(void*)) return {Holding::room, sizeof(T), alignof(T)};
    return {Holding::heap, 0, 1};
  } else {
    return {Bound<T>::holding, 0, 1};
  }
}
}  // namespace detail
template <class T>
inline constexpr Holding holding_of = detail::extent_of<T>().holding;

template <class T>
struct Room : Cell {
  static constexpr size_t align = detail::extent_of<T>().align;
  static constexpr size_t offset = (sizeof(Cell) + align - 1) / align * align;
  static constexpr size_t end = offset + detail::extent_of<T>().size;
  static constexpr size_t least = sizeof(Cell) + sizeof(Link);
  unsigned char bytes[(end > least ? end : least) - sizeof(Cell)];
};
template <class T>
inline void* room_of(PyObject* self) noexcept {
  return reinterpret_cast<char*>(self) + Room<T>::offset;
}

template <class T>
inline Cell* as_cell(T* o) noexcept {
  return reinterpret_cast<Cell*>(o);
}
// The same for every T and none other; comparing it with tp_methods needs no state. The class of another module has its
// tag there: it is read from the type, which the state knows.
template <class T>
DOVETAIL_INLINE const PyMethodDef* tag_of([[maybe_unused]] Home home) noexcept {
  if constexpr (is_foreign<T>) {
    return methods_of(state(home)->types[Bound<T>::slot]);
  } else {
    return Bound<T>::methods;
  }
}
template <class T>
inline const PyMethodDef* tag_of() noexcept {
  static_assert(!is_foreign<T>, "the tag of a class of another module needs a Home");
  return Bound<T>::methods;
}
// Of the nearest bound class of an object, which is one of C++.
inline const PyMethodDef* own_tag(PyObject* self) noexcept {
  PyTypeObject* type = Py_TYPE(self);
  while (!methods_of(type) && base_of(type)) type = base_of(type);
  return methods_of(type);
}

// ---- whose turn it is -------------------------------------------------------------------------------------------------
//
// Without a GIL, what C++ objects lie in has a lock: that of the Python object that owns the memory. A container takes it
// for each of its operations, an element for as long as a wrapper uses it, an object for its data members, and a class by
// rule for its methods. It is a critical section of CPython: given up while the thread waits for another one, or lets go of
// its thread state, so that nobody waits for ever; so whoever calls Python inside of one looks the C++ object up again.
// Elsewhere the GIL does all this.
//
//   const ObjectLock lock(self);      self, or what it lies in
//   const ObjectLock lock(a, b);      both
//   auto it = self_of<T>(self);       holds it for an element; a plain pointer where there is a GIL

#ifdef Py_GIL_DISABLED
// The object that owns the memory in which the object of a cell lies.
inline PyObject* whole_of(PyObject* self) noexcept {
  for (;;) {
    Cell* cell = as_cell(self);
    const uint32_t flags = cell->state;
    if (flags & (unready | building | gone)) return self;  // another thread may be filling in the rest
    if (!(flags & element) && cell->holding != Holding::none) return self;
    PyObject* owner = __atomic_load_n(&cell->owner, __ATOMIC_ACQUIRE);
    if (owner && PyList_CheckExact(owner)) owner = PyList_GET_ITEM(owner, 0);
    if (!owner || owner == Py_None) return self;
    self = owner;
  }
}

class ObjectLock {
 public:
  explicit ObjectLock(PyObject* self) noexcept { begin(whole_of(self)); }
  ObjectLock(PyObject* a, PyObject* b) noexcept {
    a = whole_of(a);
    b = whole_of(b);
    if (a == b) {
      begin(a);
    } else {
      PyCriticalSection2_Begin(&both_, a, b);
      held_ = 2;
    }
  }
  // Of an element.
  struct IfElement {};
  ObjectLock(PyObject* self, IfElement) noexcept {
    if (as_cell(self)->state & element) begin(whole_of(self));
  }
  // Of the Python object itself.
  struct Itself {};
  ObjectLock(PyObject* self, Itself) noexcept { begin(self); }
  ~ObjectLock() {
    if (held_ == 1) PyCriticalSection_End(&one_);
    if (held_ == 2) PyCriticalSection2_End(&both_);
  }
  ObjectLock(const ObjectLock&) = delete;
  ObjectLock& operator=(const ObjectLock&) = delete;

 private:
  void begin(PyObject* whole) noexcept {
    if (has_turn(whole)) return;
    PyCriticalSection_Begin(&one_, whole);
    held_ = 1;
  }
  // Whether the innermost section of this thread is that of the object: entering it again would first let others in.
  static bool has_turn(PyObject* whole) noexcept {
#if PY_VERSION_HEX < 0x030E0000
    constexpr uintptr_t inactive = 1, of_two = 2;
    const uintptr_t tagged = PyThreadState_GetUnchecked()->critical_section;
    if (!tagged || tagged & inactive) return false;
    const auto* innermost = reinterpret_cast<const PyCriticalSection2*>(tagged & ~(inactive | of_two));
    return innermost->_cs_base._cs_mutex == &whole->ob_mutex || (tagged & of_two && innermost->_cs_mutex2 == &whole->ob_mutex);
#else
    (void)whole;
    return false;  // CPython looks itself
#endif
  }
  int held_ = 0;
  union {
    PyCriticalSection one_;
    PyCriticalSection2 both_;
  };
};

// What self_of gives: the object, and the turn where it is an element, or (with `Always`) whatever it is.
template <class T>
class SelfPointer {
 public:
  struct Always {};
  template <class Find>
  SelfPointer(PyObject* self, Find find) noexcept : lock_(self, ObjectLock::IfElement{}), it_(find()) {}
  template <class Find>
  SelfPointer(PyObject* self, Find find, Always) noexcept : lock_(self), it_(find()) {}
  operator T*() const noexcept { return it_; }
  T* operator->() const noexcept { return it_; }

 private:
  const ObjectLock lock_;
  T* const it_;
};
#else
class ObjectLock {
 public:
  explicit ObjectLock(PyObject*) noexcept {}
  ObjectLock(PyObject*, PyObject*) noexcept {}
  struct Itself {};
  ObjectLock(PyObject*, Itself) noexcept {}
  ~ObjectLock() {}  // so that a variable of it is used
  ObjectLock(const ObjectLock&) = delete;
  ObjectLock& operator=(const ObjectLock&) = delete;
};
#endif

// ---- cold: lifetime.h ------------------------------------------------------------------------------------------------

// The object behind `self` as the class of the tag sees it, or its own class for nullptr; nullptr with an exception set.
void* resolve(PyObject* self, const PyMethodDef* tag, bool mutates, const char* method) noexcept;
// The same for an argument of any type: nullptr without an exception where it is no instance of the class.
void* find_value(PyObject* given, const PyMethodDef* tag, bool mutates) noexcept;

// The object of a cell that is usable: never null, so that the caller's test for failure costs nothing here.
DOVETAIL_INLINE void* usable_value(PyObject* self) noexcept {
  void* value = as_cell(self)->value;
  DOVETAIL_ASSUME(value);
  return value;
}

// ---- hot -------------------------------------------------------------------------------------------------------------

namespace detail {
template <class T>
DOVETAIL_INLINE T* find_self(PyObject* self, const char* method) noexcept {
  if (DOVETAIL_LIKELY((as_cell(self)->state & ~uint32_t{scripted}) == 0)) return static_cast<T*>(usable_value(self));
  return static_cast<T*>(resolve(self, tag_of<T>(), true, method));
}
template <class T>
DOVETAIL_INLINE const T* find_const_self(PyObject* self, const char* method) noexcept {
  if (DOVETAIL_LIKELY((as_cell(self)->state & ~uint32_t{is_const | scripted}) == 0)) {
    return static_cast<const T*>(usable_value(self));
  }
  return static_cast<const T*>(resolve(self, tag_of<T>(), false, method));
}
}  // namespace detail

// self of a method: the interpreter has checked its type. Null: exception set, naming `method` where that is given.
// self_of            for what changes it
// const_self_of      for what only reads it
// writing_self_of    for what writes a data member that is more than a number
// reading_self_of    for what reads one
// inner_self_of      for what gives one as a reference: it is as const as its object, and the runtime looks at self for that
#ifdef Py_GIL_DISABLED
template <class T>
DOVETAIL_INLINE SelfPointer<T> self_of(PyObject* self, const char* method = nullptr) noexcept {
  return SelfPointer<T>(self, [=] { return detail::find_self<T>(self, method); });
}
template <class T>
DOVETAIL_INLINE SelfPointer<const T> const_self_of(PyObject* self, const char* method = nullptr) noexcept {
  return SelfPointer<const T>(self, [=] { return detail::find_const_self<T>(self, method); });
}
template <class T>
DOVETAIL_INLINE SelfPointer<T> writing_self_of(PyObject* self, const char* method) noexcept {
  return SelfPointer<T>(self, [=] { return detail::find_self<T>(self, method); }, typename SelfPointer<T>::Always{});
}
template <class T>
DOVETAIL_INLINE SelfPointer<const T> reading_self_of(PyObject* self) noexcept {
  const auto find = [=] { return detail::find_const_self<T>(self, nullptr); };
  return SelfPointer<const T>(self, find, typename SelfPointer<const T>::Always{});
}
template <class T>
DOVETAIL_INLINE SelfPointer<T> inner_self_of(PyObject* self) noexcept {
  return SelfPointer<T>(self, [=] { return const_cast<T*>(detail::find_const_self<T>(self, nullptr)); });
}
#else
template <class T>
DOVETAIL_INLINE T* self_of(PyObject* self, const char* method = nullptr) noexcept {
  return detail::find_self<T>(self, method);
}
template <class T>
DOVETAIL_INLINE const T* const_self_of(PyObject* self, const char* method = nullptr) noexcept {
  return detail::find_const_self<T>(self, method);
}
template <class T>
DOVETAIL_INLINE T* writing_self_of(PyObject* self, const char* method) noexcept {
  return detail::find_self<T>(self, method);
}
template <class T>
DOVETAIL_INLINE const T* reading_self_of(PyObject* self) noexcept {
  return detail::find_const_self<T>(self, nullptr);
}
template <class T>
DOVETAIL_INLINE T* inner_self_of(PyObject* self) noexcept {
  return const_cast<T*>(detail::find_const_self<T>(self, nullptr));
}
#endif

// Any object as a T. nullptr: not a T (no exception), or a T that cannot be used (exception set).
template <class T>
DOVETAIL_INLINE T* borrow_tagged(PyObject* given, const PyMethodDef* tag) noexcept {
  if (DOVETAIL_LIKELY(methods_of(Py_TYPE(given)) == tag && as_cell(given)->state == usable)) {
    return static_cast<T*>(usable_value(given));
  }
  return static_cast<T*>(find_value(given, tag, true));
}
template <class T>
DOVETAIL_INLINE T* borrow(PyObject* given, Home home) noexcept {
  return borrow_tagged<T>(given, tag_of<T>(home));
}
template <class T>
DOVETAIL_INLINE T* borrow(PyObject* given) noexcept {
  return borrow_tagged<T>(given, tag_of<T>());
}
template <class T>
DOVETAIL_INLINE const T* borrow_const_tagged(PyObject* given, const PyMethodDef* tag) noexcept {
  if (DOVETAIL_LIKELY(methods_of(Py_TYPE(given)) == tag && (as_cell(given)->state & ~uint32_t{is_const}) == 0)) {
    return static_cast<const T*>(usable_value(given));
  }
  return static_cast<const T*>(find_value(given, tag, false));
}
template <class T>
DOVETAIL_INLINE const T* borrow_const(PyObject* given, Home home) noexcept {
  return borrow_const_tagged<T>(given, tag_of<T>(home));
}
template <class T>
DOVETAIL_INLINE const T* borrow_const(PyObject* given) noexcept {
  return borrow_const_tagged<T>(given, tag_of<T>());
}

// Is it an instance of T? 0: T itself or a Python subclass, 2, 3 …: bound as derived from it, the nearer the less; -1: no.
DOVETAIL_COLD inline int rank_base(PyTypeObject* type, const PyMethodDef* tag, int steps = 0) noexcept {
  // Steps are bound classes passed; a class written in Python has no table of its own.
  for (; type; type = base_of(type)) {
    if (methods_of(type) == tag) return steps ? steps + 1 : 0;
    if (methods_of(type)) ++steps;
    PyObject* bases = direct_bases_of(type);
    if (!bases || PyTuple_GET_SIZE(bases) < 2) continue;
    int nearest = -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); ++i) {
      const int rank = rank_base(reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(bases, i)), tag, steps);
      if (rank >= 0 && (nearest < 0 || rank < nearest)) nearest = rank;
    }
    return nearest;
  }
  return -1;
}
// Whether one of the bases of a type, or the type itself, is the class of the tag.
DOVETAIL_COLD inline bool has_base(PyTypeObject* type, const PyMethodDef* tag) noexcept {
  return is_among_bases(type, tag);
}
DOVETAIL_INLINE int instance_rank(PyObject* given, const PyMethodDef* tag) noexcept {
  PyTypeObject* const type = Py_TYPE(given);
  if (methods_of(type) == tag) return 0;
  // Bound classes are heap types, and so is what derives from one: numbers and texts need no search.
  return PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) ? rank_base(type, tag) : -1;
}
template <class T>
inline int instance_rank(PyObject* given, Home home) noexcept {
  return instance_rank(given, tag_of<T>(home));
}
template <class T>
inline int instance_rank(PyObject* given) noexcept {
  return instance_rank(given, tag_of<T>());
}
template <class T>
inline bool is_instance(PyObject* given) noexcept {
  return instance_rank<T>(given) >= 0;
}

}  // namespace v1
}  // namespace dovetail
