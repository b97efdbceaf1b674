#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Adds up the rounded lengths of all pairs (x, y) of the two arrays, leaving out lengths up to 10.
int64_t do_something(const double* xs, size_t xs_count, const double* ys, size_t ys_count);

#ifdef __cplusplus
}
#endif
