// Namespaces become modules; globals read and write; names that are no Python names.
#pragma once
#include <string>
namespace spaces {

inline int counter = 0;
inline std::string title = "title";
inline const double ratio = 0.5;
inline int get_counter() { return counter; }

namespace inner {
inline int twice(int value) { return value * 2; }
struct Thing {
  int id = 1;
};
enum class Kind { one, two };
namespace deep {
inline Thing make(int id) { return Thing{id}; }
inline int counter = 7;
}  // namespace deep
}  // namespace inner

/// Nothing but second names.
namespace compat {
using Item = spaces::inner::Thing;
typedef Item SameItem;
using spaces::inner::Kind;
}  // namespace compat
typedef inner::Thing* ThingPointer;
typedef const compat::SameItem& ThingArgument;

namespace detail {
inline int hidden() { return 1; }
}  // namespace detail

inline int from(int lambda) { return lambda; }
struct None {
  int pass = 1;
  int def(int in = 3) const { return in; }
};
inline int take(const inner::Thing& thing) { return thing.id; }
inline inner::Kind kind() { return inner::Kind::two; }

inline namespace v2 {
inline int versioned() { return 2; }
}  // namespace v2

}  // namespace spaces
