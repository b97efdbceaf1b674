// dovetail/core/override.h: one call of a function that Python overrides. Included by virtuals.h.
//
//   if (dovetail::Override found{python_, 0}) return found.call<double(const lib::Item &, int)>(item, count);
//
// Arguments are given and lent as loans.h says: an override that keeps one which was lent has a copy after the call, or an
// object that is gone.
// Exceptions are thrown, to be raised again where Python called C++. On a thread where nobody would catch one it is reported,
// and C++ gets an empty result.
// Results. What is returned by value is converted or taken over as an argument would be. What C++ looks at through a
// reference or pointer is kept until the function's next call or the end of the object: KeptResult, one per function.
#pragma once
#include <dovetail/core/callbacks.h>
#include <dovetail/core/virtuals.h>

#include <memory>
#include <optional>
#include <string>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// ---- arguments -----------------------------------------------------------------------------------------------------------

// Room for a bound method's own, self, and the arguments: those that C++ passes, as loans.h says.
template <class... P>
class OverrideArguments {
 public:
  OverrideArguments() noexcept = default;
  OverrideArguments(const OverrideArguments&) = delete;
  OverrideArguments& operator=(const OverrideArguments&) = delete;
  ~OverrideArguments() { end(std::index_sequence_for<P...>{}); }

  // false: exception set.
  template <size_t... I>
  bool give([[maybe_unused]] Home home, std::index_sequence<I...>, std::add_rvalue_reference_t<P>... values) {
    return ((give_argument<P>(stack[I + 2], static_cast<std::add_rvalue_reference_t<P>>(values), home) && ++count_) && ...);
  }
  PyObject* stack[sizeof...(P) + 2];

 private:
  template <size_t... I>
  void end(std::index_sequence<I...>) noexcept {
    ((I < count_ ? end_argument<P>(stack[I + 2]) : void()), ...);
  }
  size_t count_ = 0;
};

// ---- the call ------------------------------------------------------------------------------------------------------------

// `method` as found in a class, called with stack[1] as self and what follows; stack[0] is room. It may run anything.
inline PyObject* call_method(PyObject* method, PyObject** stack, size_t count) noexcept {
  if (DOVETAIL_LIKELY(PyType_HasFeature(Py_TYPE(method), Py_TPFLAGS_METHOD_DESCRIPTOR))) {
    return PyObject_Vectorcall(method, stack + 1, (count + 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
  }
  descrgetfunc get = descriptor_get(Py_TYPE(method));
  Ref bound(get ? get(method, stack[1], reinterpret_cast<PyObject*>(Py_TYPE(stack[1]))) : Py_NewRef(method));
  return bound ? PyObject_Vectorcall(bound.get(), stack + 2, count | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr) : nullptr;
}

template <class F>
struct OverrideCall;

// Says that the function that is overridden is noexcept.
inline constexpr struct NeverThrows {
} never_throws;

// What was found, and the GIL while it lives; or nothing, and then C++'s own function is the one to call.
class Override {
 public:
  DOVETAIL_INLINE Override(PythonHalf& half, int index) : half_(half), index_(index) {
    if (!half.is_plain(index)) find<true>();
  }
  DOVETAIL_INLINE Override(PythonHalf& half, int index, NeverThrows) noexcept : half_(half), index_(index) {
    if (!half.is_plain(index)) find<false>();
  }
  DOVETAIL_INLINE ~Override() {
    if (method_) drop();
  }
  Override(const Override&) = delete;
  Override& operator=(const Override&) = delete;
  explicit operator bool() const noexcept { return method_ != nullptr; }

  // F: the function's type, as in double(const lib::Item &, int).
  template <class F, class... A>
  decltype(auto) call(A&&... arguments) {
    return OverrideCall<F>::run(*this, std::forward<A>(arguments)...);
  }
  // For functions that are noexcept: what a call throws is reported.
  template <class R, class C>
  R safely(C call) noexcept {
    try {
      return call();
    } catch (...) {
      raise_current();
      PyErr_WriteUnraisable(method_);
    }
    return R();
  }
  // For results by reference or pointer, which `kept` keeps.
  template <class F, class K, class... A>
  decltype(auto) call_keeping(K& kept, A&&... arguments) {
    return OverrideCall<F>::run_keeping(*this, kept, std::forward<A>(arguments)...);
  }

  // New reference, or nullptr with an exception set.
  PyObject* call_stack(PyObject** stack, size_t count) noexcept {
    stack[1] = self_;
    return uninterrupted([&]() noexcept { return call_method(method_, stack, count); });
  }

  // Throws the exception that is set, or reports it.
  template <class R>
  DOVETAIL_COLD R fail() {
    throw_or_report(*attached_, &half_.interpreter());
    return give_up<R>();
  }
  // Sets the error of a result that is not what the C++ function returns.
  DOVETAIL_COLD void refuse(PyObject* result) noexcept {
    const VirtualName& row = half_.row(index_);
    Ref name(PyUnicode_FromFormat("%.100s.%U()", type_name(self_), python_name(half_.state(), row)));
    if (!PyErr_Occurred()) {
      if (name) PyErr_Format(PyExc_TypeError, "%U must return %s, not %.200s", name.get(), row.returns, type_name(result));
    } else {
      PyObject* raised = fetch_exception();
      Ref prefix(name ? PyUnicode_FromFormat("%U: the result: ", name.get()) : nullptr);
      PyErr_Clear();
      restore_exception(raised);
      prefix_exception(prefix.get());
    }
  }

  Home home() const noexcept { return module_home(half_.state()->module); }
  PythonHalf& half() const noexcept { return half_; }
  PyObject* self() const noexcept { return self_; }

 private:
  template <bool may_throw>
  void find() noexcept(!may_throw) {
    attached_.emplace(half_.interpreter());
    if (!*attached_) {
      if constexpr (may_throw) throw_if_starved(*attached_);
      if (attached_->starved()) report_starved();
      return;
    }
    PyObject* const self = half_.self;
    // One that is being deallocated must not come back.
    if (!self || Py_REFCNT(self) <= 0 || !(method_ = half_.method(index_))) return;
    self_ = Py_NewRef(self);
  }
  void drop() noexcept {
    PyObject *method = method_, *self = self_;
    uninterrupted([=]() noexcept {
      Py_DECREF(method);
      Py_DECREF(self);
    });
  }

  std::optional<Attached> attached_;
  PythonHalf& half_;
  PyObject* method_ = nullptr;
  PyObject* self_ = nullptr;
  const int index_;
};

template <class R, class... P>
struct OverrideCall<R(P...)> {
  using Result = R;

  static R run(Override& found, P... values) {
    Ref result(call(found, static_cast<std::add_rvalue_reference_t<P>>(values)...));
    if (!DOVETAIL_LIKELY(bool(result))) return found.template fail<R>();
    if constexpr (!std::is_void_v<R>) {
      Arg<R> taken;
      if (!DOVETAIL_LIKELY(take(taken, result.get(), found.home()))) {
        found.refuse(result.get());
        return found.template fail<R>();
      }
      return taken.get();
    }
  }
  template <class K>
  static R run_keeping(Override& found, K& kept, P... values) {
    PyObject* const result = call(found, static_cast<std::add_rvalue_reference_t<P>>(values)...);
    return DOVETAIL_LIKELY(result != nullptr) ? kept.keep(found, result) : found.template fail<R>();
  }

  // None stands for a null pointer.
  template <class A>
  static bool take(A& taken, PyObject* result, Home home) noexcept {
    if constexpr (std::is_pointer_v<R>) {
      return taken.take_nullable(result, home);
    } else {
      return taken.take(result, home);
    }
  }

 private:
  static PyObject* call(Override& found, std::add_rvalue_reference_t<P>... values) {
    PyObject *result = nullptr, *raised = nullptr;
    {
      OverrideArguments<P...> arguments;
      const bool given = arguments.give(found.home(), std::index_sequence_for<P...>{},
                                        static_cast<std::add_rvalue_reference_t<P>>(values)...);
      if (DOVETAIL_LIKELY(given)) result = found.call_stack(arguments.stack, sizeof...(P));
      if (!DOVETAIL_LIKELY(result != nullptr)) raised = fetch_exception();  // arguments may run Python when they end
    }
    if (!DOVETAIL_LIKELY(result != nullptr)) restore_exception(raised);
    return result;
  }
};

// ---- results that C++ looks at -------------------------------------------------------------------------------------------

template <class R>
class KeptResult : Half::Kept {
  using Taken = decltype(std::declval<Arg<R>&>().get());
  // A text is made when it is asked for; everything else stands in the argument, or in the Python object.
  static constexpr bool made = std::is_reference_v<R> && !std::is_reference_v<Taken>;
  struct Stored {
    Arg<R> argument;
    std::conditional_t<made, std::optional<std::decay_t<Taken>>, std::false_type> value;
  };

 public:
  explicit KeptResult(PythonHalf& half) noexcept : Half::Kept{nullptr, half.kept}, half_(half) { half.kept = this; }
  KeptResult(const KeptResult&) = delete;
  KeptResult& operator=(const KeptResult&) = delete;
  ~KeptResult() {
    if (!stored_) return;
    Attached attached(half_.interpreter(), patient);
    if (!attached) return;  // what it holds stays as it is: Python has ended
    drop(stored_, object);
  }

  // Steals a reference.
  R keep(Override& found, PyObject* stolen) {
    Ref result(stolen);
    std::unique_ptr<Stored> taken(new Stored);
    if (!OverrideCall<R()>::take(taken->argument, result.get(), found.home())) {
      found.refuse(result.get());
      return found.template fail<R>();
    }
    if constexpr (made) taken->value.emplace(taken->argument.get());
    Stored* const old = stored_;
    PyObject* const old_object = object;
    stored_ = taken.release();
    object = result.get() == found.self() ? nullptr : result.release();  // else it would keep itself alive
    if (old) uninterrupted([=] { drop(old, old_object); });
    if constexpr (made) {
      return *stored_->value;
    } else {
      return stored_->argument.get();
    }
  }

 private:
  static void drop(Stored* stored, PyObject* kept) noexcept {
    delete stored;
    Py_XDECREF(kept);
  }
  Stored* stored_ = nullptr;
  PythonHalf& half_;
};

// ---- pure virtual functions ----------------------------------------------------------------------------------------------

DOVETAIL_COLD inline void set_pure_error(PythonHalf& half, int index) noexcept {
  const VirtualName& row = half.row(index);
  NameRoom room;
  const char* bound = last_name(half.state()->types[half.slot()], room);
  PyErr_Format(PyExc_NotImplementedError, "%s.%U() is pure virtual, and %s does not override it", bound,
               python_name(half.state(), row), half.self ? type_name(half.self) : "nothing that is alive");
}
// What C++ calls where Python does not override the function.
template <class R>
DOVETAIL_COLD R call_pure(PythonHalf& half, int index) {
  if (Attached attached{half.interpreter()}) {
    set_pure_error(half, index);
    throw_or_report(attached, &half.interpreter());
  } else if (attached.starved()) {
    throw_if_starved(attached);
  } else {
    throw_if_caught(std::runtime_error("a pure virtual function that Python overrides: Python has ended"));
  }
  return give_up<R>();
}
// For functions that are noexcept.
template <class R>
DOVETAIL_COLD R report_pure(PythonHalf& half, int index) noexcept {
  if (Attached attached{half.interpreter()}) {
    set_pure_error(half, index);
    PyErr_WriteUnraisable(nullptr);
  }
  return give_up<R>();
}

}  // namespace v1
}  // namespace dovetail
