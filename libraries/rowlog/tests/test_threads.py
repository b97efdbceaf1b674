"""Threads, progress and Ctrl-C."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import rowlog
from rowlog._progress import PassingBar, PlainBar


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Some 34 MB."""
    path = tmp_path_factory.mktemp("large") / "large.rlog"
    rowlog.generate(path, 200_000)
    return path


def test_three_files_in_threads(large, example, sealed):
    paths = [large, example, sealed]
    with ThreadPoolExecutor(max_workers=3) as executor:
        readers = list(executor.map(rowlog.RowReader, paths))
    assert [len(reader.getRows()) for reader in readers] == [200_000, 1000, 1000]
    with ThreadPoolExecutor(max_workers=3) as executor:
        logs = list(executor.map(rowlog.open, paths))
    assert len(rowlog.open(paths)) == sum(len(log) for log in logs) == 202_000


def test_other_threads_run_meanwhile(large):
    """A thread that counts goes on counting while another one reads."""
    counted, done = 0, threading.Event()

    def count():
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0)

    thread = threading.Thread(target=count)
    thread.start()
    before = counted
    log = rowlog.open(large, layout="log")
    log.columns()
    after = counted
    done.set()
    thread.join()
    assert after - before > 10


def test_one_log_in_many_threads(large):
    log = rowlog.open(large)
    expected = rowlog.open(large)["price"].values.sum()
    with ThreadPoolExecutor(max_workers=8) as executor:
        found = list(executor.map(lambda _: log["price"].values.sum(), range(32)))
        counts = list(executor.map(lambda bound: len(log.where(signal__gt=bound)), [0.0, 1.0] * 8))
    assert set(found) == {expected}
    assert len(set(counts)) == 2


def test_progress(large):
    told = []
    log = rowlog.open(large, progress=lambda done, total: told.append((done, total)), on_error="report")
    log.columns()
    assert told
    assert all(0 <= done <= total for done, total in told)
    assert told[-1][0] == told[-1][1]

    def fail(done, total):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        rowlog.open(large, progress=fail, on_error="report").columns()


class Bar:
    """What of tqdm is used."""

    def __init__(self, **options):
        self.options, self.n, self.total, self.refreshed = options, 0, None, 0

    def update(self, n):
        self.n += n

    def refresh(self):
        self.refreshed += 1


def test_bars(large, capsys):
    bar = Bar()
    rowlog.open(large, progress=bar, on_error="report").columns()
    assert bar.n == bar.total > 0
    assert bar.refreshed
    made = []

    class Recording(Bar):
        def __init__(self, **options):
            super().__init__(**options)
            made.append(self)

    rowlog.open(large, progress=Recording, on_error="report").columns()
    assert made[0].options == {"unit": "B", "unit_scale": True}
    assert made[0].n == made[0].total
    tqdm = pytest.importorskip("tqdm").tqdm
    rowlog.open(large, progress=tqdm, on_error="report").columns()
    assert "100%" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_bars_that_pass(large):
    """What is printed after them has the line for itself."""
    out = Terminal()
    bar = PlainBar(out)
    rowlog.open(large, progress=bar, on_error="report", threads=1).columns()
    assert not out.getvalue() or out.getvalue().endswith("\r\033[K")
    bar(0, 100)
    bar(45, 100)
    assert "45 % [#############" in out.getvalue()
    bar(100, 100)
    assert out.getvalue().endswith("\r\033[K")
    made = []

    class Recording(Bar):
        closed = False

        def __init__(self, total, **options):
            super().__init__(**options)
            self.total = total
            made.append(self)

        def close(self):
            self.closed = True

    passing = PassingBar(Recording)
    passing(100, 100)
    assert not made, "nothing to wait for"
    passing(10, 100)
    passing(5, 50)
    passing(50, 50)
    assert [(each.n, each.total, each.closed) for each in made] == [(50, 50, True)]
    assert made[0].options["leave"] is False
    passing(1, 2)
    assert len(made) == 2


INTERRUPTED = """
import os, signal, sys, threading, time
import rowlog
from rowlog._progress import PassingBar, PlainBar

def press(after):
    time.sleep(after)
    os.kill(os.getpid(), signal.SIGINT)

log = rowlog.open(sys.argv[1], follow=True)
for work in ({work}):
    threading.Thread(target=press, args=(0.3,)).start()
    try:
        work()
    except KeyboardInterrupt:
        print("interrupted")
    else:
        print("went through")
"""


def test_interrupt_while_waiting(example, child_environment):
    """In a process of its own, as the signal is for all of it."""
    code = INTERRUPTED.format(work="lambda: log.wait(60), lambda: sum(1 for _ in log)")
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, str(example)], env=child_environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["interrupted", "interrupted"], done.stderr
    assert time.perf_counter() - start < 40


@pytest.mark.slow
def test_interrupt_is_quick(tmp_path, child_environment):
    """The work takes seconds; Ctrl-C ends it within 50 ms of the process's own time, in opening, in scans, in
    generating."""
    path = tmp_path / "talk.rlog"
    rowlog.generate(path, 1_000_000)
    code = """
import os, signal, sys, threading, time
import rowlog
from rowlog._progress import PassingBar, PlainBar

def measure(work):
    pressed = []
    def press():
        time.sleep(0.02)
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)
    thread = threading.Thread(target=press)
    thread.start()
    try:
        while True:
            work()
    except KeyboardInterrupt:
        took = time.perf_counter() - pressed[0]
    thread.join()
    return took

path = sys.argv[1]
log = rowlog.open(path)
works = {
    "generate": lambda: rowlog.generate(path + ".new", 1_000_000),
    "open": lambda: rowlog.open(path, on_error="report"),
    "columns": lambda: rowlog.open(path).columns(),
    "convert": lambda: rowlog.convert(path, path + ".sealed"),
    "repair": lambda: rowlog.repair(path, path + ".whole"),
    "verify": lambda: rowlog.verify(path),
    "export": lambda: rowlog.export_records(path, path + ".records"),
    "rows": lambda: rowlog.RowReader(path).getRowsWithSignalGreaterThan(0),
    "table": lambda: log.table("wide", fill=True),
    "where": lambda: log.where(price__gt=0),
}
for name, work in works.items():
    print(name, min(measure(work) for _ in range(5)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=child_environment, capture_output=True, text=True, check=True
    )
    took = dict(line.split() for line in done.stdout.splitlines())
    assert len(took) == 10
    assert all(float(each) < 0.05 for each in took.values()), took
    assert sorted(each.name for each in tmp_path.iterdir() if ".tmp" in each.name) == [], "half-written files stay"
