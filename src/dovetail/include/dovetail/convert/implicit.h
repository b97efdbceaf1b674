// dovetail/convert/implicit.h: parameters of a bound class that C++ callers may give as text (`Slice key`: "key").
// Arg<Implicit<T>> takes a T, or str/bytes from which T converts implicitly; get() is a const T&.
// A T that only views text (it has a constructor from pointer and length) views the Python object, which the caller keeps
// alive during the call; any other T copies. The length counts: embedded nulls arrive.
#pragma once
#include <dovetail/convert/guarded.h>
#include <dovetail/convert/text.h>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T>
struct Implicit;  // a name for Arg, never defined

namespace detail {
template <class T>
void make_from_text(std::optional<T>& made, std::string_view text) {
  if constexpr (std::is_convertible_v<std::string_view, T>) {
    made.emplace(text);
  } else if constexpr (std::is_convertible_v<const char*, T> && std::is_constructible_v<T, const char*, std::size_t>) {
    made.emplace(text.data(), text.size());
  } else if constexpr (std::is_convertible_v<std::string, T>) {
    made.emplace(std::string(text));
  } else {
    made.emplace(std::string(text).c_str());
  }
}
}  // namespace detail

template <class T>
struct Arg<Implicit<T>> {
  Arg<const T&> object{};
  std::optional<T> made;
  bool take(PyObject* given, Home home) noexcept {
    if (!is_text(given)) return object.take(given, home);
    Arg<std::string_view> text;
    if (!text.take(given, home)) return false;
    return guarded([&] { detail::make_from_text<T>(made, text.get()); });
  }
  template <class V>
  void set(V&& value) {
    made.emplace(std::forward<V>(value));
  }
  const T& get() { return made ? *made : object.get(); }
  static int rank(PyObject* given, Home home) noexcept {
    return is_text(given) ? int{conversion} : Arg<const T&>::rank(given, home);
  }
  static bool is_text(PyObject* given) noexcept { return PyUnicode_Check(given) || PyBytes_Check(given); }
};

}  // namespace v1
}  // namespace dovetail
