// dovetail/core/native_container.h: maps, sets, deques and lists for whoever calls C++ without Python objects.
#pragma once
#include <dovetail/core/natives.h>

#include <iterator>
#include <new>
#include <type_traits>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class C, class = void>
struct NativeKeyOf {
  using type = void;
};
template <class C>
struct NativeKeyOf<C, std::void_t<typename C::key_type>> {
  using type = typename C::key_type;
};
template <class C, class = void>
constexpr bool native_is_map = false;
template <class C>
constexpr bool native_is_map<C, std::void_t<typename C::mapped_type>> = true;

// A key as the caller gives it: the address of a number, or the bytes of a text and their number.
template <class K>
K native_key(const void* key, size_t size) {
  if constexpr (std::is_same_v<K, std::string>) {
    return std::string(static_cast<const char*>(key), size);
  } else {
    return *static_cast<const K*>(key);
  }
}

template <class C>
struct NativeAccess {
  using Key = typename NativeKeyOf<C>::type;
  static constexpr bool keyed = !std::is_void_v<Key>;

  static size_t count(const void* of) noexcept { return static_cast<const C*>(of)->size(); }

  // Without memory for the text of a key none is found.
  static const void* find(const void* of, const void* key, size_t size) noexcept {
    const C& all = *static_cast<const C*>(of);
    if constexpr (keyed) {
      try {
        const auto found = all.find(native_key<Key>(key, size));
        return found == all.end() ? nullptr : static_cast<const void*>(&*found);
      } catch (...) {
        return nullptr;
      }
    } else {
      const size_t index = *static_cast<const size_t*>(key);
      return index < all.size() ? &all[index] : nullptr;
    }
  }

  // Where a loop is: an iterator, once it has begun. A loop may be left at any time, so that nothing may have to end it.
  struct Place {
    bool begun;
    typename C::const_iterator at;
  };
  static const void* next(const void* of, void* place) noexcept {
    static_assert(sizeof(Place) <= native_place && std::is_trivially_destructible_v<typename C::const_iterator>);
    const C& all = *static_cast<const C*>(of);
    Place& now = *static_cast<Place*>(place);
    if (now.begun) {
      ++now.at;
    } else {
      new (&now.at) typename C::const_iterator(all.begin());
      now.begun = true;
    }
    return now.at == all.end() ? nullptr : static_cast<const void*>(&*now.at);
  }

  static void* make(void* of, const void* key, size_t size) noexcept {
    try {
      return &(*static_cast<C*>(of))[native_key<Key>(key, size)];
    } catch (...) {
      return nullptr;
    }
  }
};

template <class C>
constexpr auto native_finder() {
  using Random = std::random_access_iterator_tag;
  using Kind = typename std::iterator_traits<typename C::const_iterator>::iterator_category;
  if constexpr (NativeAccess<C>::keyed || std::is_same_v<Kind, Random>) {
    return &NativeAccess<C>::find;
  } else {
    return nullptr;
  }
}
template <class C>
constexpr auto native_maker() {
  if constexpr (native_is_map<C>) {
    if constexpr (std::is_default_constructible_v<typename C::mapped_type>) {
      return &NativeAccess<C>::make;
    } else {
      return nullptr;
    }
  } else {
    return nullptr;
  }
}
template <class C>
constexpr uint32_t native_offset() {
  if constexpr (native_is_map<C>) {
    using Pair = typename C::value_type;
    struct Laid {  // as std::pair is laid out, for which there is no offsetof
      typename Pair::first_type first;
      typename Pair::second_type second;
    };
    static_assert(sizeof(Laid) == sizeof(Pair));
    constexpr size_t alignment = alignof(typename Pair::second_type);
    return static_cast<uint32_t>((sizeof(typename Pair::first_type) + alignment - 1) / alignment * alignment);
  } else {
    return 0;
  }
}
template <class C>
constexpr NativeContainer native_container(const char* key, const char* element, uint32_t scope) {
  using Access = NativeAccess<C>;
  return {key,           element, scope, native_offset<C>(), &Access::count, native_finder<C>(), &Access::next,
          native_maker<C>()};
}

}  // namespace v1
}  // namespace dovetail
