// dovetail/plain/calls.h: C++ behind C signatures, for callers that have no C API of Python: cffi on PyPy.
//
// Emitted code writes one function for each call:
//
//   // from shapes.h:31   double Circle::area() const
//   DOVETAIL_PLAIN double dt_Circle_area(const lib::Circle* it) noexcept {
//     return dovetail::plain::run<double>([&]() -> double { return it->area(); });
//   }
//
// Nothing is thrown through it. What C++ throws is put aside for the thread, and the function gives `failed<R>()`, which
// may be a result, too: the caller then asks dovetail_error(), which hands out what was put aside last, or nullptr. As a
// caller that is interrupted between the two calls may make others that fail, they form a stack.
//
// One call at a time runs in the library, as the GIL would have it: PyPy gives its lock back during foreign calls. A
// function with `release_gil` (`run_freely`) runs beside all others.
#pragma once
#include <dovetail/core/standard.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <mutex>
#include <string>
#include <type_traits>
#include <vector>
#if defined(__has_include)
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#define DOVETAIL_KNOWS_THREADS 1
#endif
#endif

#define DOVETAIL_PLAIN extern "C" __attribute__((visibility("default")))
#define DOVETAIL_PLAIN_INLINE extern "C" inline __attribute__((visibility("default"), used))

// Both sides know these by their layout.
extern "C" {
struct dovetail_block {  // bytes that the caller frees with dovetail_drop
  size_t size;
  const char* data;
};
struct dovetail_failure {
  int kind;    // a dovetail::Standard, or 100 and the place among the exception classes of the header
  int number;  // errno
  size_t size;
  const char* text;
  void* value;  // a copy of the exception, which the caller owns; nullptr
  dovetail_failure* cause;
};
}

namespace dovetail {
inline namespace v1 __attribute__((visibility("hidden"))) {
namespace plain {

// What was thrown, with the text behind its pointer.
struct Failure : dovetail_failure {
  std::string kept;

  explicit Failure(int kind_, const char* what = "") : dovetail_failure{}, kept(what ? what : "") {
    kind = kind_;
    size = kept.size();
    text = kept.data();
  }
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;
};

// Handed out where there is no memory for another one.
inline Failure* out_of_memory() noexcept {
  static Failure kept(memory_error);
  return &kept;
}

template <class T>
Failure* fail_as(int kind, const T& error, const char* what) {
  auto* const found = new Failure(kind, what);
  if constexpr (std::is_copy_constructible_v<T>) {
    try {
      found->value = new T(error);
    } catch (...) {  // its text is better than nothing
    }
  }
  return found;
}

// Emitted for the exception classes of the header: rethrows, and gives nullptr for what is none of them.
using Own = Failure* (*)();

inline Failure* describe_standard() {
  return tell_standard([](Standard kind, const char* what, int number) {
    auto* const found = new Failure(kind, what);
    found->number = number;
    return found;
  });
}

// The exception being handled, and what is nested in it.
inline Failure* describe(Own own, int depth = 0) noexcept {
  try {
    Failure* found = own ? own() : nullptr;
    if (!found) found = describe_standard();
    if (depth > 100) return found;
    try {
      throw;
    } catch (const std::nested_exception& outer) {
      if (!outer.nested_ptr()) return found;
      try {
        outer.rethrow_nested();
      } catch (...) {
        found->cause = describe(own, depth + 1);
      }
    } catch (...) {
    }
    return found;
  } catch (...) {
    return out_of_memory();
  }
}

inline std::vector<Failure*>& failures() {
  static thread_local std::vector<Failure*> all;
  return all;
}

__attribute__((cold, noinline)) inline void put_aside(Own own) noexcept {
  Failure* const found = describe(own);
  try {
    failures().push_back(found);
  } catch (...) {
    std::abort();  // no memory for one pointer, and no way to say so
  }
}

// What a function gives that failed.
template <class R>
constexpr R failed() noexcept {
  if constexpr (std::is_pointer_v<R>) {
    return nullptr;
  } else if constexpr (std::is_floating_point_v<R>) {
    return static_cast<R>(std::is_same_v<R, float> ? -0x1p127 : -0x1p1023);
  } else if constexpr (std::is_signed_v<R>) {
    return static_cast<R>(std::numeric_limits<R>::min() + 1);
  } else {
    return std::numeric_limits<R>::max();
  }
}

// Held during a call. A process with one thread needs no lock, and what starts others in C++ calls nothing here.
class Turn {
 public:
  Turn() noexcept {
#ifdef DOVETAIL_KNOWS_THREADS
    if (__libc_single_threaded) return;
#endif
    lock();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (__builtin_expect(held_, 0)) turns().unlock();
  }

 private:
  static std::recursive_mutex& turns() noexcept {
    static std::recursive_mutex mutex;
    return mutex;
  }
  __attribute__((noinline)) void lock() noexcept {
    turns().lock();
    held_ = true;
  }
  bool held_ = false;
};

template <class R, class F>
R run_freely(Own own, F&& call) noexcept {
  try {
    return call();
  } catch (...) {
    put_aside(own);
    return failed<R>();
  }
}
template <class R, class F>
R run(Own own, F&& call) noexcept {
  const Turn turn;
  return run_freely<R>(own, call);
}
// Of a C++ function that is noexcept.
template <class R, class F>
R run_surely(F&& call) noexcept {
  const Turn turn;
  return call();
}

}  // namespace plain
}  // namespace v1
}  // namespace dovetail

// What was put aside last by a call of this thread, nullptr: nothing. The caller drops it.
DOVETAIL_PLAIN_INLINE dovetail_failure* dovetail_error() noexcept {
  auto& all = dovetail::plain::failures();
  if (all.empty()) return nullptr;
  dovetail_failure* const last = all.back();
  all.pop_back();
  return last;
}
DOVETAIL_PLAIN_INLINE void dovetail_drop_error(dovetail_failure* dropped) noexcept {
  while (dropped) {
    dovetail_failure* const next = dropped->cause;
    if (dropped != dovetail::plain::out_of_memory()) delete static_cast<dovetail::plain::Failure*>(dropped);
    dropped = next;
  }
}
DOVETAIL_PLAIN_INLINE void dovetail_drop(void* block) noexcept { std::free(block); }
