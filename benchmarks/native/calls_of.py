"""One loop over one call, in whatever Python runs it: `calls_of.py MODULE LOOP COUNT`; prints its nanoseconds for one.

They are the processor's: a machine that is busy otherwise changes them little.

A loop is a function of its own, so that PyPy compiles each for itself. It first runs for long enough to be compiled.
"""

import importlib
import sys
from time import process_time


def inc(module, count):
    i = 0
    while i < count:
        i = module.inc(i)
    return i


def inc_checked(module, count):
    i = 0
    while i < count:
        i = module.inc_checked(i)
    return i


def add(module, count):
    adder = module.Adder()
    for i in range(count):
        adder.add(i)


def field(module, count):
    adder = module.Adder()
    for i in range(count):
        adder.total = adder.total + i


def length(module, count):
    for _ in range(count):
        module.length("some text")


def run(name, loop, count):
    module = importlib.import_module(name)
    go = globals()[loop]
    if count < 1:
        return 0.0
    go(module, max(count // 10, 10_000))
    start = process_time()
    go(module, count)
    return (process_time() - start) * 1e9 / count


if __name__ == "__main__":
    print(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
