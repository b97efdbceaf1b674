"""ctypes, cffi and others: a native function is an address and a signature."""

import ctypes

import terrain

import dovetail

(curvature,) = dovetail.native(terrain.curvature)
print(curvature.signature, curvature.may_fail)
call = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(curvature.address)
print(f"{call(0.0):.0f} m at the equator, {call(1.5707963267948966):.0f} m at the pole")
