// dovetail/library/arrow_structs.h: ArrowSchema, ArrowArray, ArrowArrayStream -> the capsules of Arrow's PyCapsule interface.
//   given   as a new capsule that owns what was in the struct. Whoever consumes it moves the content out and leaves the struct
//           released; where nobody does, the capsule releases it
// A struct that is released already becomes a capsule that consumers refuse.
#pragma once
#include <dovetail/convert/numbers.h>

#include <new>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T>
struct ArrowCapsule {
  // Only the consumer may end the struct, and it may do so on any thread: `release` is C++ that needs no Python.
  static void end(PyObject* capsule) noexcept {
    auto* node = static_cast<T*>(PyCapsule_GetPointer(capsule, Convert<T>::name));
    if (!node) return PyErr_Clear();
    if (node->release) node->release(node);
    PyMem_Free(node);
  }
  static PyObject* give(const T& value, Home) noexcept {
    void* room = PyMem_Malloc(sizeof(T));
    PyObject* capsule = room ? PyCapsule_New(room, Convert<T>::name, end) : PyErr_NoMemory();
    if (capsule) {
      ::new (room) T(value);
      return capsule;
    }
    PyMem_Free(room);
    T lost = value;
    if (lost.release) lost.release(&lost);
    return nullptr;
  }
};

}  // namespace v1
}  // namespace dovetail

struct ArrowSchema;
struct ArrowArray;
struct ArrowArrayStream;

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <>
struct Convert<::ArrowSchema> : ArrowCapsule<::ArrowSchema> {
  static constexpr const char* name = "arrow_schema";
};
template <>
struct Convert<::ArrowArray> : ArrowCapsule<::ArrowArray> {
  static constexpr const char* name = "arrow_array";
};
template <>
struct Convert<::ArrowArrayStream> : ArrowCapsule<::ArrowArrayStream> {
  static constexpr const char* name = "arrow_array_stream";
};

}  // namespace v1
}  // namespace dovetail
