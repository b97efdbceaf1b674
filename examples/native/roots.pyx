# cython: language_level=3
from formula cimport Formula_ptr, value
from scipy.optimize.cython_optimize cimport brentq


def root(formula, double low, double high):
    """Where the formula is 0 between the two."""
    return brentq(value, low, high, <void*>Formula_ptr(formula), 1e-12, 1e-12, 100, NULL)
