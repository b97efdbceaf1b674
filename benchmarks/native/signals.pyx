# cython: language_level=3, boundscheck=False, wraparound=False
from libc.string cimport memcmp
from libcpp.vector cimport vector

from binary_reader cimport Item, Item_value, Row, RowReader, RowReader_getIdName, RowReader_ptr


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
