# cython: cpp_locals=True
"""The talk's analysis over rows and items, line by line: in Cython, by what rowlog_loops.pxd declares."""

from libc.math cimport fabs
from libc.string cimport memcmp
from rowlog_loops cimport Item, Item_value, Items, Row, RowReader, RowReader_getIdName, RowReader_ptr, Rows


def analyse(reader):
    cdef RowReader* of = RowReader_ptr(reader)
    cdef double change = 0, size, last = 0, moved, value
    cdef long count = 0
    cdef const char* name
    cdef size_t length = 0
    cdef Row row
    cdef Items items  # Cython takes a loop over `row.items()` for one over a dict
    cdef Item item
    with nogil:
        for row in of.getRows():
            size = 0
            items = row.items()
            for item in items:
                name = RowReader_getIdName(of, item.id, &length)
                if length == 10 and memcmp(name, b"trade_size", 10) == 0:
                    size += Item_value(&item)
                if length == 6 and memcmp(name, b"signal", 6) == 0:
                    value = Item_value(&item)
                    if last != 0:
                        moved = fabs(value - last)
                        if size > 0:
                            change += moved / size
                        count += 1
                    last = value
                    size = 0
    return change / count
