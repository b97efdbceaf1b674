// dovetail/core/native_results.h: results of native functions that C++ makes for the caller, or that are several.
#pragma once
#include <dovetail/core/natives.h>

#include <cstdlib>
#include <new>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

#if defined(__GNUC__)
#pragma GCC diagnostic push
// What a native function has made is of that very class.
#pragma GCC diagnostic ignored "-Wdelete-non-virtual-dtor"
#endif
// Deletes what a native function has made.
template <class T>
void native_end(void* made) noexcept {
  delete static_cast<T*>(made);
}
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

// An object that is its bytes alone, where the caller wants it.
template <class T>
int native_value(T* place, const T& value) noexcept {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  new (place) T(value);
  return 0;
}

// Text that the caller frees. It ends with a null, which is not counted.
DOVETAIL_SHARED char* native_made_text(const char* text, size_t length, size_t* size) {
  char* made = static_cast<char*>(std::malloc(length + 1));
  if (!made) throw std::bad_alloc();
  if (length) memcpy(made, text, length);
  made[length] = 0;
  *size = length;
  return made;
}
inline char* native_made_text(const std::string& text, size_t* size) {
  return native_made_text(text.data(), text.size(), size);
}

template <class T, class Place>
int native_maybe(const std::optional<T>& found, Place* place) noexcept {
  if (found) *place = static_cast<Place>(*found);
  return found ? 1 : 0;
}
template <class Numbers, class... Places>
int native_several(const Numbers& found, Places*... places) noexcept {
  std::apply([&](const auto&... numbers) { ((*places = static_cast<Places>(numbers)), ...); }, found);
  return 0;
}

}  // namespace v1
}  // namespace dovetail
