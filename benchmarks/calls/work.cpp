#include "work.h"

namespace work {

int increment(int x) noexcept { return x + 1; }
int plus(int x) noexcept { return x + 1; }

long drive(Listener& listener) {
  long total = 0;
  for (int i = 0; i < 100; ++i) total += listener.step(i);
  return total;
}

long for_each(int count, const std::function<int(int)>& step) {
  long total = 0;
  for (int i = 0; i < count; ++i) total += step(i);
  return total;
}

}  // namespace work
