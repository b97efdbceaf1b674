// dovetail/convert/function_pointer.h: pointers to functions <-> Python callables.
//
//   R (*)(A...)            a pointer has no room for the callable behind it. So there are a few functions of each signature,
//                          ready made; each stands for one callable, from its first use on and for ever: C++ does not say
//                          for how long it keeps the pointer. The same callable gets the same pointer again.
//   WithData<F, I>         a pointer with user data: argument I of the callback is the `void*` that was given with it, and
//                          carries the callable. For the length of the call, or kept by rule.
//   Quiet<F>               given to C, or noexcept: exceptions wait until the call of C returns (core/pending.h)
//   given                  as other C++ callables (core/functions.h); null is None
//
// Which callable a ready-made function stands for must be known to the process: its address is all there is. The table
// says of each callable to which interpreter it belongs.
#pragma once
#include <dovetail/convert/guarded.h>
#include <dovetail/core/functions.h>
#include <dovetail/core/pending.h>

#include <mutex>
#include <tuple>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class F>
struct Quiet;  // only a name

// The same to everyone who calls it: also methods of one object, and functions made again from the same code that depend on
// nothing else (a lambda in a loop).
DOVETAIL_COLD inline bool is_same_callable(PyObject* a, PyObject* b) noexcept {
  if (a == b) return true;
  if (Py_TYPE(a) != Py_TYPE(b)) return false;
#ifdef Py_LIMITED_API
  const auto same = [a, b](const char* name) noexcept {
    Ref one(get_attribute(a, name)), other(one ? get_attribute(b, name) : nullptr);
    PyErr_Clear();
    return one && one.get() == other.get() ? one.get() : nullptr;
  };
  if (is_named(Py_TYPE(a), "builtins", "method")) return same("__self__") && same("__func__");
  return is_named(Py_TYPE(a), "builtins", "function") && same("__code__") && same("__globals__") && same("__closure__") == Py_None &&
         same("__defaults__") == Py_None && same("__kwdefaults__") == Py_None;
#else
  if (PyMethod_Check(a)) {
    return PyMethod_GET_SELF(a) == PyMethod_GET_SELF(b) && PyMethod_GET_FUNCTION(a) == PyMethod_GET_FUNCTION(b);
  }
  if (!PyFunction_Check(a)) return false;
  const bool same = PyFunction_GET_CODE(a) == PyFunction_GET_CODE(b) && PyFunction_GET_GLOBALS(a) == PyFunction_GET_GLOBALS(b);
  return same && !PyFunction_GET_CLOSURE(a) && !PyFunction_GET_CLOSURE(b) && !PyFunction_GET_DEFAULTS(a) &&
         !PyFunction_GET_DEFAULTS(b) && !PyFunction_GET_KW_DEFAULTS(a) && !PyFunction_GET_KW_DEFAULTS(b);
#endif
}

struct CallbackSlots {
  std::mutex mutex;
  std::atomic<KeptCallable*> kept[32] = {};
};
inline constexpr int most_callbacks = 32;

// The slot of a callable, found or taken; -1: exception set.
DOVETAIL_COLD inline int take_callback_slot(CallbackSlots& slots, PyObject* given, Home home) noexcept {
  KeptCallable* fresh = keep_callable(given, home);
  if (!fresh) return -1;
  int found = -1;
  {
    std::lock_guard<std::mutex> lock(slots.mutex);
    for (int i = 0; i < most_callbacks && found < 0; ++i) {
      KeptCallable* kept = slots.kept[i].load(std::memory_order_acquire);
      if (kept && kept->interpreter == fresh->interpreter && is_same_callable(kept->callable, given)) found = i;
    }
    for (int i = 0; i < most_callbacks && found < 0; ++i) {
      KeptCallable* kept = slots.kept[i].load(std::memory_order_acquire);
      if (kept && kept->interpreter->state.load()) continue;
      slots.kept[i].store(fresh, std::memory_order_release);  // what an interpreter left that has ended is lost
      fresh = nullptr;
      found = i;
    }
  }
  if (fresh) drop_callable(fresh);
  if (found < 0) {
    PyErr_Format(PyExc_RuntimeError,
                 "too many distinct callables for this C callback type: there are %d, each for good, as C++ may keep them",
                 most_callbacks);
  }
  return found;
}

// The arguments that Python sees, each made of those of C; none where they are C's own.
template <class... S>
struct SeenList {};
template <bool quiet, class R, class... S, class All>
R call_seen(const KeptCallable& kept, All& all, SeenList<S...>) noexcept(quiet) {
  if constexpr (quiet) {
    return call_quietly<R, typename S::type...>(kept, S::from(all)...);
  } else {
    return Callback<R, typename S::type...>::call(kept, S::from(all)...);
  }
}
template <bool quiet, class Shape, class R, class... A>
struct ShapedPool {
  using F = R (*)(A...);
  inline static CallbackSlots slots;

  template <size_t N>
  static R trampoline(A... values) noexcept(quiet) {
    return run(N, static_cast<std::add_rvalue_reference_t<A>>(values)...);
  }
  [[gnu::noinline]] static R run(size_t n, std::add_rvalue_reference_t<A>... values) noexcept(quiet) {
    const KeptCallable& kept = *slots.kept[n].load(std::memory_order_acquire);
    if constexpr (!std::is_same_v<Shape, SeenList<>>) {
      std::tuple<std::add_rvalue_reference_t<A>...> all(static_cast<std::add_rvalue_reference_t<A>>(values)...);
      return call_seen<quiet, R>(kept, all, Shape{});
    } else if constexpr (quiet) {
      return call_quietly<R, A...>(kept, static_cast<std::add_rvalue_reference_t<A>>(values)...);
    } else {
      return Callback<R, A...>::call(kept, static_cast<std::add_rvalue_reference_t<A>>(values)...);
    }
  }
  template <class Pointer, size_t... N>
  static Pointer at(size_t n, std::index_sequence<N...>) noexcept {
    static constexpr Pointer all[] = {&trampoline<N>...};
    return all[n];
  }
  // nullptr: exception set.
  template <class Pointer>
  static Pointer take(PyObject* given, Home home) noexcept {
    const int n = take_callback_slot(slots, given, home);
    return n < 0 ? nullptr : at<Pointer>(static_cast<size_t>(n), std::make_index_sequence<most_callbacks>{});
  }
  static KeptCallable* find(F pointer) noexcept {
    for (size_t n = 0; n < most_callbacks; ++n) {
      if (at<F>(n, std::make_index_sequence<most_callbacks>{}) != pointer) continue;
      KeptCallable* kept = slots.kept[n].load(std::memory_order_acquire);
      return kept && is_current(*kept->interpreter) ? kept : nullptr;
    }
    return nullptr;
  }
};
template <bool quiet, class R, class... A>
using CallbackPool = ShapedPool<quiet, SeenList<>, R, A...>;

template <class F, bool is_quiet, class R, class... A>
struct PointerConversion {
  using Slot = F;
  static constexpr FunctionTable table{BoundCallable<R(A...)>::doc, &FunctionCaller<F, R, A...>::call, &drop_function<F>};

  template <bool quiet = is_quiet>
  static bool take(PyObject* given, Slot& slot, Home home) noexcept {
    if (given == Py_None) {
      slot = nullptr;
      return true;
    }
    if (!PyCallable_Check(given)) return false;
    if constexpr (BoundCallable<R(A...)>::doc != nullptr) {
      if (Py_TYPE(given) == state(home)->function && as_function(given)->table == &table && as_function(given)->value) {
        slot = *static_cast<F*>(as_function(given)->value);
        return true;
      }
    }
    slot = CallbackPool<quiet, R, A...>::template take<F>(given, home);
    return slot != nullptr;
  }
  static F view(Slot& slot) noexcept { return slot; }
  static F pull(Slot& slot) noexcept { return slot; }
  static int rank(PyObject* given, Home) noexcept {
    return given == Py_None ? int{conversion} : rank_callable(given, sizeof...(A));
  }
  static PyObject* give(F value, PyObject* owner, Home home) {
    if (!value) return give_none();
    const KeptCallable* kept = CallbackPool<true, R, A...>::find(value);
    if (!kept) kept = CallbackPool<false, R, A...>::find(value);
    if (kept) return Py_NewRef(kept->callable);
    auto* pointer = new F(value);
    PyObject* function = new_function(pointer, table, owner, home);
    if (!function) delete pointer;
    return function;
  }
  static PyObject* give(F value, Home home) { return give(value, nullptr, home); }
};
template <class R, class... A>
struct Convert<R (*)(A...)> : PointerConversion<R (*)(A...), false, R, A...> {};
template <class R, class... A>
struct Convert<R (*)(A...) noexcept> : PointerConversion<R (*)(A...) noexcept, true, R, A...> {};

// A parameter: None only where it may be null.
template <class F, bool quiet>
struct PointerArg {
  F slot = nullptr;
  bool take(PyObject* given, Home home) noexcept { return given != Py_None && take_nullable(given, home); }
  bool take_nullable(PyObject* given, Home home) noexcept { return Convert<F>::template take<quiet>(given, slot, home); }
  void set(F value) noexcept { slot = value; }
  F get() noexcept { return slot; }
  static int rank(PyObject* given, Home home) noexcept {
    return given == Py_None ? int{no_match} : Convert<F>::rank(given, home);
  }
  static int rank_nullable(PyObject* given, Home home) noexcept {
    return given == Py_None ? int{exact} : Convert<F>::rank(given, home);
  }
};
template <class R, class... A>
struct Arg<R (*)(A...)> : PointerArg<R (*)(A...), false> {};
template <class R, class... A>
struct Arg<R (*)(A...) noexcept> : PointerArg<R (*)(A...) noexcept, true> {};
template <class F>
struct Arg<Quiet<F>> : PointerArg<F, true> {};

// ---- with user data ------------------------------------------------------------------------------------------------------

// What the `void*` points at. Its memory is never given back, so that C++ which calls too late finds that it is over.
struct LentCallable {
  explicit LentCallable(Interpreter* shared) noexcept : interpreter(shared) {}
  std::atomic<KeptCallable*> kept{nullptr};
  Interpreter* const interpreter;  // holds a reference, as a call may come at any time
  LentCallable* next = nullptr;
};

DOVETAIL_COLD inline LentCallable* lend_callable(PyObject* given, Home home) noexcept {
  KeptCallable* kept = keep_callable(given, home);
  if (!kept) return nullptr;
  LentCallable* lent = nullptr;
  LentCallables& over = kept->interpreter->over;
  {
    Locked lock(over.mutex);
    if (over.count > 64) {  // the longest over first
      lent = over.first;
      over.first = lent->next;
      --over.count;
    }
  }
  if (!lent) {
    if (!(lent = new (std::nothrow) LentCallable(kept->interpreter))) {
      drop_callable(kept);
      PyErr_NoMemory();
      return nullptr;
    }
    lent->interpreter->references.fetch_add(1, std::memory_order_relaxed);
  }
  lent->kept.store(kept, std::memory_order_release);
  return lent;
}
DOVETAIL_COLD inline void end_lent(LentCallable* lent) noexcept {
  KeptCallable* kept = lent->kept.exchange(nullptr);
  {
    LentCallables& over = kept->interpreter->over;
    Locked lock(over.mutex);
    lent->next = nullptr;
    (over.count++ ? over.last->next : over.first) = lent;
    over.last = lent;
  }
  drop_callable(kept);
}
// What C calls when it needs the user data no longer, on whatever thread.
DOVETAIL_COLD inline void end_given(void* data) noexcept {
  auto* lent = static_cast<LentCallable*>(data);
  KeptCallable* kept = lent ? lent->kept.load(std::memory_order_acquire) : nullptr;
  if (!kept) return;
  if (Attached attached{*kept->interpreter}) uninterrupted([lent] { end_lent(lent); });
}
DOVETAIL_COLD inline void end_lent_capsule(PyObject* capsule) noexcept {
  end_lent(static_cast<LentCallable*>(PyCapsule_GetPointer(capsule, "dovetail.callback")));
}
inline constexpr const char* callback_is_over = "a callback was called after the call it was given to: a rule `keeps` is missing";
// What C calls too late, as it takes no exception: reported as one that a callback raised.
DOVETAIL_COLD inline void report_over(const LentCallable* lent) noexcept {
  PendingException* scope = PendingException::innermost();
  if (!lent || (scope && scope->waiting())) return;
  if (Attached attached{*lent->interpreter}) {
    PyObject* raised = PyErr_Occurred() ? fetch_exception() : nullptr;
    PyErr_SetString(PyExc_RuntimeError, callback_is_over);
    if (scope && !attached.outermost()) {
      scope->hold(fetch_exception());
    } else {
      PyErr_WriteUnraisable(nullptr);
    }
    if (raised) restore_exception(raised);
  }
}
template <size_t I, bool quiet, class Shape, class R, class... A>
struct DataTrampoline {
  // The callback without its user data.
  template <size_t... N>
  static R run(const KeptCallable& kept, std::tuple<std::add_rvalue_reference_t<A>...>& values, std::index_sequence<N...>) {
    using Values = std::tuple<A...>;
    if constexpr (quiet) {
      return call_quietly<R, std::tuple_element_t<place(N), Values>...>(
          kept, static_cast<std::add_rvalue_reference_t<std::tuple_element_t<place(N), Values>>>(std::get<place(N)>(values))...);
    } else {
      return Callback<R, std::tuple_element_t<place(N), Values>...>::call(
          kept, static_cast<std::add_rvalue_reference_t<std::tuple_element_t<place(N), Values>>>(std::get<place(N)>(values))...);
    }
  }
  static R call(A... values) noexcept(quiet) {
    std::tuple<std::add_rvalue_reference_t<A>...> all(static_cast<std::add_rvalue_reference_t<A>>(values)...);
    auto* lent = static_cast<LentCallable*>(const_cast<void*>(static_cast<const void*>(std::get<I>(all))));
    const KeptCallable* kept = lent ? lent->kept.load(std::memory_order_acquire) : nullptr;
    if (!DOVETAIL_LIKELY(kept)) {
      if constexpr (quiet) {
        report_over(lent);
        return give_up<R>();
      } else {
        throw std::runtime_error(callback_is_over);
      }
    }
    if constexpr (!std::is_same_v<Shape, SeenList<>>) {
      return call_seen<quiet, R>(*kept, all, Shape{});
    } else {
      return run(*kept, all, std::make_index_sequence<sizeof...(A) - 1>{});
    }
  }

 private:
  static constexpr size_t place(size_t n) noexcept { return n < I ? n : n + 1; }
};

// How long C++ may call it: while the call runs, as long as an object lives (by `keeper`), always, or until it calls
// `destructor`.
enum class CallbackLife { call, object, always, ended };

// `S`: the arguments that Python sees, where they are not C's own (convert/shaped.h).
template <class F, size_t I, bool quiet = false, CallbackLife life = CallbackLife::call, class... S>
struct WithData;  // only a name

// Argument I of C, as it is. convert/shaped.h makes others of several.
template <class V, size_t... I>
struct Seen {
  using type = V;
  template <class All>
  static V from(All& all) {
    return static_cast<V>(std::get<I...>(all));
  }
};

template <class R, class... A, size_t I, bool quiet, CallbackLife life, class... S>
struct Arg<WithData<R (*)(A...), I, quiet, life, S...>> {
  Arg() noexcept = default;
  Arg(const Arg&) = delete;
  Arg& operator=(const Arg&) = delete;
  ~Arg() {
    if (lent_ && (life == CallbackLife::call || (life == CallbackLife::ended && !handed_))) end_lent(lent_);
  }
  bool take(PyObject* given, Home home) noexcept {
    if (given == Py_None || !PyCallable_Check(given) || !(lent_ = lend_callable(given, home))) return false;
    if constexpr (life == CallbackLife::object) {
      keeper_ = Ref(PyCapsule_New(lent_, "dovetail.callback", end_lent_capsule));
      if (!keeper_) end_lent(lent_);
      return bool(keeper_);
    }
    return true;
  }
  bool take_nullable(PyObject* given, Home home) noexcept { return given == Py_None || take(given, home); }
  void set(std::nullptr_t) noexcept {}
  auto get() noexcept -> R (*)(A...) { return lent_ ? &DataTrampoline<I, quiet, SeenList<S...>, R, A...>::call : nullptr; }
  void* data() noexcept {
    handed_ = true;
    return lent_;
  }
  static void (*destructor() noexcept)(void*) { return &end_given; }
  // What keeps the user data valid.
  PyObject* keeper() noexcept { return keeper_ ? keeper_.get() : Py_None; }
  static int rank(PyObject* given, Home) noexcept {
    return given == Py_None ? int{no_match} : rank_callable(given, sizeof...(A) - 1);
  }
  static int rank_nullable(PyObject* given, Home home) noexcept { return given == Py_None ? int{exact} : rank(given, home); }

 private:
  LentCallable* lent_ = nullptr;
  Ref keeper_;
  bool handed_ = false;
};

}  // namespace v1
}  // namespace dovetail
