// dovetail/core/attach.h: running Python from C++, on whatever thread.
//
//   dovetail::Interpreter* interpreter = dovetail::interpreter_of(home);   // in a call from Python; nullptr: exception set
//   dovetail::InterpreterRef kept(interpreter);                            // what C++ keeps holds one of these
//   …
//   dovetail::Attached attached(*kept);                                    // later, on any thread
//   if (!attached) return refused;                                         // the interpreter is ending, or has ended
//   PyObject_CallNoArgs(callable);
//
//   dovetail::Attached attached(*kept, dovetail::patient);                 // where something ends, which must not fail
//
// A thread that runs Python code of that interpreter already pays a comparison. One that gave the GIL away takes it again
// with its own thread state; one that Python never saw gets a thread state for as long as it is attached; one that runs
// another interpreter is switched. PyGILState_Ensure would do none of this for subinterpreters, ends the thread when the
// interpreter is finalising, and the process when there is no memory for the state of a thread. Here such a thread is
// refused and `starved`; one that is patient waits for memory, a second at most.
//
// The end. An exit handler closes the interpreter to other threads, and waits for those that are inside, a second at most.
// Who comes later is refused. A thread that is still inside then is stopped by CPython wherever it asks for the GIL, by
// unwinding it: `uninterrupted` and ~Attached keep it where it is, as C++ frames must not be unwound without the interpreter.
#pragma once
#include <dovetail/core/state.h>
#include <dovetail/core/uninterrupted.h>

#include <atomic>
#include <cstdio>
#include <new>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct LentCallable;
// Of convert/function_pointer.h: what has been user data of a callback, and may be again.
struct LentCallables {
  LentCallable* first = nullptr;
  LentCallable* last = nullptr;
  int count = 0;
  Mutex mutex;
};

// An interpreter as C++ knows it; outlives it. One per module state.
struct Interpreter {
  std::atomic<PyInterpreterState*> state;  // nullptr when it is gone: another may get the same address
  std::atomic<unsigned long> closer{0};    // the thread that runs the exit handlers
  std::atomic<bool> closed{false};
  std::atomic<int> inside{0};              // threads that entered, or are about to
  std::atomic<int> references{1};
  LentCallables over;

  explicit Interpreter(PyInterpreterState* running) noexcept : state(running) {}
};

class InterpreterRef {
 public:
  explicit InterpreterRef(Interpreter* shared) noexcept : interpreter_(shared) {
    interpreter_->references.fetch_add(1, std::memory_order_relaxed);
  }
  InterpreterRef(const InterpreterRef& other) noexcept : InterpreterRef(other.interpreter_) {}
  InterpreterRef& operator=(const InterpreterRef& other) noexcept {
    InterpreterRef copy(other);
    std::swap(interpreter_, copy.interpreter_);
    return *this;
  }
  ~InterpreterRef() { drop(interpreter_); }
  Interpreter& operator*() const noexcept { return *interpreter_; }
  Interpreter* operator->() const noexcept { return interpreter_; }

  static void drop(Interpreter* interpreter) noexcept {
    if (interpreter->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete interpreter;
  }

 private:
  Interpreter* interpreter_;
};

#ifdef Py_LIMITED_API
// Not known: whoever asks takes the GIL, which a thread that has it already may do again.
inline bool is_attached(const Interpreter&) noexcept { return false; }
// Of a thread that runs Python: whether that is the interpreter.
inline bool is_current(const Interpreter& interpreter) noexcept { return interpreter.state.load() == PyInterpreterState_Get(); }
#else
inline bool is_attached(const Interpreter& interpreter) noexcept {
  PyThreadState* const own = attached_state();
  return own && own->interp == interpreter.state.load(std::memory_order_relaxed);
}
inline bool is_current(const Interpreter& interpreter) noexcept { return is_attached(interpreter); }
#endif

inline constexpr struct Patient {
} patient;

// True while it lives: this thread can run Python code of the interpreter. May be nested.
class Attached {
 public:
  DOVETAIL_INLINE explicit Attached(Interpreter& interpreter) noexcept {
    if (DOVETAIL_LIKELY(is_attached(interpreter))) {
      good_ = true;
    } else {
      good_ = enter(interpreter, 1);
    }
  }
  DOVETAIL_COLD Attached(Interpreter& interpreter, Patient) noexcept
      : good_(is_attached(interpreter) || enter(interpreter, 1000)) {}
  DOVETAIL_INLINE ~Attached() {
    if (!DOVETAIL_LIKELY(!entered_)) leave();
  }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;
  explicit operator bool() const noexcept { return good_; }
  // Whether the thread runs no Python code but this: nothing below could receive an exception.
  bool outermost() const noexcept { return entered_ && made_; }
  // Refused for want of memory.
  bool starved() const noexcept { return starved_; }

 private:
  // Counts the thread among those inside; false: the interpreter lets none in any more.
  DOVETAIL_INLINE static bool count(Interpreter& interpreter) noexcept {
    interpreter.inside.fetch_add(1);  // before `closed` is read: the exit handler reads them the other way round
    const bool open = !interpreter.closed.load() && !finalizing() && Py_IsInitialized();
    if (interpreter.state.load() && (open || interpreter.closer.load() == PyThread_get_thread_ident())) return true;
    interpreter.inside.fetch_sub(1);
    return false;
  }
  // The state of a thread that has none for the interpreter.
  PyThreadState* make(PyInterpreterState* wanted, int tries) noexcept {
    PyThreadState* own = new_thread_state(wanted);
    while (!own && --tries > 0) {
      wait_a_moment();
      own = new_thread_state(wanted);
    }
    made_ = own != nullptr;
    starved_ = !made_;
    return own;
  }
#ifdef Py_LIMITED_API
  // The main interpreter, as no other imports the module: check_interpreter.
  DOVETAIL_COLD bool enter(Interpreter& interpreter, int tries) noexcept {
    if (!count(interpreter)) return false;
    if (PyGILState_GetThisThreadState()) {
      uninterrupted([this] { ensured_ = PyGILState_Ensure(); });
    } else if (PyThreadState* const own = make(interpreter.state.load(), tries)) {
      uninterrupted([own] { PyEval_RestoreThread(own); });
    } else {
      interpreter.inside.fetch_sub(1);
      return false;
    }
    interpreter.references.fetch_add(1, std::memory_order_relaxed);
    entered_ = &interpreter;
    return true;
  }
  DOVETAIL_COLD void leave() noexcept {
    if (made_) {
      uninterrupted([] { end_thread_state(PyThreadState_Get()); });
    } else {
      PyGILState_Release(ensured_);
    }
    entered_->inside.fetch_sub(1);
    InterpreterRef::drop(entered_);
  }
  PyGILState_STATE ensured_;
#else
  DOVETAIL_COLD bool enter(Interpreter& interpreter, int tries) noexcept {
    PyThreadState* const other = find_attached_state();
    PyInterpreterState* const wanted = interpreter.state.load();
    if (other && other->interp == wanted) return true;
    if (!count(interpreter)) return false;
    if (other) suspended_ = PyEval_SaveThread();
    PyThreadState* own = PyGILState_GetThisThreadState();
    if (!own || own->interp != wanted) own = make(wanted, tries);
    if (!own) {
      if (suspended_) resume();
      interpreter.inside.fetch_sub(1);
      return false;
    }
    uninterrupted([own] { PyEval_RestoreThread(own); });
    interpreter.references.fetch_add(1, std::memory_order_relaxed);
    entered_ = &interpreter;
    return true;
  }
  DOVETAIL_COLD void leave() noexcept {
    if (!find_attached_state()) park_thread();  // being unwound
    if (made_) {
      uninterrupted([] { PyThreadState_Clear(PyThreadState_Get()); });
      PyThreadState_DeleteCurrent();
    } else {
      PyEval_SaveThread();
    }
    if (suspended_) resume();
    entered_->inside.fetch_sub(1);
    InterpreterRef::drop(entered_);
  }

  void resume() noexcept {
    uninterrupted([this] { PyEval_RestoreThread(suspended_); });
  }

  PyThreadState* suspended_ = nullptr;
#endif

  Interpreter* entered_ = nullptr;
  bool made_ = false;
  bool starved_ = false;
  bool good_;
};

// Of what Python would have done, where nobody can be told by an exception.
DOVETAIL_COLD inline void report_starved() noexcept {
  fputs("dovetail: no memory to run Python on a thread of C++: a callback was left out\n", stderr);
}

// Ends a reference that C++ held. Where Python cannot run any more, the object stays as it is.
DOVETAIL_COLD inline void drop_elsewhere(Interpreter& interpreter, PyObject* object) noexcept {
  if (Attached attached{interpreter, patient}) uninterrupted([object] { Py_DECREF(object); });
}
inline void drop_object(Interpreter& interpreter, PyObject* object) noexcept {
  if (DOVETAIL_LIKELY(is_attached(interpreter))) {
    Py_DECREF(object);
  } else {
    drop_elsewhere(interpreter, object);
  }
}

// ---- making one --------------------------------------------------------------------------------------------------------

inline constexpr const char* interpreter_capsule = "dovetail.interpreter";

// An exit handler: atexit runs it before the interpreter begins to finalise.
DOVETAIL_COLD inline PyObject* close_interpreter(PyObject* capsule, PyObject*) noexcept {
  auto* interpreter = static_cast<Interpreter*>(PyCapsule_GetPointer(capsule, interpreter_capsule));
  if (!interpreter) return nullptr;
  interpreter->closer = PyThread_get_thread_ident();
  interpreter->closed = true;
  if (!interpreter->inside.load()) Py_RETURN_NONE;
  Ref time(PyImport_ImportModule("time"));
  for (int waited = 0; time && waited < 1000 && interpreter->inside.load(); ++waited) {
    Ref slept(PyObject_CallMethod(time.get(), "sleep", "d", 0.001));  // the others get the GIL
    if (!slept) return nullptr;
  }
  Py_RETURN_NONE;
}

// What is in the dict of the interpreter, which is among the last things that it clears: its end is that of the interpreter.
DOVETAIL_COLD inline void end_interpreter(PyObject* capsule) noexcept {
  auto* interpreter = static_cast<Interpreter*>(PyCapsule_GetPointer(capsule, interpreter_capsule));
  interpreter->closed = true;
  interpreter->state = nullptr;
  InterpreterRef::drop(interpreter);
}
DOVETAIL_COLD inline void forget_interpreter(PyObject* capsule) noexcept {
  InterpreterRef::drop(static_cast<Interpreter*>(PyCapsule_GetPointer(capsule, interpreter_capsule)));
}
// Takes over a reference.
DOVETAIL_COLD inline PyObject* share_interpreter(Interpreter* interpreter, PyCapsule_Destructor destructor) noexcept {
  PyObject* capsule = PyCapsule_New(interpreter, interpreter_capsule, destructor);
  if (!capsule) InterpreterRef::drop(interpreter);
  return capsule;
}

DOVETAIL_COLD inline PyObject* new_interpreter_capsule() noexcept {
  static PyMethodDef close{"close_interpreter", close_interpreter, METH_NOARGS, nullptr};
  PyInterpreterState* const running = PyInterpreterState_Get();
  PyObject* const known = PyInterpreterState_GetDict(running);
  if (!known) {
    PyErr_SetString(PyExc_RuntimeError, "this interpreter cannot be entered from other threads");
    return nullptr;
  }
  auto* interpreter = new (std::nothrow) Interpreter(running);
  if (!interpreter) return PyErr_NoMemory();
  Ref capsule(share_interpreter(interpreter, forget_interpreter));
  if (!capsule) return nullptr;
  interpreter->references.fetch_add(1, std::memory_order_relaxed);
  Ref end(share_interpreter(interpreter, end_interpreter));
  Ref key(end ? PyLong_FromVoidPtr(interpreter) : nullptr);
  if (!key || PyDict_SetItem(known, key.get(), end.get()) < 0) return nullptr;
  Ref handler(PyCFunction_NewEx(&close, capsule.get(), nullptr));
  Ref atexit(handler ? PyImport_ImportModule("atexit") : nullptr);
  Ref done(atexit ? PyObject_CallMethod(atexit.get(), "register", "O", handler.get()) : nullptr);
  return done ? capsule.release() : nullptr;
}

// The interpreter of the module: borrowed from its state. nullptr: exception set.
inline Interpreter* interpreter_of(Home home) noexcept {
  State* const s = state(home);
  if (!s->interpreter) {
    Ref made(new_interpreter_capsule());
    if (!made) return nullptr;
    Locked lock(s->registry->mutex);
    if (!s->interpreter) s->interpreter = made.release();
  }
  return static_cast<Interpreter*>(PyCapsule_GetPointer(s->interpreter, interpreter_capsule));
}

}  // namespace v1
}  // namespace dovetail
