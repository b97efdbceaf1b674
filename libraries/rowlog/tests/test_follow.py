"""Files that grow while they are read."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
import rowlog


@pytest.fixture
def growing(tmp_path):
    path = tmp_path / "growing.rlog"
    with rowlog.Writer(path) as log:
        log.append(0, price=0.5)
        log.flush()
        yield path, log


def test_poll(growing):
    path, writer = growing
    log = rowlog.open(path)
    before, values = log[:], log["price"].values
    assert not log.poll()
    writer.append(1, price=1.5)
    assert not log.poll()  # not flushed
    writer.flush()
    assert log.poll()
    assert len(log) == 2
    assert log["price"].values.tolist() == [0.5, 1.5]
    assert len(before) == 1
    assert values.tolist() == [0.5]
    assert not log.wait(0.01)


def test_wait_returns_at_once(growing):
    path, writer = growing
    log = rowlog.open(path)

    def write():
        time.sleep(0.05)
        writer.append(1, price=1.5)
        writer.flush()

    thread = threading.Thread(target=write)
    start = time.perf_counter()
    thread.start()
    assert log.wait(30)
    assert time.perf_counter() - start < 10
    thread.join()


def feed(writer, count, log):
    """Writes rows one by one, and ends the following when all are written."""
    for i in range(1, count):
        writer.append(i, price=i + 0.5)
        writer.flush()
        time.sleep(0.002)
    log.stop()


def test_iteration(growing):
    path, writer = growing
    log = rowlog.open(path, follow=True)
    thread = threading.Thread(target=feed, args=(writer, 20, log))
    thread.start()
    found = [row["price"] for row in log]
    thread.join()
    assert found == [i + 0.5 for i in range(20)]


def test_async_iteration(growing):
    path, writer = growing

    async def main():
        log = rowlog.open(path, follow=True)
        thread = threading.Thread(target=feed, args=(writer, 20, log))
        thread.start()
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.001)
                ticks += 1

        ticking = asyncio.ensure_future(tick())
        found = [row.time async for row in log]
        ticking.cancel()
        thread.join()
        return found, ticks

    found, ticks = asyncio.run(main())
    assert found == list(range(20))
    assert ticks > 5, "the loop was held up"


def test_async_iteration_of_a_whole_file(example):
    async def count():
        return sum([1 async for _ in rowlog.open(example)])

    assert asyncio.run(count()) == 1000


def test_records_that_are_still_written(tmp_path, example):
    path = tmp_path / "plain.bin"
    rowlog.export_records(example, path)
    data = path.read_bytes()
    log = rowlog.open(example)
    first, second = (1 + len(log[i].items()) for i in (0, 1))
    path.write_bytes(data[: 12 * (first + second - 1)])
    read = rowlog.open(path, follow=True, names=rowlog.example_names())
    rows = iter(read)
    assert next(rows) == read[0]
    with path.open("ab") as file:
        file.write(data[12 * (first + second - 1) : 12 * (first + second + 1)])
    assert len(next(rows).items()) == second - 1, "a row is given when it is whole"
