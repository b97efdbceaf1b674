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
// An exception that Python code made holds one too where the class has a constructor for it; a class without leaves a
// plain Python exception, whose methods raise AttributeError.
#pragma once
#include <dovetail/core/errors.h>
#include <dovetail/core/lifetime.h>

#include <cstring>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

//   static constexpr int slot;            index in State::exceptions
//   static constexpr const char* name;
//   static constexpr const char* cpp;     "lib::ParseError": what another module knows it by
//   using bases = dovetail::Bases<lib::Error>;   bound base exception classes
template <class T>
struct BoundException;
template <class... T>
struct Bases {};

// What is in the capsule. The tree of `Kind`s is that of the bound bases.
struct ExceptionKind;
struct ExceptionBase {
  const ExceptionKind* kind;
  const void* (*cast)(const void*);
};
struct ExceptionKind {
  const ExceptionBase* bases;  // ends with nullptr
  const char* cpp;
};
template <class T>
inline const ExceptionKind* exception_kind() noexcept;
namespace detail {
template <class T, class B>
inline const void* exception_to_base(const void* value) noexcept {
  return static_cast<const B*>(static_cast<const T*>(value));
}
template <class T, class Bases = typename BoundException<T>::bases>
struct KindOf;
template <class T, class... B>
struct KindOf<T, Bases<B...>> {
  static const ExceptionKind* get() noexcept {
    static const ExceptionBase bases[] = {{KindOf<B>::get(), &exception_to_base<T, B>}..., {nullptr, nullptr}};
    static const ExceptionKind kind{bases, BoundException<T>::cpp};
    return &kind;
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
  PyObject* kept = nullptr;    // strong: arguments that the object points into
};
inline constexpr const char* caught_capsule = "dovetail.caught";
inline constexpr const char* caught_attribute = "__cpp_exception__";

DOVETAIL_COLD inline void drop_caught(PyObject* capsule) noexcept {
  auto* caught = static_cast<CaughtException*>(PyCapsule_GetPointer(capsule, caught_capsule));
  if (!caught) return PyErr_Clear();
  caught->drop(caught->value);
  Py_XDECREF(caught->module);
  Py_XDECREF(caught->kept);
  delete caught;
}

// A new exception with the text as its only argument. __init__ is passed over: it makes C++ objects.
DOVETAIL_COLD inline PyObject* new_exception(PyObject* type, const char* text) noexcept {
  Ref message(error_text(text));
  Ref arguments(message ? PyTuple_Pack(1, message.get()) : nullptr);
  auto* class_ = reinterpret_cast<PyTypeObject*>(type);
  Ref made(arguments ? new_object(class_, arguments.get()) : nullptr);
  // OSError leaves its arguments to an __init__ where there is one.
  if (!made || PyObject_SetAttrString(made.get(), "args", arguments.get()) < 0) return nullptr;
  return made.release();
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
  Ref exception(new_exception(type, text));
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

// `value`, of class `kind`, as class `wanted` sees it; nullptr if it is none.
DOVETAIL_COLD inline const void* cast_exception(const void* value, const ExceptionKind* kind, const ExceptionKind* wanted) noexcept {
  if (kind == wanted || !strcmp(kind->cpp, wanted->cpp)) return value;
  for (const ExceptionBase* base = kind->bases; base->kind; ++base) {
    if (const void* found = cast_exception(base->cast(value), base->kind, wanted)) return found;
  }
  return nullptr;
}
DOVETAIL_COLD inline const void* find_exception_value(PyObject* self, const ExceptionKind* wanted) noexcept {
  Ref capsule(get_attribute(self, caught_attribute));
  if (!capsule) {
    PyErr_Format(PyExc_AttributeError, "this %s was not thrown by C++", type_name(self));
    return nullptr;
  }
  auto* caught = static_cast<CaughtException*>(PyCapsule_GetPointer(capsule.get(), caught_capsule));
  if (!caught) return nullptr;
  if (const void* value = cast_exception(caught->value, caught->kind, wanted)) return value;
  PyErr_Format(PyExc_TypeError, "this %s holds an exception of another class", type_name(self));
  return nullptr;
}
// In methods and getters of exception classes; of nothing where exception_value gives nullptr, which must be asked first.
DOVETAIL_COLD inline Home exception_home(PyObject* self) noexcept {
  Ref capsule(get_attribute(self, caught_attribute));
  auto* caught = capsule ? static_cast<CaughtException*>(PyCapsule_GetPointer(capsule.get(), caught_capsule)) : nullptr;
  if (!caught) PyErr_Clear();
  PyObject* module = caught ? caught->module : nullptr;
  if (module && module_state(module)->runtime != this_runtime()) {  // thrown by a module that uses this one
    State* own = own_state(module_state(module));
    module = own ? own->module : nullptr;
  }
  return module_home(module);
}
// The C++ object of a caught exception; nullptr with an exception set. It lives as long as `self`.
template <class T>
const T* exception_value(PyObject* self) noexcept {
  return static_cast<const T*>(find_exception_value(self, exception_kind<T>()));
}

// ---- exceptions made from Python ---------------------------------------------------------------------------------------

// Emitted code writes for each class with constructors what __init__ calls:
//
//   static PyObject* Error_construct(PyObject* module, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) noexcept {
//     const dovetail::Home home = dovetail::module_home(module);
//     PyObject* self = nullptr;
//     if (!dovetail::begin_exception<lib::Error>(args, nargs, kwnames, home, self)) return nullptr;
//     if (!self) return dovetail::give_none();           // of a derived class that has no constructor
//     ++args, --nargs;
//     …
//     dovetail::MadeException<lib::Error> error{new lib::Error(text.get(), code.get())};
//     return dovetail::hold_exception(self, error, error->what(), nullptr, home);
//   }
template <class T>
struct MadeException {
  const T* value;
  ~MadeException() { delete value; }
  const T* operator->() const noexcept { return value; }
  const T& operator*() const noexcept { return *value; }
};

// False: exception set. `self` stays nullptr for an exception whose own class has no constructor: it is a plain one.
DOVETAIL_COLD inline bool begin_exception(int slot, const char* name, PyObject* const* args, Py_ssize_t nargs,
                                          PyObject* kwnames, Home home, PyObject*& self) noexcept {
  State* s = state(home);
  PyObject* wanted = s->exceptions[slot];
  if (nargs < 1 || !PyObject_TypeCheck(args[0], reinterpret_cast<PyTypeObject*>(wanted))) {
    PyErr_Format(PyExc_TypeError, "%s.__init__() needs an exception of its class", name);
    return false;
  }
  const Ref order = order_of(Py_TYPE(args[0]));
  for (Py_ssize_t place = 0; order && PyTuple_GET_ITEM(order.get(), place) != wanted; ++place) {
    auto* at = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(order.get(), place));
    for (int i = 0; i < s->table->exceptions.count; ++i) {
      if (s->exceptions[i] != reinterpret_cast<PyObject*>(at)) continue;
      if (kwnames && PyTuple_GET_SIZE(kwnames)) {
        PyErr_Format(PyExc_TypeError, "%s() takes no keyword arguments", full_name(at));
        return false;
      }
      Ref given(PyTuple_New(nargs - 1));
      for (Py_ssize_t k = 1; given && k < nargs; ++k) PyTuple_SET_ITEM(given.get(), k - 1, Py_NewRef(args[k]));
      return given && PyObject_SetAttrString(args[0], "args", given.get()) == 0;
    }
  }
  // Methods work on the object while arguments run Python code: it is never exchanged.
  Ref held(get_attribute(args[0], caught_attribute));
  if (held) {
    PyErr_Format(PyExc_TypeError, "%s.__init__() was already called", name);
    return false;
  }
  if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return false;
  PyErr_Clear();
  self = args[0];
  return true;
}
template <class T>
bool begin_exception(PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames, Home home, PyObject*& self) noexcept {
  return begin_exception(BoundException<T>::slot, BoundException<T>::name, args, nargs, kwnames, home, self);
}

// Takes `caught` over; `kept` is a strong reference or nullptr. None, or nullptr with an exception set.
DOVETAIL_COLD inline PyObject* hold_caught(PyObject* self, CaughtException* caught, const char* text) noexcept {
  Ref capsule(PyCapsule_New(caught, caught_capsule, drop_caught));
  if (!capsule) {
    caught->drop(caught->value);
    Py_XDECREF(caught->module);
    Py_XDECREF(caught->kept);
    delete caught;
    return nullptr;
  }
  Ref held(get_attribute(self, caught_attribute));
  if (held) {
    PyErr_Format(PyExc_TypeError, "%s.__init__() was called while it ran", type_name(self));
    return nullptr;
  }
  if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return nullptr;
  PyErr_Clear();
  Ref message(error_text(text));
  Ref arguments(message ? PyTuple_Pack(1, message.get()) : nullptr);
  if (!arguments || PyObject_SetAttrString(self, "args", arguments.get()) < 0) return nullptr;
  if (PyObject_SetAttrString(self, caught_attribute, capsule.get()) < 0) return nullptr;
  return Py_NewRef(Py_None);
}
template <class T>
DOVETAIL_COLD PyObject* hold_exception(PyObject* self, MadeException<T>& made, const char* text, PyObject* kept,
                                       Home home) noexcept {
  auto* caught = new (std::nothrow) CaughtException{exception_kind<T>(), made.value,
                                                    [](const void* value) { delete static_cast<const T*>(value); }};
  if (!caught) {
    Py_XDECREF(kept);
    return PyErr_NoMemory();
  }
  made.value = nullptr;
  caught->module = Py_NewRef(state(home)->module);
  caught->kept = kept;
  return hold_caught(self, caught, text);
}

DOVETAIL_COLD inline bool add_exception_constructor(PyObject* module, PyObject* type, PyMethodDef* construct) noexcept {
  Ref function(PyCFunction_NewEx(construct, module, nullptr));
  Ref method(function ? PyInstanceMethod_New(function.get()) : nullptr);
  return method && PyObject_SetAttrString(type, "__init__", method.get()) == 0;
}

// Copies and pickles have class, arguments and attributes; the C++ object stays behind, as it means nothing elsewhere.
DOVETAIL_COLD inline PyObject* reduce_exception(PyObject* self, PyObject*) noexcept {
  Ref copyreg(PyImport_ImportModule("copyreg"));
  Ref maker(copyreg ? get_attribute(copyreg.get(), "__newobj__") : nullptr);
  Ref given(maker ? get_attribute(self, "args") : nullptr);
  Ref own(given ? PyTuple_Pack(1, reinterpret_cast<PyObject*>(Py_TYPE(self))) : nullptr);
  Ref arguments(own ? PySequence_Concat(own.get(), given.get()) : nullptr);
  Ref attributes(arguments ? get_attribute(self, "__dict__") : nullptr);
  Ref rest(attributes ? PyDict_New() : nullptr);
  if (!rest || PyDict_Update(rest.get(), attributes.get()) < 0) return nullptr;
  if (PyDict_DelItemString(rest.get(), caught_attribute) < 0) {
    if (!PyErr_ExceptionMatches(PyExc_KeyError)) return nullptr;
    PyErr_Clear();
  }
  if (PyDict_SetItemString(rest.get(), "args", given.get()) < 0) return nullptr;
  return PyTuple_Pack(3, maker.get(), arguments.get(), rest.get());
}
DOVETAIL_COLD inline bool add_exception_reduce(PyObject* type) noexcept {
  static PyMethodDef reduce{"__reduce__", reduce_exception, METH_NOARGS, nullptr};
  Ref method(PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(type), &reduce));
  return method && PyObject_SetAttrString(type, "__reduce__", method.get()) == 0;
}

}  // namespace v1
}  // namespace dovetail
