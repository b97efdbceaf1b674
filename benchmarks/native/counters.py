"""What the processor counts of this thread: instructions and cycles, without the kernel's.

In: nothing.  Out: `Counters`.  Needs Linux; elsewhere, or where it is forbidden, `open_counters` gives None. Other
programs on the machine change times, and hardly these.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Callable
from typing import final

# `perf_event_open` has no name in the C library.
_CALLS = {"x86_64": 298, "aarch64": 241}
_HARDWARE, _SIZE = 0, 128
_CYCLES, _INSTRUCTIONS = 0, 1
_EXCLUDE_KERNEL_AND_HYPERVISOR = 1 << 5 | 1 << 6
_WITH_TIMES = 1 | 2


@final
class Counters:
    """Counts from when it is made."""

    def __init__(self, instructions: int, cycles: int) -> None:
        self._files = (instructions, cycles)

    def count(self, go: Callable[[], object]) -> tuple[int, int] | None:
        """Instructions and cycles of one call. None: the processor counted for another program meanwhile."""
        before = [struct.unpack("<QQQ", os.read(file, 24)) for file in self._files]
        go()
        after = [struct.unpack("<QQQ", os.read(file, 24)) for file in self._files]
        (instructions, asked, given), (cycles, *times) = (
            tuple(b - a for a, b in zip(*readings, strict=True)) for readings in zip(before, after, strict=True)
        )
        return (instructions, cycles) if asked == given and times[0] == times[1] and cycles else None


def open_counters() -> Counters | None:
    number = _CALLS.get(platform.machine())
    if number is None or platform.system() != "Linux":
        return None
    files = [_open(number, event) for event in (_INSTRUCTIONS, _CYCLES)]
    return Counters(*files) if min(files) >= 0 else None


def _open(number: int, event: int) -> int:
    """Negative: it is forbidden."""
    attributes = bytearray(_SIZE)
    values = (_HARDWARE, _SIZE, event, 0, 0, _WITH_TIMES, _EXCLUDE_KERNEL_AND_HYPERVISOR)
    struct.pack_into("<IIQQQQQ", attributes, 0, *values)
    place = (ctypes.c_char * _SIZE).from_buffer(attributes)
    this_thread, any_processor, no_group, no_flags = 0, -1, -1, 0
    return int(ctypes.CDLL(None).syscall(number, place, this_thread, any_processor, no_group, no_flags))
