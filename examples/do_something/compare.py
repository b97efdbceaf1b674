"""The same sum from NumPy and from C++, which reads the arrays where they are; needs NumPy."""

import time
from pathlib import Path

import do_something_python
import numpy as np

import dovetail

do_something_cpp = dovetail.load(Path(__file__).parent / "do_something.h", name="do_something_cpp")


def timed(function, *arguments):
    start = time.perf_counter()
    result = function(*arguments)
    return result, time.perf_counter() - start


assert do_something_cpp.do_something(np.arange(5.0), np.arange(30.0)) == 1916

rng = np.random.default_rng(1)
xs, ys = rng.random(1_000) * 100, rng.random(2_000) * 100
slow, slow_time = timed(do_something_python.do_something, xs, ys)
fast, fast_time = timed(do_something_cpp.do_something, xs, ys)

assert fast == slow
print(f"the sum over {len(xs) * len(ys)} pairs: {fast}")
print(f"NumPy {slow_time * 1e3:.0f} ms, C++ {fast_time * 1e3:.0f} ms: {slow_time / fast_time:.1f} times faster")
