"""Tables, read through Arrow by whoever is installed; without anybody, by the capsules themselves."""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys

import pytest
import rowlog


def rows_of(table):
    """A dict for each line; times in nanoseconds, for which Python itself has no type."""
    read = pytest.importorskip("pyarrow").table(table)
    place = read.schema.get_field_index("time")
    return read.set_column(place, "time", read.column("time").cast("int64")).to_pylist()


def test_rowlog_imports_none_of_them(child_environment):
    others = ("pyarrow", "polars", "pandas", "duckdb", "dask", "matplotlib", "tqdm")
    code = f"import rowlog, sys; print([name for name in {others} if name in sys.modules])"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=child_environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_capsules(small):
    log = rowlog.open(small)
    assert "arrow_array_stream" in repr(log.__arrow_c_stream__())
    assert "arrow_schema" in repr(log.__arrow_c_schema__())
    assert log.table("wide").columns == ["time", "price", "size", "signal"]
    assert "3 rows" in repr(log.table())


def test_stream_by_hand(small):
    """What a consumer in C does, and that the stream outlives all of Python's objects."""

    class Stream(ctypes.Structure):
        pass

    class Array(ctypes.Structure):
        pass

    pointer = ctypes.POINTER
    Array._fields_ = [
        *((name, ctypes.c_int64) for name in ("length", "null_count", "offset", "n_buffers", "n_children")),
        ("buffers", pointer(ctypes.c_void_p)),
        ("children", pointer(pointer(Array))),
        ("dictionary", pointer(Array)),
        ("release", ctypes.CFUNCTYPE(None, pointer(Array))),
        ("private_data", ctypes.c_void_p),
    ]
    Stream._fields_ = [
        ("get_schema", ctypes.c_void_p),
        ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, pointer(Stream), pointer(Array))),
        ("get_last_error", ctypes.c_void_p),
        ("release", ctypes.CFUNCTYPE(None, pointer(Stream))),
        ("private_data", ctypes.c_void_p),
    ]
    get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
    get_pointer.restype, get_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    capsule = rowlog.open(small).table("wide", batch_rows=2).__arrow_c_stream__()
    gc.collect()
    stream = ctypes.cast(get_pointer(capsule, b"arrow_array_stream"), pointer(Stream))
    lengths, times = [], []
    while True:
        array = Array()
        assert stream.contents.get_next(stream, ctypes.byref(array)) == 0
        if not array.release:
            break
        lengths.append(array.length)
        data = ctypes.cast(array.children[0].contents.buffers[1], pointer(ctypes.c_int64))
        times += [data[i] for i in range(array.length)]
        array.release(ctypes.byref(array))
        assert not array.release
    assert lengths == [2, 1]
    assert times == [10, 20, 30]


def test_long(small):
    lines = rows_of(rowlog.open(small))
    assert [(line["row"], line["name"], line["value"]) for line in lines] == [
        (0, "price", 1.5),
        (0, "size", 3.0),
        (1, "price", 2.5),
        (1, "size", 4.0),
        (1, "size", 5.0),
        (2, "signal", -1.0),
    ]
    sizes = rowlog.open(small).table(names="size").to_pyarrow()
    assert str(sizes.schema.field("value").type) == "int64"
    assert sizes.column("value").to_pylist() == [3, 4, 5]
    assert str(sizes.schema.field("time").type) == "timestamp[ns]"


def test_wide(small):
    log = rowlog.open(small)
    lines = rows_of(log.table("wide"))
    assert [line["price"] for line in lines] == [1.5, 2.5, None]
    assert [line["size"] for line in lines] == [3, 5, None]
    assert [line["signal"] for line in lines] == [None, None, -1.0]
    assert [line["size"] for line in rows_of(log.table("wide", repeats="first"))] == [3, 4, None]
    assert [line["size"] for line in rows_of(log.table("wide", repeats="list"))] == [[3], [4, 5], []]
    assert [line["price"] for line in rows_of(log.table("wide", fill=True))] == [1.5, 2.5, 2.5]
    assert [line["size"] for line in rows_of(log.table("wide", fill=True, repeats="first", batch_rows=1))] == [3, 4, 4]
    assert [line["size"] for line in rows_of(log[1:].table("wide", names=["size"]))] == [5, None]
    assert len(rows_of(log.where(price__gt=2).table("wide"))) == 1


@pytest.mark.parametrize("kind", ["example", "sealed"])
@pytest.mark.parametrize("options", [{}, {"fill": True}, {"repeats": "first"}, {"repeats": "first", "fill": True}])
def test_batches_do_not_matter(kind, options, request):
    log = rowlog.open(request.getfixturevalue(kind))
    whole = rows_of(log.table("wide", **options))
    for size in (1, 7, 999):
        assert rows_of(log.table("wide", batch_rows=size, **options)) == whole
    view = log.where(signal__gt=0.5)
    assert rows_of(view.table("wide", batch_rows=3)) == [
        line for line in rows_of(log.table("wide")) if line["signal"] is not None and line["signal"] > 0.5
    ]


def test_what_a_table_refuses(small):
    log = rowlog.open(small)
    for options, error in (
        ({"shape": "tall"}, ValueError),
        ({"shape": "wide", "repeats": "sum"}, ValueError),
        ({"fill": True}, ValueError),
        ({"shape": "wide", "fill": True, "repeats": "list"}, ValueError),
        ({"names": []}, ValueError),
        ({"names": ["cost"]}, KeyError),
        ({"names": ["price", "price"]}, ValueError),
        ({"names": ["timestamp"]}, ValueError),
        ({"batch_rows": 0}, ValueError),
        ({"batch_rows": -1}, OverflowError),
    ):
        with pytest.raises(error):
            log.table(**options)


def test_polars(example):
    polars = pytest.importorskip("polars")
    log = rowlog.open(example)
    frame = polars.DataFrame(log.table("wide"))
    assert frame.height == 1000
    assert frame["bid"].to_list() == log["bid"].values.tolist()
    assert polars.DataFrame(log)["value"].len() == log.record_count - len(log)
    assert log.table("wide").to_polars().equals(frame)


def test_pandas(example):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    log = rowlog.open(example)
    frame = log.table("wide").to_pandas()
    assert frame["bid"].tolist() == log["bid"].values.tolist()
    assert str(frame["time"].dtype) == "datetime64[ns]"
    if hasattr(pandas.DataFrame, "from_arrow"):
        assert pandas.DataFrame.from_arrow(log.table("wide"))["bid"].equals(frame["bid"])


def test_duckdb(example):
    duckdb = pytest.importorskip("duckdb")
    log = rowlog.open(example)
    table = log.table()
    assert table is not None  # DuckDB finds it by its name
    found = duckdb.sql("""select count(*), sum(value) from "table" where name = 'bid'""")
    count, total = found.fetchall()[0]
    assert count == 1000
    assert total == pytest.approx(log["bid"].values.sum())


def test_empty(tmp_path):
    path = tmp_path / "none.rlog"
    with rowlog.Writer(path) as log:
        log.define("price")
    log = rowlog.open(path)
    assert len(log) == 0
    assert log.time_range is None
    assert log["price"].values.tolist() == []
    assert rows_of(log) == rows_of(log.table("wide")) == []
