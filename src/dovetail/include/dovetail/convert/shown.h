// dovetail/convert/shown.h: const std::unique_ptr<T>& parameters: C++ looks at an object that stays Python's.
//
//   Arg<Shown<std::unique_ptr<T>>>    get(): a unique_ptr that lives as long as the call, and ends nothing
#pragma once
#include <dovetail/core/objects.h>

#include <memory>
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class Pointer>
struct Shown;  // only a name

template <class T>
struct Arg<Shown<std::unique_ptr<T>>> {
  using Class = std::remove_cv_t<T>;
  static constexpr Foreseen foreseen = only_objects;

  Arg() noexcept = default;
  Arg(const Arg&) = delete;
  Arg& operator=(const Arg&) = delete;
  ~Arg() { (void)shown_.release(); }

  bool take(PyObject* from, Home home) noexcept {
    if constexpr (std::is_const_v<T>) shown_.reset(borrow_const<Class>(from, home));
    else shown_.reset(borrow<Class>(from, home));
    return static_cast<bool>(shown_);
  }
  const std::unique_ptr<T>& get() const noexcept { return shown_; }
  static int rank(PyObject* from, Home home) noexcept { return instance_rank<Class>(from, home); }

 private:
  std::unique_ptr<T> shown_;
};

}  // namespace v1
}  // namespace dovetail
