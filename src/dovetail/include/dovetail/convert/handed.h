// dovetail/convert/handed.h: what C keeps after the call, until it calls the destructor that was given with it.
//
//   Arg<HandedMemory<const void, int>>      a copy of a buffer (of const char also of a str), which `free` ends
//   Arg<HandedMemory<const char, Ended>>    text without a length, ended by a null
//   Arg<HandedObject>                       any object: C holds a token; a `void*` that is one gives the object again
//
//   get() hands it over: from then on it is C's to end. destructor() is what C calls for that, on any thread, with the GIL or
//   without it. What was not handed over ends with the argument.
//
// The objects are in a dict of the module, by the addresses of their tokens. The token keeps the module.
#pragma once
#include <dovetail/convert/address.h>
#include <dovetail/convert/arrays.h>
#include <dovetail/core/attach.h>

#include <cstdlib>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct Ended {};
template <class T, class Length>
struct HandedMemory;  // only a name
struct HandedObject;  // only a name

inline void end_handed_memory(void* memory) noexcept { std::free(memory); }

template <class T, class Length>
struct Arg<HandedMemory<T, Length>> {
  static constexpr bool ended = std::is_same_v<Length, Ended>;
  using Given = ArrayOf<T, std::conditional_t<ended, size_t, Length>>;

  Arg() noexcept = default;
  Arg(const Arg&) = delete;
  Arg& operator=(const Arg&) = delete;
  ~Arg() { std::free(copy_); }

  bool take(PyObject* from, Home home) noexcept {
    Arg<Given> given;
    if (!given.take(from, home)) return false;
    const size_t size = size_t(given.extent_of(0));
    if (ended && size && memchr(given.get(), 0, size)) return refuse_null_character();
    // Behind it are nulls, also of wide characters: what C looks at must end.
    copy_ = std::calloc(1, size + 4);
    if (!copy_) return PyErr_NoMemory(), false;
    if (size) memcpy(copy_, given.get(), size);
    size_ = size;
    return true;
  }
  bool take_nullable(PyObject* from, Home home) noexcept { return from == Py_None || take(from, home); }
  void set(std::nullptr_t) noexcept {}
  T* get() noexcept { return static_cast<T*>(std::exchange(copy_, nullptr)); }
  template <int>
  Length extent() noexcept {
    return Length(size_);
  }
  static void (*destructor() noexcept)(void*) { return &end_handed_memory; }
  static int rank(PyObject* from, Home home) noexcept { return Arg<Given>::rank(from, home); }
  static int rank_nullable(PyObject* from, Home home) noexcept { return from == Py_None ? int{exact} : rank(from, home); }

 private:
  void* copy_ = nullptr;
  size_t size_ = 0;
};

// What C has of an object: its address.
struct HandedToken {
  PyObject* module;
  Interpreter* interpreter;
};

DOVETAIL_COLD inline bool make_handed(State* s) noexcept {
  Ref made(PyDict_New());
  if (!made) return false;
  Locked lock(s->registry->mutex);
  if (!s->handed) s->handed = made.release();
  return true;
}
// nullptr: exception set.
[[gnu::noinline]] inline HandedToken* hand_over(PyObject* given, Home home) noexcept {
  State* const s = state(home);
  Interpreter* const interpreter = interpreter_of(home);
  if (!interpreter || (!s->handed && !make_handed(s))) return nullptr;
  auto* token = new (std::nothrow) HandedToken{s->module, interpreter};
  if (!token) return PyErr_NoMemory(), nullptr;
  Ref key(PyLong_FromVoidPtr(token));
  if (!key || PyDict_SetItem(s->handed, key.get(), given) < 0) {
    delete token;
    return nullptr;
  }
  Py_INCREF(token->module);
  interpreter->references.fetch_add(1, std::memory_order_relaxed);
  return token;
}
DOVETAIL_COLD inline void end_handed(void* data) noexcept {
  auto* token = static_cast<HandedToken*>(data);
  if (!token) return;
  Interpreter* const interpreter = token->interpreter;
  if (Attached attached{*interpreter}) {
    uninterrupted([token] {
      PyObject* const raised = fetch_exception();
      Ref module(token->module);
      Ref key(PyLong_FromVoidPtr(token));
      if (key) PyDict_DelItem(module_state(module.get())->handed, key.get());
      PyErr_Clear();
      restore_exception(raised);
    });
    delete token;
  }
  InterpreterRef::drop(interpreter);
}

template <>
struct Arg<HandedObject> {
  Arg() noexcept = default;
  Arg(const Arg&) = delete;
  Arg& operator=(const Arg&) = delete;
  ~Arg() { end_handed(token_); }
  // None is null.
  bool take(PyObject* given, Home home) noexcept { return given == Py_None || (token_ = hand_over(given, home)) != nullptr; }
  bool take_nullable(PyObject* given, Home home) noexcept { return take(given, home); }
  void set(std::nullptr_t) noexcept {}
  void* get() noexcept { return std::exchange(token_, nullptr); }
  static void (*destructor() noexcept)(void*) { return &end_handed; }
  static int rank(PyObject*, Home) noexcept { return conversion; }
  static int rank_nullable(PyObject*, Home) noexcept { return conversion; }

 private:
  HandedToken* token_ = nullptr;
};

}  // namespace v1
}  // namespace dovetail
