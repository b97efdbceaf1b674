#include "increment.h"

int increment(int x) noexcept { return x + 1; }
