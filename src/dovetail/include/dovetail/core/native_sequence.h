// dovetail/core/native_sequence.h: how vectors and arrays lie in memory, for the table of native signatures.
#pragma once
#include <dovetail/core/natives.h>

#include <array>
#include <vector>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// The row of a container.
template <class C>
struct NativeLayout;
template <class T, class Allocator>
struct NativeLayout<std::vector<T, Allocator>> {
  // All standard libraries begin with these pointers; one that checks iterators has more, and is left alone.
  static constexpr uint32_t stride = sizeof(std::vector<T, Allocator>) == 3 * sizeof(T*) ? sizeof(T) : 0, count = 0;
};
template <class T, size_t n>
struct NativeLayout<std::array<T, n>> {
  static constexpr uint32_t stride = sizeof(T), count = n;
};
template <class C>
constexpr NativeSequence native_sequence(const char* element, uint32_t scope) {
  return {element, scope, NativeLayout<C>::stride, NativeLayout<C>::count};
}

}  // namespace v1
}  // namespace dovetail
