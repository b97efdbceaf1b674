// dovetail/core/native_range.h: loops over begin() and end() of bound objects for whoever calls C++ without Python objects.
//
//   native_range<const lib::Rows, NativeFlat<lib::Row>, module, raise>("value lib::Row", scope)
//
// The caller sets memory aside for a loop, and for an element: a number, an enum or a flat object lies there itself, of
// others their address does.
#pragma once
#include <dovetail/core/native_results.h>
#include <dovetail/core/native_variant.h>

#include <new>
#include <type_traits>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// ---- how an element is given -------------------------------------------------------------------------------------------

template <class T>
struct NativePlain {
  template <class V>
  static void put(void* place, V&& value) {
    *static_cast<T*>(place) = static_cast<T>(value);
  }
};
template <class T>
struct NativeNumber {
  template <class V>
  static void put(void* place, V&& value) {
    *static_cast<T*>(place) = native_number<T>(value);
  }
};
template <class T>
struct NativeFlat {
  template <class V>
  static void put(void* place, V&& value) {
    native_value<T>(static_cast<T*>(place), std::forward<V>(value));
  }
};
template <class T>
struct NativeNew {
  template <class V>
  static void put(void* place, V&& value) {
    *static_cast<T**>(place) = new T(std::forward<V>(value));
  }
};
template <class T>
struct NativeAddress {
  static void put(void* place, T* value) { *static_cast<T**>(place) = value; }
  static void put(void* place, T& value) { put(place, &value); }
};

// ---- a loop ------------------------------------------------------------------------------------------------------------

template <class Of, class Give, const char* module, PyObject* (*raise)(Home) noexcept>
struct NativeWalk {
  using Begin = decltype(std::declval<Of&>().begin());
  using End = decltype(std::declval<Of&>().end());
  // Zeros are a loop that has not begun.
  struct State {
    bool begun;
    Begin at;
    End end;
  };
  static constexpr bool lasts = !std::is_trivially_destructible_v<Begin> || !std::is_trivially_destructible_v<End>;

  static int fail() noexcept {
    fail_native(module, raise);
    return -1;
  }
  static int begin(void* of, void* memory) noexcept {
    auto* state = static_cast<State*>(memory);
    try {
      auto& range = *static_cast<Of*>(of);
      new (&state->at) Begin(range.begin());
      if constexpr (lasts) {
        try {
          new (&state->end) End(range.end());
        } catch (...) {
          state->at.~Begin();
          throw;
        }
      } else {
        new (&state->end) End(range.end());
      }
      state->begun = true;
      return 0;
    } catch (...) {
      return fail();
    }
  }
  static int next(void* memory, void* element) noexcept {
    auto* state = static_cast<State*>(memory);
    try {
      if (!(state->at != state->end)) return 0;
      put(state, element);
      ++state->at;
      return 1;
    } catch (...) {
      return fail();
    }
  }
  static void leave(void* memory) noexcept {
    auto* state = static_cast<State*>(memory);
    if (!state->begun) return;
    state->end.~End();
    state->at.~Begin();
  }

 private:
  static void put(State* state, void* element) {
    if constexpr (std::is_lvalue_reference_v<decltype(*state->at)>) {
      auto& found = *state->at;
      const auto* place = &reinterpret_cast<const char&>(found);
      const auto* first = reinterpret_cast<const char*>(&state->at);
      // The next step would write over it.
      if (place >= first && place < first + sizeof(Begin)) throw std::runtime_error("its iterator has the elements inside itself");
      Give::put(element, found);
    } else {
      Give::put(element, *state->at);
    }
  }
};

template <class Of, class Give, const char* module, PyObject* (*raise)(Home) noexcept>
constexpr NativeRange native_range(const char* element, uint32_t scope) {
  using Walk = NativeWalk<Of, Give, module, raise>;
  return {element,    scope,       sizeof(typename Walk::State), std::is_const_v<Of> ? 0u : uint32_t{native_sets},
          Walk::begin, Walk::next, Walk::lasts ? Walk::leave : nullptr};
}

}  // namespace v1
}  // namespace dovetail
