// dovetail/plain/values.h: values that are no number and no object, across C signatures.
//
// A result of text is a dovetail_block, which the caller drops. What is made of several values is packed:
//
//   number, enum        its bytes
//   bool                one byte, 0 or 1
//   text                its length (size_t), its bytes
//   optional            one byte, 0 or 1, then the value if there is one
//   variant             the index (one byte), then the value
//   pair, tuple, complex   its parts
//   list of values      their number (size_t), then each
//   object, container   a result: the address of a new one, which the caller owns; an argument: that of an object
#pragma once
#include <dovetail/plain/calls.h>

#include <array>
#include <complex>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace dovetail {
inline namespace v1 __attribute__((visibility("hidden"))) {
namespace plain {

inline dovetail_block* give_bytes(const char* data, size_t size) {
  auto* const made = static_cast<dovetail_block*>(std::malloc(sizeof(dovetail_block) + size));
  if (!made) throw std::bad_alloc();
  char* const place = reinterpret_cast<char*>(made + 1);
  if (size) std::memcpy(place, data, size);
  made->size = size;
  made->data = place;
  return made;
}
inline dovetail_block* give_text(std::string_view text) { return give_bytes(text.data(), text.size()); }
inline dovetail_block* give_text(const std::string& text) { return give_bytes(text.data(), text.size()); }
inline dovetail_block* give_text(const char* text) { return text ? give_text(std::string_view(text)) : nullptr; }
template <class P>
dovetail_block* give_path(const P& path) {
  return give_text(path.string());
}

template <class T, template <class...> class Template>
inline constexpr bool is_made_of = false;
template <class... A, template <class...> class Template>
inline constexpr bool is_made_of<Template<A...>, Template> = true;
template <class T>
inline constexpr bool is_text = std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;

class Packer {
 public:
  template <class T>
  void put(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      bytes_.push_back(value ? 1 : 0);
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      raw(&value, sizeof value);
    } else if constexpr (is_text<T>) {
      put(value.size());
      raw(value.data(), value.size());
    } else if constexpr (is_made_of<T, std::optional>) {
      put(value.has_value());
      if (value) put(*value);
    } else if constexpr (is_made_of<T, std::variant>) {
      bytes_.push_back(static_cast<char>(value.index()));
      std::visit([this](const auto& inner) { put(inner); }, value);
    } else if constexpr (std::is_same_v<T, std::monostate>) {
    } else if constexpr (is_made_of<T, std::complex>) {
      put(value.real());
      put(value.imag());
    } else if constexpr (is_made_of<T, std::pair> || is_made_of<T, std::tuple>) {
      std::apply([this](const auto&... parts) { (put(parts), ...); }, value);
    } else {
      // Owned by the packer until all is packed.
      objects_.emplace_back(new T(value), [](void* made) { delete static_cast<T*>(made); });
      void* const place = objects_.back().get();
      raw(&place, sizeof place);
    }
  }
  template <class Range>
  void put_list(const Range& range) {
    put(static_cast<size_t>(range.size()));
    for (auto&& each : range) put<typename Range::value_type>(each);
  }
  dovetail_block* give() {
    dovetail_block* const made = give_bytes(bytes_.data(), bytes_.size());
    for (auto& object : objects_) object.release();
    return made;
  }

 private:
  void raw(const void* from, size_t size) { bytes_.append(static_cast<const char*>(from), size); }
  std::string bytes_;
  std::vector<std::unique_ptr<void, void (*)(void*)>> objects_;
};

template <class T>
dovetail_block* give_packed(const T& value) {
  Packer packer;
  packer.put(value);
  return packer.give();
}
template <class Range>
dovetail_block* give_list(const Range& range) {
  Packer packer;
  packer.put_list(range);
  return packer.give();
}

// What Python packed; it says itself how long everything is.
class Unpacker {
 public:
  Unpacker(const char* data, size_t size) : at_(data), end_(data + size) {}

  template <class T>
  T take() {
    if constexpr (std::is_same_v<T, bool>) {
      return *raw(1) != 0;
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      T value;
      std::memcpy(&value, raw(sizeof value), sizeof value);
      return value;
    } else if constexpr (is_text<T>) {
      const auto size = take<size_t>();
      return T(raw(size), size);
    } else if constexpr (is_made_of<T, std::optional>) {
      return take<bool>() ? T(take<typename T::value_type>()) : T();
    } else if constexpr (is_made_of<T, std::variant>) {
      return take_variant<T>(static_cast<unsigned char>(*raw(1)), std::make_index_sequence<std::variant_size_v<T>>());
    } else if constexpr (std::is_same_v<T, std::monostate>) {
      return {};
    } else if constexpr (is_made_of<T, std::complex>) {
      const auto real = take<typename T::value_type>();
      return T(real, take<typename T::value_type>());
    } else if constexpr (is_made_of<T, std::pair> || is_made_of<T, std::tuple>) {
      return take_parts<T>(std::make_index_sequence<std::tuple_size_v<T>>());
    } else {
      void* place;
      std::memcpy(&place, raw(sizeof place), sizeof place);
      return *static_cast<const T*>(place);
    }
  }

 private:
  template <class T, size_t... I>
  T take_parts(std::index_sequence<I...>) {
    return T{take<std::tuple_element_t<I, T>>()...};  // in braces: from left to right
  }
  template <class T, size_t... I>
  T take_variant(size_t index, std::index_sequence<I...>) {
    std::optional<T> found;
    ((index == I ? void(found.emplace(std::in_place_index<I>, take<std::variant_alternative_t<I, T>>())) : void()), ...);
    if (!found) throw std::invalid_argument("there is no such alternative");
    return std::move(*found);
  }
  const char* raw(size_t size) {
    if (size > static_cast<size_t>(end_ - at_)) throw std::invalid_argument("what was packed is too short");
    const char* const from = at_;
    at_ += size;
    return from;
  }
  const char* at_;
  const char* end_;
};

template <class T>
T take_packed(const char* data, size_t size) {
  return Unpacker(data, size).take<T>();
}

// Neither pointer is ever null where the number is not 0.
template <class T>
struct Run {
  const T* data;
  size_t size;
  const T* begin() const { return data; }
  const T* end() const { return data + size; }
};

// ---- objects that are shared: Python has the shared_ptr, and beside it where the object is ----------------------------

using Holder = std::shared_ptr<void>;

template <class T>
Holder* hold(std::shared_ptr<T> given) {
  return given ? new Holder(std::move(given)) : nullptr;
}
template <class T>
std::shared_ptr<T> shared(const Holder* holder, T* target) {
  return holder ? std::shared_ptr<T>(*holder, target) : nullptr;
}

}  // namespace plain
}  // namespace v1
}  // namespace dovetail

DOVETAIL_PLAIN_INLINE void* dovetail_target(const dovetail::plain::Holder* holder) noexcept { return holder->get(); }
DOVETAIL_PLAIN_INLINE void dovetail_release(dovetail::plain::Holder* holder) noexcept {
  const dovetail::plain::Turn turn;
  delete holder;
}
