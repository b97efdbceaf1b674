"""SciPy over expressions that are text: an integral, an image filter, and roots by scipy.optimize.cython_optimize."""

import ctypes

import formula
import numpy as np
from formula.roots import root
from scipy import LowLevelCallable, integrate, ndimage

import dovetail


def as_scipy_calls(name: str, of: formula.Formula) -> LowLevelCallable:
    return LowLevelCallable.from_cython(formula, name, user_data=ctypes.c_void_p(dovetail.address(of)))


bell, tone = formula.Formula("exp(-x^2)"), formula.Formula("255 * (x / 255)^0.5")
area, _ = integrate.quad(as_scipy_calls("value", bell), -np.inf, np.inf)
print(f"the integral of exp(-x²) is {area:.12f}, the root of pi {np.sqrt(np.pi):.12f}")

image = np.add.outer(np.linspace(0, 255, 300), np.zeros(300))
brighter = ndimage.generic_filter(image, as_scipy_calls("toned", tone), size=3)
print(f"grey {image[75, 1]:.0f} becomes {brighter[75, 1]:.0f}")

print(f"cos(x) = x at {root(formula.Formula('cos(x) - x'), 0, 1):.9f}")
