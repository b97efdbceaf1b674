"""Whole files: checking, mending, converting, making examples. Each call runs without the GIL and ends with Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Literal, TypeAlias

from rowlog import _core
from rowlog._core import IdMetadata, Layout, Report
from rowlog._log import Names, Source, as_metadata
from rowlog._log import open as open_log
from rowlog._progress import Progress, as_callable

StrPath: TypeAlias = "str | os.PathLike[str]"


def verify(path: StrPath, progress: Progress = None) -> Report:
    """Reads and checks all of a file. Never raises for what is in it: the report says what, and where."""
    return _core.verify(path, as_callable(progress))


def repair(source: StrPath, target: StrPath | None = None, progress: Progress = None) -> Report:
    """Writes all that is good in a log to `target`, by default in place of the source: a complete log. The target is
    whole or as it was, whatever happens. The report says what was left out."""
    return _core.repair(source, source if target is None else target, as_callable(progress))


def index(path: StrPath) -> Report:
    """Adds the index to a file whose writer did not close it, in place; cuts off what a crash left behind it."""
    return _core.index(path)


def convert(
    sources: StrPath | Iterable[StrPath],
    target: StrPath,
    *,
    rows_per_chunk: int = 0,
    order: Literal["file", "time"] = "file",
    on_error: Literal["raise", "skip", "report"] = "raise",
    names: Names = (),
    progress: Progress = None,
) -> None:
    """Writes logs as one sealed file, whose columns are parts of the file: opening it takes no time, and columns are
    not copied. Rows come back with their items in order. `rows_per_chunk` 0 makes one chunk, so that every column is
    one piece."""
    paths = [sources] if isinstance(sources, (str, os.PathLike)) else list(sources)
    reading = _core.ReadOptions(
        on_error={"raise": _core.OnError.fail, "skip": _core.OnError.skip, "report": _core.OnError.report}[on_error],
        order={"file": _core.Order.byFile, "time": _core.Order.byTime}[order],
        names=as_metadata(names),
        progress=as_callable(progress),
    )
    _core.seal(paths, target, _core.SealOptions(rows_per_chunk=rows_per_chunk, reading=reading))


def export_records(source: Source, target: StrPath, progress: Progress = None) -> None:
    """Writes a log as a file of nothing but 12-byte records, `{int32 id, 8-byte value}`: names are lost."""
    _core.export_records(open_log(source, progress=progress)._reader, target)


def generate(
    path: StrPath,
    rows: int,
    *,
    seed: int = 1,
    layout: Literal["log", "records"] = "log",
    progress: Progress = None,
) -> None:
    """Writes an example: rows of invented trades, quotes and signals, 168 bytes each on average (168 MB for a
    million), the same for the same seed. The ids of one of records are those of `example_names()`."""
    if layout not in ("log", "records"):
        raise ValueError(f'a layout is "log" or "records", not {layout!r}')
    _core.generate(path, rows, seed, Layout.records if layout == "records" else Layout.log, as_callable(progress))


def example_names() -> list[IdMetadata]:
    """What `generate` calls its ids."""
    return _core.example_names()
