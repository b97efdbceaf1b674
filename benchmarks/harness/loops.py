"""Measures statements inside the interpreter that runs this file: nanoseconds, or instructions under callgrind.

In: `Statement`s.  Out: figures by statement, per execution, the loop itself included; statement `EMPTY` is that loop.

Every statement is compiled into a function of its own, because the interpreter specialises code where it stands: two
routes sharing one line of code would hinder each other.
"""

from __future__ import annotations

import gc
import re
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from time import perf_counter_ns
from types import ModuleType
from typing import Any

Loop = Callable[[int], int]
"""Executes a statement n times; the nanoseconds that took."""


@dataclass(frozen=True)
class Statement:
    route: str
    name: str
    code: str
    names: Mapping[str, Any] = field(default_factory=dict)
    """What the code refers to; local variables of the loop."""
    heavy: bool = False
    """Takes microseconds, so fewer executions are enough."""

    @property
    def key(self) -> str:
        return f"{self.route}/{self.name}"


EMPTY = Statement("loop", "empty", "pass")


@dataclass(frozen=True)
class Times:
    """Of many short slices. The tenth percentile is what an undisturbed machine would show."""

    p10: float
    least: float
    median: float
    spread: float
    """From the tenth to the ninetieth percentile."""


def make_loop(statement: Statement) -> Loop:
    source = (
        f"def loop(n, repeat, now{''.join(', ' + name for name in statement.names)}):\n"
        "    times = repeat(None, n)\n"
        "    start = now()\n"
        "    for _ in times:\n"
        f"        {statement.code}\n"
        "    return now() - start\n"
    )
    space: dict[str, Any] = {}
    exec(source, space)
    loop, values = space["loop"], tuple(statement.names.values())
    return lambda n: loop(n, repeat, perf_counter_ns, *values)


def measure_times(statements: Iterable[Statement], rounds: int, slice_ms: float) -> dict[str, Times]:
    """Slices of a fraction of a millisecond, interleaved: what disturbs the machine disturbs all routes alike."""
    loops = {statement.key: make_loop(statement) for statement in (EMPTY, *statements)}
    counts = {key: _count_for(loop, slice_ms) for key, loop in loops.items()}
    taken: dict[str, list[float]] = {key: [] for key in loops}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for key, loop in loops.items():
                taken[key].append(loop(counts[key]) / counts[key])
    finally:
        gc.enable()
    return {key: _summarise(values) for key, values in taken.items()}


def _count_for(loop: Loop, slice_ms: float) -> int:
    count = 1
    while (taken := loop(count)) < slice_ms * 5e5:
        count *= 4 if taken < slice_ms * 1e5 else 2
    return max(1, round(count * slice_ms * 1e6 / taken))


def _summarise(values: list[float]) -> Times:
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 10], ordered[len(ordered) * 9 // 10]
    return Times(p10=low, least=ordered[0], median=statistics.median(ordered), spread=high - low)


def count_instructions(statements: Iterable[Statement], callgrind: ModuleType, output: Path) -> dict[str, float]:
    """Instructions by (Ir(2N) - Ir(N)) / N: what a loop costs once cancels out. Repeats to about one instruction.

    Must run under valgrind with `--callgrind-out-file` set to `output`; `callgrind` is the module of callgrind.c.
    """
    everything = (EMPTY, *statements)
    loops = {statement.key: make_loop(statement) for statement in everything}
    counts = {statement.key: 20 if statement.heavy else 400 for statement in everything}
    gc.collect()
    gc.disable()
    for key, loop in loops.items():
        # Often enough for the interpreter to specialise, and for free lists to fill.
        loop(max(12, counts[key] // 4))
        for repetition in range(REPETITIONS):
            for times in (1, 2):
                label, count = _label(key, repetition, times), counts[key] * times
                callgrind.zero()
                loop(count)
                callgrind.dump(label)
    gc.enable()
    totals = _read_dumps(output)
    return {key: _median_difference(key, totals) / counts[key] for key in loops}


REPETITIONS = 3
"""The median of three is free of what happens once in a while, such as the allocator asking for memory."""


def _label(key: str, repetition: int, times: int) -> str:
    return f"{key} {repetition} {times}"


def _median_difference(key: str, totals: Mapping[str, int]) -> float:
    return statistics.median(
        totals[_label(key, repetition, 2)] - totals[_label(key, repetition, 1)] for repetition in range(REPETITIONS)
    )


def _read_dumps(output: Path) -> dict[str, int]:
    totals = {}
    for file in output.parent.glob(output.name + ".*"):
        text = file.read_text(errors="replace")
        trigger = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.MULTILINE)
        # Not `totals`, which in the first dump holds everything since the process began.
        total = re.search(r"^summary: (\d+)", text, re.MULTILINE)
        if trigger and total:
            totals[trigger[1].strip()] = int(total[1])
    return totals
