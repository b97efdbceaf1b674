// dovetail/core/uninterrupted.h: C++ that CPython must not unwind.
//
//   dovetail::uninterrupted([own] { PyEval_RestoreThread(own); });
//
// Until 3.13 CPython ends the threads that run when it finalises, wherever they ask for the GIL, with pthread_exit. That
// unwinds the stack: through a function that is `noexcept` it ends the process, and elsewhere it runs destructors that
// touch Python objects without the interpreter. So C++ that gives the GIL away and takes it again stays where it is.
#pragma once
#include <dovetail/core/python.h>

#include <utility>
#ifdef __GLIBCXX__
#include <exception>
#endif
#ifdef _WIN32
#include <windows.h>
#else
#include <unistd.h>
#endif

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Of a thread that CPython ended: until the process ends.
[[noreturn]] DOVETAIL_COLD inline void park_thread() noexcept {
  for (;;) {
#ifdef _WIN32
    Sleep(INFINITE);
#else
    pause();
#endif
  }
}

// What must not fail tries again.
DOVETAIL_COLD inline void wait_a_moment() noexcept {
#ifdef _WIN32
  Sleep(1);
#else
  usleep(1000);
#endif
}

// Runs what may give the GIL away. CPython ends other threads at finalisation with pthread_exit, which unwinds.
template <class F>
DOVETAIL_INLINE decltype(auto) uninterrupted(F&& run) {
#ifdef __GLIBCXX__
  try {
    return std::forward<F>(run)();
  } catch (...) {
    if (std::current_exception()) throw;
    park_thread();  // it is no exception: abi::__forced_unwind, of which there is no object either
  }
#else
  return std::forward<F>(run)();
#endif
}

}  // namespace v1
}  // namespace dovetail
