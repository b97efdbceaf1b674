// dovetail/gil.h: C++ without the GIL.
//
//   auto&& result = dovetail::without_gil([&]() -> decltype(auto) { return lib::f(a.get()); });
//
// Arguments are converted before and the result is given after. An exception takes the GIL back on its way out.
// When Python has ended meanwhile, the thread stays there for ever: CPython would unwind it.
#pragma once
#include <dovetail/core/uninterrupted.h>

#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

class ReleasedGil {
 public:
  ReleasedGil() noexcept : saved_(PyEval_SaveThread()) {}
  ~ReleasedGil() {
    uninterrupted([this] { PyEval_RestoreThread(saved_); });
  }
  ReleasedGil(const ReleasedGil&) = delete;
  ReleasedGil& operator=(const ReleasedGil&) = delete;

 private:
  PyThreadState* saved_;
};

template <class F>
decltype(auto) without_gil(F&& call) {
  ReleasedGil released;
  return std::forward<F>(call)();
}

}  // namespace v1
}  // namespace dovetail
