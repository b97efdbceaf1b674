// What is called, from CPython and PyPy.
#pragma once

#include <stdexcept>
#include <string>

namespace plain {

inline long inc(long value) noexcept { return value + 1; }
inline long inc_checked(long value) {
  if (value < 0) throw std::invalid_argument("below zero");
  return value + 1;
}

class Adder {
 public:
  long add(long value) { return total += value; }
  long total = 0;
};

inline std::size_t length(const std::string& text) { return text.size(); }

}  // namespace plain
