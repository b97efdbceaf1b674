// dovetail/convert/pointees.h: containers of pointers to numbers, as what they point to.
//
//   read_pointees(container)      the same with optional numbers; null is none
#pragma once
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class Number>
std::optional<std::remove_const_t<Number>> read_pointee(Number* pointer) {
  if (!pointer) return std::nullopt;
  return *pointer;
}

template <class Container>
auto read_pointees(const Container& given) {
  using Item = typename Container::value_type;
  if constexpr (std::is_pointer_v<Item>) {
    std::vector<decltype(read_pointee(Item{}))> found;
    for (Item each : given) found.push_back(read_pointee(each));
    return found;
  } else {
    std::map<typename Container::key_type, decltype(read_pointee(typename Container::mapped_type{}))> found;
    for (const auto& [key, each] : given) found.emplace(key, read_pointee(each));
    return found;
  }
}

}  // namespace v1
}  // namespace dovetail
