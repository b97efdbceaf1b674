"""do_something_python.py as two loops, compiled by Numba when it is first called."""

import numpy as np
from numba import njit


@njit
def do_something(xs, ys):
    total = 0
    for x in xs:
        for y in ys:
            length = np.rint(np.sqrt(x * x + y * y))
            if length > 10:
                total += int(length)
    return total
