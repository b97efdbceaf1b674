// dovetail/core/virtuals.h: C++ calls what a class written in Python overrides.
//
// Emitted code derives a class from each C++ class with virtual functions. An instance of a Python subclass holds an
// object of it (on the heap), an instance of the bound class itself stays a plain C++ object:
//
//   static constexpr dovetail::VirtualName Shape_virtual_names[] = {{0, "float", true}};
//   static constexpr dovetail::Virtuals Shape_virtuals{Types::Shape, Shape_virtual_names};
//   struct Shape_python final : lib::Shape {
//     template <class... Given>
//     explicit Shape_python(const dovetail::Origin& origin, Given&&... given)
//         : lib::Shape(std::forward<Given>(given)...), python_(*this, origin) {}
//     double area(int scale) const override {
//       if (dovetail::Override found{python_, 0}) return found.call<double(int)>(scale);
//       return lib::Shape::area(scale);
//     }
//     mutable dovetail::HalfOf<1> python_;  // the first member: it ends last
//   };
//
// What is overridden is asked of the class, not of the instance, as Python does for its own special methods. The answer is
// kept per object with the version of the class: a class that changes later is asked again. "Not overridden" is known
// without the GIL: such a call costs two loads and a comparison. Else: the GIL, and a vectorcall of the function found.
//
// Lifetime. The cell owns the C++ object. Where C++ takes the object over, it holds the cell instead (Half::held), so that
// the Python part lives as long; its destructor then ends the cell, on any thread. Where Python is ending, and while the
// Python object is being deallocated, calls go to C++.
//
// Exceptions. Those of an override travel as PythonError; where the function is noexcept they are reported through
// sys.unraisablehook, and the result is an empty one.
#pragma once
#include <dovetail/core/attach.h>
#include <dovetail/core/binding.h>
#include <dovetail/core/objects.h>

#include <atomic>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct VirtualName {
  uint16_t name;        // in State::names
  const char* returns;  // what an override must return, for messages: "float"
  bool pure;            // some C++ function of the name is pure virtual
};
struct Virtuals {
  int slot;
  Table<VirtualName> names;
};

// Where an object was made.
struct Origin {
  const Virtuals* virtuals;
  State* state;
  Interpreter* interpreter;
};

inline PyObject* python_name(State* s, const VirtualName& row) noexcept { return s->names[row.name]; }

// The override of a class written in Python: new reference; nullptr without an exception where C++'s own is the nearest.
inline PyObject* find_override(State* s, PyTypeObject* type, int slot, PyObject* name) noexcept {
  PyObject* found = find_in_class(type, name);
  PyObject* own = found ? find_in_class(s->types[slot], name) : nullptr;
  Py_XDECREF(own);
  if (found == own) Py_CLEAR(found);
  return found;
}

// The part of a C++ object that knows its Python object.
class PythonHalf : public Half {
 public:
  PythonHalf(void* derived, void (*end)(void*) noexcept, const Origin& origin, PyObject** methods, int count) noexcept
      : Half{nullptr, derived, end, nullptr, false},
        origin_(origin),
        interpreter_(origin.interpreter),
        methods_(methods),
        count_(count) {
    for (int i = 0; i < count; ++i) methods[i] = nullptr;
  }
  PythonHalf(const PythonHalf&) = delete;
  PythonHalf& operator=(const PythonHalf&) = delete;

  // Whether C++'s own function is the one to call, as far as that is known. Needs no GIL.
  DOVETAIL_INLINE bool is_plain(int index) const noexcept {
    PyObject* const cell = __atomic_load_n(&self, __ATOMIC_RELAXED);
    if (!cell) return true;
    const uint64_t known = plain_.load(std::memory_order_relaxed);
    return index < 32 && known >> index & 1 && version_of(Py_TYPE(cell)) == known >> 32;
  }

  // The function that Python overrides a name with: new reference, or nullptr without an exception. Needs the GIL.
  PyObject* method(int index) noexcept {
    PyTypeObject* const type = Py_TYPE(self);
    const uint32_t version = version_of(type);
    if (!version || version != version_) return ask_again(index);
    // Borrowed from a dict of the class: it is still there, or the class would have another version.
    PyObject* const known = methods_[index];
    return known == unknown() ? ask(index) : Py_XNewRef(known);
  }

  Interpreter& interpreter() const noexcept { return *interpreter_; }
  State* state() const noexcept { return origin_.state; }
  const VirtualName& row(int index) const noexcept { return origin_.virtuals->names.rows[index]; }
  int slot() const noexcept { return origin_.virtuals->slot; }

  // The C++ object ends, and Python's does not own it.
  DOVETAIL_COLD void end() noexcept {
    Attached attached(interpreter(), patient);
    if (!attached) return;
    PyObject* const cell = self;
    if (!cell) return;
    forget(state(), as_cell(cell));
    revoke_borrowed(state(), cell);
    self = nullptr;
    as_cell(cell)->state = (as_cell(cell)->state & ~uint32_t{scripted}) | gone;
    as_cell(cell)->value = nullptr;
    as_cell(cell)->holding = Holding::none;
    if (held) uninterrupted([cell] { Py_DECREF(cell); });
  }

 protected:
  ~PythonHalf() {
    if (self) end();
  }

 private:
  PyObject* unknown() const noexcept { return reinterpret_cast<PyObject*>(const_cast<PythonHalf*>(this)); }

  DOVETAIL_COLD PyObject* ask_again(int index) noexcept {
    for (int i = 0; i < count_; ++i) methods_[i] = unknown();
    plain_.store(0, std::memory_order_relaxed);
    return ask(index);
  }
  DOVETAIL_COLD PyObject* ask(int index) noexcept {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject* found = find_override(state(), type, slot(), python_name(state(), row(index)));
    version_ = version_of(type);  // the search gave it one
    if (found) {
#ifndef Py_GIL_DISABLED
      methods_[index] = found;  // else another thread could take it out of the class
#endif
      return found;
    }
    methods_[index] = nullptr;
    const uint64_t known = plain_.load(std::memory_order_relaxed);
    const uint64_t bits = known >> 32 == version_ ? known & 0xFFFFFFFF : 0;
    if (index < 32 && version_) plain_.store(uint64_t{version_} << 32 | bits | uint64_t{1} << index, std::memory_order_relaxed);
    return nullptr;
  }

  const Origin origin_;
  const InterpreterRef interpreter_;
  std::atomic<uint64_t> plain_{0};  // version of the class, and a bit for each name that it does not override
  PyObject** const methods_;
  const int count_;
  uint32_t version_ = 0;  // of the class, when the methods were found
};

template <class D>
void destroy_derived(void* object) noexcept {
  if constexpr (std::is_nothrow_destructible_v<D>) {
    delete static_cast<D*>(object);
  } else {
    try {
      delete static_cast<D*>(object);
    } catch (...) {
      raise_current();
      PyErr_WriteUnraisable(nullptr);
    }
  }
}

template <int count>
class HalfOf : public PythonHalf {
 public:
  template <class D>
  HalfOf(D& derived, const Origin& origin) noexcept : PythonHalf(&derived, &destroy_derived<D>, origin, methods_, count) {}

 private:
  PyObject* methods_[count];
};

// ---- construction ------------------------------------------------------------------------------------------------------

// Whether construct() is to make the object of a Python subclass: self is an instance of a class written in Python.
template <class T>
DOVETAIL_INLINE bool derives_in_python(PyObject* self) noexcept {
  return as_cell(self)->state != (unready | draft) && methods_of(Py_TYPE(self)) != tag_of<T>();
}

// "area() and name()" of the pure virtual functions that `type` does not override (all of them for the bound class).
DOVETAIL_COLD inline Ref list_missing(State* s, PyTypeObject* type, const Virtuals& virtuals, int& count) noexcept {
  Ref text(PyUnicode_FromString(""));
  Ref last;
  count = 0;
  for (const VirtualName& row : virtuals.names) {
    PyObject* const name = python_name(s, row);
    if (!row.pure || Ref(find_override(s, type, virtuals.slot, name))) continue;
    if (last) text = Ref(PyUnicode_FromFormat("%U%s%U()", text.get(), count > 1 ? ", " : "", last.get()));
    if (!text) return text;
    last = Ref::borrowed(name);
    ++count;
  }
  if (!last) return text;
  return Ref(PyUnicode_FromFormat("%U%s%U()", text.get(), count > 1 ? " and " : "", last.get()));
}

// Prepares the cell of an instance of a Python class; false: exception set.
DOVETAIL_COLD inline bool begin_derived(PyObject* self, const PyMethodDef* tag, const Virtuals& virtuals, Origin& origin) noexcept {
  PyTypeObject* const type = Py_TYPE(self);
  Cell* cell = as_cell(self);
  State* s = state_of(self);
  NameRoom room;
  const char* bound = last_name(s->types[virtuals.slot], room);
  int count;
  if (methods_of(type) == tag) {
    Ref missing = list_missing(s, type, virtuals, count);
    if (!missing) return false;
    PyErr_Format(PyExc_TypeError, "%s cannot be constructed itself, only a class that derives from it%s%U", bound,
                 count ? " and overrides " : "", missing.get());
    return false;
  }
  if (cell->state != unready || own_tag(self) != tag) {
    refuse_init(self);
    return false;
  }
  Ref missing = list_missing(s, type, virtuals, count);
  if (missing && count) {
    PyErr_Format(PyExc_TypeError, "%s cannot be constructed: it does not override %U of %s", type_name(self), missing.get(),
                 bound);
  }
  if (!missing || count) return false;
  origin = {&virtuals, s, interpreter_of(instance_home(self))};
  if (!origin.interpreter) return false;
  if (begin_init(cell)) return true;
  refuse_init(self);
  return false;
}

// The object stands: the cell owns it from now on. 0, or -1 with an exception set.
DOVETAIL_COLD inline int end_derived(Cell* cell, void* value, Half* half, uint32_t flags, int slot) noexcept {
  link_of(cell).half = half;
  fill_cell(cell, value, nullptr, flags | scripted, Holding::heap, slot);
  if (!remember(owner_of(cell), cell)) {
    fill_cell(cell, nullptr, nullptr, unready, Holding::none, slot);
    half->destroy(half->object);
    return -1;
  }
  half->self = reinterpret_cast<PyObject*>(cell);
  return 0;
}

// Memory for the object of a Python class: Place for the class D that emitted code derives.
template <class T, class D>
class DerivedPlace {
 public:
  DerivedPlace(PyObject* self, const Virtuals& virtuals) : memory(nullptr), cell_(as_cell(self)) {
    if (!begin_derived(self, tag_of<T>(), virtuals, origin)) return;
    try {
      memory = allocate<D>();
    } catch (...) {
      cell_->state = unready;
      throw;
    }
  }
  ~DerivedPlace() {
    if (DOVETAIL_LIKELY(!memory)) return;
    deallocate<D>(memory);
    cell_->state = unready;
  }
  DerivedPlace(const DerivedPlace&) = delete;
  DerivedPlace& operator=(const DerivedPlace&) = delete;
  explicit operator bool() const noexcept { return memory != nullptr; }

  int ready() noexcept {
    D* made = std::launder(static_cast<D*>(memory));
    memory = nullptr;
    return end_derived(cell_, static_cast<T*>(made), &made->python_, ready_state<T>, Bound<T>::slot);
  }

  void* memory;
  Origin origin;

 private:
  Cell* cell_;
};

// ---- methods -------------------------------------------------------------------------------------------------------------

// In the wrapper of a virtual function: whether C++'s own is to be called, as by super().
DOVETAIL_INLINE bool is_scripted(PyObject* self) noexcept { return as_cell(self)->state & scripted; }

// `name` is "Shape.area()".
DOVETAIL_COLD inline PyObject* refuse_pure(const char* name) noexcept {
  PyErr_Format(PyExc_NotImplementedError, "%s is pure virtual, or not in the library: C++ has nothing to call", name);
  return nullptr;
}

// The derived object of a protected method's self; nullptr: exception set. `name` is "Shape.area()".
DOVETAIL_COLD inline void* refuse_protected(PyObject* self, const char* name) noexcept {
  PyErr_Format(PyExc_TypeError, "%s is protected: only classes that derive from it in Python may call it, not %s", name,
               type_name(self));
  return nullptr;
}
template <class T, class D>
inline D* protected_self_of(PyObject* self, const char* name) noexcept {
  if (!self_of<T>(self, name)) return nullptr;
  if (!is_scripted(self) || own_tag(self) != tag_of<T>()) return static_cast<D*>(refuse_protected(self, name));
  return static_cast<D*>(link_of(as_cell(self)).half->object);
}

}  // namespace v1
}  // namespace dovetail

#include <dovetail/core/override.h>
