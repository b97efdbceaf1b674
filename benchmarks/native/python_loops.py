"""The loops in Python: called as they stand, and compiled by Numba. In: modules that are built beside. Out: results."""

from __future__ import annotations

from typing import Any

import work
from numba import njit


@njit
def call_inc(n: int) -> Any:
    x = 0
    for _ in range(n):
        x = work.inc(x)
    return x


@njit
def call_half(n: int) -> Any:
    x = 0.0
    for _ in range(n):
        x = work.half(x)
    return x


@njit
def call_checked(n: int) -> Any:
    x = 0
    for _ in range(n):
        x = work.checked(x)
    return x


@njit
def call_get(counter: Any, n: int) -> Any:
    x = 0
    for i in range(n):
        x += counter.get(i)
    return x


@njit
def call_at(counter: Any, n: int) -> Any:
    x = 0
    for i in range(n):
        x += counter.at(i)
    return x


@njit
def sum_points(counter: Any, rounds: int) -> Any:
    found = 0.0
    for _ in range(rounds):
        for point in counter.points():
            found += point.x
    return found


def analyse_python(reader: Any, threshold: float) -> Any:
    count, found = 0, 0.0
    for row in reader.getRows():
        for item in row.items():
            if reader.getIdName(item.id) == "signal" and item.value > threshold:
                count += 1
                found += item.value
    return count, found


def analyse_by_id(reader: Any, threshold: float) -> Any:
    """The name of each id is asked for once."""
    signals: dict[int, bool] = {}
    count, found = 0, 0.0
    for row in reader.getRows():
        for item in row.items():
            wanted = signals.get(item.id)
            if wanted is None:
                wanted = signals[item.id] = reader.getIdName(item.id) == "signal"
            if wanted and item.value > threshold:
                count += 1
                found += item.value
    return count, found


def scale_python(x: Any, y: Any) -> Any:
    return [work.rescaled(a, b) for a, b in zip(x, y, strict=True)]


analyse = njit(analyse_python)
