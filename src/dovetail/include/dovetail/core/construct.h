// dovetail/core/construct.h: making and ending cells: construct<T> and init<T> for Python's calls of a class, dealloc<T>.
//
// A value lives in its cell where it fits. Memory of cells that died serves the next of their class (spares.h).
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

// Objects that lie directly behind their cells and end without a destructor: what happens to them does not need their type.
namespace traits {
template <class T, class = void>
struct has_delete : std::false_type {};
template <class T>
struct has_delete<T, std::void_t<decltype(T::operator delete(static_cast<void*>(nullptr)))>> : std::true_type {};
template <class T, class = void>
struct has_sized_delete : std::false_type {};
template <class T>
struct has_sized_delete<T, std::void_t<decltype(T::operator delete(static_cast<void*>(nullptr), size_t{}))>> : std::true_type {};
template <class T>
constexpr bool is_plain() noexcept {
  if constexpr (holding_of<T> != Holding::room || Bound<T>::tracked || dovetail::is_foreign<T> || is_adjusted<T>::value) return false;
  else return std::is_trivially_destructible_v<T> && Room<T>::offset == sizeof(Cell) && !has_delete<T>::value && !has_sized_delete<T>::value;
}
}  // namespace traits
template <class T>
inline constexpr bool is_plain = traits::is_plain<T>();

// ---- allocation --------------------------------------------------------------------------------------------------------

inline void fill_cell(Cell* cell, void* value, PyObject* owner, uint32_t flags, Holding holding, int slot) noexcept {
  cell->value = value;
  cell->owner = owner;
  cell->holding = holding;
  cell->slot = static_cast<uint16_t>(slot);
  cell->state = flags;  // the last, for other threads
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
DOVETAIL_SHARED void release(Cell* cell, bool tracked, Destroy destroy) noexcept {
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

DOVETAIL_SHARED void dealloc_slowly(PyObject* self, bool tracked, Destroy destroy) noexcept {
  release(as_cell(self), tracked, destroy);
  if (as_cell(self)->owner) return finish_with_owner(as_cell(self));
  free_cell(as_cell(self));
}

// tp_dealloc of plain classes.
inline void destroy_plain(Cell* cell, void* value) noexcept {
  if (!in_room(cell)) ::operator delete(value);
}
inline void dealloc_plain(PyObject* self) noexcept {
  if (!DOVETAIL_LIKELY(as_cell(self)->holding == Holding::room)) return dealloc_slowly(self, false, &destroy_plain);
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

template <class T>
constexpr destructor dealloc_of() noexcept {
  if constexpr (DOVETAIL_COMPACT && is_plain<T>) return dealloc_plain;
  else return dealloc<T>;
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

// Also refuses Base.__init__(derived), which would put a Base where a Derived will be destroyed.
DOVETAIL_SHARED Cell* open_unready(PyObject* self, const PyMethodDef* tag) noexcept {
  if (own_tag(self) == tag && begin_init(as_cell(self))) return as_cell(self);
  refuse_init(self);
  return nullptr;
}
// The cell for a new object of the class with `slot` and `tag`: a new one for a draft, else that of `self`, which is unready.
DOVETAIL_SHARED Cell* open_place(PyObject* self, int slot, const PyMethodDef* tag) noexcept {
  if (!DOVETAIL_LIKELY(as_cell(self)->state == (unready | draft))) return open_unready(self, tag);
  return new_cell_in(module_state(module_of(Py_TYPE(self))), slot);
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
  explicit Place(PyObject* self) : memory(nullptr), cell_(open(self)), from_(as_cell(self)) {
    if (!cell_) return;
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
  DOVETAIL_INLINE static Cell* open(PyObject* self) noexcept {
    if constexpr (is_foreign<T>) {
      return open_place(self, as_cell(self)->slot, own_tag(self));  // give_new made it
    } else if constexpr (DOVETAIL_COMPACT) {
      return open_place(self, Bound<T>::slot, Bound<T>::methods);
    } else {
      if (DOVETAIL_LIKELY(as_cell(self)->state == (unready | draft))) return new_cell<T>(Py_TYPE(self));
      return open_unready(self, Bound<T>::methods);
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

}  // namespace v1
}  // namespace dovetail
