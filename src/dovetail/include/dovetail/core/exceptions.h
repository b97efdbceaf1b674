// dovetail/core/exceptions.h: exception classes of the header as Python exception classes.
//
// Emitted code specialises BoundException<T> and writes one function that tries its classes, most derived first:
//
//   static PyObject* raise_cpp(dovetail::Home home) noexcept {
//     return dovetail::raise_current(home, [](dovetail::Home at) noexcept -> bool {
//       try { throw; }
//       catch (const lib::ParseError& error) { dovetail::raise_exception(error, error.what(), at); }
//       catch (...) { return false; }
//       return true;
//     });
//   }
//
// The C++ object is copied into the Python exception; methods and fields of the class read it with exception_value<T>.
// An exception that Python code made itself has none: AttributeError.
#pragma once
#include <dovetail/core/errors.h>
#include <dovetail/core/lifetime.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

//   static constexpr int slot;            index in State::exceptions
//   static constexpr const char* name;
//   using base = lib::Error;              bound base exception class, or void
template <class T>
struct BoundException;

// What is in the capsule. The chain of `Kind`s is that of the bound bases.
struct ExceptionKind {
  const ExceptionKind* base;
  const void* (*to_base)(const void*);
};
template <class T>
inline const ExceptionKind* exception_kind() noexcept;
namespace detail {
template <class T, class B>
inline const void* exception_to_base(const void* value) noexcept {
  return static_cast<const B*>(static_cast<const T*>(value));
}
template <class T>
struct KindOf {
  static const ExceptionKind* get() noexcept {
    using B = typename BoundException<T>::base;
    if constexpr (std::is_void_v<B>) {
      static constexpr ExceptionKind kind{nullptr, nullptr};
      return &kind;
    } else {
      static const ExceptionKind kind{KindOf<B>::get(), &exception_to_base<T, B>};
      return &kind;
    }
  }
};
}  // namespace detail
template <class T>
inline const ExceptionKind* exception_kind() noexcept {
  return detail::KindOf<T>::get();
}

struct CaughtException {
  const ExceptionKind* kind;
  const void* value;
  void (*drop)(const void*);
  PyObject* module = nullptr;  // strong: where the state is, as an exception is no instance of a bound class
};
inline constexpr const char* caught_capsule = "dovetail.caught";
inline constexpr const char* caught_attribute = "__cpp_exception__";

DOVETAIL_COLD inline void drop_caught(PyObject* capsule) noexcept {
  auto* caught = static_cast<CaughtException*>(PyCapsule_GetPointer(capsule, caught_capsule));
  if (!caught) return PyErr_Clear();
  caught->drop(caught->value);
  Py_XDECREF(caught->module);
  delete caught;
}

// Sets `type(text)` with the capsule attached; takes `caught` over (nullptr: the object cannot be copied).
DOVETAIL_COLD inline void raise_caught(PyObject* type, const char* text, CaughtException* caught) noexcept {
  Ref capsule(caught ? PyCapsule_New(caught, caught_capsule, drop_caught) : nullptr);
  if (caught && !capsule) {
    caught->drop(caught->value);
    Py_XDECREF(caught->module);
    delete caught;
    return;
  }
  Ref message(error_text(text));
  Ref exception(message ? PyObject_CallOneArg(type, message.get()) : nullptr);
  if (!exception) return;
  if (capsule && PyObject_SetAttrString(exception.get(), caught_attribute, capsule.get()) < 0) return;
  PyErr_SetObject(type, exception.get());
}

// Sets the Python exception of class T for `error`. Always nullptr.
template <class T>
DOVETAIL_COLD PyObject* raise_exception(const T& error, const char* text, Home home) noexcept {
  CaughtException* caught = nullptr;
  if constexpr (std::is_copy_constructible_v<T>) {
    try {
      auto* copy = new T(error);
      caught = new (std::nothrow) CaughtException{exception_kind<T>(), copy,
                                                  [](const void* value) { delete static_cast<const T*>(value); }};
      if (!caught) delete copy;
    } catch (...) {
      caught = nullptr;  // its text is better than nothing
    }
  }
  if (caught) caught->module = Py_NewRef(state(home)->module);
  raise_caught(state(home)->exceptions[BoundException<T>::slot], text, caught);
  return nullptr;
}

DOVETAIL_COLD inline const void* find_exception_value(PyObject* self, const ExceptionKind* wanted) noexcept {
  Ref capsule(PyObject_GetAttrString(self, caught_attribute));
  if (!capsule) {
    PyErr_Format(PyExc_AttributeError, "this %s was not thrown by C++", type_name(self));
    return nullptr;
  }
  auto* caught = static_cast<CaughtException*>(PyCapsule_GetPointer(capsule.get(), caught_capsule));
  if (!caught) return nullptr;
  const void* value = caught->value;
  for (const ExceptionKind* kind = caught->kind; kind; kind = kind->base) {
    if (kind == wanted) return value;
    if (kind->to_base) value = kind->to_base(value);
  }
  PyErr_Format(PyExc_TypeError, "this %s holds an exception of another class", type_name(self));
  return nullptr;
}
// In methods and getters of exception classes; of nothing where exception_value gives nullptr, which must be asked first.
DOVETAIL_COLD inline Home exception_home(PyObject* self) noexcept {
  Ref capsule(PyObject_GetAttrString(self, caught_attribute));
  auto* caught = capsule ? static_cast<CaughtException*>(PyCapsule_GetPointer(capsule.get(), caught_capsule)) : nullptr;
  if (!caught) PyErr_Clear();
  return module_home(caught ? caught->module : nullptr);
}
// The C++ object of a caught exception; nullptr with an exception set. It lives as long as `self`.
template <class T>
const T* exception_value(PyObject* self) noexcept {
  return static_cast<const T*>(find_exception_value(self, exception_kind<T>()));
}

}  // namespace v1
}  // namespace dovetail
