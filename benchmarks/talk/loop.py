"""`loop.py FOLDER MODULE COUNT`: nanoseconds per call, measured once, in a process that has done nothing else."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable


def run(increment: Callable[[int], int], count: int) -> float:
    i = 0
    start = time.perf_counter_ns()
    while i < count:
        i = increment(i)
    return (time.perf_counter_ns() - start) / count


if __name__ == "__main__":
    folder, module, count = sys.argv[1:]
    sys.path[:0] = [folder]
    print(run(importlib.import_module(module).increment, int(count)))
