"""SciPy: an integral and an image filter that call GeographicLib without Python."""

import math

import numpy as np
import terrain
from scipy import LowLevelCallable, integrate, ndimage

quarter, _ = integrate.quad(LowLevelCallable.from_cython(terrain, "curvature"), 0, math.pi / 2)
print(f"{quarter:.3f} m from the equator to the pole")

heights = np.add.outer(np.linspace(0, 4000, 300), np.zeros(300))
gravity = ndimage.generic_filter(heights, LowLevelCallable.from_cython(terrain, "gravity"), size=3)
print(f"{gravity[1, 1]:.5f} m/s² in the valley, {gravity[-2, 1]:.5f} on the peak")
