"""Work that several threads do at once, for cases whose objects threads may share.

In: functions of a source of chance.  Out: what one of them raised, but for what threads must expect of each other.
Must not know: what they do.
"""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable

THREADS = 4
EXPECTED = (IndexError, KeyError, ReferenceError, BufferError, ValueError)
"""Another thread was quicker: an element is gone, a buffer looks into the container, its size has changed."""


def together(*works: Callable[[random.Random], object], times: int = 500) -> None:
    """Each of four threads does its work so often; with fewer works than threads some do the same."""
    begin = threading.Barrier(THREADS)
    raised: list[Exception] = []

    def run(index: int) -> None:
        chance = random.Random(index)
        begin.wait()
        for _ in range(times):
            try:
                works[index % len(works)](chance)
            except EXPECTED:
                pass
            except Exception as error:
                raised.append(error)
                return

    threads = [threading.Thread(target=run, args=(index,)) for index in range(THREADS)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    if raised:
        raise raised[0]
