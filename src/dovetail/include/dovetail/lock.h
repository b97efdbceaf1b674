// dovetail/lock.h: one thread at a time inside of an object, where there is no GIL.
//
// On free-threaded builds a critical section of the object: given up while the thread waits for another one, or gives its
// thread state away, so it cannot deadlock. Elsewhere the GIL does the same, and this is nothing.
#pragma once
#include <dovetail/core/python.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

class ObjectLock {
 public:
#ifdef Py_GIL_DISABLED
  explicit ObjectLock(PyObject* object) noexcept { PyCriticalSection_Begin(&section_, object); }
  ~ObjectLock() { PyCriticalSection_End(&section_); }
#else
  explicit ObjectLock(PyObject*) noexcept {}
  ~ObjectLock() {}
#endif
  ObjectLock(const ObjectLock&) = delete;
  ObjectLock& operator=(const ObjectLock&) = delete;

#ifdef Py_GIL_DISABLED
 private:
  PyCriticalSection section_;
#endif
};

}  // namespace v1
}  // namespace dovetail
