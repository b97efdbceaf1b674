// dovetail/convert/callable.h: std::function (and std::move_only_function) <-> Python callables.
//
// Taken: whatever can be called; None is the empty function where the signature says so. C++ may copy, keep and call it on
// any thread; the callable lives as long as the last copy. A C++ function of the same signature that Python got from here
// goes back as itself.
// Given: a callable object. What is a Python callable underneath is given as that very object; an empty function is None.
#pragma once
#include <dovetail/convert/guarded.h>
#include <dovetail/core/functions.h>

#include <functional>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// What a std::function holds when it calls Python.
template <class R, class... A>
class PythonFunction {
 public:
  explicit PythonFunction(KeptCallable* taken) noexcept : kept_(taken) {}
  PythonFunction(const PythonFunction& other) noexcept : kept_(share_callable(other.kept_)) {}
  PythonFunction& operator=(const PythonFunction&) = delete;
  ~PythonFunction() { drop_callable(kept_); }

  R operator()(A... values) const {
    return Callback<R, A...>::call(*kept_, static_cast<std::add_rvalue_reference_t<A>>(values)...);
  }
  const KeptCallable& kept() const noexcept { return *kept_; }

 private:
  KeptCallable* kept_;
};

template <class F, class R, class... A>
struct FunctionConversion {
  using Slot = F;
  using Target = PythonFunction<R, A...>;
  static constexpr FunctionTable table{BoundCallable<R(A...)>::doc, &FunctionCaller<F, R, A...>::call, &drop_function<F>};

  static bool take(PyObject* given, Slot& slot, Home home) noexcept {
    if (given == Py_None) {
      slot = nullptr;
      return true;
    }
    if (!PyCallable_Check(given)) return false;
    return guarded([&] {
      if constexpr (std::is_copy_constructible_v<F> && BoundCallable<R(A...)>::doc != nullptr) {
        State* s = state(home);
        if (Py_TYPE(given) == s->function && as_function(given)->table == &table && as_function(given)->value) {
          slot = *static_cast<F*>(as_function(given)->value);
          return;
        }
      }
      KeptCallable* kept = keep_callable(given, home);
      if (!kept) throw_python_error();
      slot = Target(kept);
    });
  }
  static F& view(Slot& slot) noexcept { return slot; }
  static F pull(Slot& slot) noexcept { return std::move(slot); }
  static int rank(PyObject* given, Home) noexcept {
    return given == Py_None ? int{conversion} : rank_callable(given, sizeof...(A));
  }

  // The callable of Python that a function wraps, if it is of this module and of the interpreter that asks.
  static const KeptCallable* find_kept(const F& value) noexcept {
#ifdef __cpp_rtti
    if constexpr (std::is_copy_constructible_v<F>) {
      const Target* target = value.template target<Target>();
      if (target && is_current(*target->kept().interpreter)) return &target->kept();
    }
#endif
    static_cast<void>(value);
    return nullptr;
  }
  static PyObject* give(const F& value, PyObject* owner, Home home) {
    if (!value) return give_none();
    if (const KeptCallable* kept = find_kept(value)) return Py_NewRef(kept->callable);
    return give_new_function(new F(value), owner, home);
  }
  static PyObject* give(F&& value, PyObject* owner, Home home) {
    if (!value) return give_none();
    if (const KeptCallable* kept = find_kept(value)) return Py_NewRef(kept->callable);
    return give_new_function(new F(std::move(value)), owner, home);
  }
  static PyObject* give(const F& value, Home home) { return give(value, nullptr, home); }
  static PyObject* give(F&& value, Home home) { return give(std::move(value), nullptr, home); }

 private:
  static PyObject* give_new_function(F* value, PyObject* owner, Home home) noexcept {
    PyObject* function = new_function(value, table, owner, home);
    if (!function) delete value;
    return function;
  }
};

template <class R, class... A>
struct Convert<std::function<R(A...)>> : FunctionConversion<std::function<R(A...)>, R, A...> {};

#ifdef __cpp_lib_move_only_function
template <class R, class... A>
struct Convert<std::move_only_function<R(A...)>> : FunctionConversion<std::move_only_function<R(A...)>, R, A...> {};
template <class R, class... A>
struct Convert<std::move_only_function<R(A...) const>> : FunctionConversion<std::move_only_function<R(A...) const>, R, A...> {};
#endif

template <class S>
struct TakesNone<std::function<S>> : std::true_type {};
template <class S>
struct TakesNone<const std::function<S>&> : std::true_type {};
template <class S>
struct TakesNone<std::function<S>&> : std::true_type {};
template <class S>
struct TakesNone<std::function<S>&&> : std::true_type {};

// A parameter: None only where it may be empty.
template <class F, class P>
struct FunctionArg {
  F slot;
  bool take(PyObject* given, Home home) noexcept { return given != Py_None && take_nullable(given, home); }
  bool take_nullable(PyObject* given, Home home) noexcept { return Convert<F>::take(given, slot, home); }
  template <class V>
  void set(V&& value) {
    slot = std::forward<V>(value);
  }
  // An lvalue for references; what C++ takes by value or moves from is moved.
  std::conditional_t<std::is_lvalue_reference_v<P>, P, F&&> get() noexcept {
    return static_cast<std::conditional_t<std::is_lvalue_reference_v<P>, P, F&&>>(slot);
  }
  static int rank(PyObject* given, Home home) noexcept {
    return given == Py_None ? int{no_match} : Convert<F>::rank(given, home);
  }
  static int rank_nullable(PyObject* given, Home home) noexcept {
    return given == Py_None ? int{exact} : Convert<F>::rank(given, home);
  }
};
template <class S>
struct Arg<std::function<S>> : FunctionArg<std::function<S>, std::function<S>> {};
template <class S>
struct Arg<const std::function<S>> : FunctionArg<std::function<S>, std::function<S>> {};
template <class S>
struct Arg<std::function<S>&> : FunctionArg<std::function<S>, std::function<S>&> {};
template <class S>
struct Arg<const std::function<S>&> : FunctionArg<std::function<S>, const std::function<S>&> {};
template <class S>
struct Arg<std::function<S>&&> : FunctionArg<std::function<S>, std::function<S>&&> {};
#ifdef __cpp_lib_move_only_function
template <class S>
struct Arg<std::move_only_function<S>> : FunctionArg<std::move_only_function<S>, std::move_only_function<S>> {};
template <class S>
struct Arg<std::move_only_function<S>&&> : FunctionArg<std::move_only_function<S>, std::move_only_function<S>&&> {};
#endif

// ---- cycles ------------------------------------------------------------------------------------------------------------

// For a class with fields that hold callables, which emitted code lists:
//   template <class Each> static void Bound<T>::callables(T& it, Each&& each) { each(it.clicked); }
// A callable is part of the object as long as no other copy of C++ shares it.
template <class S>
int visit_callable(const std::function<S>& field, visitproc visit, void* arg) noexcept {
  const KeptCallable* kept = Convert<std::function<S>>::find_kept(field);
  if (!kept || kept->references.load(std::memory_order_relaxed) != 1) return 0;
  Py_VISIT(kept->callable);
  Py_VISIT(kept->module);
  return 0;
}
template <class S>
void clear_callable(std::function<S>& field) noexcept {
  if (Convert<std::function<S>>::find_kept(field)) std::function<S>().swap(field);
}

// The object whose fields belong to the cell; nullptr: there is none.
template <class T>
T* owned_object(PyObject* self) noexcept {
  Cell* cell = as_cell(self);
  const bool complete = !(cell->state & (unready | building | gone | draft)) && cell->value;
  return complete && owns(cell) ? static_cast<T*>(cell->value) : nullptr;
}
template <class T>
int traverse_callables(PyObject* self, visitproc visit, void* arg) noexcept {
  int status = 0;
  if (T* object = owned_object<T>(self)) {
    Bound<T>::callables(*object, [&](const auto& field) {
      if (!status) status = visit_callable(field, visit, arg);
    });
  }
  return status ? status : traverse_cell(self, visit, arg);
}
template <class T>
int clear_callables(PyObject* self) noexcept {
  if (T* object = owned_object<T>(self)) {
    Bound<T>::callables(*object, [](auto& field) { clear_callable(field); });
  }
  return clear<T>(self);
}

}  // namespace v1
}  // namespace dovetail
