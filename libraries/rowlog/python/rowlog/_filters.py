"""Conditions by keyword, as filters of C++.

In: `signal__gt=1.2, time=slice(a, b)`.  Out: a `Filter`, which C++ evaluates without Python.
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Mapping
from typing import SupportsIndex, TypeAlias

import numpy

from rowlog._core import Filter

Time: TypeAlias = "SupportsIndex | numpy.datetime64 | datetime.datetime"
"""Nanoseconds; a datetime without a zone is UTC."""
Condition: TypeAlias = "float | bool | tuple[float, float] | slice | None"

LEAST, GREATEST = -(2**63), 2**63 - 1
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

COMPARISONS: dict[str, Callable[[str, float], Filter]] = {
    "lt": Filter.less,
    "le": Filter.less_equal,
    "gt": Filter.greater,
    "ge": Filter.greater_equal,
    "eq": Filter.equal,
    "ne": Filter.not_equal,
}


def make_filter(filters: tuple[Filter, ...], conditions: Mapping[str, Condition]) -> Filter:
    """All of them together. ValueError for a condition that says nothing."""
    made = [*filters, *(make_condition(key, value) for key, value in conditions.items())]
    if not made:
        return Filter.all()
    joined = made[0]
    for each in made[1:]:
        joined = joined & each
    return joined


def make_condition(key: str, value: Condition) -> Filter:
    if key == "time":
        return make_time(value)
    name, separator, word = key.rpartition("__")
    if not (separator and name):
        name, word = key, "eq"
    if word in COMPARISONS:
        return COMPARISONS[word](name, as_number(key, value))
    if word == "between":
        if not isinstance(value, tuple) or len(value) != 2:
            raise TypeError(f"{key}: expected (low, high), not {value!r}")
        return Filter.between(name, as_number(key, value[0]), as_number(key, value[1]))
    if word == "has":
        if not isinstance(value, bool):
            raise TypeError(f"{key}: expected True or False, not {value!r}")
        return Filter.has(name) if value else ~Filter.has(name)
    words = ", ".join((*COMPARISONS, "between", "has"))
    raise ValueError(f"{key}: no condition `{word}`; there are {words}. A name with `__` in it needs one: {key}__eq")


def make_time(value: object) -> Filter:
    if not isinstance(value, slice):
        raise TypeError(f"time: expected slice(start, stop), not {value!r}")
    if value.step is not None:
        raise ValueError("time: a slice of time has no step")
    start = LEAST if value.start is None else as_nanoseconds(value.start)
    stop = GREATEST if value.stop is None else as_nanoseconds(value.stop)
    return Filter.time(start, stop)


def as_number(key: str, value: object) -> float:
    if isinstance(value, bool) or not (hasattr(value, "__float__") or hasattr(value, "__index__")):
        raise TypeError(f"{key}: expected a number, not {value!r}")
    # Integers stay integers, also those of NumPy: beyond 2**53 a float is another number.
    return operator.index(value) if hasattr(value, "__index__") else float(value)  # type: ignore[arg-type]


def as_nanoseconds(time: Time) -> int:
    """TypeError for what is no time, OverflowError for what is beyond the years 1677 to 2262."""
    if isinstance(time, numpy.datetime64):
        if numpy.isnat(time):
            raise ValueError("NaT is no time")
        nanoseconds = int(time.astype("datetime64[ns]").astype(numpy.int64))
        if numpy.datetime64(nanoseconds, "ns") != time:
            raise OverflowError(f"{time} is not in the range of nanoseconds since 1970")
        return nanoseconds
    if isinstance(time, datetime.datetime):
        zoned = time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)
        return (zoned - EPOCH) // datetime.timedelta(microseconds=1) * 1000
    return operator.index(time)
