#include "work.h"

namespace work {

int increment(int x) noexcept { return x + 1; }
int plus(int x) noexcept { return x + 1; }

}  // namespace work
