// dovetail/convert/implicit.h: parameters of a bound class that C++ callers may give as something else.
//
//   Arg<Implicit<T>>                    a T, or str/bytes from which T converts implicitly (`Slice key`: "key")
//   Arg<Implicit<T, true, S>>           the same, or an S from which T converts
//   Arg<Implicit<T, false, S, R>>       a T, an S or an R
//
// get() is a const T&, made for the call. Made from text: a T that only views text (it has a constructor from pointer and
// length) views the Python object, which the caller keeps alive during the call; any other T copies. The length counts:
// embedded nulls arrive. An S is passed on as it is, const or not, so that C++ chooses among its constructors
// as ever. Of overloads, one that takes the object as it is comes first.
#pragma once
#include <dovetail/convert/guarded.h>
#include <dovetail/convert/text.h>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T, bool text = true, class... From>
struct Implicit;  // a name for Arg, never defined
inline constexpr int user_conversion = 90;  // behind every conversion to a base, before the last resort

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

template <class T, bool text, class... From>
struct Arg<Implicit<T, text, From...>> {
  Arg<const T&> object{};
  std::optional<T> made;
  bool take(PyObject* given, Home home) noexcept {
    if constexpr (text) {
      if (is_text(given)) {
        Arg<std::string_view> view;
        if (!view.take(given, home)) return false;
        return guarded([&] { detail::make_from_text<T>(made, view.get()); });
      }
    }
    if (Arg<const T&>::rank(given, home) >= 0) return object.take(given, home);
    bool taken = false;
    if ((take_from<From>(given, home, taken) || ...)) return taken;
    return object.take(given, home);
  }
  template <class V>
  void set(V&& value) {
    made.emplace(std::forward<V>(value));
  }
  const T& get() { return made ? *made : object.get(); }
  static int rank(PyObject* given, Home home) noexcept {
    if (text && is_text(given)) return conversion;
    const int own = Arg<const T&>::rank(given, home);
    if (own >= 0) return own;
    return ((Arg<const From&>::rank(given, home) >= 0) || ...) ? user_conversion : own;
  }
  static bool is_text(PyObject* given) noexcept { return PyUnicode_Check(given) || PyBytes_Check(given); }

 private:
  // Whether `given` is an S; `taken`: whether a T could be made of it.
  template <class S>
  bool take_from(PyObject* given, Home home, bool& taken) noexcept {
    if (Arg<const S&>::rank(given, home) < 0) return false;
    // What is not const is an lvalue that C++ may keep and write to, where it distinguishes.
    if constexpr (std::is_convertible_v<S&, T>) {
      if (!std::is_convertible_v<const S&, T> || !(as_cell(given)->state & is_const)) return make_from<S&>(given, home, taken);
    }
    if constexpr (std::is_convertible_v<const S&, T>) return make_from<const S&>(given, home, taken);
    return false;
  }
  template <class Reference>
  bool make_from(PyObject* given, Home home, bool& taken) noexcept {
    Arg<Reference> source;
    taken = source.take(given, home) && guarded([&] { made.emplace(source.get()); });
    return true;
  }
};

}  // namespace v1
}  // namespace dovetail
