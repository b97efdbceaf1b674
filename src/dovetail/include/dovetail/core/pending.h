// dovetail/core/pending.h: exceptions of callbacks that C called, which cannot pass through it.
//
//   dovetail::PendingException pending;                 // in a wrapper, around the call of C
//   return pending.check(dovetail::give(lib_run(f.get()), home));
//
// The first exception waits here until C has returned; callbacks called meanwhile do nothing and return zero. Without a
// wrapper around (a thread of C's own) it goes to sys.unraisablehook.
#pragma once
#include <dovetail/core/callbacks.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

class PendingException {
 public:
  PendingException() noexcept : outer_(innermost()) { innermost() = this; }
  PendingException(const PendingException&) = delete;
  PendingException& operator=(const PendingException&) = delete;
  ~PendingException() {
    innermost() = outer_;
    Py_XDECREF(exception_);
  }
  static PendingException*& innermost() noexcept {
    static thread_local PendingException* scope = nullptr;
    return scope;
  }
  bool waiting() const noexcept { return exception_ != nullptr; }
  void hold(PyObject* exception) noexcept { exception_ = exception; }
  // The result of a wrapper, unless an exception waits: then that is set, and the result is dropped.
  PyObject* check(PyObject* result) noexcept {
    if (DOVETAIL_LIKELY(!exception_)) return result;
    Py_XDECREF(result);
    PyErr_Clear();
    restore_exception(std::exchange(exception_, nullptr));
    return nullptr;
  }

 private:
  PendingException* const outer_;
  PyObject* exception_ = nullptr;
};

DOVETAIL_COLD inline void hold_exception(Interpreter& interpreter) noexcept {
  Attached attached(interpreter);
  if (attached.starved()) report_starved();
  if (!attached) return;
  raise_current();
  PendingException* scope = PendingException::innermost();
  if (scope && !scope->waiting() && !attached.outermost()) {
    scope->hold(fetch_exception());
  } else {
    PyErr_WriteUnraisable(nullptr);
  }
}

// A callback on its way through C.
template <class R, class... A>
R call_quietly(const KeptCallable& kept, std::add_rvalue_reference_t<A>... values) noexcept {
  const PendingException* scope = PendingException::innermost();
  Interpreter& interpreter = *kept.interpreter;
  if (!scope || !scope->waiting()) {
    try {
      return Callback<R, A...>::call(kept, static_cast<std::add_rvalue_reference_t<A>>(values)...);
    } catch (...) {
      hold_exception(interpreter);
    }
  }
  return R();
}

}  // namespace v1
}  // namespace dovetail
