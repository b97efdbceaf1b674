// dovetail/convert/braces.h: std::initializer_list<T> parameters, from whatever a vector<T> is taken from.
//
// As the braces of C++ do, the list looks at elements that live until the call ends: those of a bound vector<T>, or of one that
// is made. Lists of lists are taken row by row.
//
// The language makes such lists from braces alone, of as many elements as stand there. At run time one is made as the
// libraries make theirs: Microsoft's has a constructor, libstdc++ and libc++ keep the first element and the number of them. A
// library that keeps anything else is noticed before any list is made.
#pragma once
#include <dovetail/convert/sequence.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <memory>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T>
void make_list(const T* data, size_t size, std::initializer_list<T>& out) noexcept {
  using List = std::initializer_list<T>;
  if constexpr (std::is_constructible_v<List, const T*, const T*>) {
    out = List(data, data + size);
  } else {
    struct Words {
      const T* first;
      size_t count;
    } const words{data, size};
    static_assert(std::is_trivially_copyable_v<List> && sizeof(List) == sizeof(Words));
    std::memcpy(static_cast<void*>(&out), &words, sizeof out);
  }
}
// Whether the library's lists are what they are taken for. The compiler knows.
inline bool check_lists() noexcept {
  static constexpr char probe[3] = {};
  std::initializer_list<char> made;
  make_list(probe, 2, made);
  if (DOVETAIL_LIKELY(made.begin() == probe && made.size() == 2)) return true;
  PyErr_Format(PyExc_SystemError, "this C++ library makes no std::initializer_list at run time");
  return false;
}

// The elements of a list. The list itself is made for the call: until then, what is taken for other parameters may change a
// bound vector.
template <class T>
struct ListSlot {
  using List = std::initializer_list<T>;
  typename Convert<std::vector<T>>::Slot items{};
  List made;

  bool take(PyObject* from, Home home) noexcept { return Convert<std::vector<T>>::take(from, items, home); }
  void put(List given) { Convert<std::vector<T>>::put(items, std::vector<T>(given)); }
  const List& list() noexcept {
    const std::vector<T>& elements = Convert<std::vector<T>>::view(items);
    make_list(elements.data(), elements.size(), made);
    return made;
  }
  static int rank(PyObject* from, Home home) noexcept { return Convert<std::vector<T>>::rank(from, home); }
};

// A vector<bool> has no memory to look at.
template <>
struct ListSlot<bool> {
  std::unique_ptr<bool[]> items;
  size_t size = 0;
  std::initializer_list<bool> made;

  bool take(PyObject* from, Home home) noexcept {
    typename Convert<std::vector<bool>>::Slot taken{};
    return Convert<std::vector<bool>>::take(from, taken, home) &&
           guarded([&] { put(Convert<std::vector<bool>>::view(taken)); });
  }
  template <class From>
  void put(const From& from) {
    items = std::make_unique<bool[]>(from.size());
    size = from.size();
    std::copy(from.begin(), from.end(), items.get());
  }
  const std::initializer_list<bool>& list() noexcept {
    make_list(static_cast<const bool*>(items.get()), size, made);
    return made;
  }
  static int rank(PyObject* from, Home home) noexcept { return Convert<std::vector<bool>>::rank(from, home); }
};

template <class T>
struct ListSlot<std::initializer_list<T>> {
  using List = std::initializer_list<T>;
  struct Row {
    ListSlot<T> items;
    Ref held;
  };
  std::unique_ptr<Row[]> rows;
  std::vector<List> lists;
  std::initializer_list<List> made;

  bool take(PyObject* from, Home home) noexcept {
    Ref given(take_items(from));
    if (!given || !guarded([&] { make(size_t(Py_SIZE(given.get()))); })) return false;
    size_t i = 0;
    // Taking a row may run Python code, which may shorten the list.
    for (; i < lists.size() && Py_ssize_t(i) < Py_SIZE(given.get()); ++i) {
      rows[i].held = Ref(Py_NewRef(items_of(given.get())[i]));
      if (!rows[i].items.take(rows[i].held.get(), home)) return false;
    }
    lists.resize(i);
    return true;
  }
  void put(std::initializer_list<List> given) {
    make(given.size());
    size_t i = 0;
    for (const List& row : given) rows[i++].items.put(row);
  }
  const std::initializer_list<List>& list() noexcept {
    for (size_t i = 0; i < lists.size(); ++i) lists[i] = rows[i].items.list();
    make_list(static_cast<const List*>(lists.data()), lists.size(), made);
    return made;
  }
  static int rank(PyObject* from, Home home) noexcept { return rank_items<List>(from, home); }

 private:
  void make(size_t count) {
    rows = std::make_unique<Row[]>(count);
    lists.resize(count);
  }
};

template <class T>
struct Convert<std::initializer_list<T>> {
  using List = std::initializer_list<T>;
  using Slot = ListSlot<T>;
  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    return check_lists() && slot.take(from, home);
  }
  static const List& view(Slot& slot) noexcept { return slot.list(); }
  static const List& pull(Slot& slot) noexcept { return slot.list(); }
  static void put(Slot& slot, List value) { slot.put(value); }
  static int rank(PyObject* from, Home home) noexcept { return Slot::rank(from, home); }
};

}  // namespace v1
}  // namespace dovetail
