// dovetail/core/loans.h: what C++ hands to Python code that it calls: the arguments of a callback or of an override.
//
//   PyObject* slots[n];
//   give_argument<const lib::Row&>(slots[0], row, home)   // false: exception set, slot nullptr; may throw
//   … PyObject_Vectorcall(callable, slots, n, nullptr) …
//   end_argument<const lib::Row&>(slots[0]);              // of each slot that was given
//
// Values are converted or moved. An object passed by reference or pointer is lent: Python sees the object itself, for as
// long as the call runs. What Python keeps beyond that becomes a copy; where the class cannot be copied (or the object is
// of a class derived from it), it is gone, and using it is a ReferenceError. What was borrowed from it is gone either way.
// Memory inside a lent object is never shown as a buffer.
#pragma once
#include <dovetail/core/objects.h>

#include <memory>
#include <typeinfo>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// `slot` is the place that will end the loan.
[[gnu::noinline]] inline PyObject* lend_found(PyObject** slot, Found found, bool constant, Home home) noexcept {
  if (!found.value) return *slot = give_none();
  State* s = state(home);
  if (Cell* same = find_cell(s, found.value, found.slot)) {
    if (!constant) same->state &= ~uint32_t{is_const};
    return *slot = reinterpret_cast<PyObject*>(same);
  }
  Link link{};
  link.holder = slot;
  return *slot = new_linked(s, found.value, nullptr, constant ? is_const : usable, Holding::lent, found.slot, link);
}

using CopyFunction = void* (*)(const void* value);
// A copy on the heap; nullptr: it would not be the whole object. May throw.
template <class T>
void* copy_whole(const void* value) {
#ifdef __cpp_rtti
  if constexpr (std::is_polymorphic_v<T>) {
    if (typeid(*static_cast<const T*>(value)) != typeid(T)) return nullptr;
  }
#endif
  return new T(*static_cast<const T*>(value));
}

// Python kept a lent object. `tag` is that of the class which `copy` copies.
DOVETAIL_COLD inline void end_kept_loan(Cell* cell, const PyMethodDef* tag, CopyFunction copy) noexcept {
  PyObject* const self = reinterpret_cast<PyObject*>(cell);
  PyObject* const raised = fetch_exception();
  State* const s = owner_of(cell);
  revoke_borrowed(s, self);
  void* made = nullptr;
  if (s) {
    if (copy && own_tag(self) == tag) {
      try {
        made = copy(cell->value);
      } catch (...) {  // then it is gone
      }
    }
    forget(s, cell);
  }
  cell->value = made;
  if (made) {
    cell->holding = Holding::heap;
    cell->state &= ~uint32_t{is_const};
    // Objects of untracked classes are not in the registry when Python owns them: their end does not look there.
    if (row_of(s, cell).tracked && !remember(s, cell)) PyErr_Clear();  // then it is not found again by its address
  } else {
    cell->holding = Holding::none;
    cell->state |= gone;
  }
  restore_exception(raised);
}

namespace detail {
template <class T>
constexpr CopyFunction copier() noexcept {
  if constexpr (traits::is_opaque<T>::value || !is_owned<T>()) {
    return nullptr;
  } else if constexpr (is_copyable<T>) {
    return &copy_whole<T>;
  } else {
    return nullptr;
  }
}

// A: T&, const T& or T*, of a bound class or container.
template <class A>
struct LentType {
  using type = void;
};
template <class T>
struct LentType<T&> {
  using type = std::conditional_t<is_bound<T>, T, void>;
};
template <class T>
struct LentType<T*> {
  using type = std::conditional_t<is_bound<T>, T, void>;
};
template <class T>
struct LentType<T* const> : LentType<T*> {};
template <class T>
struct LentType<T* const&> : LentType<T*> {};
}  // namespace detail

template <class A>
inline constexpr bool is_lent_type = !std::is_void_v<typename detail::LentType<A>::type>;

// An argument that holds several: convert/listed.h.
template <class A>
struct LentMany {
  static constexpr bool value = false;
};

template <class A, class V>
DOVETAIL_INLINE bool give_argument(PyObject*& slot, V&& value, Home home) {
  using T = typename detail::LentType<A>::type;
  if constexpr (LentMany<A>::value) {
    LentMany<A>::give(slot, value, home);
  } else if constexpr (std::is_void_v<T>) {
    slot = give(static_cast<A&&>(value), home);
  } else if constexpr (std::is_reference_v<A> && !std::is_pointer_v<std::remove_reference_t<A>>) {
    lend_found(&slot, most_derived<T>(std::addressof(value)), std::is_const_v<T>, home);
  } else {
    lend_found(&slot, most_derived<T>(value), std::is_const_v<T>, home);
  }
  return slot != nullptr;
}

// Python kept what may be lent to `holder`.
template <class A>
DOVETAIL_INLINE void end_loan(PyObject* object, PyObject** holder) noexcept {
  using T = std::remove_cv_t<typename detail::LentType<A>::type>;
  if (object == Py_None) return;
  Cell* const cell = as_cell(object);
  const bool ours = cell->holding == Holding::lent && link_of(cell).holder == holder;
  if constexpr (is_foreign<T>) {
    if (ours) end_kept_loan(cell, nullptr, nullptr);  // of another module's class: it is gone
  } else {
    if (ours) end_kept_loan(cell, tag_of<T>(), detail::copier<T>());
  }
}
template <class A>
DOVETAIL_INLINE void end_argument(PyObject*& slot) noexcept {
  if constexpr (LentMany<A>::value) {
    LentMany<A>::end(slot);
  } else if constexpr (is_lent_type<A>) {
    if (Py_REFCNT(slot) > 1) end_loan<A>(slot, &slot);
  }
  Py_DECREF(slot);
}

}  // namespace v1
}  // namespace dovetail
