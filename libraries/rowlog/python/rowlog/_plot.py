"""A picture of a column over time (matplotlib, the extra `plot`)."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy
import numpy.typing

from rowlog._columns import Column

DOTS = 4000
"""More than a picture is wide: of more values each stretch shows as its least and greatest one."""


def plot(column: Column, target: Path) -> None:
    """Writes a picture of the kind that the target's ending says. ImportError without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError('pictures need matplotlib: pip install "rowlog[plot]"') from None
    times, values = thin_out(column.times, column.values)
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(times.astype("datetime64[ns]"), values, linewidth=0.8)
    axes.set_xlabel("time")
    axes.set_ylabel(f"{column.name} ({column.unit})" if column.unit else column.name)
    axes.grid(alpha=0.3)
    figure.savefig(target, dpi=120)


def thin_out(
    times: numpy.typing.NDArray[numpy.int64], values: numpy.typing.NDArray[Any]
) -> tuple[numpy.typing.NDArray[numpy.int64], numpy.typing.NDArray[Any]]:
    """The least and the greatest value of each stretch, in order: no peak is lost."""
    stretches = DOTS // 2
    if len(values) <= DOTS:
        return times, values
    edges = numpy.linspace(0, len(values), stretches + 1).astype(numpy.intp)
    chosen: list[int] = []
    for first, last in itertools.pairwise(edges):
        part = values[first:last]
        chosen += sorted((int(first + part.argmin()), int(first + part.argmax())))
    return times[chosen], values[chosen]
