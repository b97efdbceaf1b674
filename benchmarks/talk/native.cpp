// The loop without Python: `native COUNT` prints nanoseconds per call.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "increment.h"

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 1;
  int i = 0;
  const auto start = std::chrono::steady_clock::now();
  while (i < count) i = increment(i);
  const auto end = std::chrono::steady_clock::now();
  std::printf("%.3f\n", std::chrono::duration<double, std::nano>(end - start).count() / count);
}
