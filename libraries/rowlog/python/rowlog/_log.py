"""Opening and reading logs.

In: paths or bytes.  Out: `Log`, and `View` for some of its rows.
Must not know: the format, how rows are found or columns made (C++ does both).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar, cast, final, overload

import numpy
import numpy.typing

from rowlog import _core
from rowlog._columns import Column
from rowlog._core import BinaryListener, Damage, Filter, IdMetadata, Layout, Row, Rows, ValueKind
from rowlog._filters import Condition, make_filter
from rowlog._progress import Progress, as_callable
from rowlog._table import Repeats, Shape, Table, make_table

if TYPE_CHECKING:
    from typing_extensions import Buffer, Self

T = TypeVar("T")
StrPath: TypeAlias = "str | os.PathLike[str]"
Source: TypeAlias = "StrPath | Iterable[StrPath] | Buffer"
OnError: TypeAlias = Literal["raise", "skip", "report"]
Names: TypeAlias = "Mapping[int, str] | Iterable[IdMetadata]"

ON_ERROR = {"raise": _core.OnError.fail, "skip": _core.OnError.skip, "report": _core.OnError.report}
ORDERS = {"file": _core.Order.byFile, "time": _core.Order.byTime}
LAYOUTS = {"auto": Layout.automatic, "log": Layout.log, "records": Layout.records}
MAGIC = b"\x89RLOG\r\n\x1a"
A_WHILE = 0.5
"""Seconds between two looks at whether following shall end."""


def open(
    source: Source,
    *,
    follow: bool = False,
    on_error: OnError = "raise",
    progress: Progress = None,
    names: Names = (),
    order: Literal["file", "time"] = "file",
    layout: Literal["auto", "log", "records"] = "auto",
    threads: int = 0,
    map: bool = True,
) -> Log:
    """Opens a log: a path, several paths as one log, or bytes.

    - `follow`: iteration goes on as the files grow, see `Log.stop`.
    - `on_error`: what becomes of damaged parts. "raise" is a `DamageError`, at the latest when the part is needed;
      "skip" leaves them out; "report" does too, and `Log.damage` lists them. A chunk that a crash cut off at the end
      is always left out and listed.
    - `progress`: told bytes done and bytes in all, here and by what is called later.
    - `names`: what ids are called, for files of nothing but records: `{1: "price"}` (reals), or metadata.
    - `order`: rows of several files one file after the other, or by "time".
    - `layout`: "log" or "records" where it shall not be guessed.
    - `threads`: how many threads a call may use; 0 for as many as the process has processors.
    - `map`: map files into memory; such a file must not be made shorter meanwhile.

    Raises `OSError` for a file that cannot be read, `FormatError` for one that is not a log, `DamageError`.
    """
    options = _core.ReadOptions(
        on_error=choose(ON_ERROR, on_error, "on_error"),
        layout=choose(LAYOUTS, layout, "layout"),
        order=choose(ORDERS, order, "order"),
        map=map,
        threads=threads,
        names=as_metadata(names),
        progress=as_callable(progress),
    )
    if isinstance(source, (str, os.PathLike)):
        return Log(_core.Reader(source, options), follow)
    if is_buffer(source):
        if follow:
            raise ValueError("bytes do not grow: only files can be followed")
        return Log(_core.Reader.over_bytes(cast("Buffer", source), options), follow)
    paths = list(cast("Iterable[StrPath]", source))
    if not paths:
        raise ValueError("no paths: a log has at least one file")
    return Log(_core.Reader(paths, options), follow)


def choose(words: Mapping[str, T], word: str, what: str) -> T:
    if word not in words:
        raise ValueError(f"{what} must be one of {', '.join(words)}, not {word!r}")
    return words[word]


def is_buffer(source: object) -> bool:
    try:
        memoryview(source)  # type: ignore[arg-type]
    except TypeError:
        return False
    return True


def as_metadata(names: Names) -> list[IdMetadata]:
    if not isinstance(names, Mapping):
        return list(names)
    kinds = {"timestamp": ValueKind.integer}
    return [IdMetadata(id, name, kinds.get(name, ValueKind.real)) for id, name in names.items()]


class Lines:
    """What a log and a view of it have in common: rows, in order."""

    __slots__ = ()

    @property
    def rows(self) -> Rows:
        """The rows as C++ has them: the fastest to loop over."""
        raise NotImplementedError

    @property
    def _reader(self) -> _core.Reader:
        raise NotImplementedError

    @property
    def _selection(self) -> _core.Selection:
        raise NotImplementedError

    def _column(self, name: str) -> Column:
        raise NotImplementedError

    @property
    def names(self) -> list[str]:
        """Names of columns, in the order in which the files introduce them; "timestamp" is one."""
        return [each.name for each in self._reader.ids()]

    @property
    def schema(self) -> dict[str, IdMetadata]:
        """For each name its id, kind, unit and text."""
        return {each.name: each for each in self._reader.ids()}

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._reader.find_id(name) is not None

    @overload
    def __getitem__(self, key: str) -> Column: ...
    @overload
    def __getitem__(self, key: int) -> Row: ...
    @overload
    def __getitem__(self, key: slice) -> View: ...
    def __getitem__(self, key: str | int | slice) -> Column | Row | View:
        """`log["price"]` is a column, `log[3]` a row, `log[10:20]` a view of ten rows."""
        if isinstance(key, str):
            return self._column(key)
        if isinstance(key, slice):
            first, last, step = key.indices(len(self))
            if step != 1:
                raise ValueError("rows of a view follow one another: a slice has no step")
            return View(self._reader, self._selection.slice(first, max(first, last)))
        return self.rows[key]

    def where(self, *filters: Filter, **conditions: Condition) -> View:
        """The rows that fulfil all of these: `log.where(signal__gt=1.2, time=slice(a, b))`.

        A condition is a name with `__lt`, `__le`, `__gt`, `__ge`, `__eq`, `__ne` and a number, `__between` and
        `(low, high)`, or `__has` and a bool; the name alone stands for `__eq`. It holds where some value of that name
        in the row fulfils it. `time` is `slice(start, stop)` in nanoseconds, `numpy.datetime64` or `datetime`. A
        `Filter` says what else there is: `Filter.less("bid", 3) | ~Filter.has("signal")`.

        `NoSuchName`, a KeyError, for a name that the log does not have.
        """
        return View(self._reader, self._choose(make_filter(filters, conditions)))

    def _choose(self, chosen: Filter) -> _core.Selection:
        return self._selection.where(chosen)

    def table(
        self,
        shape: Shape = "long",
        *,
        names: str | Iterable[str] | None = None,
        repeats: Repeats = "last",
        fill: bool = False,
        batch_rows: int = 65536,
    ) -> Table:
        """The rows as a table, for everything that reads Arrow.

        - "long": a line for each item, in order: `time` (timestamp in ns), `row`, `name`, `value`. The values are
          int64 where all names are integers, else float64, which has integers beyond 2**53 only nearly.
        - "wide": a line for each row: `time`, and a column for each name, null where a row does not have it.

        `names` are the ones that it shows, all by default. In a wide table `repeats` says what stands for a name that
        a row has twice: the "first", the "last", or a "list" of all; `fill` puts the value that the name had last for
        null.
        """
        return make_table(
            self._reader,
            self._selection,
            shape=shape,
            names=names,
            repeats=repeats,
            fill=fill,
            batch_rows=batch_rows,
        )

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The long table."""
        return self.table().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self.table().__arrow_c_schema__()


@final
class View(Lines):
    """Some rows of a log: a stretch, or those that a filter chose. Stays as it is when the log grows."""

    __slots__ = ("_log_reader", "_of", "_shown")

    def __init__(self, reader: _core.Reader, selection: _core.Selection) -> None:
        self._log_reader = reader
        self._of = selection
        self._shown = selection.rows()

    @property
    def rows(self) -> Rows:
        return self._shown

    @property
    def row_numbers(self) -> numpy.typing.NDArray[numpy.uint32]:
        """The numbers of the rows in the log."""
        return self._of.row_numbers()

    @property
    def _reader(self) -> _core.Reader:
        return self._log_reader

    @property
    def _selection(self) -> _core.Selection:
        return self._of

    def _column(self, name: str) -> Column:
        return find_column(self._of, name)

    def __repr__(self) -> str:
        return f"<view of {len(self)} rows>"


class Made:
    """What was made of a log's contents. When it grows it gets another one: a thread that is still making a column of
    the older contents then puts it where nobody looks any more."""

    __slots__ = ("columns", "rows")

    def __init__(self) -> None:
        self.columns: dict[str, Column] = {}
        self.rows: Rows | None = None


@final
class Log(Lines):
    """An open log. Several threads may read it at a time; all of its scans run without the GIL.

    `with` closes it at the end; rows and arrays that were given stay valid.
    """

    __slots__ = ("_following", "_made", "_opened", "_stopped")

    def __init__(self, reader: _core.Reader, follow: bool = False) -> None:
        self._opened: _core.Reader | None = reader
        self._following = follow
        self._stopped = False
        self._made = Made()

    @property
    def _reader(self) -> _core.Reader:
        if self._opened is None:
            raise ValueError("the log is closed")
        return self._opened

    @property
    def _selection(self) -> _core.Selection:
        return self._reader.slice(0, self._reader.row_count())

    def _choose(self, chosen: Filter) -> _core.Selection:
        return self._reader.where(chosen)

    def _column(self, name: str) -> Column:
        made = self._made
        found = made.columns.get(name)
        if found is None:
            found = made.columns[name] = find_column(self._reader, name)
        return found

    @property
    def rows(self) -> Rows:
        made = self._made
        rows = made.rows
        if rows is None:
            rows = made.rows = self._reader.rows()
        return rows

    @property
    def paths(self) -> list[str]:
        return self._reader.paths()

    @property
    def time_range(self) -> tuple[int, int] | None:
        """The smallest and the greatest time of a row, in nanoseconds; None where there is no row."""
        return self._reader.time_range()

    @property
    def record_count(self) -> int:
        """All records, those that start rows included."""
        return self._reader.record_count()

    def count(self, name: str) -> int:
        """How many values a name has. Known from the index: nothing is read for it."""
        return self._reader.count(name)

    def columns(self) -> dict[str, Column]:
        """All columns, made in one go over the log: faster than one after the other."""
        made = self._made
        for each in self._reader.columns():
            if each is not None:
                made.columns.setdefault(each.name, Column(each))
        return {name: self._column(name) for name in self.names}

    def get_id_name(self, id: int) -> str:
        """The name of an id, as in `item.id`. IndexError for an id that the log does not have."""
        return self._reader.get_id_name(id)

    @property
    def damage(self) -> list[Damage]:
        """What was left out, and where."""
        return self._reader.damage()

    @property
    def is_complete(self) -> bool:
        """Every file was closed by its writer."""
        return self._reader.is_complete()

    def verify(self) -> None:
        """Checks all that has not been needed yet: DamageError, unless the log was opened to leave damage out."""
        self._reader.verify()

    def read_all(self, listener: BinaryListener) -> None:
        """Calls `listener.onData(id, value, metadata)` for each record, in order. What it raises ends the reading."""
        self._reader.read_all(listener)

    # ---- files that grow ----------------------------------------------------------------------------------------

    def poll(self) -> bool:
        """Takes in what was appended; False if nothing was. Views, columns and rows given before stay as they are."""
        grown = self._reader.poll()
        if grown:
            self._made = Made()
        return grown

    def wait(self, seconds: float) -> bool:
        """The same, after waiting until there is something; False if there is not after so many seconds."""
        grown = self._reader.wait(seconds)
        if grown:
            self._made = Made()
        return grown

    def stop(self) -> None:
        """Ends the iteration of a log that is followed, once it has given what there is. For any thread."""
        self._stopped = True

    def __iter__(self) -> Iterator[Row]:
        """Of a log that is followed: all rows, then those that come, until `stop` is called."""
        return self._follow() if self._following else iter(self.rows)

    def _follow(self) -> Iterator[Row]:
        given = 0
        while True:
            ending = self._stopped
            fresh = self._fresh(given, ending)
            given += len(fresh)
            yield from fresh
            if ending:
                return
            if len(fresh) == 0:
                self.wait(A_WHILE)

    async def __aiter__(self) -> AsyncIterator[Row]:
        """The same without holding up the event loop: the waiting is done in its executor."""
        given = 0
        while True:
            ending = self._stopped or not self._following
            fresh = self._fresh(given, ending)
            given += len(fresh)
            for row in fresh:
                yield row
            if ending:
                return
            if len(fresh) == 0:
                await asyncio.get_running_loop().run_in_executor(None, self.wait, A_WHILE)

    def _fresh(self, given: int, ending: bool) -> Rows:
        """Rows that were not given yet. The last one of a file of records may still grow."""
        self.poll()
        count = len(self.rows)
        if not ending and self._may_grow():
            count = max(given, count - 1)
        return self._reader.slice(given, count).rows()

    def _may_grow(self) -> bool:
        for path in self.paths:
            with os.fdopen(os.open(path, os.O_RDONLY), "rb") as file:
                if file.read(len(MAGIC)) != MAGIC:
                    return True
        return False

    def close(self) -> None:
        """Lets go of the files, as soon as no row and no array shows them any more."""
        self._opened = None
        self._made = Made()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._opened is None:
            return "<closed log>"
        return f"<log of {len(self)} rows, {len(self.names)} names: {', '.join(self.paths)}>"


def find_column(of: _core.Reader | _core.Selection, name: str) -> Column:
    found = of.column(name)
    assert found is not None, "a shared pointer of C++ that is never null"
    return Column(found)
