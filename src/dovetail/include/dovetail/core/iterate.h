// dovetail/core/iterate.h: a Python iterator over what begin() and end() of a bound object give.
//
//   return dovetail::give_iterator<dovetail::Forwards>(*it, self, home);     Backwards: rbegin() and rend()
//
// The iterator keeps self alive. A dereferenced value is converted; a reference to a bound object is borrowed from self.
// give_iterator<Forwards, keep_lender>(…): values that may look into self, and keep it alive, too.
// Where a place is a number (random access), the range is asked for its ends anew at each step, as a list of Python is: a
// loop may change what it goes over. Other iterators are invalidated by the rules of their class; std containers that
// are bound as such have their own, safe iteration (convert/).
#pragma once
#include <dovetail/core/objects.h>

#include <iterator>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct Iteration {
  PyObject_HEAD
  PyObject* owner;
  void* range;  // nullptr: exhausted
  PyObject* (*next)(void* range, PyObject* owner) noexcept;  // nullptr without an exception: the end
  void (*drop)(void* range);
};

namespace detail {
// std::addressof is in <memory>, which takes longer to compile than all of this runtime.
template <class T>
inline const char* address_of(const T& value) noexcept {
  return &reinterpret_cast<const char&>(value);
}
}  // namespace detail

// A value met on the way, borrowed from `owner` where it is a reference to a bound object.
template <class Reference>
inline PyObject* give_item(Reference&& value, PyObject* owner, Home home) {
  using T = std::remove_reference_t<Reference>;
  if constexpr (std::is_lvalue_reference_v<Reference> && is_bound<std::remove_cv_t<T>>) {
    if constexpr (std::is_const_v<T>) return give_borrowed(&value, owner, home);
    const bool constant = as_cell(owner)->state & is_const;
    if (constant) return give_borrowed(const_cast<const T*>(&value), owner, home);
    return give_borrowed(&value, owner, home);
  } else if constexpr (std::is_pointer_v<std::decay_t<T>>) {
    if constexpr (is_bound<std::remove_cv_t<std::remove_pointer_t<std::decay_t<T>>>>) {
      return give_borrowed(value, owner, home);
    } else {
      return give(std::forward<Reference>(value), home);
    }
  } else {
    return give(std::forward<Reference>(value), home);
  }
}

// What the library throws is its exception in Python, as from any other call.
DOVETAIL_COLD inline PyObject* raise_on_the_way(PyObject* owner) noexcept {
  const Home home = instance_home(owner);
  return raise_current(home, state(home)->table->raise);
}

using KeepElement = bool (*)(PyObject* element, PyObject* owner) noexcept;
// Told by their types: under UBSan, g++ takes no comparison of a function with nullptr for a constant.
template <KeepElement keep>
constexpr bool keeps_element =
    !std::is_same_v<std::integral_constant<KeepElement, keep>, std::integral_constant<KeepElement, nullptr>>;

struct Forwards {
  template <class T>
  static auto begin(T& range) { return range.begin(); }
  template <class T>
  static auto end(T& range) { return range.end(); }
};
struct Backwards {
  template <class T>
  static auto begin(T& range) { return range.rbegin(); }
  template <class T>
  static auto end(T& range) { return range.rend(); }
};

namespace detail {
template <class Iterator, class = void>
struct IsPlace : std::is_pointer<Iterator> {};
template <class Iterator>
struct IsPlace<Iterator, std::void_t<typename Iterator::iterator_category, typename Iterator::difference_type>>
    : std::is_convertible<typename Iterator::iterator_category, std::random_access_iterator_tag> {};
}  // namespace detail

template <class Object, class Way, KeepElement keep>
struct Range {
  using Begin = decltype(Way::begin(std::declval<Object&>()));
  using End = decltype(Way::end(std::declval<Object&>()));
  static constexpr bool placed = std::is_same_v<Begin, End> && detail::IsPlace<Begin>::value;
  Begin at;
  End end;
  ptrdiff_t passed = 0;

  // false: exception set.
  bool look_again(PyObject* owner) {
    Object* range;
    if constexpr (std::is_const_v<Object>) range = const_self_of<std::remove_const_t<Object>>(owner);
    else range = self_of<Object>(owner);
    if (!range) return false;
    Begin first = Way::begin(*range);
    end = Way::end(*range);
    at = passed < end - first ? first + passed : end;
    return true;
  }
  static PyObject* next(void* self, PyObject* owner) noexcept {
    auto* range = static_cast<Range*>(self);
    try {
      if constexpr (placed) {
        if (!range->look_again(owner)) return nullptr;
        ++range->passed;
      }
      if (!(range->at != range->end)) return nullptr;  // all that a range has to have
      PyObject* item = range->give_here(owner);
      if constexpr (keeps_element<keep>) {
        if (item && !keep(item, owner)) Py_CLEAR(item);
      }
      if (item) ++range->at;
      return item;
    } catch (...) {
      return raise_on_the_way(owner);
    }
  }
  // An iterator may hold what it points at inside itself, and overwrite it with the next step: that is a value, not a
  // part of the owner.
  PyObject* give_here(PyObject* owner) {
    const Home home = instance_home(owner);
    using Reference = decltype(*at);
    using T = std::remove_cv_t<std::remove_reference_t<Reference>>;
    if constexpr (std::is_lvalue_reference_v<Reference> && is_bound_class<T> && std::is_copy_constructible_v<T>) {
      const T& value = *at;
      const char* place = detail::address_of(value);
      const char* start = detail::address_of(at);
      if (place >= start && place < start + sizeof(at)) return give(T(value), home);
    }
    return give_item(*at, owner, home);
  }
  static void drop(void* self) { delete static_cast<Range*>(self); }
};

inline void iteration_dealloc(PyObject* self) noexcept {
  auto* iteration = reinterpret_cast<Iteration*>(self);
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  if (iteration->range) iteration->drop(iteration->range);
  Py_XDECREF(iteration->owner);
  free_object(type, self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}
inline int iteration_traverse(PyObject* self, visitproc visit, void* arg) noexcept {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(reinterpret_cast<Iteration*>(self)->owner);
  return 0;
}
inline int iteration_clear(PyObject* self) noexcept {
  auto* iteration = reinterpret_cast<Iteration*>(self);
  if (void* range = iteration->range) {
    iteration->range = nullptr;
    iteration->drop(range);
  }
  Py_CLEAR(iteration->owner);
  return 0;
}
inline PyObject* iteration_next(PyObject* self) noexcept {
  auto* iteration = reinterpret_cast<Iteration*>(self);
  const ObjectLock lock(self, ObjectLock::Itself{});
  if (!iteration->range) return nullptr;
  Ref owner = Ref::borrowed(iteration->owner);
  if (as_cell(owner.get())->state & (unready | gone)) {
    refuse(owner.get(), nullptr);
    return nullptr;
  }
  PyObject* item = iteration->next(iteration->range, owner.get());
  if (!item && !PyErr_Occurred()) {  // an exhausted iterator stays so
    void* range = iteration->range;
    iteration->range = nullptr;
    if (range) iteration->drop(range);
  }
  return item;
}

inline PyTypeObject* make_iterator_type(PyObject* module) noexcept {
  static PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(iteration_dealloc)},
                                {Py_tp_traverse, reinterpret_cast<void*>(iteration_traverse)},
                                {Py_tp_clear, reinterpret_cast<void*>(iteration_clear)},
                                {Py_tp_iter, reinterpret_cast<void*>(PyObject_SelfIter)},
                                {Py_tp_iternext, reinterpret_cast<void*>(iteration_next)},
                                {0, nullptr}};
  static PyType_Spec spec = {"dovetail.iterator", sizeof(Iteration), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
                                 Py_TPFLAGS_DISALLOW_INSTANTIATION,
                             slots};
  return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}

DOVETAIL_COLD inline PyObject* new_iteration(void* range, PyObject* (*next)(void*, PyObject*) noexcept, void (*drop)(void*),
                                             PyObject* owner, Home home) noexcept {
  State* s = state(home);
  if (!s->iterator && !make_once(s, s->iterator, make_iterator_type)) return nullptr;
  auto* iteration = reinterpret_cast<Iteration*>(_PyObject_GC_New(s->iterator));
  if (!iteration) return nullptr;
  iteration->owner = Py_NewRef(owner);
  iteration->range = range;
  iteration->next = next;
  iteration->drop = drop;
  PyObject_GC_Track(reinterpret_cast<PyObject*>(iteration));
  note_made(s, reinterpret_cast<PyObject*>(iteration));
  return reinterpret_cast<PyObject*>(iteration);
}

// `owner` is the cell of the object that is iterated over. May throw: called inside a try.
template <class Way, KeepElement keep = nullptr, class T>
PyObject* give_iterator(T& object, PyObject* owner, Home home) {
  using R = Range<T, Way, keep>;
  R* range = new R{Way::begin(object), Way::end(object)};
  PyObject* iteration = new_iteration(range, &R::next, &R::drop, owner, home);
  if (!iteration) delete range;
  return iteration;
}

}  // namespace v1
}  // namespace dovetail
