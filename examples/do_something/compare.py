"""The same sum from NumPy, and from what may replace it: C++, Cython, Numba, Rust; these read the arrays in place.

Beside one another, in turns; what is not installed is left out, and said. Needs NumPy.
"""

import importlib.util
import time
from pathlib import Path

import do_something_python
import numpy as np

import dovetail

HERE = Path(__file__).parent
ROUNDS = 5


def find_ways():
    """Name -> a function of two arrays."""
    header = HERE / "do_something.h"
    ways = {
        "NumPy": do_something_python.do_something,
        "C++": dovetail.load(header, name="do_something_cpp").do_something,
    }
    if importlib.util.find_spec("Cython"):
        module = dovetail.load(header, sources=HERE / "do_something_cython.pyx", name="do_something_and_cython")
        ways["Cython"] = module.do_something_cython.do_something
    else:
        print("without Cython, which is not installed")
    if importlib.util.find_spec("numba"):
        import do_something_numba

        ways["Numba"] = do_something_numba.do_something
    else:
        print("without Numba, which is not installed")
    try:
        ways["Rust"] = dovetail.load(HERE / "do_something_rust.h", sources=HERE / "do_something_rust.rs").do_something
    except dovetail.LoadError as error:
        print(f"without Rust: {str(error).splitlines()[1]}")
    return ways


def measure(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


ways = find_ways()
rng = np.random.default_rng(1)
xs, ys = rng.random(1_000) * 100, rng.random(2_000) * 100
expected = ways["NumPy"](xs, ys)
for name, function in ways.items():
    assert function(np.arange(5.0), np.arange(30.0)) == 1916, name
    assert function(xs, ys) == expected, name
print(f"the sum over {len(xs) * len(ys)} pairs: {expected}")
seconds = {name: [] for name in ways}
for _ in range(ROUNDS):
    for name, function in ways.items():
        seconds[name].append(measure(function, xs, ys))
for name, taken in seconds.items():
    print(f"{name:7}{min(taken) * 1e3:8.2f} ms  {min(seconds['NumPy']) / min(taken):5.1f} times as fast as NumPy")
