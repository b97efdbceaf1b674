"""Every allocation of every call fails once: `python tests/hardening/allocation.py [CASE …]`.

In: the cases.  Out: a line per case; 1 if anything was found.  Must not know: what a case does.

Calls that succeed are repeated with the n-th allocation failing, for every n until the call succeeds again: of Python's
allocators (`_testcapi.set_nomemory`), then of `operator new` (a preloaded library). Each must succeed or raise
MemoryError: not crash, not raise anything else, and not end without an exception.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
CASES = HERE.parent / "cases"
sys.path.insert(0, str(CASES))

MOST = 60
"""Allocations of one call that are looked at."""
TRIES = 4
"""Successful calls of each callable that are repeated."""
THEIRS = {
    r"^error return without exception set$": "CPython's, of a traceback that it cannot allocate: `[].pop()` too",
    r"is not a valid PEP 3118 buffer format string$": "NumPy's, of a dtype that it cannot allocate",
    r"^cannot cast dtype": "NumPy's, of a cast that it cannot allocate",
    r"^memoryview: unsupported format|^multi-dimensional sub-views": "NumPy's, which then tries the view as a sequence",
}
"""What others make of an allocation that fails -> whose it is."""
SPARED = {
    "::json_value::destroy(": "nlohmann's destructor allocates, and ends the process where it cannot",
    "> >::binary(": "nlohmann's calls a value binary before it is, and an assertion fails in its destructor",
}
"""Functions of the libraries of cases in which `operator new` always works -> why."""


def main(names: list[str]) -> int:
    from casebook import build_all, built, find_cases

    cases = [case for case in find_cases() if not names or case.name in names]
    build_all(tuple(cases))
    found = calls = 0
    with tempfile.TemporaryDirectory(prefix="dovetail-allocation-") as folder:
        shim = Path(folder, "failing_new.so")
        compiler = shutil.which(os.environ.get("CXX", "g++")) or "g++"
        subprocess.run(
            [compiler, "-O1", "-fPIC", "-shared", "-std=c++17", HERE / "failing_new.cpp", "-o", shim], check=True
        )
        environment = os.environ | {"LD_PRELOAD": str(shim)}
        for case in cases:
            command = [
                sys.executable,
                "-X",
                "faulthandler",
                __file__,
                "--inside",
                case.name,
                str(built(case)),
                str(shim),
            ]
            result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if result.returncode:
                print(f"{case.name:14} died ({result.returncode}) in\n{result.stderr[-1500:]}", flush=True)
                found += 1
                continue
            report = json.loads(result.stdout.splitlines()[-1])
            calls += report["calls"]
            found += len(report["faults"])
            print(f"{case.name:14} {report['calls']:9,} calls", *report["faults"][:12], sep="\n  ", flush=True)
    print(f"{calls:,} calls with one allocation that failed; {found or 'no'} faults")
    return int(found > 0)


def inside(name: str, path: str, shim: str) -> None:
    """One module, in a process of its own. The last callable begun is the last line of stderr."""
    import _testcapi

    from sweep import load

    library = ctypes.CDLL(shim)
    fail_new = library.fail_new_after
    fail_new.argtypes = [ctypes.c_long]

    def python_fails(n: int, call: Callable[[], object]) -> None:
        _testcapi.set_nomemory(n, n + 1)
        try:
            call()
        finally:
            _testcapi.remove_mem_hooks()

    def new_fails(n: int, call: Callable[[], object]) -> None:
        fail_new(n)
        try:
            call()
        finally:
            fail_new(-1)

    module = load(name, path)
    for begin, size in spared_functions(path):
        if not library.spare_function(ctypes.c_size_t(begin), ctypes.c_size_t(size)):
            raise SystemExit("no room for all that is spared")
    work = Injection()
    for label, call in find_calls(module):
        print(label, file=sys.stderr, flush=True)
        for fail in (python_fails, new_fails):
            work.exhaust(f"{label} [{fail.__name__}]", call, fail)
    print(json.dumps({"calls": work.calls, "faults": work.faults}))


def spared_functions(path: str) -> list[tuple[int, int]]:
    """(address, size) in this process of what is `SPARED` in a module that is loaded."""
    listed = subprocess.run(["nm", "-S", "-C", path], capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [line.split(maxsplit=3) for line in listed if any(name in line for name in SPARED)]
    if not rows:
        return []
    mapped = Path("/proc/self/maps").read_text().splitlines()
    base = min(int(line.split("-")[0], 16) for line in mapped if line.endswith(str(Path(path).resolve())))
    return [(base + int(row[0], 16), int(row[1], 16)) for row in rows if len(row) == 4 and row[2] in "tTwW"]


class Injection:
    def __init__(self) -> None:
        self.calls = 0
        self.faults: list[str] = []

    def exhaust(
        self, label: str, call: Callable[[], object], fail: Callable[[int, Callable[[], object]], None]
    ) -> None:
        quiet = 0
        for n in range(MOST):
            self.calls += 1
            try:
                fail(n, call)
            except MemoryError:
                quiet = 0
                continue
            except Exception as error:
                # What the same call raises without a failure is not our business.
                theirs = any(re.search(pattern, str(error)) for pattern in THEIRS)
                if not theirs and not raises_anyway(call, type(error)):
                    self.faults.append(f"{label}, allocation {n}: {error!r}"[:300])
                quiet = 0
                continue
            quiet += 1
            if quiet == 4:
                return


def raises_anyway(call: Callable[[], object], kind: type[BaseException]) -> bool:
    try:
        call()
    except kind:
        return True
    except Exception:
        pass
    return False


def find_calls(module: object) -> list[tuple[str, Callable[[], object]]]:
    """Calls that succeed, a few of each function, constructor and method."""
    import enum
    import types

    from sweep import HOSTILE, classes_of, instances_of, modules_of

    if not isinstance(module, types.ModuleType):
        raise TypeError("not a module")
    classes = [c for m in modules_of(module) for c in classes_of(m) if not issubclass(c, (enum.Enum, BaseException))]
    pool: list[object] = []
    for cls in classes:
        pool += instances_of(cls, pool)[:2]
    targets: list[tuple[str, Callable[..., object]]] = [
        (f"{m.__name__}.{name}", value)
        for m in modules_of(module)
        for name, value in list(vars(m).items())
        if isinstance(value, types.BuiltinFunctionType)
    ]
    targets += [(cls.__qualname__, cls) for cls in classes]
    for cls in classes:
        for instance in instances_of(cls, pool)[:2]:
            targets += methods_of(cls, instance)
    values = [value for value in (*HOSTILE, *pool) if not isinstance(value, (float, int)) or abs(value) < 1000]
    found = []
    for label, target in targets:
        kept = 0
        for arguments in [(), *((value,) for value in values), *zip(values, reversed(values), strict=True)]:
            try:
                target(*arguments)
            except Exception:
                continue
            given = ", ".join(type(argument).__name__ for argument in arguments)
            found.append((f"{label}({given})", lambda target=target, arguments=arguments: target(*arguments)))
            kept += 1
            if kept == TRIES:
                break
    return found


def methods_of(cls: type, instance: object) -> list[tuple[str, Callable[..., object]]]:
    found: list[tuple[str, Callable[..., object]]] = []
    for name in dir(cls):
        static = getattr(cls, name, None)
        if name.startswith("__") and getattr(object, name, None) is static:
            continue
        if name in ("__class__", "__init_subclass__", "__subclasshook__", "__getattribute__", "__dict__", "__del__"):
            continue
        if callable(static):
            try:
                found.append((f"{cls.__qualname__}.{name}", getattr(instance, name)))
            except Exception:
                continue
        else:
            found.append((f"get {cls.__qualname__}.{name}", lambda name=name: getattr(instance, name)))
    for probe in (repr, str, len, iter, list, bool, hash):
        found.append((f"{probe.__name__}({cls.__qualname__})", lambda probe=probe: probe(instance)))
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(*sys.argv[2:5])
    else:
        sys.exit(main(sys.argv[1:]))
