"""What a call from compiled Python costs: Numba, Cython and NumPy beside C++."""
