#pragma once

#include <vector>

/// The first `count` prime numbers.
inline std::vector<int> primes(int count) {
  std::vector<int> found;
  for (int candidate = 2; static_cast<int>(found.size()) < count; ++candidate) {
    bool prime = true;
    for (int divisor : found) {
      if (divisor * divisor > candidate) break;
      if (candidate % divisor == 0) {
        prime = false;
        break;
      }
    }
    if (prime) found.push_back(candidate);
  }
  return found;
}
