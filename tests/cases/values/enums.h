// Scoped and unscoped enums, flags, nested and unnamed ones.
#pragma once
#include <cstdint>
namespace enums {

/// The colours.
enum class Color : std::uint8_t {
  red = 1,   ///< like fire
  green = 2,
  blue = 4,
};

enum Level { low, middle = 5, high };

enum class Access : unsigned { none = 0, read = 1, write = 2 };
inline Access operator|(Access a, Access b) { return static_cast<Access>(static_cast<unsigned>(a) | static_cast<unsigned>(b)); }
inline Access operator&(Access a, Access b) { return static_cast<Access>(static_cast<unsigned>(a) & static_cast<unsigned>(b)); }

inline bool operator!(Access a) { return a == Access::none; }

/// Scoped, with an operator that says which bits two of them share.
enum class Bits { none = 0, low = 1, high = 6 };
inline int operator&(Bits a, Bits b) { return static_cast<int>(a) & static_cast<int>(b); }

enum { answer = 42, negative = -7 };

class Machine {
 public:
  enum class State { idle, running, None };
  enum Option { fast = 1, quiet = 2 };
  State state() const { return state_; }
  void set_state(State value) { state_ = value; }
  int option(Option value) const { return value; }

 private:
  State state_ = State::idle;
};

inline Color next(Color value) { return value == Color::red ? Color::green : Color::blue; }
inline Color strange() { return static_cast<Color>(99); }
inline int level(Level value = middle) { return value; }
inline Access both() { return Access::read | Access::write; }
inline bool may_write(Access value) { return (value & Access::write) == Access::write; }

}  // namespace enums
