// dovetail/convert/pointers.h: smart pointers to bound classes are transparent: Python sees the object.
//   unique_ptr   result: Python owns the object (with a deleter of its own: holds the pointer). Argument: C++ takes the
//                object over; using it later is ReferenceError
//   shared_ptr   result: the cell holds it. Argument: shares with a cell that holds one; else a shared_ptr that keeps the
//                Python object alive, from any thread. An element of a container cannot be shared: it may move
//   weak_ptr     result: the object, None where it has expired. Argument: as shared_ptr; what Python alone owns expires with
//                the Python object's last other owner
//   reference_wrapper  the object itself
// Null is None.
#pragma once
#include <dovetail/convert/guarded.h>
#include <dovetail/core/attach.h>
#include <dovetail/core/objects.h>

#include <functional>
#include <memory>
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class Pointer>
void drop_holder(void* holder) {
  delete static_cast<Pointer*>(holder);
}

template <class T, class D>
struct Convert<std::unique_ptr<T, D>> {
  using Pointer = std::unique_ptr<T, D>;
  using Class = std::remove_cv_t<T>;
  static constexpr bool plain = std::is_same_v<D, std::default_delete<T>> && holding_of<Class> != Holding::none;
  struct Slot {
    PyObject* given = nullptr;
    Home home{};
    Pointer own{};
  };
  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    static_assert(plain, "a unique_ptr with its own deleter cannot be taken from Python");
    slot.home = home;
    if (!borrow<Class>(from, home) || !can_take_over(from, home)) return false;
    const bool derived = own_tag(from) != tag_of<Class>(home) || as_cell(from)->state & scripted;
    if (!std::has_virtual_destructor_v<Class> && derived) {
      PyErr_Format(PyExc_ValueError, "the %s cannot be taken over as %s, which has no virtual destructor", type_name(from),
                   Bound<Class>::name);
      return false;
    }
    slot.given = from;
    return true;
  }
  static Pointer pull(Slot& slot) {
    if (!slot.given) return std::move(slot.own);
    if (!borrow<Class>(slot.given, slot.home)) {  // another argument took it meanwhile
      if (!PyErr_Occurred()) PyErr_SetString(PyExc_ReferenceError, "the object was taken over by another argument");
      throw_python_error();
    }
    Class* taken = take_over<Class>(slot.given, slot.home);
    if (!taken) throw_python_error();
    return Pointer(taken);
  }
  static void put(Slot& slot, Pointer value) { slot.own = std::move(value); }
  static PyObject* give(Pointer&& value, Home home) {
    if (!value) return give_none();
    if constexpr (plain) {
      PyObject* self = give_owned(value.get(), home);
      if (!self) return nullptr;
      value.release();
      if (std::is_const_v<T>) as_cell(self)->state |= is_const;
      return self;
    } else {
      auto* holder = new Pointer(std::move(value));
      return give_held(holder->get(), holder, [](void* h) { drop_holder<Pointer>(h); }, home);
    }
  }
  static constexpr Foreseen foreseen = only_objects;
  static int rank(PyObject* from, Home home) noexcept { return instance_rank<Class>(from, home); }
};

// The deleter of a shared_ptr that keeps a Python object alive.
struct PythonOwner {
  PyObject* object;
  InterpreterRef interpreter;
  void operator()(const void*) const noexcept {
    uninterrupted([this] { drop_object(*interpreter, object); });
  }
};

// What every shared_ptr is held as: one for a derived class shares with one for a base, wherever the two point.
using SharedHolder = std::shared_ptr<void>;

// nullptr with an exception set where the object may move.
DOVETAIL_COLD inline bool check_shareable(PyObject* from) noexcept {
  const bool lent = is_lent(from);
  if (!lent && !(as_cell(from)->state & element)) return true;
  const char* why = lent ? "belongs to C++, which may end it with this call," : "is an element of a container";
  PyErr_Format(PyExc_ValueError, "the %s %s and cannot be shared: pass a copy", type_name(from), why);
  return false;
}

template <class T>
struct Convert<std::shared_ptr<T>> {
  using Pointer = std::shared_ptr<T>;
  using Class = std::remove_cv_t<T>;
  using Slot = Pointer;
  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    if (from == Py_None) {
      slot.reset();
      return true;
    }
    T* object;
    if constexpr (std::is_const_v<T>) {
      object = borrow_const<Class>(from, home);
    } else {
      object = borrow<Class>(from, home);
    }
    if (!object) return false;
    if (void* holder = holder_of(from, drop_holder<SharedHolder>)) {
      slot = Pointer(*static_cast<SharedHolder*>(holder), object);
      return true;
    }
    Interpreter* const interpreter = check_shareable(from) ? interpreter_of(home) : nullptr;
    if (!interpreter) return false;
    Py_INCREF(from);
    return guarded([&] { slot = Pointer(object, PythonOwner{from, InterpreterRef(interpreter)}); });  // on failure the constructor calls the deleter
  }
  static const Pointer& view(Slot& slot) noexcept { return slot; }
  static Pointer pull(Slot& slot) noexcept { return std::move(slot); }
  static PyObject* give(const Pointer& value, Home home) {
    if (!value) return give_none();
    auto* holder = new SharedHolder(std::const_pointer_cast<Class>(value));
    return give_held(value.get(), holder, drop_holder<SharedHolder>, home);
  }
  static constexpr Foreseen foreseen{0, ~unsigned{none_kind}};
  static int rank(PyObject* from, Home home) noexcept {
    return from == Py_None ? int{promotion} : instance_rank<Class>(from, home);
  }
};

template <class T>
struct Convert<std::weak_ptr<T>> {
  struct Slot {
    std::shared_ptr<T> strong;  // until the call returns
    std::weak_ptr<T> weak;
  };
  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    if (!Convert<std::shared_ptr<T>>::take(from, slot.strong, home)) return false;
    slot.weak = slot.strong;
    return true;
  }
  static const std::weak_ptr<T>& view(Slot& slot) noexcept { return slot.weak; }
  static std::weak_ptr<T> pull(Slot& slot) noexcept { return slot.weak; }
  static void put(Slot& slot, std::weak_ptr<T> value) { slot.weak = std::move(value); }
  static PyObject* give(const std::weak_ptr<T>& value, Home home) {
    return Convert<std::shared_ptr<T>>::give(value.lock(), home);
  }
  static int rank(PyObject* from, Home home) noexcept { return Convert<std::shared_ptr<T>>::rank(from, home); }
};

template <class T>
struct Convert<std::reference_wrapper<T>> {
  using Class = std::remove_cv_t<T>;
  struct Slot {
    T* object = nullptr;
  };
  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    if constexpr (std::is_const_v<T>) {
      slot.object = borrow_const<Class>(from, home);
    } else {
      slot.object = borrow<Class>(from, home);
    }
    return slot.object != nullptr;
  }
  static std::reference_wrapper<T> pull(Slot& slot) noexcept { return *slot.object; }
  static void put(Slot& slot, std::reference_wrapper<T> value) { slot.object = &value.get(); }
  static PyObject* give(std::reference_wrapper<T> value, Home home) { return give_borrowed(&value.get(), nullptr, home); }
  static constexpr Foreseen foreseen = only_objects;
  static int rank(PyObject* from, Home home) noexcept { return instance_rank<Class>(from, home); }
};

}  // namespace v1
}  // namespace dovetail
