"""Logs larger than one machine: a Dask collection whose partitions are files, or stretches of rows.

Dask is imported when it is asked for (`pip install "rowlog[dask]"`). Nothing but paths and numbers goes to the
workers: each opens its own file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from rowlog._core import FormatError, IdMetadata, ValueKind
from rowlog._log import Log, Names, as_metadata
from rowlog._log import open as open_log
from rowlog._table import Repeats, Shape

if TYPE_CHECKING:
    import pandas

StrPath: TypeAlias = "str | os.PathLike[str]"
Part: TypeAlias = "tuple[str, int, int]"
"""A path, and a stretch of its rows."""


@overload
def dask(
    paths: StrPath | Iterable[StrPath],
    kind: Literal["dataframe"] = "dataframe",
    *,
    shape: Shape = "wide",
    names: str | Iterable[str] | None = None,
    repeats: Repeats = "last",
    rows_per_partition: int = 0,
    on_error: Literal["raise", "skip"] = "raise",
    ids: Names = (),
) -> Any: ...
@overload
def dask(
    paths: StrPath | Iterable[StrPath],
    kind: Literal["bag"],
    *,
    names: str | Iterable[str] | None = None,
    rows_per_partition: int = 0,
    on_error: Literal["raise", "skip"] = "raise",
    ids: Names = (),
) -> Any: ...
def dask(
    paths: StrPath | Iterable[StrPath],
    kind: Literal["dataframe", "bag"] = "dataframe",
    *,
    shape: Shape = "wide",
    names: str | Iterable[str] | None = None,
    repeats: Repeats = "last",
    rows_per_partition: int = 0,
    on_error: Literal["raise", "skip"] = "raise",
    ids: Names = (),
) -> Any:
    """Logs as a Dask collection.

    - "dataframe": a `dask.dataframe` of what `Log.table(shape, names=names, repeats=repeats)` shows. In a long one,
      `row` is the row's number in its file.
    - "bag": a `dask.bag` with a dict for each row: `{"time": 1682563241000000000, "price": [4086.2, 4086.3]}`.

    Partitions are files, or stretches of at most `rows_per_partition` rows of one. `ids` are what `open` calls
    `names`, for files of nothing but records. The files have to be at the same paths for all workers.
    """
    if kind not in ("dataframe", "bag"):
        raise ValueError(f'a collection is a "dataframe" or a "bag", not {kind!r}')
    chosen = [names] if isinstance(names, str) else None if names is None else list(names)
    known = [(each.id, each.name, int(each.kind)) for each in as_metadata(ids)]
    parts, kinds = list_parts(paths, rows_per_partition, on_error, known)
    missing = [name for name in chosen or () if name not in kinds]
    if missing:
        raise KeyError(f"no name {missing[0]!r} in any of these logs: there are {', '.join(kinds)}")
    shown = [name for name in kinds if name != "timestamp"] if chosen is None else chosen
    if kind == "bag":
        import dask.bag

        bag = dask.bag.from_sequence(parts, npartitions=len(parts))
        return bag.map_partitions(read_dicts, names=shown, on_error=on_error, ids=known)
    import dask.dataframe
    import pandas

    types = column_types(shape, shown, repeats, {name: kinds[name] for name in shown})
    like = pandas.DataFrame({name: pandas.Series([], dtype=dtype) for name, dtype in types.items()})
    return dask.dataframe.from_map(
        read_frame,
        parts,
        shape=shape,
        names=shown,
        repeats=repeats,
        on_error=on_error,
        ids=known,
        types=types,
        meta=like,
    )


def list_parts(
    paths: StrPath | Iterable[StrPath], most: int, on_error: Literal["raise", "skip"], ids: list[tuple[int, str, int]]
) -> tuple[list[Part], dict[str, ValueKind]]:
    """The partitions, and the names of all files with their kinds."""
    files = [os.fspath(each) for each in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]
    if not files:
        raise ValueError("no paths: a collection has at least one file")
    if most < 0:
        raise ValueError("rows_per_partition must not be negative")
    parts: list[Part] = []
    kinds: dict[str, ValueKind] = {}
    for path in files:
        log = open_part(path, on_error, ids)
        for name, metadata in log.schema.items():
            if kinds.setdefault(name, metadata.kind) != metadata.kind:
                raise FormatError(f"{path}: {name!r} has another kind than in the files before")
        step = most or max(1, len(log))
        parts += [(path, first, min(first + step, len(log))) for first in range(0, max(1, len(log)), step)]
    return parts, kinds


def column_types(shape: Shape, names: list[str], repeats: Repeats, kinds: dict[str, ValueKind]) -> dict[str, Any]:
    """What the columns are in every partition, whatever is in it: integers that may be missing are pandas' Int64."""
    import pandas
    import pyarrow

    reals = ValueKind.real in kinds.values()
    if shape == "long":
        categories = pandas.CategoricalDtype(names)
        return {"time": "datetime64[ns]", "row": "uint32", "name": categories, "value": "float64" if reals else "int64"}
    columns: dict[str, Any] = {"time": "datetime64[ns]"}
    for name, kind in kinds.items():
        real = kind == ValueKind.real
        if repeats == "list":
            columns[name] = pandas.ArrowDtype(pyarrow.list_(pyarrow.float64() if real else pyarrow.int64()))
        else:
            columns[name] = "float64" if real else "Int64"
    return columns


def open_part(path: str, on_error: Literal["raise", "skip"], ids: list[tuple[int, str, int]]) -> Log:
    names = [IdMetadata(id, name, ValueKind(kind)) for id, name, kind in ids]
    return open_log(path, on_error=on_error, names=names, threads=1)


def read_frame(
    part: Part,
    *,
    shape: Shape,
    names: list[str],
    repeats: Repeats,
    on_error: Literal["raise", "skip"],
    ids: list[tuple[int, str, int]],
    types: dict[str, Any],
) -> pandas.DataFrame:
    """One partition, on whatever machine it is worked on."""
    import pandas
    import pyarrow

    path, first, last = part
    log = open_part(path, on_error, ids)
    present = [name for name in names if name in log]
    table = pyarrow.table(log[first:last].table(shape, names=present or None, repeats=repeats))
    if repeats == "list":
        frame = table.to_pandas(types_mapper=pandas.ArrowDtype)
    else:
        frame = table.to_pandas(types_mapper={pyarrow.int64(): pandas.Int64Dtype()}.get)
    return frame.reindex(columns=list(types)).astype(types)


def read_dicts(
    parts: Iterable[Part], names: list[str], on_error: Literal["raise", "skip"], ids: list[tuple[int, str, int]]
) -> Iterator[dict[str, Any]]:
    """The rows of partitions, as dicts."""
    wanted = set(names)
    for path, first, last in parts:
        log = open_part(path, on_error, ids)
        called = {each.id: each.name for each in log.schema.values() if each.name in wanted}
        for row in log[first:last]:
            found: dict[str, Any] = {"time": row.time}
            for item in row.items():
                if item.id in called:
                    found.setdefault(called[item.id], []).append(item.value())
            yield found
