# cython: cdivision=True
"""primes_python.py with types: a vector of C++ instead of a list, numbers of C instead of objects."""

from libcpp.vector cimport vector


def primes(int count):
    cdef vector[int] found
    cdef int candidate = 2, divisor
    while found.size() < <size_t>count:
        for divisor in found:
            if divisor * divisor > candidate:
                found.push_back(candidate)
                break
            if candidate % divisor == 0:
                break
        else:
            found.push_back(candidate)
        candidate += 1
    return found
