// dovetail/convert/shaped.h: callbacks whose arguments are something for one another: a pointer and its length, text.
//
//   Shaped<F, quiet, Seen<V, I...>...>    a pointer to a function; Python sees the V, each made of the arguments I of C
//
// V is a Listed<T>, a string view or Bytes of a pointer and a length; a pointer to characters of one to bytes; or as C has it.
#pragma once
#include <dovetail/convert/arrays.h>
#include <dovetail/convert/function_pointer.h>
#include <dovetail/convert/listed.h>
#include <dovetail/convert/text.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// What C calls text of bytes is counted in bytes.
template <class C, size_t I, size_t N>
struct Seen<std::basic_string_view<C>, I, N> {
  using type = std::basic_string_view<C>;
  template <class All>
  static type from(All& all) {
    const auto* data = std::get<I>(all);
    using Unit = std::remove_cv_t<std::remove_pointer_t<decltype(data)>>;
    const long long count = static_cast<long long>(std::get<N>(all)) / (std::is_void_v<Unit> ? int{sizeof(C)} : 1);
    return data && count > 0 ? type(reinterpret_cast<const C*>(data), static_cast<size_t>(count)) : type();
  }
};
template <size_t I, size_t N>
struct Seen<Bytes, I, N> {
  using type = Bytes;
  template <class All>
  static Bytes from(All& all) {
    const long long count = static_cast<long long>(std::get<N>(all));
    return {std::get<I>(all), std::get<I>(all) && count > 0 ? static_cast<size_t>(count) : 0};
  }
};
template <class T, size_t I, size_t... N>
struct Seen<Listed<T>, I, N...> {
  using type = Listed<T>;
  template <class All>
  static type from(All& all) {
    return type(std::get<I>(all), static_cast<long long>(std::get<N>(all))...);
  }
};
// Characters of bytes.
template <class C, size_t I>
struct Seen<const C*, I> {
  using type = const C*;
  template <class All>
  static type from(All& all) {
    return reinterpret_cast<const C*>(std::get<I>(all));
  }
};

template <class F, bool quiet, class... S>
struct Shaped;  // only a name

template <class R, class... A, bool quiet, class... S>
struct Arg<Shaped<R (*)(A...), quiet, S...>> {
  using F = R (*)(A...);
  F slot = nullptr;
  bool take(PyObject* given, Home home) noexcept {
    if (given == Py_None || !PyCallable_Check(given)) return false;
    slot = ShapedPool<quiet, SeenList<S...>, R, A...>::template take<F>(given, home);
    return slot != nullptr;
  }
  bool take_nullable(PyObject* given, Home home) noexcept { return given == Py_None || take(given, home); }
  void set(F value) noexcept { slot = value; }
  F get() noexcept { return slot; }
  static int rank(PyObject* given, Home) noexcept {
    return given == Py_None ? int{no_match} : rank_callable(given, sizeof...(S));
  }
  static int rank_nullable(PyObject* given, Home home) noexcept { return given == Py_None ? int{exact} : rank(given, home); }
};

}  // namespace v1
}  // namespace dovetail
