// dovetail/plain/printed.h: what `std::ostream << value` prints.
#pragma once
#include <dovetail/plain/calls.h>

#include <sstream>

namespace dovetail {
inline namespace v1 __attribute__((visibility("hidden"))) {
namespace plain {

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

}  // namespace plain
}  // namespace v1
}  // namespace dovetail
