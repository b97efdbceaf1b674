"""The same primes from Python and from C++, and the time each takes."""

import time
from pathlib import Path

import primes_python

import dovetail

primes_cpp = dovetail.load(Path(__file__).parent / "primes.h", name="primes_cpp")


def timed(function, *arguments):
    start = time.perf_counter()
    result = function(*arguments)
    return result, time.perf_counter() - start


count = 10_000
slow, slow_time = timed(primes_python.primes, count)
fast, fast_time = timed(primes_cpp.primes, count)

assert fast == slow
print(f"the last of {count} primes: {fast[-1]}")
print(f"Python {slow_time * 1e3:.1f} ms, C++ {fast_time * 1e3:.1f} ms: {slow_time / fast_time:.0f} times faster")
