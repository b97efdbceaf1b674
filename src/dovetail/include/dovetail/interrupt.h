// dovetail/interrupt.h: a C++ call that Ctrl-C ends.
//
//   auto&& result = dovetail::run_interruptibly([&]() -> decltype(auto) { return it->run(); }, [&] { it->stop(); });
//
// Python handles signals on its main thread, which a call that blocks would keep from doing so. There the call runs on a
// thread of its own; the main thread waits for it without the GIL and looks for signals meanwhile. When a handler raises
// (KeyboardInterrupt), `stop` is called and the call is waited for: what it gives is dropped, the exception goes on.
// On any other thread the call is just made without the GIL.
#pragma once
#include <dovetail/core/attach.h>
#include <dovetail/core/errors.h>
#include <dovetail/gil.h>

#include <exception>
#include <optional>
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

inline constexpr long long look_each_us = 20000;  // for signals

// -1: an exception is set.
DOVETAIL_COLD inline int runs_on_main_thread() noexcept {
  Ref threading(PyImport_ImportModule("threading"));
  Ref main(threading ? PyObject_CallMethod(threading.get(), "main_thread", nullptr) : nullptr);
  Ref name(main ? get_attribute(main.get(), "ident") : nullptr);
  if (!name) return -1;
  if (name.get() == Py_None) return 0;
  const unsigned long ident = PyLong_AsUnsignedLong(name.get());
  if (PyErr_Occurred()) return -1;
  return ident == PyThread_get_thread_ident();
}

// What a call gave: nothing, a reference, or a value.
template <class R>
struct Outcome {
  std::optional<R> value;
  template <class Call>
  void run(Call& call) {
    value.emplace(call());
  }
  R take() { return std::move(*value); }
};
template <class R>
struct Outcome<R&> {
  R* value = nullptr;
  template <class Call>
  void run(Call& call) {
    value = &call();
  }
  R& take() { return *value; }
};
template <>
struct Outcome<void> {
  template <class Call>
  void run(Call& call) {
    call();
  }
  void take() {}
};

// A call on a thread of its own. `done` is locked until it has ended.
template <class Call>
struct BackgroundCall {
  using R = decltype(std::declval<Call&>()());
  Call& call;
  PyInterpreterState* interpreter;
  PyThread_type_lock done;
  Outcome<R> outcome;
  std::exception_ptr failure;

  static void run(void* given) noexcept {
    auto* self = static_cast<BackgroundCall*>(given);
    // Callbacks find this thread to be one of Python's: what they raise comes out of the call.
    PyThreadState* own = new_thread_state(self->interpreter);
    try {
      if (!own) throw std::bad_alloc();
      self->outcome.run(self->call);
    } catch (...) {
      self->failure = std::current_exception();
    }
    if (own) {
      uninterrupted([own] { PyEval_RestoreThread(own); });
      end_thread_state(own);
    }
    PyThread_release_lock(self->done);
  }
};

class ThreadLock {
 public:
  ThreadLock() noexcept : lock(PyThread_allocate_lock()) {}
  ~ThreadLock() {
    if (lock) PyThread_free_lock(lock);
  }
  ThreadLock(const ThreadLock&) = delete;
  ThreadLock& operator=(const ThreadLock&) = delete;
  PyThread_type_lock lock;
};

// Waits until the lock can be had; whenever a signal handler raises meanwhile, keeps its exception and calls stop().
template <class Stop>
PyObject* wait_for(PyThread_type_lock done, Stop& stop) {
  PyObject* raised = nullptr;
  for (;;) {
    PyLockStatus status;
    {
      ReleasedGil released;
      status = PyThread_acquire_lock_timed(done, look_each_us, 0);
    }
    if (status == PY_LOCK_ACQUIRED) return raised;
    if (PyErr_CheckSignals() == 0) continue;
    Py_XDECREF(raised);
    raised = fetch_exception();
    try {
      without_gil(stop);
    } catch (...) {
      // What ends is told by the exception of the signal.
    }
  }
}

template <class Call, class Stop>
auto run_interruptibly(Call&& call, Stop&& stop) -> decltype(call()) {
  const int main = runs_on_main_thread();
  if (main < 0) throw_python_error();
  if (!main) return without_gil(call);
  ThreadLock done;
  if (!done.lock) throw std::bad_alloc();
  BackgroundCall<std::remove_reference_t<Call>> background{call, PyInterpreterState_Get(), done.lock, {}, nullptr};
  PyThread_acquire_lock(done.lock, NOWAIT_LOCK);
  if (PyThread_start_new_thread(&BackgroundCall<std::remove_reference_t<Call>>::run, &background) == PYTHREAD_INVALID_THREAD_ID) {
    PyThread_release_lock(done.lock);
    PyErr_SetString(PyExc_MemoryError, "the system has no room for another thread");
    throw_python_error();
  }
  PyObject* raised = wait_for(done.lock, stop);
  PyThread_release_lock(done.lock);
  if (raised) {
    restore_exception(raised);
    throw_python_error();
  }
  if (background.failure) std::rethrow_exception(background.failure);
  return background.outcome.take();
}

}  // namespace v1
}  // namespace dovetail
