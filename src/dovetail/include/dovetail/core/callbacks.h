// dovetail/core/callbacks.h: a Python callable that C++ keeps, and a call of it.
//
//   KeptCallable* kept = keep_callable(given, home);      // one reference; nullptr: exception set
//   Callback<double, int>::call(*kept, 3);                // on any thread; may throw PythonError
//   drop_callable(kept);                                  // on any thread
//
// The arguments go as loans.h says. The result must be what the signature says: TypeError names the callable and both types.
// When the interpreter is ending, nothing is called: C++ gets nothing, or an empty result. So it is after an exception on a
// thread of C++ where nobody would catch it; that goes to sys.unraisablehook. Where there is no memory to run Python on such a
// thread, C++ gets a std::bad_alloc, if it catches one.
#pragma once
#include <dovetail/core/attach.h>
#include <dovetail/core/binding.h>
#include <dovetail/core/loans.h>
#include <dovetail/core/uncaught.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Emitted for each signature that crosses the border: what a callable of Python must return, and the docstring of one of
// C++ in Python (nullptr: there is none).
//   template <> struct dovetail::BoundCallable<double (int)> {
//     static constexpr const char* result = "float";
//     static constexpr const char* doc = "function(arg0: int, /) -> float";
//   };
template <class Signature>
struct BoundCallable;

// Shared by all copies that C++ makes, which needs no GIL.
struct KeptCallable {
  PyObject* callable;
  PyObject* module;  // where the state is
  Interpreter* interpreter;
  std::atomic<int> references{1};
};

DOVETAIL_COLD inline KeptCallable* keep_callable(PyObject* callable, Home home) noexcept {
  Interpreter* interpreter = interpreter_of(home);
  if (!interpreter) return nullptr;
  auto* kept = new (std::nothrow) KeptCallable{Py_NewRef(callable), Py_NewRef(state(home)->module), interpreter};
  if (!kept) {
    Py_DECREF(callable);
    PyErr_NoMemory();
    return nullptr;
  }
  interpreter->references.fetch_add(1, std::memory_order_relaxed);
  return kept;
}
DOVETAIL_COLD inline void end_callable(KeptCallable* kept) noexcept {
  if (Attached attached{*kept->interpreter, patient}) {
    uninterrupted([kept] {
      Py_DECREF(kept->callable);
      Py_DECREF(kept->module);
    });
  }
  InterpreterRef::drop(kept->interpreter);
  delete kept;
}
inline void drop_callable(KeptCallable* kept) noexcept {
  if (kept->references.fetch_sub(1, std::memory_order_acq_rel) == 1) end_callable(kept);
}
inline KeptCallable* share_callable(KeptCallable* kept) noexcept {
  kept->references.fetch_add(1, std::memory_order_relaxed);
  return kept;
}

// ---- failure -----------------------------------------------------------------------------------------------------------

// The exception that is set, on its way through C++.
DOVETAIL_COLD inline PythonError python_error(Interpreter* called) noexcept {
  called->references.fetch_add(1, std::memory_order_relaxed);
  PythonError error(
      [](PyObject* exception, void* context) noexcept {
        auto* interpreter = static_cast<Interpreter*>(context);
        if (exception) drop_object(*interpreter, exception);
        InterpreterRef::drop(interpreter);
      },
      called);
  error.describe();
  return error;
}
// Returns where nobody would catch it: then it has been reported.
DOVETAIL_COLD inline void throw_or_report(const Attached& attached, Interpreter* called) {
  const PythonError error = python_error(called);
  if (!attached.outermost()) throw error;
  throw_if_caught(error);
  error.restore();
  PyErr_WriteUnraisable(nullptr);
}

// What a callable is called in messages: its name, where it has one.
DOVETAIL_COLD inline PyObject* callable_text(PyObject* callable) noexcept {
  PyObject* name = get_attribute(callable, "__qualname__");
  if (name && PyUnicode_Check(name)) return name;
  Py_XDECREF(name);
  PyErr_Clear();
  return PyUnicode_FromString(type_name(callable));
}

DOVETAIL_COLD inline void set_bad_result(PyObject* callable, const char* wanted, PyObject* given) noexcept {
  PyObject* const raised = fetch_exception();
  Ref name(callable_text(callable));
  if (!name) {
    Py_XDECREF(raised);
  } else if (!raised) {
    PyErr_Format(PyExc_TypeError, "callback %U() must return %s, not %.200s", name.get(), wanted, type_name(given));
  } else {
    Ref prefix(PyUnicode_FromFormat("result of the callback %U(): ", name.get()));
    PyErr_Clear();
    restore_exception(raised);
    prefix_exception(prefix.get());
  }
}
// What C++ gets where there is no result, and an exception would end the process.
template <class R>
DOVETAIL_COLD R give_up() {
  if constexpr (std::is_void_v<R>) {
    return;
  } else if constexpr (std::is_lvalue_reference_v<R> && std::is_default_constructible_v<std::decay_t<R>>) {
    static thread_local std::decay_t<R> nothing{};
    return nothing;
  } else if constexpr (std::is_default_constructible_v<R>) {
    return R();
  } else {
    throw std::runtime_error("Python has no result that C++ could go on with");
  }
}

// Returns where nobody would catch it.
DOVETAIL_COLD inline void throw_if_starved(const Attached& attached) {
  if (attached.starved()) throw_if_caught(std::bad_alloc());
}

// ---- the call ----------------------------------------------------------------------------------------------------------

// The arguments of one call as Python objects.
template <class... A>
class GivenArguments {
 public:
  GivenArguments() noexcept = default;
  GivenArguments(const GivenArguments&) = delete;
  GivenArguments& operator=(const GivenArguments&) = delete;
  DOVETAIL_INLINE ~GivenArguments() { end(std::index_sequence_for<A...>{}); }

  template <size_t... I>
  DOVETAIL_INLINE bool give([[maybe_unused]] Home home, std::index_sequence<I...>, std::add_rvalue_reference_t<A>... values) {
    return ((give_argument<A>(slots_[I + 1], static_cast<std::add_rvalue_reference_t<A>>(values), home) && ++count_) && ...);
  }
  // New reference, or nullptr with an exception set.
  DOVETAIL_INLINE PyObject* call(PyObject* callable) {
    constexpr size_t flags = sizeof...(A) | PY_VECTORCALL_ARGUMENTS_OFFSET;
    return uninterrupted([&] { return PyObject_Vectorcall(callable, slots_ + 1, flags, nullptr); });
  }

 private:
  template <size_t... I>
  DOVETAIL_INLINE void end(std::index_sequence<I...>) noexcept {
    ((I < count_ ? end_argument<A>(slots_[I + 1]) : void()), ...);
  }
  size_t count_ = 0;
  PyObject* slots_[sizeof...(A) + 1];  // the first is room for the self of a bound method
};

// What C++ calls may end its callable while it runs: a callback that unregisters itself.
class CallableInUse {
 public:
  explicit CallableInUse(const KeptCallable& kept) noexcept
      : callable(Py_NewRef(kept.callable)), module(Py_NewRef(kept.module)), interpreter(kept.interpreter) {}
  CallableInUse(const CallableInUse&) = delete;
  CallableInUse& operator=(const CallableInUse&) = delete;
  DOVETAIL_INLINE ~CallableInUse() {
    Py_DECREF(callable);
    Py_DECREF(module);
  }
  PyObject* const callable;
  PyObject* const module;
  Interpreter* const interpreter;  // the module's state holds it
};

template <class R, class... A>
struct Callback {
  static R call(const KeptCallable& kept, std::add_rvalue_reference_t<A>... values) {
    Attached attached(*kept.interpreter);
    if (!DOVETAIL_LIKELY(bool(attached))) return refuse(attached);
    const CallableInUse used(kept);
    const Home home = module_home(used.module);
    GivenArguments<A...> arguments;
    const bool given =
        arguments.give(home, std::index_sequence_for<A...>{}, static_cast<std::add_rvalue_reference_t<A>>(values)...);
    if (!DOVETAIL_LIKELY(given)) return fail(attached, used);
    Ref result(arguments.call(used.callable));
    if (!DOVETAIL_LIKELY(bool(result))) return fail(attached, used);
    if constexpr (!std::is_void_v<R>) {
      Arg<R> taken;
      if (!DOVETAIL_LIKELY(taken.take(result.get(), home))) {
        set_bad_result(used.callable, BoundCallable<R(A...)>::result, result.get());
        return fail(attached, used);
      }
      return taken.get();
    }
  }

 private:
  DOVETAIL_COLD static R refuse(const Attached& attached) {
    throw_if_starved(attached);
    if (attached.starved()) report_starved();
    return give_up<R>();
  }
  DOVETAIL_COLD static R fail(const Attached& attached, const CallableInUse& used) {
    throw_or_report(attached, used.interpreter);
    return give_up<R>();
  }
};

// ---- which callables fit -----------------------------------------------------------------------------------------------

// How well a callable takes `count` arguments by position, for overloads: exact where it takes that many and no other,
// no_match where it certainly does not.
DOVETAIL_COLD inline int rank_callable(PyObject* given, int count) noexcept {
  if (!PyCallable_Check(given)) return no_match;
  CodeFacts code;
  if (read_code(given, code)) {
    if (count < code.most - code.defaults || code.keyword_only > code.keyword_defaults) return no_match;
    if (code.flags & 0x04) return conversion;  // CO_VARARGS: it takes any number
    return count > code.most ? no_match : count == code.most ? exact : promotion;
  }
  Ref inspect(PyImport_ImportModule("inspect"));
  Ref signature(inspect ? PyObject_CallMethod(inspect.get(), "signature", "O", given) : nullptr);
  Ref nothing(signature ? PyTuple_New(count) : nullptr);
  for (int i = 0; nothing && i < count; ++i) PyTuple_SET_ITEM(nothing.get(), i, Py_NewRef(Py_None));
  Ref bind(nothing ? get_attribute(signature.get(), "bind") : nullptr);
  Ref bound_arguments(bind ? PyObject_Call(bind.get(), nothing.get(), nullptr) : nullptr);
  const bool refused = bind && !bound_arguments && PyErr_ExceptionMatches(PyExc_TypeError);
  PyErr_Clear();
  return refused ? int{no_match} : bound_arguments ? int{promotion} : int{conversion};
}

}  // namespace v1
}  // namespace dovetail
