"""Opening, columns, rows, slices, filters."""

from __future__ import annotations

import datetime
import gc
import pickle
from pathlib import Path

import numpy
import pytest
import rowlog


def as_lists(rows):
    return [[(item.id, item.value()) for item in row.items()] for row in rows]


def test_what_a_log_says_of_itself(small):
    log = rowlog.open(small)
    assert len(log) == 3
    assert log.record_count == 9
    assert log.time_range == (10, 30)
    assert set(log.names) == {"timestamp", "price", "size", "signal"}
    assert log.schema["price"].unit == "USD"
    assert log.schema["price"].text == "at which price"
    assert log.schema["size"].kind == rowlog.ValueKind.integer
    assert log.count("size") == 3
    assert "price" in log
    assert "cost" not in log
    assert log.is_complete
    assert log.damage == []
    assert str(small) in repr(log)
    assert repr(log["price"]) == "<column 'price' of 2 float64 in USD>"


def test_columns(small):
    log = rowlog.open(small)
    size = log["size"]
    assert size.values.dtype == "i8"
    assert size.values.tolist() == [3, 4, 5]
    assert size.times.tolist() == [10, 20, 20]
    assert size.rows.tolist() == [0, 1, 1]
    assert log["price"].values.tolist() == [1.5, 2.5]
    assert log["timestamp"].values.tolist() == [10, 20, 30]
    assert numpy.asarray(log["price"]) is not None
    assert numpy.array(log["price"], dtype="f4").dtype == "f4"
    with pytest.raises(ValueError, match="only by a copy"):
        numpy.asarray(log["price"], dtype="f4", copy=False)
    with pytest.raises(KeyError, match="cost"):
        log["cost"]
    with pytest.raises(KeyError):
        log.count("cost")
    assert [name for name, column in log.columns().items() if len(column) == 3] == [
        name for name in log.names if name in ("timestamp", "size")
    ]


@pytest.mark.parametrize("kind", ["example", "sealed"])
def test_arrays_borrow(kind, request):
    path = request.getfixturevalue(kind)
    log = rowlog.open(path)
    values = log["price"].values
    assert not values.flags.writeable
    assert not values.flags.owndata
    with pytest.raises(ValueError, match="WRITEABLE"):
        values.setflags(write=True)
    again = log["price"].values
    assert numpy.shares_memory(values, again)
    copy = values.copy()
    del log, again
    gc.collect()
    rowlog.open(path)["price"].values.sum()
    assert (values == copy).all()


def test_columns_agree_with_rows(example, sealed):
    log = rowlog.open(example)
    other = rowlog.open(sealed)
    names = {name: log.schema[name].id for name in log.names}
    found = {name: [] for name in names}
    called = {id: name for name, id in names.items()}
    for row in log:
        for item in row.items():
            found[called[item.id]].append(item.value())
    for name in names:
        if name != "timestamp":
            assert log[name].values.tolist() == found[name]
        assert (log[name].values == other[name].values).all()
        assert (log[name].times == other[name].times).all()
        assert (log[name].rows == other[name].rows).all()
    assert as_lists(log) == as_lists(other)


def test_rows(small):
    log = rowlog.open(small)
    row = log[1]
    assert row.time == row.nanotime() == 20
    assert row["price"] == 2.5
    assert row["size"] == 4
    assert list(row.values_of("size")) == [4, 5]
    assert row.find("signal") is None
    assert "signal" not in row
    with pytest.raises(KeyError, match='no "signal" in this row'):
        row["signal"]
    assert [log.get_id_name(item.id) for item in row.items()] == ["price", "size", "size"]
    assert log[-1].time == 30
    with pytest.raises(IndexError):
        log[3]
    assert [row.time for row in log] == [10, 20, 30]
    assert [row.time for row in log.rows] == [10, 20, 30]
    rows = log.rows
    last = rows[2]
    del log, rows
    gc.collect()
    assert last["signal"] == -1.0


def test_a_name_that_is_not_there(small):
    """Whoever asks for one is told which there are, those first that are spelled alike."""
    log = rowlog.open(small)
    asked = (
        lambda: log["prize"],
        lambda: log[0]["prize"],
        lambda: log[:2]["prize"],
        lambda: log.count("prize"),
        lambda: log.where(prize__gt=1),
        lambda: log[:2].where(prize=1),
        lambda: log.table(names=["prize"]),
    )
    for ask in asked:
        with pytest.raises(KeyError) as found:
            ask()
        assert type(found.value) is rowlog.NoSuchName
        assert found.value.args == ('no name "prize" in this log: there is "price"',)
    with pytest.raises(KeyError, match='there are "timestamp", "price", "size", "signal"'):
        log["quantity"]
    with pytest.raises(KeyError, match='there is "price"'):
        log["PRICE"]
    with pytest.raises(KeyError, match="no name"):
        log["x" * 100_000]
    with pytest.raises(KeyError, match=r"in this log'$"):
        rowlog.open(b"")["price"]
    assert repr(log[0]) == "Row(time=10)"
    assert repr(log[0].items()[0]) == "Item(id=1, value=1.5)"


def test_slices(example):
    log = rowlog.open(example)
    view = log[10:20]
    assert len(view) == 10
    assert [row.time for row in view] == log["timestamp"].values[10:20].tolist()
    inside = (log["price"].rows >= 10) & (log["price"].rows < 20)
    assert view["price"].values.tolist() == log["price"].values[inside].tolist()
    assert view["price"].rows.tolist() == log["price"].rows[inside].tolist()
    assert [row.time for row in view[2:-2]] == [row.time for row in log[12:18]]
    assert view[0] == log[10]
    assert len(log[20:10]) == 0
    assert len(log[990:5000]) == 10
    assert list(view.row_numbers) == list(range(10, 20))
    with pytest.raises(ValueError, match="no step"):
        log[::2]
    with pytest.raises(KeyError):
        view["cost"]


def test_where(example):
    log = rowlog.open(example)
    signal, rows = log["signal"].values, log["signal"].rows
    assert log.where(signal__gt=1.2).row_numbers.tolist() == rows[signal > 1.2].tolist()
    assert log.where(signal__between=(0, 1)).row_numbers.tolist() == rows[(signal >= 0) & (signal <= 1)].tolist()
    assert log.where(signal=0.5).row_numbers.tolist() == rows[signal == 0.5].tolist()
    assert len(log.where(signal__has=False)) == len(log) - len(rows)
    times = log["timestamp"].values
    start, stop = int(times[100]), int(times[200])
    view = log.where(signal__gt=0.5, time=slice(start, stop))
    assert view.row_numbers.tolist() == [n for n in rows[signal > 0.5].tolist() if 100 <= n < 200]
    assert view["price"].times.min() >= start
    assert len(log.where(rowlog.Filter.less("bid", 0) | rowlog.Filter.has("signal"))) == len(rows)
    assert len(log.where(signal__gt=1).where(signal__lt=0)) == 0
    assert len(log.where()) == len(log)
    day = numpy.datetime64(start, "ns")
    assert len(log.where(time=slice(day, None))) == 900
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    moment = epoch + datetime.timedelta(microseconds=start // 1000)
    assert len(log.where(time=slice(moment, None))) == 900


@pytest.mark.parametrize(
    ("conditions", "error", "says"),
    [
        ({"cost__gt": 1}, KeyError, "cost"),
        ({"signal__above": 1}, ValueError, "no condition `above`"),
        ({"signal__gt": "1"}, TypeError, "expected a number"),
        ({"signal__between": 1}, TypeError, r"expected \(low, high\)"),
        ({"signal__has": 1}, TypeError, "True or False"),
        ({"time": 3}, TypeError, "slice"),
        ({"time": slice(1, 2, 3)}, ValueError, "no step"),
        ({"time": slice("now", None)}, TypeError, "integer"),
    ],
)
def test_conditions_that_say_nothing(example, conditions, error, says):
    with pytest.raises(error, match=says):
        rowlog.open(example).where(**conditions)


def test_several_files(small, tmp_path):
    later = tmp_path / "later.rlog"
    with rowlog.Writer(later) as log:
        log.append(15, size=7)
        log.append(40, price=9.5)
    both = rowlog.open([small, later])
    assert both["timestamp"].values.tolist() == [10, 20, 30, 15, 40]
    merged = rowlog.open([small, later], order="time")
    assert merged["timestamp"].values.tolist() == [10, 15, 20, 30, 40]
    assert merged["size"].values.tolist() == [3, 7, 4, 5]
    assert merged["price"].values.tolist() == [1.5, 2.5, 9.5]
    with pytest.raises(ValueError, match="at least one file"):
        rowlog.open([])


def test_bytes(example):
    data = example.read_bytes()
    for each in (data, bytearray(data), memoryview(data)):
        log = rowlog.open(each)
        values = log["price"].values
        del each, log
        gc.collect()
        assert values.tolist() == rowlog.open(example)["price"].values.tolist()
    with pytest.raises(ValueError, match="followed"):
        rowlog.open(data, follow=True)


def test_records(tmp_path, example):
    path = tmp_path / "plain.bin"
    rowlog.generate(path, 1000, layout="records")
    assert path.stat().st_size == 12 * rowlog.open(example).record_count
    log = rowlog.open(path, names=rowlog.example_names())
    assert log["price"].values.tolist() == rowlog.open(example)["price"].values.tolist()
    named = rowlog.open(path, names={0: "timestamp", 2: "cost"})
    assert named["cost"].values.tolist() == log["price"].values.tolist()
    exported = tmp_path / "exported.bin"
    rowlog.export_records(example, exported)
    assert exported.read_bytes() == path.read_bytes()


def test_closing(small):
    with rowlog.open(small) as log:
        values = log["price"].values
        row = log[0]
    assert values.tolist() == [1.5, 2.5]
    assert row["price"] == 1.5
    with pytest.raises(ValueError, match="closed"):
        log["price"]
    assert repr(log) == "<closed log>"


def test_words_that_are_not_known(small):
    for options in ({"on_error": "ignore"}, {"order": "id"}, {"layout": "csv"}):
        with pytest.raises(ValueError, match="must be one of"):
            rowlog.open(small, **options)
    with pytest.raises(TypeError, match="progress"):
        rowlog.open(small, progress=3)


def test_metadata_of_python(small):
    one = rowlog.IdMetadata(3, "price", rowlog.ValueKind.real, "USD")
    assert "price" in repr(one)
    with pytest.raises(TypeError):
        pickle.dumps(rowlog.open(small))
    assert Path(rowlog.open(small).paths[0]) == small
