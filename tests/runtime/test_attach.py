"""Python from any thread of C++, in any interpreter, and at the end of the process."""

from __future__ import annotations

import gc
import pathlib
import subprocess
import sys
import textwrap
import threading
import types
import weakref
from collections.abc import Callable

import pytest


@pytest.fixture(scope="module")
def attach(compiled: Callable[..., types.ModuleType]) -> types.ModuleType:
    return compiled("attach")


@pytest.mark.parametrize("way", ["here", "released", "on_thread"])
def test_every_thread_can_call(attach, way):
    seen = []

    def call() -> int:
        seen.append(threading.get_ident())
        return 21

    number = getattr(attach, way)(call)
    assert number == (42 if way == "on_thread" else 21)
    assert (seen[0] == threading.get_ident()) is (way != "on_thread")
    kept = weakref.ref(call)
    del call
    gc.collect()
    assert kept() is None  # dropped where C++ dropped it


def test_nested(attach):
    assert attach.on_thread(lambda: attach.released(lambda: attach.on_thread(lambda: attach.here(lambda: 1)))) == 4


def test_exceptions_stay_in_the_thread(attach):
    assert attach.on_thread(lambda: 1 // 0) == -2


def run(attach: types.ModuleType, body: str) -> subprocess.CompletedProcess[str]:
    path = pathlib.Path(attach.__file__ or "")
    code = f"import sys; sys.path.insert(0, {str(path.parent)!r})\nimport attach\n" + textwrap.dedent(body)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "body", ["return 1", "time.sleep(0.01)", "sum(range(1000))", "time.sleep(30)", "attach.here(int)"]
)
def test_threads_that_go_on_at_exit(attach, body):
    done = run(
        attach,
        f"""
        import time
        def call():
            {body}
        for _ in range(3):
            attach.forever(call)
        time.sleep(0.1)
        print("end")
        """,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "end\n", "")


def test_daemon_thread_inside_a_callback_at_exit(attach):
    done = run(
        attach,
        """
        import threading, time
        def call():
            while True:
                time.sleep(0.001)
        for way in (attach.here, attach.released, attach.on_thread):
            threading.Thread(target=way, args=(call,), daemon=True).start()
        time.sleep(0.1)
        print("end")
        """,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "end\n", "")


def test_exit_handlers_still_call(attach):
    done = run(
        attach,
        """
        import atexit
        def late():
            print(attach.here(lambda: 1), attach.released(lambda: 2), attach.on_thread(lambda: 3))
        atexit.register(late)  # runs after the one that the first call registers
        attach.here(lambda: 0)
        """,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 2 -4\n", "")


INTERPRETERS = (
    """
import sys
try:
    import _interpreters as subs
    execute = subs.exec
except ImportError:
    import _xxsubinterpreters as subs
    execute = subs.run_string
start = f"import sys; sys.path[:] = {sys.path!r}; import attach" + chr(10)

inner = start + """
    + '"""'
    + """
def call():
    return 7 if sys.modules["attach"] is attach else 0
assert attach.here(call) == 7
assert attach.released(call) == 7
assert attach.on_thread(call) == 14
assert attach.on_thread(lambda: attach.released(call)) == 14
assert attach.here(lambda: attach.on_thread(call)) == 14
attach.keep_global(call)
"""
    + '"""'
    + """
for _ in range(3):
    sub = subs.create()
    failed = execute(sub, inner)
    assert not failed, failed
    assert attach.call_global() == 7      # switches to the other interpreter
    attach.here(lambda: 1)
    subs.destroy(sub)
    assert attach.call_global() == -2     # it is gone
    attach.drop_global()

attach.keep_global(lambda: 5)
sub = subs.create()
failed = execute(sub, start + "assert attach.call_global() == 5; assert attach.on_thread(attach.call_global) == 10")
assert not failed, failed
subs.destroy(sub)
attach.drop_global()
print("end")
"""
)


def test_subinterpreters(attach):
    done = run(attach, INTERPRETERS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "end\n", "")
