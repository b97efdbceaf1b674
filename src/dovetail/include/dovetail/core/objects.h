// dovetail/core/objects.h: making and ending cells: construct, give_*, take_over, dealloc; and Convert<> of bound classes.
//
// give_* return a new reference, or nullptr with an exception set. Those that run C++ code (give_new: a copy or move) may
// throw; they are called inside the wrapper's try.
//
//   give(value, home)            a new Python object that owns a copy, or what was moved
//   give_borrowed(p, owner, home)  p lives inside what `owner` (a cell, or nullptr for statics) keeps alive. null -> None;
//                                the same C++ object is the same Python object; pointer to const -> const object
//   give_interior(p, self, home) as give_borrowed, for a member of self's object: as const as self is. Where self is looked
//                                up at each use, so is the result, at its offset, or by `again(self)` if that is given
//   give_element<T>(container, index or key, again, home)  element of a container: looked up at each use
//   give_owned(p, home)          Python deletes *p
//   give_held(p, holder, drop, home)  `holder` keeps *p alive until drop(holder)
#pragma once
#include <dovetail/core/arguments.h>
#include <dovetail/core/errors.h>
#include <dovetail/core/layout.h>
#include <dovetail/core/lifetime.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T>
inline constexpr uint32_t ready_state = traits::is_adjusted<T>::value ? uint32_t{adjusted} : uint32_t{usable};

// std containers claim to be copyable whatever their elements; this asks the elements.
namespace traits {
template <class T, class = void>
struct copyable : std::is_copy_constructible<T> {};
template <class T>
struct copyable<T, std::void_t<typename T::const_iterator, std::enable_if_t<!std::is_same_v<typename T::value_type, T>>>>
    : copyable<typename T::value_type> {};  // a JSON array is made of JSON values
template <class A, class B>
struct copyable<std::pair<A, B>> : std::bool_constant<copyable<std::remove_cv_t<A>>::value && copyable<B>::value> {};
template <class T, class = void>
struct says_copyable : copyable<T> {};
template <class T>
struct says_copyable<T, std::void_t<decltype(Bound<T>::copyable)>> : std::bool_constant<Bound<T>::copyable> {};
}  // namespace traits
template <class T>
inline constexpr bool is_copyable = traits::says_copyable<T>::value;

// ---- allocation --------------------------------------------------------------------------------------------------------

inline void fill_cell(Cell* cell, void* value, PyObject* owner, uint32_t flags, Holding holding, int slot) noexcept {
  cell->value = value;
  cell->owner = owner;
  cell->state = flags;
  cell->holding = holding;
  cell->slot = static_cast<uint16_t>(slot);
}

// ---- destruction -------------------------------------------------------------------------------------------------------

// A throwing destructor is reported, not propagated.
template <class T>
inline void destroy_in_room(PyObject* self) noexcept {
  if constexpr (std::is_nothrow_destructible_v<T>) {
    static_cast<T*>(room_of<T>(self))->~T();
  } else {
    try {
      static_cast<T*>(room_of<T>(self))->~T();
    } catch (...) {
      raise_current();
      PyErr_WriteUnraisable(reinterpret_cast<PyObject*>(Py_TYPE(self)));
    }
  }
}

namespace detail {
template <class T>
constexpr bool is_owned() noexcept {
  if constexpr (holding_of<T> == Holding::none) return false;  // the class may be only declared
  else return std::is_destructible_v<T>;
}
}  // namespace detail

#if defined(__GNUC__)
#pragma GCC diagnostic push
// What a cell owns is of the cell's own class: one of a derived class has a cell of that, or is scripted.
#pragma GCC diagnostic ignored "-Wdelete-non-virtual-dtor"
#endif
// Destroys the object that the cell owns.
using Destroy = void (*)(Cell* cell, void* value) noexcept;
template <class T>
void destroy_value(Cell* cell, void* value) noexcept {
  if constexpr (detail::is_owned<T>()) {
    if constexpr (holding_of<T> == Holding::room) {
      if (in_room(cell)) return destroy_in_room<T>(reinterpret_cast<PyObject*>(cell));
    }
    try {
      delete static_cast<T*>(value);
    } catch (...) {
      raise_current();
      PyErr_WriteUnraisable(reinterpret_cast<PyObject*>(Py_TYPE(cell)));
    }
  }
}

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

// A scripted object whose Python object ends. From here on C++ calls nothing of Python through it.
DOVETAIL_COLD inline void release_scripted(Cell* cell) noexcept {
  Half* half = link_of(cell).half;
  const bool owned = owns(cell);
  if (State* owner = owner_of(cell)) {
    forget(owner, cell);
  } else {
    forget_lost(cell);
  }
  half->self = nullptr;
  cell->state = (cell->state & ~uint32_t{scripted}) | gone;
  cell->holding = Holding::none;
  cell->value = nullptr;
  if (owned) half->destroy(half->object);
}

// Everything but the plain case of an object in its room: returns with the cell holding nothing.
DOVETAIL_COLD inline void release(Cell* cell, bool tracked, Destroy destroy) noexcept {
  if (cell->state & scripted) return release_scripted(cell);
  const bool owned = owns(cell);
  if (cell->value && (tracked || !owned)) {
    if (State* owner = owner_of(cell)) {
      forget(owner, cell);
    } else {
      forget_lost(cell);
    }
  }
  if (owned) {
    void* value = cell->value;
    cell->value = nullptr;
    destroy(cell, value);
    cell->holding = Holding::none;
  } else {
    release_link(cell);
  }
}

DOVETAIL_COLD inline void dealloc_slowly(PyObject* self, bool tracked, Destroy destroy) noexcept {
  release(as_cell(self), tracked, destroy);
  if (as_cell(self)->owner) return finish_with_owner(as_cell(self));
  free_cell(as_cell(self));
}

// tp_dealloc
template <class T>
void dealloc(PyObject* self) noexcept {
  if constexpr (Bound<T>::tracked) {
    PyObject_GC_UnTrack(self);
    dealloc_slowly(self, true, &destroy_value<T>);
  } else {
    if (!DOVETAIL_LIKELY(as_cell(self)->holding == Holding::room)) return dealloc_slowly(self, false, &destroy_value<T>);
    if constexpr (holding_of<T> == Holding::room) destroy_in_room<T>(self);
    free_cell_of<T>(as_cell(self));
  }
}

// tp_clear of tracked classes. What is borrowed loses its owner, so it is gone; what is owned may use what is kept alive
// for it, so it is destroyed first.
template <class T>
int clear(PyObject* self) noexcept {
  Cell* cell = as_cell(self);
  if (!cell->owner && !(cell->state & scripted && link_of(cell).half->kept)) return 0;
  release(cell, true, &destroy_value<T>);
  cell->state |= gone;
  Py_CLEAR(cell->owner);
  return 0;
}
inline int traverse(PyObject* self, visitproc visit, void* arg) noexcept { return traverse_cell(self, visit, arg); }

// ---- construction ------------------------------------------------------------------------------------------------------
//
// construct() functions, one per class:  int (*)(PyObject* self, args, nargs, kwnames), which convert the arguments and then
//     dovetail::Place<T> place(self);
//     if (!place) return -1;                          // __init__ twice, or of another class
//     ::new (place.memory) lib::T(a.get(), b.get());
//     return place.ready();

using Initialise = int (*)(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) noexcept;

DOVETAIL_COLD inline void refuse_init(PyObject* self) noexcept {
  if (as_cell(self)->state & unready && !(as_cell(self)->state & building)) {
    PyErr_Format(PyExc_TypeError, "a base's __init__() does not initialise a %s", type_name(self));
  } else {
    PyErr_Format(PyExc_TypeError, "%s.__init__() was already called", type_name(self));
  }
}

// A cell that owns its object becomes known to the registry and the collector. On failure the object is destroyed.
template <class T>
DOVETAIL_COLD int track_cell(Cell* cell) noexcept {
  PyObject* self = reinterpret_cast<PyObject*>(cell);
  if (!remember(owner_of(cell), cell)) {
    void* value = cell->value;
    cell->value = nullptr;
    destroy_value<T>(cell, value);
    cell->holding = Holding::none;
    cell->state = unready;
    return -1;
  }
  if (!PyObject_GC_IsTracked(self)) PyObject_GC_Track(self);
  return 0;
}

// A constructor threw, or there is no memory for the object: the cell made for a draft goes, any other stays unready.
DOVETAIL_COLD inline void abandon_cell(Cell* cell, Cell* from, int slot) noexcept {
  fill_cell(cell, nullptr, nullptr, unready, Holding::none, slot);
  if (cell != from) Py_DECREF(reinterpret_cast<PyObject*>(cell));
}

// Memory on the heap for one T, past operators new of its own.
template <class T>
void* allocate() {
  if constexpr (alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__) return ::operator new(sizeof(T), std::align_val_t{alignof(T)});
  return ::operator new(sizeof(T));
}
template <class T>
void deallocate(void* memory) noexcept {
  if constexpr (alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
    ::operator delete(memory, std::align_val_t{alignof(T)});
  } else {
    ::operator delete(memory);
  }
}

// Memory for the object of an unready cell, or of a draft, for which the cell is made now. Left without ready() (the
// constructor threw): the cell stays unready.
template <class T>
class Place {
 public:
  explicit Place(PyObject* self) : memory(nullptr), cell_(as_cell(self)), from_(as_cell(self)) {
    if (DOVETAIL_LIKELY(from_->state == (unready | draft))) {
      cell_ = new_cell<T>(Py_TYPE(self));
      if (!cell_) return;
    } else if (from_->state == unready && is_own(self)) {
      from_->state = unready | building;
    } else {
      // Also Base.__init__(derived), which would put a Base where a Derived will be destroyed.
      refuse_init(self);
      return;
    }
    if constexpr (holding_of<T> == Holding::room) {
      memory = room_of<T>(reinterpret_cast<PyObject*>(cell_));
    } else {
      try {
        memory = allocate<T>();
      } catch (...) {
        abandon_cell(cell_, from_, slot());
        throw;
      }
    }
  }
  ~Place() {
    if (DOVETAIL_LIKELY(!memory)) return;
    if constexpr (holding_of<T> != Holding::room) deallocate<T>(memory);
    abandon_cell(cell_, from_, slot());
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  explicit operator bool() const noexcept { return memory != nullptr; }

  // The object stands in `memory`: the cell owns it from now on. 0, or -1 with an exception set.
  int ready() noexcept {
    void* value = memory;
    memory = nullptr;
    from_->owner = reinterpret_cast<PyObject*>(cell_);  // of a draft; where both are one, the next line takes it back
    fill_cell(cell_, value, nullptr, ready_state<T>, holding_of<T>, slot());
    if constexpr (Bound<T>::tracked) return track_cell<T>(cell_);
    return 0;
  }

  void* memory;

 private:
  // The cell of a class of another module has its slot of there already.
  int slot() const noexcept {
    if constexpr (is_foreign<T>) return from_->slot;
    return Bound<T>::slot;
  }
  static bool is_own(PyObject* self) noexcept {
    if constexpr (is_foreign<T>) {
      return true;  // give_new made it
    } else {
      return own_tag(self) == Bound<T>::methods;
    }
  }
  Cell* cell_;
  Cell* from_;
};

// Beside PY_VECTORCALL_ARGUMENTS_OFFSET: the first argument of construct() is not the type but the instance to initialise.
inline constexpr size_t in_place = size_t{1} << (8 * sizeof(size_t) - 2);

// tp_vectorcall: construct<T, Circle_construct>. The arguments are converted before there is a cell: `self` is a draft, of
// which only the type and the state count. Also what __init__ calls, so that `initialise` is inlined once.
template <class T, Initialise initialise>
PyObject* construct(PyObject* type, PyObject* const* args, size_t nargsf, PyObject* kwnames) noexcept {
  Cell drafted;
  Py_SET_TYPE(reinterpret_cast<PyObject*>(&drafted), reinterpret_cast<PyTypeObject*>(type));
  drafted.owner = nullptr;
  drafted.state = unready | draft;
  PyObject* self = reinterpret_cast<PyObject*>(&drafted);
#if DOVETAIL_COMPACT
  if (!DOVETAIL_LIKELY(!(nargsf & in_place))) drafted.owner = self = type;
#endif
  const Py_ssize_t nargs = PyVectorcall_NARGS(nargsf & ~in_place);
  if (DOVETAIL_LIKELY(initialise(self, args, nargs, kwnames) == 0)) return drafted.owner;
  if (self == type) return nullptr;
  Py_XDECREF(drafted.owner);
  return nullptr;
}

DOVETAIL_COLD inline PyObject* new_unready_cell(PyTypeObject* type, int slot) noexcept {
  PyObject* self = is_one_object(type) ? allocate_object(type) : nullptr;
  if (!self) return nullptr;
  fill_cell(as_cell(self), nullptr, nullptr, unready, Holding::none, slot);
  note_made(owner_state(type), self);
  return self;
}
// tp_new: a cell without an object, for Python subclasses and `C.__new__(C)`.
template <class T>
PyObject* new_unready(PyTypeObject* type, PyObject*, PyObject*) noexcept {
  if constexpr (constructs_by_new && !Bound<T>::tracked) {
    if (methods_of(type)) {  // the class itself
      Cell* cell = new_cell<T>(type);
      if (cell) fill_cell(cell, nullptr, nullptr, unready, Holding::none, Bound<T>::slot);
      return reinterpret_cast<PyObject*>(cell);
    }
  }
  return new_unready_cell(type, Bound<T>::slot);
}

// Calls a function of the vectorcall shape with a tuple and a dict: `call(args, nargs, kwnames)`; `failure` if it cannot.
template <class Result, class Call>
inline Result unpack_call(PyObject* args, PyObject* kwargs, Result failure, Call call) noexcept {
  const ItemArray items(args);
  PyObject* const* given = items.data();
  if (!given) return failure;
  const Py_ssize_t count = PyTuple_GET_SIZE(args);
  const Py_ssize_t named = kwargs ? PyDict_GET_SIZE(kwargs) : 0;
  if (!named) return call(given, count, nullptr);
  Ref names(PyTuple_New(named));
  auto** all = static_cast<PyObject**>(PyMem_Malloc(sizeof(PyObject*) * static_cast<size_t>(count + named)));
  if (!names || !all) {
    PyMem_Free(all);
    PyErr_NoMemory();
    return failure;
  }
  for (Py_ssize_t i = 0; i < count; ++i) all[i] = given[i];
  PyObject *name, *value;
  Py_ssize_t at = 0, i = 0;
  while (i < named && PyDict_Next(kwargs, &at, &name, &value)) {
    all[count + i] = Py_NewRef(value);  // the dict may change while arguments are converted
    PyTuple_SET_ITEM(names.get(), i++, Py_NewRef(name));
  }
  Result result = call(static_cast<PyObject* const*>(all), count, names.get());
  while (i-- > 0) Py_DECREF(all[count + i]);
  PyMem_Free(all);
  return result;
}

DOVETAIL_COLD inline int init_unpacked(Initialise initialise, PyObject* self, PyObject* args, PyObject* kwargs) noexcept {
  return unpack_call(args, kwargs, -1, [=](PyObject* const* given, Py_ssize_t count, PyObject* names) noexcept -> int {
    return initialise(self, given, count, names);
  });
}
DOVETAIL_COLD inline int init_in_place(vectorcallfunc construct, PyObject* self, PyObject* args, PyObject* kwargs) noexcept {
  return unpack_call(args, kwargs, -1, [=](PyObject* const* given, Py_ssize_t count, PyObject* names) noexcept -> int {
    return construct(self, given, static_cast<size_t>(count) | in_place, names) ? 0 : -1;
  });
}
// tp_init: init<T, Circle_construct> where there is a construct<T, Circle_construct>, else init<Circle_construct>
template <class T, Initialise initialise>
int init(PyObject* self, PyObject* args, PyObject* kwargs) noexcept {
#if DOVETAIL_COMPACT
  return init_in_place(&construct<T, initialise>, self, args, kwargs);
#else
  return init_unpacked(initialise, self, args, kwargs);
#endif
}
template <Initialise initialise>
int init(PyObject* self, PyObject* args, PyObject* kwargs) noexcept {
  return init_unpacked(initialise, self, args, kwargs);
}

DOVETAIL_COLD inline PyObject* module_is_gone() noexcept {
  PyErr_SetString(PyExc_ReferenceError, "the module is gone");
  return nullptr;
}

// tp_new of classes without a constructor: says why.
DOVETAIL_COLD inline PyObject* refuse_new(PyTypeObject* type, PyObject*, PyObject*) noexcept {
  PyTypeObject* bound = bound_base(type);
  if (!bound) return module_is_gone();
  State* s = module_state(module_of(bound));
  const char* why = nullptr;
  for (const TypeRow& row : s->table->types) {
    if (s->types[row.slot] == bound) why = row.no_constructor;
  }
  PyErr_Format(PyExc_TypeError, "%s cannot be constructed%s%s", last_name(bound), why ? ": " : "", why ? why : "");
  return nullptr;
}

// ---- give --------------------------------------------------------------------------------------------------------------

// The slot of a class in the tables of its own module: what its cells have.
template <class T>
inline int native_slot([[maybe_unused]] State* s) noexcept {
  if constexpr (is_foreign<T>) return s->native[Bound<T>::slot];
  return Bound<T>::slot;
}

// By value: a new object that owns what `value` says. May throw what the copy or move throws.
template <class T, class V>
inline PyObject* give_new(V&& value, Home home) {
  static_assert(holding_of<T> != Holding::none, "Python cannot own an object of this class: no public destructor");
  State* s = state(home);
  Cell* cell = new_cell<T>(s->types[Bound<T>::slot], s);
  if (!cell) return nullptr;
  PyObject* self = reinterpret_cast<PyObject*>(cell);
  if constexpr (holding_of<T> == Holding::room && !Bound<T>::tracked && std::is_nothrow_constructible_v<T, V&&>) {
    fill_cell(cell, ::new (room_of<T>(self)) T(std::forward<V>(value)), nullptr, ready_state<T>, Holding::room, native_slot<T>(s));
    return self;
  } else {
    fill_cell(cell, nullptr, nullptr, unready, Holding::none, native_slot<T>(s));
    Ref owned(self);
    Place<T> place(self);
    ::new (place.memory) T(std::forward<V>(value));
    return place.ready() == 0 ? owned.release() : nullptr;
  }
}

// The owner that something borrowed from `owner` needs: a plainly borrowed cell owns nothing itself.
inline PyObject* root_owner(PyObject* owner) noexcept {
  while (owner && !PyList_CheckExact(owner) && as_cell(owner)->holding == Holding::none &&
         !(as_cell(owner)->state & (unready | gone))) {
    owner = as_cell(owner)->owner;
  }
  return owner;
}

DOVETAIL_COLD inline PyObject* new_linked(State* s, void* value, PyObject* owner, uint32_t flags, Holding holding, int slot,
                                          Link link) noexcept {
  const TypeRow& row = *s->rows[slot];
  Cell* cell = new_cell_in(s, slot);
  if (!cell) return nullptr;
  if (has_adjusted(s, slot)) flags |= adjusted;
  fill_cell(cell, value, Py_XNewRef(owner), flags, holding, s->native[slot]);
  if (holding != Holding::none && holding != Holding::heap) link_of(cell) = link;
  PyObject* self = reinterpret_cast<PyObject*>(cell);
  if (value && !remember(owner_of(cell), cell)) {
    // Nothing that the caller gave is released: it keeps what it has on failure.
    cell->value = nullptr;
    cell->holding = Holding::none;
    Py_CLEAR(cell->owner);
    if (row.tracked) PyObject_GC_Track(self);  // dealloc untracks
    Py_DECREF(self);
    return nullptr;
  }
  if (row.tracked) PyObject_GC_Track(self);
  return self;
}

DOVETAIL_COLD inline PyObject* give_found(Found found, bool constant, PyObject* owner, Home home) noexcept {
  if (!found.value) return give_none();
  State* s = state(home);
  if (!s) return module_is_gone();
  if (owner) {
    Cell* cell = as_cell(owner);
    // `return *this`: the same object, also of an element that is looked up.
    if (!(cell->state & (unready | gone | building))) {
      void* own = cell->state & element ? look_up(cell) : cell->value;
      if (!own) return nullptr;
      State* of = owner_of(cell);
      if (of && cast_to_tag(of, own, cell->slot, methods_of(s->types[found.slot])) == found.value &&
          !(cell->state & is_const && !constant)) {
        return Py_NewRef(owner);
      }
      if (cell->state & element) {
        const ptrdiff_t offset = static_cast<char*>(found.value) - static_cast<char*>(own);
        if (offset >= 0 && static_cast<size_t>(offset) < row_of(of, cell).size) {
          Link link{};
          link.index = offset;
          return new_linked(s, nullptr, owner, element | (constant ? is_const : usable), Holding::offset, found.slot, link);
        }
      }
    }
  }
  if (Cell* same = find_cell(s, found.value, found.slot)) {
    if (!constant) same->state &= ~uint32_t{is_const};  // C++ itself gave the right to change it
    return reinterpret_cast<PyObject*>(same);
  }
  return new_linked(s, found.value, root_owner(owner), constant ? is_const : usable, Holding::none, found.slot, Link{});
}

// What *p really is, where something bound derives from its class.
template <class T>
inline Found most_derived(T* p) noexcept {
  using U = std::remove_cv_t<T>;
  if constexpr (traits::has_derived<U>::value) {
    if (p) return Bound<U>::most_derived(const_cast<U*>(p));
  }
  return {Bound<U>::slot, const_cast<U*>(p)};
}

template <class T>
inline PyObject* give_borrowed(T* p, PyObject* owner, Home home) noexcept {
  return give_found(most_derived(p), std::is_const_v<T>, owner, home);
}

DOVETAIL_COLD inline PyObject* give_found_interior(Found found, bool constant, PyObject* self, AgainInterior again,
                                                   Home home) noexcept {
  const uint32_t flags = as_cell(self)->state;
  constant = constant || flags & is_const;
  if (!found.value || !again || !(flags & element)) return give_found(found, constant, self, home);
  Link link{};
  link.again.interior = again;
  link.index = 0;
  return new_linked(state(home), nullptr, self, element | (constant ? is_const : usable), Holding::interior, found.slot, link);
}
template <class T>
inline PyObject* give_interior(T* p, PyObject* self, AgainInterior again, Home home) noexcept {
  return give_found_interior({Bound<std::remove_cv_t<T>>::slot, const_cast<std::remove_cv_t<T>*>(p)}, std::is_const_v<T>, self,
                             again, home);
}

// For a member at a fixed place inside self's object, which needs no `again`.
template <class T>
inline PyObject* give_interior(T* p, PyObject* self, Home home) noexcept {
  return give_interior(p, self, nullptr, home);
}

template <class T>
inline PyObject* give_element(PyObject* container, Py_ssize_t index, AgainIndex again, Home home) noexcept {
  Link link{};
  link.again.index = again;
  link.index = index;
  const uint32_t constant = std::is_const_v<T> ? uint32_t{is_const} : as_cell(container)->state & is_const;
  return new_linked(state(home), nullptr, container, element | constant, Holding::index, Bound<std::remove_cv_t<T>>::slot, link);
}
template <class T>
inline PyObject* give_element(PyObject* container, PyObject* key, AgainKey again, Home home) noexcept {
  Link link{};
  link.again.key = again;
  link.key = Py_NewRef(key);
  const uint32_t constant = std::is_const_v<T> ? uint32_t{is_const} : as_cell(container)->state & is_const;
  PyObject* self =
      new_linked(state(home), nullptr, container, element | constant, Holding::key, Bound<std::remove_cv_t<T>>::slot, link);
  if (!self) Py_DECREF(key);
  return self;
}

// A scripted object goes to C++, and holds its Python object; or it comes back, and its Python object owns it again.
inline void hand_over_scripted(Cell* cell) noexcept {
  link_of(cell).half->held = true;
  Py_INCREF(reinterpret_cast<PyObject*>(cell));
  cell->holding = Holding::handed;
}
inline void take_back_scripted(Cell* cell) noexcept {
  Half* half = link_of(cell).half;
  if (!half->held) return;
  half->held = false;
  cell->holding = Holding::heap;
  Py_DECREF(reinterpret_cast<PyObject*>(cell));
}

// On failure (nullptr) the caller still owns the object.
DOVETAIL_COLD inline PyObject* give_found_owned(Found found, uint32_t flags, Holding holding, Link link, Home home) noexcept {
  if (!found.value) return give_none();
  State* s = state(home);
  if (Cell* same = find_cell(s, found.value, found.slot)) {
    PyObject* self = reinterpret_cast<PyObject*>(same);
    if (same->state & scripted) {
      if (holding == Holding::heap) {
        take_back_scripted(same);
      } else {
        link.again.drop(link.holder);  // it stays with C++, which keeps its Python object alive
      }
    } else if ((same->holding == Holding::none || same->holding == Holding::lent) && own_tag(self) == methods_of(s->types[found.slot])) {
      // Known as borrowed until now.
      PyObject* owner = same->owner;
      same->owner = nullptr;
      same->holding = holding;
      if (!flags) same->state &= ~uint32_t{is_const};
      if (holding == Holding::shared) link_of(same) = link;
      Py_XDECREF(owner);
    } else if (holding == Holding::shared) {
      link.again.drop(link.holder);  // one holder is enough
    }
    return self;
  }
  return new_linked(s, found.value, nullptr, flags, holding, found.slot, link);
}
template <class T>
inline PyObject* give_owned(T* p, Home home) noexcept {
  return give_found_owned(most_derived(p), std::is_const_v<T> ? is_const : usable, Holding::heap, Link{}, home);
}
template <class T>
inline PyObject* give_held(T* p, void* holder, void (*drop)(void*), Home home) noexcept {
  Link link{};
  link.again.drop = drop;
  link.holder = holder;
  PyObject* self = give_found_owned(most_derived(p), std::is_const_v<T> ? is_const : usable, Holding::shared, link, home);
  if (!self || self == Py_None) drop(holder);
  return self;
}
// The holder of a cell that has one dropped by `drop`, else nullptr.
inline void* holder_of(PyObject* self, void (*drop)(void*)) noexcept {
  Cell* cell = as_cell(self);
  return cell->holding == Holding::shared && link_of(cell).again.drop == drop ? link_of(cell).holder : nullptr;
}

// ---- take over ---------------------------------------------------------------------------------------------------------

// TypeRow::lift: the object moves from its room to the heap.
template <class T>
void* move_to_heap(void* value) {
  return new T(std::move(*static_cast<T*>(value)));
}

// How its object moves from its room to the heap: by its own module, or by this one, where only this one hands it over.
using Lift = void* (*)(void*);
DOVETAIL_COLD inline Lift lift_of(PyObject* given, Home home) noexcept {
  Cell* cell = as_cell(given);
  if (Lift lift = row_of(owner_of(cell), cell).lift) return lift;
  State* s = state(home);
  for (int slot = 0; slot < s->table->types.count; ++slot) {
    if (methods_of(s->types[slot]) == own_tag(given)) return s->rows[slot]->lift;
  }
  return nullptr;
}

DOVETAIL_COLD inline bool can_take_over(PyObject* given, Home home) noexcept {
  Cell* cell = as_cell(given);
  if (cell->holding == Holding::heap || (in_room(cell) && lift_of(given, home))) return true;
  PyErr_Format(PyExc_ValueError, "the %s cannot be taken over: Python does not own it alone", type_name(given));
  return false;
}

// The object leaves Python: a heap pointer that the caller owns, as class `slot` sees it. May throw what moving throws.
// The cell is gone, and so is everything borrowed from it; of a scripted object it stays usable for as long as C++ keeps
// the object. nullptr: exception set.
DOVETAIL_COLD inline void* take_found(PyObject* given, const PyMethodDef* tag, Home home) {
  if (!can_take_over(given, home)) return nullptr;
  Cell* cell = as_cell(given);
  State* s = owner_of(cell);
  const TypeRow& row = row_of(s, cell);
  void* value = cell->value;
  if (cell->state & scripted) {
    hand_over_scripted(cell);
    return cast_to_tag(s, value, cell->slot, tag);
  }
  const bool moved = in_room(cell);
  if (moved) value = lift_of(given, home)(value);
  if (row.tracked) forget(s, cell);
  revoke_borrowed(s, given);
  cell->state |= gone;
  if (!moved) {
    cell->holding = Holding::none;  // else what was moved from is destroyed with the cell
    cell->value = nullptr;
  }
  return cast_to_tag(s, value, cell->slot, tag);
}
// `given` has been found usable by borrow<T>.
template <class T>
inline T* take_over(PyObject* given, Home home) {
  return static_cast<T*>(take_found(given, tag_of<T>(home), home));
}
// Its object is about to be moved from: it must be Python's own and not const, and cannot be used any more. Throws.
DOVETAIL_COLD inline void check_and_mark_taken(PyObject* given) {
  Cell* cell = as_cell(given);
  const bool owned = owns(cell);
  if (cell->state & (unready | gone | building | is_const)) {
    refuse(given, nullptr);
    throw_python_error();
  }
  if (!owned) {
    PyErr_Format(PyExc_ValueError, "the %s cannot be taken over: Python does not own it", type_name(given));
    throw_python_error();
  }
  revoke_borrowed(owner_of(cell), given);
  cell->state |= gone;
}

// ---- Convert<> of bound classes ------------------------------------------------------------------------------------------

// `const T&` looks at the Python object's own; by value copies it, and a class that can only be moved is taken over.
template <class T>
struct Convert<T, std::enable_if_t<is_bound_class<T>>> {
  static constexpr bool transfers = !std::is_copy_constructible_v<T>;
  struct Slot {
    const T* value = nullptr;
    PyObject* given = nullptr;
    Kept<T> kept;
  };
  static bool take(PyObject* given, Slot& slot, Home home) noexcept {
    slot.given = given;
    slot.value = borrow_const<T>(given, home);
    return slot.value != nullptr;
  }
  static void put(Slot& slot, const T& value) noexcept { slot.value = &value; }  // which outlives the call
  static void put(Slot& slot, T&& value) { slot.value = slot.kept.put(std::move(value)); }
  static const T& view(Slot& slot) noexcept { return *slot.value; }
  static T& edit(Slot& slot) noexcept { return *const_cast<T*>(slot.value); }
  static decltype(auto) pull(Slot& slot) {
    if constexpr (transfers) {
      if (slot.given) check_and_mark_taken(slot.given);
      return std::move(*const_cast<T*>(slot.value));
    } else {
      return static_cast<const T&>(*slot.value);
    }
  }
  static PyObject* give(const T& value, Home home) { return give_new<T>(value, home); }
  static PyObject* give(T&& value, Home home) { return give_new<T>(std::move(value), home); }
  static int rank(PyObject* given, Home home) noexcept { return instance_rank<T>(given, home); }
};

}  // namespace v1
}  // namespace dovetail
