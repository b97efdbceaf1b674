"""Writing from Python, and listening to every record."""

from __future__ import annotations

import numpy
import pytest
import rowlog


def test_round_trip(tmp_path):
    path = tmp_path / "a.rlog"
    with rowlog.Writer(path) as log:
        price = log.define("price", unit="USD")
        size = log.define("size", int)
        assert log.define("price") == price
        for i in range(1000):
            log.row(i)
            log.put(price, i / 2)
            log.put(size, -i)
        log.put(price, 3)  # an integer is a real number, too
        assert log.row_count == 1000
        assert log.record_count == 3001
        assert log.path == path
        assert [each.name for each in log.ids if each.id == price] == ["price"]
    read = rowlog.open(path)
    assert read["price"].values.tolist() == [*(i / 2 for i in range(1000)), 3.0]
    assert read["size"].values.tolist() == [-i for i in range(1000)]
    assert read.schema["price"].unit == "USD"


def test_what_a_writer_refuses(tmp_path):
    path = tmp_path / "a.rlog"
    with rowlog.Writer(path) as log:
        size = log.define("size", int)
        with pytest.raises(RuntimeError, match="row"):
            log.put(size, 1)
        log.row(1)
        with pytest.raises(ValueError, match=r"size|integer"):
            log.put(size, 1.5)
        with pytest.raises(ValueError, match="99"):
            log.put(99, 1)
        with pytest.raises(ValueError, match="size"):
            log.define("size", float)
        with pytest.raises(TypeError, match="int or float"):
            log.define("name", str)
        with pytest.raises(OverflowError):
            log.row(2**63)
        with pytest.raises(OSError, match=r"a\.rlog"):
            rowlog.Writer(path)
    with pytest.raises(Exception, match="closed"):
        log.row(2)
    with pytest.raises(FileNotFoundError):
        rowlog.Writer(tmp_path / "no" / "folder.rlog")
    (tmp_path / "text").write_text("this is no log " * 100)
    with pytest.raises(rowlog.FormatError):
        rowlog.Writer(tmp_path / "text", append=True)


def test_append(small):
    with rowlog.Writer(small, append=True) as log:
        log.append(40, price=4.5)
    log = rowlog.open(small)
    assert log["price"].values.tolist() == [1.5, 2.5, 4.5]
    assert log.is_complete


def test_tables_and_rows(tmp_path, example):
    path = tmp_path / "b.rlog"
    source = rowlog.open(example)
    with rowlog.Writer(path) as log:
        ids = [log.define("x"), log.define("y")]
        log.write_table(numpy.arange(3), ids, numpy.arange(6.0))
        log.write(source[:10].rows)
        log.write(source.where(signal__gt=1).rows)
    read = rowlog.open(path)
    assert read["x"].values.tolist() == [0, 2, 4]
    assert read["y"].values.tolist() == [1, 3, 5]
    assert len(read) == 13 + len(source.where(signal__gt=1))
    assert read["bid"].values[:10].tolist() == source["bid"].values[:10].tolist()


def test_sealing(tmp_path):
    path = tmp_path / "c.rlog"
    log = rowlog.Writer(path)
    log.append(1, price=2.0)
    log.seal()
    assert rowlog.verify(path).sealed
    assert rowlog.open(path)["price"].values.tolist() == [2.0]


class Collector(rowlog.BinaryListener):
    def __init__(self, most=None):
        super().__init__()
        self.found, self.most = [], most

    def onData(self, id, value, metadata):  # noqa: N802
        self.found.append((metadata.name, value))
        if len(self.found) == self.most:
            raise StopIteration("enough")


def test_listener(small):
    log = rowlog.open(small)
    collector = Collector()
    log.read_all(collector)
    assert collector.found[:4] == [("timestamp", 10), ("price", 1.5), ("size", 3), ("timestamp", 20)]
    assert len(collector.found) == log.record_count
    assert isinstance(collector.found[1][1], float)
    assert isinstance(collector.found[2][1], int)
    stopping = Collector(most=2)
    with pytest.raises(StopIteration, match="enough"):
        log.read_all(stopping)
    assert len(stopping.found) == 2


def test_the_reader_of_the_talk(small):
    reader = rowlog.RowReader(small)
    rows = reader.getRows()
    lines = [f"{reader.getIdName(item.id)}:{item.value()}" for row in rows for item in row.items()]
    assert lines[:3] == ["price:1.5", "size:3", "price:2.5"]
    assert str(rows[1]) == "20: 3 items"
    assert len(reader.getRowsWithSignalGreaterThan(-2)) == 1
    assert rowlog.API_VERSION == 1
