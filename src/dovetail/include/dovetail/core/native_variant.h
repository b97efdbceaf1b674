// dovetail/core/native_variant.h: a variant of numbers as one number, for native signatures.
#pragma once
#include <dovetail/core/natives.h>

#include <variant>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T, class... Numbers>
T native_number(const std::variant<Numbers...>& value) {
  return std::visit([](auto number) { return static_cast<T>(number); }, value);
}

}  // namespace v1
}  // namespace dovetail
