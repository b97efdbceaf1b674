"""Hostile calls to everything in one module, in a process of its own.

Run as `python sweep.py MODULE FILE`: loads the extension, calls every function, method, constructor, attribute and
special method with wrong types, wrong counts, huge numbers and half-built objects. Every call must return or raise an
ordinary exception.
Prints one JSON document: calls made, callables visited, and `faults` (SystemError, leaked references, leaked blocks).
A crash shows as this process dying; the last callable begun is then the last line on stderr.
"""

from __future__ import annotations

import enum
import gc
import importlib.machinery
import importlib.util
import itertools
import json
import sys
import types
from collections.abc import Callable, Iterator

NOT_CALLED = ("__class__", "__init_subclass__", "__subclasshook__", "__getattribute__", "__dict__", "__del__")
ROUNDS = 10
BATCHES = 40
PROBES = (repr, str, hash, bool, len, iter, list, dict, abs, int, float, memoryview)


class Marker:
    """Of no use to any C++ function."""


class RaisingIndex:
    def __index__(self) -> int:
        raise LookupError("index refused")

    def __float__(self) -> float:
        raise LookupError("float refused")


MARKER = Marker()
HOSTILE: tuple[object, ...] = (
    None, RaisingIndex(), int, len, MARKER, 0, 1, -1, 3, 255, 2**31, -(2**31) - 1, 2**63, 2**64, -(2**70), True,
    0.5, float("nan"), float("inf"), 1e300, 1j, "", "text", "\ud800", "a\0b", "日本", b"by", b"\xff", bytearray(b"x"),
    [], [1, 2], [1, "x", MARKER], ["a"], (), (1, 2), ("a", 1), {}, {"a": 1}, {1: 2}, {1}, range(3), memoryview(b"abcd"),
)  # fmt: skip


def load(name: str, path: str) -> types.ModuleType:
    loader = importlib.machinery.ExtensionFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module


def modules_of(module: types.ModuleType) -> Iterator[types.ModuleType]:
    yield module
    for value in list(vars(module).values()):
        if isinstance(value, types.ModuleType) and value.__name__.startswith(module.__name__ + "."):
            yield from modules_of(value)


def classes_of(scope: object) -> Iterator[type]:
    """Classes that `scope` itself defines, nested ones too."""
    for value in list(vars(scope).values()):
        if not isinstance(value, type) or value is scope or ("." in value.__qualname__ and not isinstance(scope, type)):
            continue
        if value.__module__ in sys.modules and hasattr(sys.modules[value.__module__], "__loader__"):
            yield value
            if not issubclass(value, enum.Enum):
                yield from classes_of(value)


def attempts_with(pool: list[object]) -> list[tuple[object, ...]]:
    """Arguments that constructors are tried with."""
    simple: list[tuple[object, ...]] = [(), (1,), (2.0,), ("x",), ([1],), (1, 2), (1.0, "x"), (1, 1, 1)]
    return simple + [(value,) for value in pool] + list(itertools.product(pool[:6], repeat=2))


def instances_of(cls: type, pool: list[object]) -> list[object]:
    """Some usable instances and a half-built one: constructors are tried with what is at hand."""
    found: list[object] = []
    for arguments in attempts_with(pool):
        try:
            found.append(cls(*arguments))
        except Exception:
            continue
        if len(found) >= 3:
            break
    try:
        found.append(cls.__new__(cls))
    except Exception:
        pass
    return found


def settle() -> None:
    """Frees what waits to be freed, and the names that CPython's attribute cache holds."""
    gc.collect()
    getattr(sys, "_clear_internal_caches", sys._clear_type_cache)()


class Sweep:
    def __init__(self) -> None:
        self.calls = 0
        self.callables = 0
        self.faults: list[str] = []

    def call(self, name: str, function: Callable[..., object], *arguments: object, **keywords: object) -> None:
        self.calls += 1
        try:
            function(*arguments, **keywords)
        except (SystemError, SystemExit, KeyboardInterrupt) as error:
            self.faults.append(f"{name}{arguments!r}: {error!r}")
        except BaseException:
            pass

    def storm(self, name: str, function: Callable[..., object], extra: list[object]) -> None:
        """Every hostile value alone, some pairs and triples, wrong counts, wrong keywords."""
        self.callables += 1
        print(name, file=sys.stderr, flush=True)
        values = [*HOSTILE, *extra]
        self.call(name, function)
        for value in values:
            self.call(name, function, value)
            self.call(name, function, nonsense=value)
        for pair in zip(values, reversed(values), strict=True):
            self.call(name, function, *pair)
            self.call(name, function, *pair, pair[0])
        self.call(name, function, *HOSTILE)
        self.call(name, function, 1, 2, 3, nonsense=1)

    def leaks(self, name: str, function: Callable[..., object], extra: list[object]) -> None:
        """References and blocks stay flat over failing calls (they cannot keep anything)."""
        arguments: list[tuple[object, ...]] = [
            (MARKER,),
            (MARKER, MARKER),
            (RaisingIndex(),),
            ([1, MARKER],),
            ("\ud800",),
            (2**70,),
        ]
        arguments += [(value, MARKER) for value in extra[:2]]
        failing = []
        for group in arguments:
            try:
                function(*group)
            except Exception:
                failing.append(group)

        def round_() -> None:
            for group in failing:
                try:
                    function(*group)
                except Exception:
                    pass

        for _ in range(5):
            round_()
        references = sys.getrefcount(MARKER)
        growth = []
        for _ in range(BATCHES):
            settle()
            blocks = sys.getallocatedblocks()
            for _ in range(ROUNDS):
                round_()
            settle()
            growth.append(sys.getallocatedblocks() - blocks)
            # Caches of NumPy grow ever slower; what leaks grows by one in every round.
            if growth[-1] < ROUNDS:
                break
        else:
            self.faults.append(f"{name}: {growth} blocks leaked in batches of {ROUNDS} rounds of failing calls")
        grown = sys.getrefcount(MARKER) - references
        if grown:
            self.faults.append(f"{name}: {grown} references leaked in failing calls")


def sweep(module: types.ModuleType) -> Sweep:
    work = Sweep()
    classes = list(
        dict.fromkeys(
            c for m in modules_of(module) for c in classes_of(m) if not issubclass(c, (enum.Enum, BaseException))
        )
    )
    pool: list[object] = [
        member for m in modules_of(module) for c in classes_of(m) if issubclass(c, enum.Enum) for member in list(c)[:1]
    ]
    for _ in range(2):
        for cls in classes:
            pool += instances_of(cls, pool)[:3]
    for space in modules_of(module):
        for name, value in list(vars(space).items()):
            if isinstance(value, types.BuiltinFunctionType):
                work.storm(f"{space.__name__}.{name}", value, pool)
                work.leaks(f"{space.__name__}.{name}", value, pool)
    for cls in classes:
        work.storm(cls.__qualname__, cls, pool)
        work.leaks(cls.__qualname__, cls, pool)
        for instance in instances_of(cls, pool):
            visit(work, cls, instance, pool)
    gc.collect()
    return work


def visit(work: Sweep, cls: type, instance: object, pool: list[object]) -> None:
    for name in dir(cls):
        if name in NOT_CALLED:
            continue
        label = f"{cls.__qualname__}.{name}"
        static = getattr(cls, name, None)
        if not callable(static):
            for value in [*HOSTILE, *pool]:
                work.call(label, setattr, instance, name, value)
            work.call(label, getattr, instance, name)
            work.call(label, delattr, instance, name)
        elif name.startswith("__") and getattr(object, name, None) is static:
            continue
        else:
            try:
                method = getattr(instance, name)
            except Exception:
                continue
            work.storm(label, method, pool)
            work.leaks(label, method, pool)
    for probe in PROBES:
        work.call(f"{probe.__name__}({cls.__qualname__})", probe, instance)


if __name__ == "__main__":
    result = sweep(load(sys.argv[1], sys.argv[2]))
    print(json.dumps({"calls": result.calls, "callables": result.callables, "faults": result.faults}))
