// dovetail/core/errors.h: C++ exceptions become Python ones.
//
//   out_of_range                               IndexError
//   invalid_argument, domain_error, length_error   ValueError
//   overflow_error                             OverflowError
//   underflow_error, range_error               ArithmeticError
//   bad_alloc (and bad_array_new_length)       MemoryError
//   bad_cast (bad_any_cast), bad_typeid        TypeError
//   filesystem_error                           OSError with its paths (with convert/path.h)
//   system_error                               OSError, with errno where its category has one
//   PythonError                                the Python exception that it carries, with its traceback
//   other std::exception, anything else        RuntimeError
//
// A std::nested_exception arrives as __cause__. Text that is not UTF-8 is kept readable (\xff).
#pragma once
#include <dovetail/core/state.h>
#include <dovetail/core/standard.h>
#include <dovetail/core/uninterrupted.h>

#include <cstring>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// A Python exception on its way through C++. `throw PythonError()` with the exception set takes it along; it is set again
// where C++ returns to Python. Copies share it; the last one drops it, on whatever thread.
class PythonError : public std::exception {
 public:
  // Ends the reference to the exception, and what `context` is.
  using Drop = void (*)(PyObject* exception, void* context) noexcept;

  PythonError() noexcept : PythonError(&drop_here, nullptr) {}
  PythonError(Drop drop, void* context) noexcept {
    PyObject* const exception = fetch_exception();  // in any case: C++ may swallow what is thrown
    carried_ = new (std::nothrow) Carried{{1}, exception, drop, context, {}};
    if (!carried_) drop(exception, context);
  }
  // For C++ that catches it: what() is "ValueError: no such row" from now on.
  DOVETAIL_COLD void describe() noexcept {
    if (!carried_ || !carried_->exception) return;
    Ref text(PyUnicode_FromFormat("%s: %S", type_name(carried_->exception), carried_->exception));
    Ref bytes(text ? PyUnicode_AsEncodedString(text.get(), "utf-8", "backslashreplace") : nullptr);
    char* data;
    Py_ssize_t size;
    if (bytes && PyBytes_AsStringAndSize(bytes.get(), &data, &size) == 0) {
      if (size > 2 && data[size - 2] == ':') size -= 2;  // it has no text
      const bool cut = size >= static_cast<Py_ssize_t>(sizeof carried_->text);
      if (cut) size = static_cast<Py_ssize_t>(sizeof carried_->text) - 4;
      while (cut && size > 0 && (static_cast<unsigned char>(data[size]) & 0xC0) == 0x80) --size;
      memcpy(carried_->text, data, static_cast<size_t>(size));
      if (cut) memcpy(carried_->text + size, "...", 4);
    }
    PyErr_Clear();
  }
  PythonError(const PythonError& other) noexcept : std::exception(other), carried_(other.carried_) {
    if (carried_) __atomic_add_fetch(&carried_->count[0], 1, __ATOMIC_RELAXED);
  }
  PythonError& operator=(const PythonError&) = delete;
  ~PythonError() override {
    if (!carried_ || __atomic_sub_fetch(&carried_->count[0], 1, __ATOMIC_ACQ_REL)) return;
    carried_->drop(carried_->exception, carried_->context);
    delete carried_;
  }
  const char* what() const noexcept override { return carried_ && *carried_->text ? carried_->text : "Python exception"; }
  void restore() const noexcept {
    if (!carried_) {
      PyErr_NoMemory();
    } else if (carried_->exception) {
      restore_exception(Py_NewRef(carried_->exception));
    } else {
      PyErr_SetString(PyExc_SystemError, "dovetail: PythonError without an exception");
    }
  }

 private:
  struct Carried {
    int count[1];
    PyObject* exception;
    Drop drop;
    void* context;
    char text[256];
  };
  static void drop_here(PyObject* exception, void*) noexcept {
    if (!exception || finalizing()) return;
    PyThreadState* made = nullptr;
    if (main_interpreter() && !PyGILState_GetThisThreadState() && !(made = new_thread_state(main_interpreter()))) return;
    uninterrupted([exception, made] {
      if (made) PyEval_RestoreThread(made);
      const PyGILState_STATE held = PyGILState_Ensure();
      Py_DECREF(exception);
      PyGILState_Release(held);
      if (made) end_thread_state(made);
    });
  }
  Carried* carried_;
};

// Conversions that may throw report a Python exception so.
[[noreturn]] DOVETAIL_COLD inline void throw_python_error() { throw PythonError(); }

// The text of a C++ exception as str: new reference, or nullptr with an exception set.
DOVETAIL_COLD inline PyObject* error_text(const char* what) noexcept {
  if (!what) what = "";
  return PyUnicode_DecodeUTF8(what, static_cast<Py_ssize_t>(strlen(what)), "backslashreplace");
}
DOVETAIL_COLD inline PyObject* raise_text(PyObject* type, const char* what) noexcept {
  if (PyObject* text = error_text(what)) {
    PyErr_SetObject(type, text);
    Py_DECREF(text);
  }
  return nullptr;
}

// OSError(number, text), which picks the subclass (FileNotFoundError …).
DOVETAIL_COLD inline PyObject* raise_os_error(int number, const char* what, PyObject* first = nullptr,
                                              PyObject* second = nullptr) noexcept {
  Ref text(error_text(what));
  if (!text) return nullptr;
  Ref exception;
  if (!number && !first) {
    exception = Ref(PyObject_CallFunctionObjArgs(PyExc_OSError, text.get(), nullptr));
  } else if (second) {
    exception = Ref(PyObject_CallFunction(PyExc_OSError, "iOOiO", number, text.get(), first, 0, second));
  } else if (first) {
    exception = Ref(PyObject_CallFunction(PyExc_OSError, "iOO", number, text.get(), first));
  } else {
    exception = Ref(PyObject_CallFunction(PyExc_OSError, "iO", number, text.get()));
  }
  if (exception) PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.get())), exception.get());
  return nullptr;
}

// Headers of types whose exceptions carry more than a text hook in here, so that this one need not include them:
// `template <> struct Translate<hooks::…> { static bool raise() noexcept; }` rethrows, and returns false for what is not its.
namespace hooks {
struct filesystem;
struct json;
}
template <class Hook>
struct Translate;
namespace detail {
template <class Hook, class = void>
struct hooked : std::false_type {};
template <class Hook>
struct hooked<Hook, std::void_t<decltype(sizeof(Translate<Hook>))>> : std::true_type {};
}  // namespace detail

DOVETAIL_COLD inline void raise_as(Standard kind, const char* what, int number) noexcept {
  switch (kind) {
    case index_error: raise_text(PyExc_IndexError, what); break;
    case value_error: raise_text(PyExc_ValueError, what); break;
    case overflow_error: raise_text(PyExc_OverflowError, what); break;
    case arithmetic_error: raise_text(PyExc_ArithmeticError, what); break;
    case memory_error: PyErr_NoMemory(); break;
    case type_error: raise_text(PyExc_TypeError, what); break;
    case os_error: raise_os_error(number, what); break;
    case runtime_error: raise_text(PyExc_RuntimeError, what); break;
  }
}
DOVETAIL_COLD inline void raise_standard() noexcept {
  try {
    throw;
  } catch (const PythonError& error) {
    error.restore();
  } catch (...) {
    tell_standard(raise_as);
  }
}

// `effect from cause`, both exceptions; steals both.
DOVETAIL_COLD inline PyObject* with_cause(PyObject* effect, PyObject* cause) noexcept {
  if (effect && cause && effect != cause) {
    PyException_SetContext(effect, Py_NewRef(cause));
    PyException_SetCause(effect, cause);
  } else {
    Py_XDECREF(cause);
  }
  return effect;
}

// Rethrows the current exception; true: it was this function's and the Python exception is set.
using RaiseFunction = bool (*)(Home) noexcept;

template <class Hook = hooks::filesystem>
void raise_one(Home home, RaiseFunction own) noexcept {
  if (own && own(home)) return;
  if constexpr (detail::hooked<Hook>::value) {
    if (Translate<Hook>::raise()) return;
  }
  using Json = std::conditional_t<std::is_void_v<Hook>, Hook, hooks::json>;  // looked up where this is instantiated
  if constexpr (detail::hooked<Json>::value) {
    if (Translate<Json>::raise()) return;
  }
  raise_standard();
}

// Translates the current exception, and what is nested in it.
DOVETAIL_COLD inline void raise_nested(Home home, RaiseFunction own, void (*raise)(Home, RaiseFunction) noexcept,
                                       int depth = 0) noexcept {
  raise(home, own);
  if (depth > 100) return;
  try {
    throw;
  } catch (const std::nested_exception& outer) {
    if (!outer.nested_ptr()) return;
    PyObject* effect = fetch_exception();
    try {
      outer.rethrow_nested();
    } catch (...) {
      raise_nested(home, own, raise, depth + 1);
    }
    restore_exception(with_cause(effect, fetch_exception()));
  } catch (...) {
  }
}

// In a catch (...): sets the Python exception for the C++ one being handled. Always nullptr. `own` translates the exception
// classes of the header (see exceptions.h).
template <class Hook = hooks::filesystem>
DOVETAIL_COLD PyObject* raise_current(Home home, RaiseFunction own) noexcept {
  raise_nested(home, own, &raise_one<Hook>);
  return nullptr;
}
template <class Hook = hooks::filesystem>
DOVETAIL_COLD PyObject* raise_current() noexcept {
  raise_nested({nullptr, false}, nullptr, &raise_one<Hook>);
  return nullptr;
}

}  // namespace v1
}  // namespace dovetail
