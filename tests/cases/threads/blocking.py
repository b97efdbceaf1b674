"""Calls that block: other threads run, Ctrl-C ends them, exceptions and results come out as ever."""

import _thread
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def ctrl_c():
    """Presses Ctrl-C in a moment, which a shell lets programs in the background ignore."""
    timers = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def press(after=0.1):
        timers.append(threading.Timer(after, _thread.interrupt_main))
        timers[-1].start()

    yield press
    for timer in timers:
        timer.join()
    signal.signal(signal.SIGINT, before)


def test_a_result(blocking):
    assert blocking.Server().run("rounds", 3) == 3


def test_interrupted(blocking, ctrl_c):
    server = blocking.Server()
    ctrl_c()
    with pytest.raises(KeyboardInterrupt):
        server.run("until stopped")
    assert server.stopped()
    assert server.count_stops() == 1
    assert server.run("rounds", 2) == 2  # it can be used again


def test_interrupted_while_const(blocking, ctrl_c):
    server = blocking.Server()
    ctrl_c()
    with pytest.raises(KeyboardInterrupt):
        server.wait_const("until stopped")


def test_interrupted_function(blocking, ctrl_c):
    ctrl_c()
    with pytest.raises(KeyboardInterrupt):
        blocking.spin("until stopped")


def test_exceptions_and_references(blocking):
    server = blocking.Server()
    assert server.name_when_done(False) == "server"
    with pytest.raises(IndexError, match="no name"):
        server.name_when_done(True)


def test_a_signal_whose_handler_does_not_raise(blocking):
    seen = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: seen.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert blocking.Server().run("rounds", 150) == 150
    finally:
        signal.signal(signal.SIGALRM, before)
    assert seen == [signal.SIGALRM]


def test_a_callback_that_raises(blocking):
    def callback(i):
        if i == 3:
            raise LookupError("three")

    with pytest.raises(LookupError, match="three"):
        blocking.Server().each("until stopped", callback)


def test_callbacks_run_while_main_waits(blocking, ctrl_c):
    seen = set()
    ctrl_c()
    with pytest.raises(KeyboardInterrupt):
        blocking.Server().each("until stopped", lambda i: seen.add(threading.get_ident()))
    assert seen
    assert threading.get_ident() not in seen


def test_on_another_thread_it_is_a_plain_call(blocking):
    server = blocking.Server()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(server.run, "until stopped")
        time.sleep(0.05)
        server.stop()
        assert running.result(timeout=5) >= 1


def test_other_threads_run_meanwhile(blocking):
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.wait(0.002):
            ticks.append(1)

    ticker = threading.Thread(target=tick)
    ticker.start()
    blocking.work("a while")
    stop.set()
    ticker.join()
    assert len(ticks) > 10


@pytest.mark.parametrize("call", ['blocking.work("a while")', 'blocking.Server().run("rounds", Slowly())'])
def test_daemon_threads_inside_of_calls_when_python_ends(blocking, call):
    """CPython ends them where they ask for the GIL, by unwinding their stacks."""
    code = f"""
    import importlib.machinery, importlib.util, os, sys, threading, time
    loader = importlib.machinery.ExtensionFileLoader("blocking", {blocking.__file__!r})
    spec = importlib.util.spec_from_file_location("blocking", {blocking.__file__!r}, loader=loader)
    blocking = importlib.util.module_from_spec(spec)
    loader.exec_module(blocking)

    class Slowly:
        def __index__(self, sleep=time.sleep):
            sleep(0.15)
            return 1

    class Ends:
        def __del__(self, sleep=time.sleep, write=os.write):
            sleep(0.4)  # the thread wants to go on while Python finalises
            write(1, b"ended\\n")

    sys.ends = Ends()
    threading.Thread(target=lambda: {call}, daemon=True).start()
    time.sleep(0.05)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")


def test_constructors_run_side_by_side(blocking):
    with ThreadPoolExecutor(2) as pool:
        assert all(slow.in_company for slow in pool.map(blocking.Slow, ["in company"] * 2))
    with pytest.raises(ValueError, match="it failed"):
        blocking.Slow("fail")


def test_a_locked_class(blocking):
    tally = blocking.Tally()
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(tally.add, [1000] * 400):
            pass
    assert tally.total == 400_000
    tally.total = 5
    assert tally.total == 5
