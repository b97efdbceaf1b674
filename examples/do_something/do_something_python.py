"""What do_something.h replaces: quick to write, and it builds four grids of len(xs) * len(ys) numbers."""

import numpy as np


def do_something(xs, ys):
    x_grid, y_grid = np.meshgrid(xs, ys)
    lengths = np.sqrt(x_grid**2 + y_grid**2).round().astype(np.int64)
    lengths[lengths <= 10] = 0
    return lengths.sum()
