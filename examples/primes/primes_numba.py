"""primes_python.py, compiled by Numba when it is first called: the list becomes an array."""

import numpy as np
from numba import njit


@njit
def primes(count):
    found = np.empty(count, np.int32)
    size, candidate = 0, 2
    while size < count:
        for divisor in found[:size]:
            if divisor * divisor > candidate:
                found[size] = candidate
                size += 1
                break
            if candidate % divisor == 0:
                break
        else:
            found[size] = candidate
            size += 1
        candidate += 1
    return found
