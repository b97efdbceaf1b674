// dovetail/convert/object_arrays.h: arrays of pointers, to objects or to text: `const Shape* const* shapes, int n`.
//
//   Arg<ArrayOf<const lib::Shape* const, int>>   any iterable of shapes
//   Arg<ArrayOf<const char* const, size_t>>      any iterable of str
//   texts_result(p, extents)                     what `const char* const*` points to, for a list
//   texts_until_null(p)                          the same up to a null; of a null itself none
//
// The pointers are made for the call, with a null behind the last one. What they point to stays alive as long.
#pragma once
#include <dovetail/convert/arrays.h>
#include <dovetail/convert/guarded.h>

#include <vector>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class Pointer>
struct PointersSlot {
  using Element = std::remove_const_t<Pointer>;
  Pointer* data = nullptr;
  size_t size = 0;

  bool take(PyObject* from, Home home) noexcept {
    // Text can be iterated over, and is not meant so.
    if (PyUnicode_Check(from) || PyBytes_Check(from) || PyByteArray_Check(from)) return false;
    Ref iterator(PyObject_GetIter(from));
    if (!iterator) {
      if (PyErr_ExceptionMatches(PyExc_TypeError)) PyErr_Clear();
      return false;
    }
    items_ = Ref(PySequence_List(iterator.get()));
    return items_ && guarded([&] { collect(home); });
  }
  static int rank(PyObject* from, Home) noexcept {
    if (PyUnicode_Check(from) || PyBytes_Check(from) || PyByteArray_Check(from)) return no_match;
    return PyList_Check(from) || PyTuple_Check(from) || has_attribute(from, "__iter__") ? int{conversion} : int{no_match};
  }

 private:
  void collect(Home home) {
    size = size_t(PyList_GET_SIZE(items_.get()));
    taken_ = std::vector<Arg<Element>>(size);
    for (size_t i = 0; i < size; ++i) {
      PyObject* item = PyList_GET_ITEM(items_.get(), Py_ssize_t(i));
      if (taken_[i].take(item, home)) continue;
      item_error("item", Py_ssize_t(i), item);
      throw PythonError();
    }
    pointers_.reserve(size + 1);
    for (auto& each : taken_) pointers_.push_back(each.get());
    pointers_.push_back(nullptr);
    data = pointers_.data();
  }

  Ref items_;
  std::vector<Arg<Element>> taken_;
  std::vector<Element> pointers_;
};
template <class T>
struct ElementsSlot<T*> {
  using type = PointersSlot<T*>;
};
template <class T>
struct ElementsSlot<T* const> {
  using type = PointersSlot<T* const>;
};

template <class Extents>
std::vector<const char*> texts_result(const char* const* data, Extents ask) {
  const auto extents = ask();
  const Py_ssize_t count = count_elements(extents, data, Py_ssize_t(sizeof(const char*)));
  return std::vector<const char*>(data, data + count);
}

inline std::vector<const char*> texts_until_null(const char* const* data) {
  std::vector<const char*> found;
  for (; data && *data; ++data) found.push_back(*data);
  return found;
}

}  // namespace v1
}  // namespace dovetail
