"""Damaged files, seen from Python: never a crash, always a place and a reason."""

from __future__ import annotations

import os

import pytest
import rowlog


def use(log):
    """Looks at everything."""
    total = len(log)
    for name in log.names:
        total += len(log[name].values) + len(log[name].times) + len(log[name].rows)
    for row in log:
        total += sum(1 for _ in row.items())
    total += len(log.where(price__gt=0)) if "price" in log else 0
    log.verify()
    return total


@pytest.fixture
def little(tmp_path):
    """Several chunks in less than a thousand bytes or so."""
    path = tmp_path / "little.rlog"
    with rowlog.Writer(path, chunk_bytes=96) as log:
        for i in range(6):
            log.append(i, price=float(i), size=i)
            log.flush()
    return path.read_bytes()


@pytest.mark.parametrize("on_error", ["raise", "skip", "report"])
def test_every_byte_flipped(little, on_error):
    whole = use(rowlog.open(little))
    told = 0
    for place in range(len(little)):
        damaged = bytearray(little)
        damaged[place] ^= 0xFF
        try:
            log = rowlog.open(damaged, on_error=on_error)
            found = use(log)
        except rowlog.DamageError as error:
            told += error.offset <= len(little) and bool(error.reason)
            continue
        except rowlog.FormatError:
            told += 1
            continue
        told += bool(log.damage)
        assert found <= whole
    # What is skipped is not told of; padding between chunks means nothing.
    assert on_error == "skip" or told > len(little) * 2 // 3


@pytest.mark.parametrize("on_error", ["raise", "report"])
def test_every_truncation(little, on_error):
    counts = []
    for length in range(len(little)):
        try:
            log = rowlog.open(little[:length], on_error=on_error)
            use(log)
            counts.append(len(log))
        except rowlog.FormatError:
            continue
    assert counts == sorted(counts), "a longer part of a file must not have fewer rows"
    assert counts[-1] == 6


def test_offset_and_reason(tmp_path, example):
    data = bytearray(example.read_bytes())
    place = len(data) // 2
    data[place] ^= 1
    path = tmp_path / "damaged.rlog"
    path.write_bytes(data)
    with pytest.raises(rowlog.DamageError) as caught:
        use(rowlog.open(path))
    error = caught.value
    assert error.path == str(path)
    assert error.offset <= place < error.offset + error.length
    assert f"at byte {error.offset}: {error.reason}" in str(error)
    reported = rowlog.open(path, on_error="report")
    assert [(each.offset, each.reason) for each in reported.damage] == [(error.offset, error.reason)]
    assert repr(reported.damage[0]).startswith("Damage(path=")
    report = rowlog.verify(path)
    assert not report.good
    assert report.damage == reported.damage


def test_repair(tmp_path, little):
    path, mended = tmp_path / "damaged.rlog", tmp_path / "mended.rlog"
    data = bytearray(little)
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    report = rowlog.repair(path, mended)
    assert len(report.damage) == 1
    log = rowlog.open(mended)
    use(log)
    assert log.is_complete
    assert len(log) == 5
    assert rowlog.verify(mended).good
    rowlog.repair(path)
    assert rowlog.verify(path).good


def test_torn_last_chunk(tmp_path, example):
    path = tmp_path / "torn.rlog"
    with rowlog.Writer(path) as log:
        for i in range(10):
            log.append(i, price=1.0)
        log.flush()
        good = path.stat().st_size
        for i in range(10):
            log.append(i, price=1.0)
        log.flush()
        data = path.read_bytes()
    path.write_bytes(data[: (good + len(data)) // 2])
    log = rowlog.open(path)
    assert len(log) == 10
    assert not log.is_complete
    assert [each.offset for each in log.damage] == [good]
    rowlog.index(path)
    assert rowlog.verify(path).good
    with rowlog.Writer(path, append=True) as more:
        more.append(99, price=2.0)
    assert len(rowlog.open(path)) == 11


def test_what_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError):
        rowlog.open(tmp_path)
    with pytest.raises(FileNotFoundError, match="nothing"):
        rowlog.open(tmp_path / "nothing")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(rowlog.FormatError, match="regular file"):
        rowlog.open(pipe)
    with pytest.raises(TypeError):
        rowlog.open(3)
    (tmp_path / "text").write_text("price,size\n1.5,3\n" * 20)
    with pytest.raises(rowlog.FormatError, match="neither a row log nor a file of records"):
        rowlog.open(tmp_path / "text")
    empty = tmp_path / "empty"
    empty.touch()
    log = rowlog.open(empty)
    assert len(log) == 0
    assert list(log) == []
    assert len(log.names) <= 1
    assert not rowlog.verify(empty).good
