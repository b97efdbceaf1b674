// dovetail/convert/index.h: checked indexes for classes that have `size()` and an unchecked `operator[]`.
// item_index(i, size): i, or size + i where i is negative; std::out_of_range (IndexError in Python) outside of the range.
// Header only, needs nothing of Python: what it throws is translated like any other C++ exception.
#pragma once
#include <stdexcept>

namespace dovetail {
inline namespace v1 {

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_index() { throw std::out_of_range("index out of range"); }

// N is the type of `size()`; what comes back converts to the index type of the class without loss.
template <class N>
inline N item_index(long long index, N size) {
  const long long count = static_cast<long long>(size);
  const long long at = index < 0 ? index + count : index;
  if (at < 0 || at >= count) refuse_index();
  return static_cast<N>(at);
}

}  // namespace v1
}  // namespace dovetail
