"""Writing logs from Python."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, final

from rowlog import _core
from rowlog._core import IdMetadata, Rows, ValueKind

if TYPE_CHECKING:
    from typing_extensions import Buffer, Self

KINDS = {int: ValueKind.integer, float: ValueKind.real}


@final
class Writer:
    """Writes a log. What was flushed survives the end of the process, what was synced the end of the machine's power.

        with rowlog.Writer("trades.rlog") as log:
            price = log.define("price", unit="USD")
            log.row(1682563241000000000)
            log.put(price, 4086.2)

    One writer has a file at a time: another one is an `OSError`. A writer is for one thread at a time.
    """

    __slots__ = ("_core", "put", "row")

    def __init__(self, path: str | os.PathLike[str], *, append: bool = False, chunk_bytes: int = 1 << 20) -> None:
        """`append` goes on with an existing log, from the end of its last good chunk, or begins one. `chunk_bytes` of
        records are gathered before they are written. Raises `OSError`, or `FormatError` for a file to append to that
        is no log."""
        self._core = _core.Writer(path, _core.WriteOptions(append=append, chunk_bytes=chunk_bytes))
        # The functions of C++ themselves: they are called for every row and item.
        self.row = self._core.row
        """`row(time)` starts a row, at a time in nanoseconds."""
        self.put = self._core.put
        """`put(id, value)` adds an item to the row. ValueError for an id that is not defined, or for a float where it
        is defined as int."""

    def define(self, name: str, kind: type[int] | type[float] = float, *, unit: str = "", text: str = "") -> int:
        """Gives a name an id: the one it has, if the log knows it. ValueError if it is known as the other kind."""
        if kind not in KINDS:
            raise TypeError(f"values are int or float, not {kind!r}")
        return self._core.define(name, KINDS[kind], unit, text)

    def append(self, time: int, **values: float) -> None:
        """A whole row: `log.append(now, price=4086.2, size=3)`. New names are defined by the types of their values."""
        ids = [(self.define(name, int if isinstance(value, int) else float), value) for name, value in values.items()]
        self.row(time)
        for id, value in ids:
            self.put(id, value)

    def write(self, rows: Rows) -> None:
        """Adds rows of another log (`log.rows`, `log[10:20].rows`); names that are new here are defined."""
        self._core.write(rows)

    def write_table(self, times: Buffer, ids: Iterable[int], values: Buffer) -> None:
        """Adds as many rows as there are times (int64), each with one value of every id: `values` (float64) has those
        of the first row, then those of the second."""
        self._core.write_table(times, list(ids), values)

    @property
    def ids(self) -> list[IdMetadata]:
        """What is defined, and what an appended file had defined."""
        return self._core.ids()

    @property
    def path(self) -> Path:
        return self._core.path()

    @property
    def row_count(self) -> int:
        return self._core.row_count()

    @property
    def record_count(self) -> int:
        """How many records there are, those included that are still gathered."""
        return self._core.record_count()

    def flush(self) -> None:
        """Writes what has been gathered, so that readers see it. Ends the row."""
        self._core.flush()

    def sync(self) -> None:
        """The same, and waits until the disk has it."""
        self._core.sync()

    def close(self) -> None:
        """Writes the index and ends the file."""
        self._core.close()

    def seal(self) -> None:
        """Closes, and turns the file into a sealed one, as `convert` does."""
        self._core.seal()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
