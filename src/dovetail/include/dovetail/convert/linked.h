// dovetail/convert/linked.h: values of containers whose elements are found by walking, many at a time.
#pragma once
#include <dovetail/convert/container.h>

#include <iterator>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// A list of `count` values of the V at `c`, the first of them at `from`. They are copied first: converting them to Python
// may run anything, and the container may change.
template <class V>
PyObject* read_stretch(void* c, Py_ssize_t from, Py_ssize_t count, Home home) noexcept {
  return give_guarded([&]() -> PyObject* {
    const auto start = std::next(static_cast<const V*>(c)->begin(), from);
    const V copied(start, std::next(start, count));
    Ref list(PyList_New(count));
    Py_ssize_t filled = 0;
    for (auto value = copied.begin(); list && filled < count; ++value, ++filled) {
      PyObject* item = give(*value, home);
      if (!item) return nullptr;
      PyList_SET_ITEM(list.get(), filled, item);
    }
    return list.release();
  });
}

}  // namespace v1
}  // namespace dovetail
