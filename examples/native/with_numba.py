"""Numba: loops over bound containers, fields, text and calls, by their ordinary names."""

import terrain
from numba import njit
from peaks import alps


@njit
def way(peaks, start):
    metres, last = 0.0, -1
    for i in range(len(peaks)):
        if last >= 0:
            metres += terrain.distance(
                peaks[last].latitude, peaks[last].longitude, peaks[i].latitude, peaks[i].longitude
            )
        if last >= 0 or peaks[i].name == start:
            last = i
    return metres


print(round(way(alps.peaks(), "Eiger")), round(way(alps.peaks(), "Mönch")), way(alps.peaks(), "Jungfrau"))
