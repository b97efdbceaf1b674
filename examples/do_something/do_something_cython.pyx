# cython: boundscheck=False, wraparound=False
"""do_something_python.py as two loops, with types: nothing of the size of the grid is ever made."""

from libc.math cimport nearbyint, sqrt
from libc.stdint cimport int64_t


def do_something(const double[::1] xs, const double[::1] ys):
    cdef int64_t total = 0
    cdef double length
    cdef Py_ssize_t i, k
    for i in range(xs.shape[0]):
        for k in range(ys.shape[0]):
            length = nearbyint(sqrt(xs[i] * xs[i] + ys[k] * ys[k]))
            if length > 10:
                total += <int64_t>length
    return total
