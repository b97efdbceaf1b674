# cython: language_level=3, boundscheck=False, wraparound=False
# distutils: language = c++
from libc.string cimport memcmp
from libcpp.vector cimport vector

from binary_reader cimport Item, Item_value, Row, RowReader, RowReader_getIdName, RowReader_ptr
from work cimport Counter, Counter_get, Counter_ptr, Point, checked, half, inc


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


def sum_points(counter, long rounds):
    cdef const vector[Point]* points = &Counter_ptr(counter).points()
    cdef double found = 0
    cdef long k
    cdef size_t i
    for k in range(rounds):
        for i in range(points.size()):
            found += points[0][i].x
    return found


def analyse(reader, double threshold):
    """With native calls."""
    cdef RowReader* it = RowReader_ptr(reader)
    cdef const vector[Row]* rows = &it.getRows()
    cdef const vector[Item]* items
    cdef const char* name
    cdef size_t size = 0, i, k
    cdef long count = 0
    cdef double found = 0, value
    for i in range(rows.size()):
        items = &rows[0][i].items()
        for k in range(items.size()):
            name = RowReader_getIdName(it, items[0][k].id, &size)
            if size == 6 and memcmp(name, b"signal", 6) == 0:
                value = Item_value(&items[0][k])
                if value > threshold:
                    count += 1
                    found += value
    return count, found


def analyse_untyped(reader, threshold):
    """The Python, compiled as it stands."""
    count, found = 0, 0.0
    for row in reader.getRows():
        for item in row.items():
            if reader.getIdName(item.id) == "signal" and item.value > threshold:
                count += 1
                found += item.value
    return count, found
