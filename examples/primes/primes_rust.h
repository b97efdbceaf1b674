#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Fills `found` with the first prime numbers.
void first_primes(int32_t* found, size_t count);

#ifdef __cplusplus
}
#endif
