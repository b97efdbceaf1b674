"""What is measured: tasks, and for each of them the ways to do it.

A contestant is a function of the folder of files that prepares, and gives what is measured. It returns a number that
the contestants of a task must agree on, so that nobody is fast by doing less.

    whole    all 14M records of plain.bin as columns: for each id its values and the numbers of their rows
    single   values and times of one id, and the sum of the values
    open     open plain.bin, and count its rows
    sealed   a file of columns: open it, and sum one of them
    three    three files of 14M records as rows, in three threads, as the talk does it
    items    a loop in Python over rows and items of 100,000 rows: the sum of all values
    loop     the talk's analysis over a million rows: a call for the name of each item, in Python, and compiled
    dbn      records of 56 bytes as objects in Python (databento), per record
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

Measured = Callable[[], float]
RECORDS = 14_000_000
IDS = 9
RECORD = [("id", "<i4"), ("value", "<i8")]
PRICE = 2

CONTESTANTS: dict[tuple[str, str], Callable[[Path], Measured]] = {}


def contestant(task: str, name: str) -> Callable[[Callable[[Path], Measured]], Callable[[Path], Measured]]:
    def add(prepare: Callable[[Path], Measured]) -> Callable[[Path], Measured]:
        CONTESTANTS[task, name] = prepare
        return prepare

    return add


# ---- whole ---------------------------------------------------------------------------------------------------------


@contestant("whole", "rowlog")
def whole_rowlog(folder: Path) -> Measured:
    import rowlog

    names = rowlog.example_names()

    def run() -> float:
        columns = rowlog.open(folder / "plain.bin", names=names).columns()
        return float(sum(len(each.values) + int(each.rows[-1]) for each in columns.values()))

    return run


@contestant("whole", "rowlog, one thread")
def whole_rowlog_alone(folder: Path) -> Measured:
    import rowlog

    names = rowlog.example_names()

    def run() -> float:
        columns = rowlog.open(folder / "plain.bin", names=names, threads=1).columns()
        return float(sum(len(each.values) + int(each.rows[-1]) for each in columns.values()))

    return run


@contestant("whole", "rowlog, a log with checksums")
def whole_rowlog_checked(folder: Path) -> Measured:
    import rowlog

    def run() -> float:
        columns = rowlog.open(folder / "talk.rlog").columns()
        return float(sum(len(each.values) + int(each.rows[-1]) for each in columns.values()))

    return run


@contestant("whole", "NumPy, split by id")
def whole_numpy(folder: Path) -> Measured:
    import numpy

    def run() -> float:
        records = numpy.fromfile(folder / "plain.bin", dtype=RECORD)
        rows = numpy.cumsum(records["id"] == 0, dtype=numpy.uint32) - numpy.uint32(1)
        total = 0
        for id in range(IDS):
            places = numpy.flatnonzero(records["id"] == id)
            values, numbers = records["value"][places], rows[places]
            total += len(values) + int(numbers[-1])
        return float(total)

    return run


@contestant("whole", "polars, partition_by")
def whole_polars(folder: Path) -> Measured:
    import numpy
    import polars

    def run() -> float:
        records = numpy.fromfile(folder / "plain.bin", dtype=RECORD)
        rows = numpy.cumsum(records["id"] == 0, dtype=numpy.uint32) - numpy.uint32(1)
        frame = polars.DataFrame({"id": records["id"], "value": records["value"], "row": rows})
        parts = frame.partition_by("id", include_key=False)
        return float(sum(part.height + part["row"][-1] for part in parts))

    return run


@contestant("whole", "pandas, groupby")
def whole_pandas(folder: Path) -> Measured:
    import numpy
    import pandas

    def run() -> float:
        records = numpy.fromfile(folder / "plain.bin", dtype=RECORD)
        rows = numpy.cumsum(records["id"] == 0, dtype=numpy.uint32) - numpy.uint32(1)
        frame = pandas.DataFrame({"id": records["id"], "value": records["value"], "row": rows})
        total = 0
        for _, part in frame.groupby("id"):
            total += len(part["value"].to_numpy()) + int(part["row"].to_numpy()[-1])
        return float(total)

    return run


@contestant("whole", "parquet, uncompressed (a table already)")
def whole_parquet(folder: Path) -> Measured:
    import pyarrow.parquet

    return lambda: float(len(pyarrow.parquet.read_table(folder / "long.parquet").combine_chunks()))


@contestant("whole", "Arrow IPC, lz4 (a table already)")
def whole_arrow(folder: Path) -> Measured:
    import pyarrow.ipc

    return lambda: float(len(pyarrow.ipc.open_file(str(folder / "long.lz4.arrow")).read_all()))


# ---- single --------------------------------------------------------------------------------------------------------


@contestant("single", "rowlog, values and times")
def single_rowlog(folder: Path) -> Measured:
    import rowlog

    names = rowlog.example_names()

    def run() -> float:
        price = rowlog.open(folder / "plain.bin", names=names)["price"]
        return float(price.values.sum()) + float(price.times[-1] % 1000)

    return run


@contestant("single", "NumPy, memmap and mask (values alone)")
def single_memmap(folder: Path) -> Measured:
    import numpy

    def run() -> float:
        records = numpy.memmap(folder / "plain.bin", dtype=[("id", "<i4"), ("value", "<f8")], mode="r")
        return float(records["value"][records["id"] == PRICE].sum())

    return run


@contestant("single", "NumPy, memmap, values and times")
def single_memmap_times(folder: Path) -> Measured:
    import numpy

    def run() -> float:
        records = numpy.memmap(folder / "plain.bin", dtype=[("id", "<i4"), ("value", "<f8")], mode="r")
        starts = records["id"] == 0
        places = numpy.flatnonzero(records["id"] == PRICE)
        times = records["value"][starts].view("i8")[numpy.cumsum(starts)[places] - 1]
        return float(records["value"][places].sum()) + float(times[-1] % 1000)

    return run


# ---- open ----------------------------------------------------------------------------------------------------------


@contestant("open", "rowlog, plain records")
def open_rowlog(folder: Path) -> Measured:
    import rowlog

    names = rowlog.example_names()
    return lambda: float(len(rowlog.open(folder / "plain.bin", names=names)))


@contestant("open", "rowlog, a log with an index")
def open_rowlog_log(folder: Path) -> Measured:
    import rowlog

    return lambda: float(len(rowlog.open(folder / "talk.rlog")))


@contestant("open", "NumPy, fromfile (nothing counted)")
def open_numpy(folder: Path) -> Measured:
    import numpy

    return lambda: float(len(numpy.fromfile(folder / "plain.bin", dtype=RECORD)) and 1_000_000)


# ---- sealed --------------------------------------------------------------------------------------------------------


@contestant("sealed", "rowlog, mapped (opened alone)")
def sealed_rowlog_open(folder: Path) -> Measured:
    import rowlog

    return lambda: float(len(rowlog.open(folder / "sealed.rlog")))


@contestant("sealed", "rowlog, all columns, checksums compared")
def sealed_rowlog_columns(folder: Path) -> Measured:
    import rowlog

    def run() -> float:
        log = rowlog.open(folder / "sealed.rlog")
        return float(sum(len(log[name].values) for name in log.names))

    return run


@contestant("sealed", "Arrow IPC, mapped (a table already)")
def sealed_arrow_open(folder: Path) -> Measured:
    import pyarrow

    def run() -> float:
        with pyarrow.memory_map(str(folder / "long.arrow")) as file:
            return float(len(pyarrow.ipc.open_file(file).read_all()))

    return run


# ---- three ---------------------------------------------------------------------------------------------------------


def three(reader: Any, paths: list[str]) -> Measured:
    def run() -> float:
        with ThreadPoolExecutor(max_workers=10) as executor:
            readers = list(executor.map(reader, paths))
        return float(sum(len(each.getRows()) for each in readers))

    return run


@contestant("three", "rowlog, RowReader")
def three_rowlog(folder: Path) -> Measured:
    import rowlog

    return three(rowlog.RowReader, [str(folder / f"talk{n}.rlog") for n in (1, 2, 3)])


@contestant("three", "the talk's design in C++")
def three_talk(folder: Path) -> Measured:
    return three(load_talk().RowReader, [str(folder / f"talk{n}.old") for n in (1, 2, 3)])


def load_talk() -> Any:
    """examples/rows: virtual onData, a variant for each value, a vector of items for each row. Without the GIL, as its
    improved version in the talk."""
    import dovetail

    here = Path(__file__).resolve().parents[3] / "examples" / "rows"
    return dovetail.load(
        here / "binary_reader.h",
        sources=[here / "binary_reader.cpp"],
        name="binary_reader_threads",
        rules={"RowReader::RowReader": {"release_gil": True}},
    )


# ---- items ---------------------------------------------------------------------------------------------------------


@contestant("items", "rowlog, row and item objects")
def items_rowlog(folder: Path) -> Measured:
    import rowlog

    rows = rowlog.open(folder / "small.rlog").rows

    def run() -> float:
        total = 0.0
        for row in rows:
            for item in row.items():
                total += item.value()
        return total

    return run


@contestant("items", "the talk's design, bound by dovetail")
def items_talk(folder: Path) -> Measured:
    reader = load_talk().RowReader(str(folder / "small.old"))

    def run() -> float:
        total = 0.0
        for row in reader.getRows():
            for item in row.items():
                total += item.value
        return total

    return run


@contestant("items", "struct.iter_unpack, tuples")
def items_struct(folder: Path) -> Measured:
    import struct

    data = (folder / "small.bin").read_bytes()
    reals = {2, 3, 4, 7}

    def run() -> float:
        total = 0.0
        as_real = struct.Struct("<d").unpack
        for id, bits in struct.iter_unpack("<i8s", data):
            if id:
                total += as_real(bits)[0] if id in reals else int.from_bytes(bits, "little", signed=True)
        return total

    return run


# ---- loop ----------------------------------------------------------------------------------------------------------


def analyse(rows: Any, name_of: Any) -> float:
    """The talk's analysis, line by line."""
    change, count, last = 0.0, 0, 0.0
    for row in rows:
        size = 0
        for item in row.items():
            name = name_of(item.id)
            if name == "trade_size":
                size += item.value()
            if name == "signal":
                if last != 0:
                    moved = abs(item.value() - last)
                    if size > 0:
                        change += moved / size
                    count += 1
                last = item.value()
                size = 0
    return change / count


@contestant("loop", "rowlog, plain Python")
def loop_rowlog(folder: Path) -> Measured:
    import rowlog

    reader = rowlog.RowReader(folder / "talk.rlog")
    return lambda: analyse(reader.getRows(), reader.getIdName)


@contestant("loop", "rowlog, Numba over rows and items")
def loop_numba(folder: Path) -> Measured:
    import numba
    import rowlog

    @numba.njit
    def run(rows, reader):  # type: ignore[no-untyped-def]
        change, count, last = 0.0, 0, 0.0
        for row in rows:
            size = 0.0
            for item in row.items():
                name = reader.getIdName(item.id)
                if name == "trade_size":
                    size += item.value()
                if name == "signal":
                    if last != 0:
                        moved = abs(item.value() - last)
                        if size > 0:
                            change += moved / size
                        count += 1
                    last = item.value()
                    size = 0.0
        return change / count

    reader = rowlog.RowReader(folder / "talk.rlog")
    run(reader.getRows(), reader)
    return lambda: float(run(reader.getRows(), reader))


def load_loops(name: str, *more: str) -> Any:
    """rowlog with the analysis in C++, or also in Cython: a module of its own, as both are compiled with it."""
    import dovetail

    here = Path(__file__).resolve().parent
    library = here.parent
    return dovetail.load(
        library / "include" / "rowlog" / "rowlog.h",
        here / "analysis_rows.h",
        sources=[*sorted((library / "src").glob("*.cpp")), *(here / each for each in more)],
        include=[library / "include"],
        name=name,
        namespace="rowlog",
    )


@contestant("loop", "rowlog, Cython over rows and items")
def loop_cython(folder: Path) -> Measured:
    lib = load_loops("rowlog_loops", "analysis_rows.pyx")
    reader = lib.RowReader(str(folder / "talk.rlog"))
    return lambda: float(lib.analysis_rows.analyse(reader))


@contestant("loop", "rowlog, C++ over rows and items")
def loop_rows(folder: Path) -> Measured:
    lib = load_loops("rowlog_analysis")
    reader = lib.RowReader(str(folder / "talk.rlog"))
    return lambda: float(lib.analyse(reader))


@contestant("loop", "rowlog, Numba over the columns")
def loop_columns(folder: Path) -> Measured:
    import numba
    import rowlog

    @numba.njit
    def run(sizes, size_rows, signals, signal_rows):  # type: ignore[no-untyped-def]
        change, count, last, at = 0.0, 0, 0.0, 0
        for i in range(len(signals)):
            row = signal_rows[i]
            while size_rows[at] < row:
                at += 1
            size = 0
            while at < len(sizes) and size_rows[at] == row:
                size += sizes[at]
                at += 1
            if last != 0:
                if size > 0:
                    change += abs(signals[i] - last) / size
                count += 1
            last = signals[i]
        return change / count

    def whole() -> float:
        log = rowlog.open(folder / "talk.rlog")
        sizes, signals = log["trade_size"], log["signal"]
        return float(run(sizes.values, sizes.rows, signals.values, signals.rows))

    whole()
    return whole


@contestant("loop", "C++ over the records")
def loop_cpp(folder: Path) -> Measured:
    import rowlog

    import dovetail

    lib = dovetail.load(Path(__file__).with_name("analysis.h"))
    ids = {each.name: each.id for each in rowlog.example_names()}
    arguments = (str(folder / "plain.bin"), ids["timestamp"], ids["trade_size"], ids["signal"])
    return lambda: float(lib.analyse(*arguments))


# ---- dbn -----------------------------------------------------------------------------------------------------------


@contestant("dbn", "databento_dbn, objects of 56 bytes")
def dbn(folder: Path) -> Measured:
    import databento_dbn

    data = (folder / "small.dbn").read_bytes()

    def run() -> float:
        decoder = databento_dbn.DBNDecoder()
        decoder.write(data)
        return float(sum(1 for each in decoder.decode() if isinstance(each, databento_dbn.MBOMsg)))

    return run


def find(task: str, name: str) -> Callable[[Path], Measured]:
    return CONTESTANTS[task, name]


if __name__ == "__main__":
    for task, name in CONTESTANTS:
        print(f"{task:<8}{name}", file=sys.stdout)
