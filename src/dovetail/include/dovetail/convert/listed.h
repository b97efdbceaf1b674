// dovetail/convert/listed.h: several values that C gives as a pointer, a tuple in Python.
//
//   Listed<T>(data, n)    T[n]; a pointer to a bound class is lent as an argument of its own would be (core/loans.h)
//   Listed<T>(data)       ended by a null
#pragma once
#include <dovetail/core/loans.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T>
struct Listed {
  const T* data;
  Py_ssize_t size;

  Listed(const T* from, long long count) noexcept : data(from), size(from && count > 0 ? Py_ssize_t(count) : 0) {}
  explicit Listed(const T* from) noexcept : data(from), size(0) {
    if (from) {
      while (from[size]) ++size;
    }
  }
};

template <class T>
struct LentMany<Listed<T>> {
  static constexpr bool value = true;

  // All are lent to the one slot. nullptr in it: exception set.
  static void give(PyObject*& slot, const Listed<T>& list, Home home) {
    Ref all(PyTuple_New(list.size));
    Py_ssize_t given = 0;
    for (; all && given < list.size; ++given) {
      T value = list.data[given];
      if (!give_argument<T>(slot, value, home)) break;
      PyTuple_SET_ITEM(all.get(), given, slot);
    }
    slot = nullptr;
    if (!all) return;
    if (given == list.size) {
      slot = all.release();
    } else {
      end_items(all.get(), given, &slot, true);
    }
  }
  static void end(PyObject*& slot) noexcept { end_items(slot, PyTuple_GET_SIZE(slot), &slot, Py_REFCNT(slot) > 1); }

 private:
  static void end_items([[maybe_unused]] PyObject* all, [[maybe_unused]] Py_ssize_t count, [[maybe_unused]] PyObject** holder,
                        [[maybe_unused]] bool kept) noexcept {
    if constexpr (is_lent_type<T>) {
      for (Py_ssize_t i = 0; i < count; ++i) {
        PyObject* const item = PyTuple_GET_ITEM(all, i);
        if (kept || Py_REFCNT(item) > 1) end_loan<T>(item, holder);
      }
    }
  }
};

}  // namespace v1
}  // namespace dovetail
