# cython: language_level=3
# distutils: language = c++
# distutils: include_dirs = .
# distutils: libraries = GeographicLib
from terrain cimport Peak, Range_ptr, VectorPeak, distance


def way(mountains):
    cdef const VectorPeak* peaks = &Range_ptr(mountains).peaks()
    cdef double metres = 0
    cdef size_t i
    for i in range(1, peaks.size()):
        metres += distance(peaks[0][i - 1].latitude, peaks[0][i - 1].longitude, peaks[0][i].latitude, peaks[0][i].longitude)
    return metres
