"""Binary row logs at memory speed.

A log is a list of records, each an id and eight bytes of value; metadata name the ids. A record of the id named
`timestamp` starts a row, the records after it are the items of that row.

    log = rowlog.open("trades.rlog")
    log["price"].values                                   # NumPy, read-only, without a copy
    for row in log.where(signal__gt=1.2):
        print(row.time, row["price"], row.items())
    polars.DataFrame(log.table("wide"))                   # or pyarrow, pandas, DuckDB: rowlog imports none of them

Times are whole nanoseconds, usually since 1970. What cannot be read raises `OSError`; what is not a log `FormatError`;
a damaged one `DamageError`, which says where and why. A name that there is not is a `KeyError` that says which there
are.
"""

from __future__ import annotations

from rowlog._columns import Column
from rowlog._core import (
    API_VERSION,
    BinaryListener,
    Cancelled,
    Damage,
    DamageError,
    Filter,
    FormatError,
    IdMetadata,
    Item,
    Items,
    Layout,
    NoSuchName,
    Report,
    Row,
    RowReader,
    Rows,
    ValueKind,
)
from rowlog._dask import dask
from rowlog._files import convert, example_names, export_records, generate, index, repair, verify
from rowlog._log import Log, View, open
from rowlog._table import Table
from rowlog._writer import Writer

__all__ = [
    "API_VERSION",
    "BinaryListener",
    "Cancelled",
    "Column",
    "Damage",
    "DamageError",
    "Filter",
    "FormatError",
    "IdMetadata",
    "Item",
    "Items",
    "Layout",
    "Log",
    "NoSuchName",
    "Report",
    "Row",
    "RowReader",
    "Rows",
    "Table",
    "ValueKind",
    "View",
    "Writer",
    "convert",
    "dask",
    "example_names",
    "export_records",
    "generate",
    "index",
    "open",
    "repair",
    "verify",
]
