"""Rows as a table that other libraries read through Arrow's C interface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, TypeAlias, final

from rowlog import _core

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Shape: TypeAlias = Literal["long", "wide"]
Repeats: TypeAlias = Literal["first", "last", "list"]

SHAPES = {"long": _core.TableShape.tall, "wide": _core.TableShape.wide}
REPEATS = {"first": _core.Repeats.first, "last": _core.Repeats.last, "list": _core.Repeats.list}


@final
class Table:
    """A long table has a line for each item: `time`, `row`, `name`, `value`. A wide one has a line for each row:
    `time`, and a column for each name.

    Whatever reads Arrow takes it as it is: `pyarrow.table(t)`, `polars.DataFrame(t)`, `duckdb.sql("select … from t")`,
    `pandas.DataFrame.from_arrow(t)`. It is made batch by batch as they read, and may be read any number of times.
    """

    __slots__ = ("_core",)

    def __init__(self, core: _core.Table) -> None:
        self._core = core

    @property
    def columns(self) -> list[str]:
        """What its columns are called."""
        return self._core.columns()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The batches, in a capsule. Another schema that is asked for is not converted to: the consumer casts."""
        return self._core.stream()

    def __arrow_c_schema__(self) -> object:
        return self._core.schema()

    def to_pyarrow(self) -> pyarrow.Table:
        """Needs pyarrow. Ctrl-C ends it at the next batch, which `pyarrow.table(t)` does not look for."""
        import pyarrow

        batches = pyarrow.RecordBatchReader.from_stream(self)
        return pyarrow.Table.from_batches(list(batches), batches.schema)

    def to_polars(self) -> polars.DataFrame:
        """Needs polars."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> pandas.DataFrame:
        """Needs pandas and pyarrow."""
        return self.to_pyarrow().to_pandas()

    def __repr__(self) -> str:
        return f"<table of {self._core.row_count()} rows: {', '.join(self.columns)}>"


def make_table(
    reader: _core.Reader,
    selection: _core.Selection,
    *,
    shape: Shape,
    names: str | Iterable[str] | None,
    repeats: Repeats,
    fill: bool,
    batch_rows: int,
) -> Table:
    if shape not in SHAPES:
        raise ValueError(f'a table is "long" or "wide", not {shape!r}')
    if repeats not in REPEATS:
        raise ValueError(f'repeats must be "first", "last" or "list", not {repeats!r}')
    chosen = [names] if isinstance(names, str) else list(names or ())
    if names is not None and not chosen:
        raise ValueError("a table needs names; None stands for all of them")
    options = _core.TableOptions(
        shape=SHAPES[shape], names=chosen, repeats=REPEATS[repeats], fill=fill, batch_rows=batch_rows
    )
    return Table(_core.Table(reader, selection, options))
