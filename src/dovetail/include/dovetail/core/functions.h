// dovetail/core/functions.h: a C++ callable (a std::function, a pointer to a function) as a Python object.
//
//   return dovetail::give_function(it->handler(), self, home);     // `self`: what it may depend on is kept alive
//
// One Python type per module serves all signatures; the table behind an object says which it is, so that it goes back to
// C++ as itself.
#pragma once
#include <dovetail/core/callbacks.h>
#include <dovetail/core/debug.h>

#ifndef Py_LIMITED_API
#include <structmember.h>
#endif
#include <tuple>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct FunctionTable {
  const char* doc;
  vectorcallfunc call;
  void (*drop)(void* value);
};

struct FunctionObject {
  PyObject_HEAD
  vectorcallfunc vectorcall;
  const FunctionTable* table;
  void* value;
  PyObject* owner;   // a cell or nullptr
  PyObject* module;  // where the state is
};

inline FunctionObject* as_function(PyObject* object) noexcept { return reinterpret_cast<FunctionObject*>(object); }

inline int function_traverse(PyObject* self, visitproc visit, void* arg) noexcept {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(as_function(self)->owner);
  Py_VISIT(as_function(self)->module);
  return 0;
}
// The value may use what its owner is, so it ends first.
inline int function_clear(PyObject* self) noexcept {
  FunctionObject* function = as_function(self);
  if (void* value = function->value) {
    function->value = nullptr;
    function->table->drop(value);
  }
  Py_CLEAR(function->owner);
  return 0;
}
inline void function_dealloc(PyObject* self) noexcept {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  function_clear(self);
  Py_XDECREF(as_function(self)->module);
  free_object(type, self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}
inline PyObject* function_repr(PyObject* self) noexcept {
  const Text line = typed_line(as_function(self)->table->doc, 0);
  Ref text(PyUnicode_DecodeUTF8(line.data, line.size, "replace"));
  return text ? PyUnicode_FromFormat("<C++ %U at %p>", text.get(), static_cast<void*>(self)) : nullptr;
}
inline PyObject* function_doc(PyObject* self, void*) noexcept { return PyUnicode_FromString(as_function(self)->table->doc); }

#ifdef Py_LIMITED_API
inline constexpr unsigned long has_vectorcall = 0;
inline PyObject* function_call(PyObject* self, PyObject* args, PyObject* kwargs) noexcept {
  return unpack_call(args, kwargs, static_cast<PyObject*>(nullptr),
                     [=](PyObject* const* given, Py_ssize_t count, PyObject* names) noexcept -> PyObject* {
                       return as_function(self)->table->call(self, given, static_cast<size_t>(count), names);
                     });
}
#else
inline constexpr unsigned long has_vectorcall = Py_TPFLAGS_HAVE_VECTORCALL;
#endif

DOVETAIL_COLD inline PyTypeObject* make_function_type(PyObject* module) noexcept {
#ifndef Py_LIMITED_API
  static PyMemberDef members[] = {{"__vectorcalloffset__", T_PYSSIZET, offsetof(FunctionObject, vectorcall), READONLY, nullptr},
                                  {nullptr, 0, 0, 0, nullptr}};
#endif
  static PyGetSetDef accessors[] = {{"__doc__", function_doc, nullptr, nullptr, nullptr},
                                    {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(function_dealloc)},
                                {Py_tp_traverse, reinterpret_cast<void*>(function_traverse)},
                                {Py_tp_clear, reinterpret_cast<void*>(function_clear)},
#ifdef Py_LIMITED_API
                                {Py_tp_call, reinterpret_cast<void*>(function_call)},
#else
                                {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                                {Py_tp_members, members},
#endif
                                {Py_tp_repr, reinterpret_cast<void*>(function_repr)},
                                {Py_tp_getset, accessors},
                                {0, nullptr}};
  static PyType_Spec spec = {"dovetail.function", sizeof(FunctionObject), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
                                 Py_TPFLAGS_DISALLOW_INSTANTIATION | has_vectorcall,
                             slots};
  return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}

// Takes `value` over where it succeeds.
DOVETAIL_COLD inline PyObject* new_function(void* value, const FunctionTable& table, PyObject* owner, Home home) noexcept {
  State* s = state(home);
  if (!s->function && !make_once(s, s->function, make_function_type)) return nullptr;
  auto* function = reinterpret_cast<FunctionObject*>(_PyObject_GC_New(s->function));
  if (!function) return nullptr;
  function->vectorcall = table.call;
  function->table = &table;
  function->value = value;
  function->owner = Py_XNewRef(owner);
  function->module = Py_NewRef(s->module);
  PyObject_GC_Track(reinterpret_cast<PyObject*>(function));
  note_made(s, reinterpret_cast<PyObject*>(function));
  return reinterpret_cast<PyObject*>(function);
}

// What the C++ callable gives; an object by reference or pointer is borrowed from `owner`.
template <class R, class V>
PyObject* give_returned(V&& value, PyObject* owner, Home home) {
  using T = typename detail::LentType<R>::type;
  if constexpr (std::is_void_v<T>) {
    return give(std::forward<V>(value), home);
  } else if constexpr (std::is_reference_v<R> && !std::is_pointer_v<std::remove_reference_t<R>>) {
    return give_borrowed(std::addressof(value), owner, home);
  } else {
    return give_borrowed(value, owner, home);
  }
}

DOVETAIL_COLD inline PyObject* raise_from_function(Home home) noexcept {
  return raise_current(home, state(home)->table->raise);
}

// A pointer to an object may be null. A callable may be empty: convert/callable.h.
template <class P>
struct TakesNone : std::bool_constant<std::is_pointer_v<std::remove_cv_t<P>> && is_lent_type<P>> {};

// `F`: what is called, of the signature R(A...).
template <class F, class R, class... A>
struct FunctionCaller {
  static constexpr int total = sizeof...(A);

  static PyObject* call(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* kwnames) noexcept {
    static constexpr Signature signature{BoundCallable<R(A...)>::doc, 0, total, total, total, 0};
    FunctionObject* function = as_function(self);
    const Home home = module_home(function->module);
    PyObject* slots[total + 1];
    PyObject* const* v = bind_arguments(signature, args, PyVectorcall_NARGS(nargsf), kwnames, slots, home);
    if (!v) return nullptr;
    if (!function->value) {
      PyErr_SetString(PyExc_ReferenceError, "the function is gone: its owner was collected");
      return nullptr;
    }
    return take_and_call(function, v, home, std::index_sequence_for<A...>{});
  }

 private:
  template <size_t... I>
  static PyObject* take_and_call(FunctionObject* function, [[maybe_unused]] PyObject* const* v, Home home,
                                 std::index_sequence<I...>) noexcept {
    [[maybe_unused]] static constexpr const char* doc = BoundCallable<R(A...)>::doc;
    [[maybe_unused]] std::tuple<Arg<A>...> arguments;
    const bool taken = (take<A>(std::get<I>(arguments), v, I, doc, home) && ...);
    if (!taken) return nullptr;
    Ref alive = Ref::borrowed(reinterpret_cast<PyObject*>(function));
    F& target = *static_cast<F*>(function->value);
    try {
      if constexpr (std::is_void_v<R>) {
        target(std::get<I>(arguments).get()...);
        return give_none();
      } else {
        return give_returned<R>(target(std::get<I>(arguments).get()...), function->owner, home);
      }
    } catch (...) {
      return raise_from_function(home);
    }
  }
  template <class P>
  static bool take(Arg<P>& argument, PyObject* const* v, size_t index, const char* doc, Home home) noexcept {
    if constexpr (TakesNone<P>::value) {
      if (argument.take_nullable(v[index], home)) return true;
    } else {
      if (argument.take(v[index], home)) return true;
    }
    refuse_bound(doc, static_cast<int>(index), v);
    return false;
  }
};

// A function that may depend on what `owner` is: a field's, a result of a method.
template <class F>
PyObject* give_function(F&& value, PyObject* owner, Home home) {
  return Convert<std::decay_t<F>>::give(std::forward<F>(value), owner, home);
}

template <class F>
void drop_function(void* value) {
  delete static_cast<F*>(value);
}

}  // namespace v1
}  // namespace dovetail
