# cython: language_level=3, boundscheck=False, wraparound=False
from libcpp.vector cimport vector

from work cimport Counter, Counter_at, Counter_get, Counter_ptr, Point, checked, half, inc


def call_inc(long n):
    cdef long x = 0, i
    for i in range(n):
        x = inc(x)
    return x


def call_half(long n):
    cdef double x = 0
    cdef long i
    for i in range(n):
        x = half(x)
    return x


def call_checked(long n):
    cdef long x = 0, i
    for i in range(n):
        x = checked(x)
    return x


def call_get(counter, long n):
    cdef Counter* it = Counter_ptr(counter)
    cdef long x = 0, i
    for i in range(n):
        x += Counter_get(it, i)
    return x


def call_at(counter, long n):
    cdef Counter* it = Counter_ptr(counter)
    cdef long x = 0, i
    for i in range(n):
        x += Counter_at(it, i)
    return x


def sum_points(counter, long rounds):
    cdef const vector[Point]* points = &Counter_ptr(counter).points()
    cdef double found = 0
    cdef long k
    cdef size_t i
    for k in range(rounds):
        for i in range(points.size()):
            found += points[0][i].x
    return found
