"""The first primes from Python, and from what may replace it: C++, Cython, Numba, Rust.

Beside one another, in turns; what is not installed is left out, and said.
"""

import importlib.util
import sys
import time
from array import array
from pathlib import Path

import primes_python

import dovetail

HERE = Path(__file__).parent
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
ROUNDS = 5


def find_ways():
    """Name -> a function that gives the first `count` primes."""
    header = HERE / "primes.h"
    ways = {"Python": primes_python.primes, "C++": dovetail.load(header, name="primes_cpp").primes}
    if importlib.util.find_spec("Cython"):
        module = dovetail.load(header, sources=HERE / "primes_cython.pyx", name="primes_and_cython")
        ways["Cython"] = module.primes_cython.primes
    else:
        print("without Cython, which is not installed")
    if importlib.util.find_spec("numba"):
        import primes_numba

        ways["Numba"] = primes_numba.primes
    else:
        print("without Numba, which is not installed")
    try:
        rules = {"first_primes": {"array": ["found[count]"]}}
        rust = dovetail.load(HERE / "primes_rust.h", sources=HERE / "primes_rust.rs", rules=rules)
    except dovetail.LoadError as error:
        print(f"without Rust: {str(error).splitlines()[1]}")
        return ways

    def primes(count):
        found = array("i", bytes(4 * count))
        rust.first_primes(found)
        return found

    ways["Rust"] = primes
    return ways


def measure(function):
    start = time.perf_counter()
    function(COUNT)
    return time.perf_counter() - start


ways = find_ways()
expected = ways["Python"](COUNT)
for name, function in ways.items():
    assert list(function(COUNT)) == expected, name
print(f"the last of {COUNT} primes: {expected[-1]}")
seconds = {name: [] for name in ways}
for _ in range(ROUNDS):
    for name, function in ways.items():
        seconds[name].append(measure(function))
for name, taken in seconds.items():
    print(f"{name:7}{min(taken) * 1e3:8.2f} ms  {min(seconds['Python']) / min(taken):5.1f} times as fast as Python")
