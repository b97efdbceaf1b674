"""Memory and references that calls keep: `python tests/hardening/leaks.py [CASE …]`.

In: the cases, all or those named.  Out: a line per case; 1 if anything leaked.  Must not know: what a case does.

Each function, constructor, method and attribute of each module is called with values of every kind: some calls succeed,
others fail. The objects of C++ that take part are made anew in every round and dropped at its end, so that a call may
keep what it likes as long as these live. What malloc has given out and the references to what stays must not grow with
the number of rounds. Python's own allocator is malloc's here, so that nothing is hidden in its pools.
"""

from __future__ import annotations

import contextlib
import copy
import ctypes
import enum
import gc
import json
import os
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CASES = HERE.parent / "cases"
sys.path[:0] = [str(CASES), str(HERE)]

ROUNDS = 10
BATCHES = 30
SMALLEST = 16
"""Bytes of the least that malloc gives out."""
MOST = 8
"""Objects of C++ that take part in each round."""
KEEPERS = {"pointers.on_event": "C keeps each callable with its user data, and never says that it is done"}
"""What keeps by design -> why."""


@dataclass(frozen=True)
class Recipe:
    """How an object is made; its arguments may be recipes."""

    cls: type
    arguments: tuple[object, ...]


def make(given: object) -> object:
    if isinstance(given, Recipe):
        return given.cls(*map(make, given.arguments))
    return copy.copy(given) if isinstance(given, (list, dict, set, bytearray)) else given


def main(names: list[str]) -> int:
    from casebook import build_all, built, find_cases

    cases = [case for case in find_cases() if not names or case.name in names]
    build_all(tuple(cases))
    environment = os.environ | {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}
    found = calls = targets = 0
    for case in cases:
        command = [sys.executable, "-X", "faulthandler", __file__, "--inside", case.name, str(built(case))]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if result.returncode:
            print(f"{case.name:14} died ({result.returncode}) in\n{result.stderr[-1500:]}", flush=True)
            found += 1
            continue
        report = json.loads(result.stdout.splitlines()[-1])
        calls += report["calls"]
        targets += report["targets"]
        found += len(report["faults"])
        print(f"{case.name:14} {report['calls']:9,} calls", *report["faults"][:20], sep="\n  ", flush=True)
    print(f"{calls:,} calls of {targets:,} functions, constructors, methods and attributes; {found or 'no'} leaks")
    return int(found > 0)


# ---- in the process of one module ------------------------------------------------------------------------------------


class MallocInfo(ctypes.Structure):
    """`struct mallinfo2`."""

    _fields_ = [
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks")),
        *((name, ctypes.c_size_t) for name in ("uordblks", "fordblks", "keepcost")),
    ]


class Meter:
    """Bytes that malloc has given out, and references to what stays."""

    def __init__(self, watched: list[object]) -> None:
        self.ask = ctypes.CDLL(None).mallinfo2
        self.ask.restype = MallocInfo
        self.watched = watched

    def read(self) -> tuple[int, int]:
        from sweep import settle

        settle()
        counts = sum(sys.getrefcount(one) for one in self.watched)
        info = self.ask()
        return info.uordblks + info.hblkhd, counts

    def grows(self, work: Callable[[], None]) -> str:
        """What every round leaves behind; "" where there is nothing."""
        for _ in range(3):
            work()
        by_bytes = by_references = True
        for _ in range(BATCHES):
            before = self.read()
            for _ in range(ROUNDS):
                work()
            after = self.read()
            grown, references = (new - old for new, old in zip(after, before, strict=True))
            # Caches of NumPy grow ever slower; what leaks grows in every round.
            by_bytes = by_bytes and grown >= ROUNDS * SMALLEST
            by_references = by_references and references >= ROUNDS
            if not by_bytes and not by_references:
                return ""
        return f"{grown / ROUNDS:g} bytes" if by_bytes else f"{references / ROUNDS:g} references"


class Leaks:
    def __init__(self, module: types.ModuleType) -> None:
        from sweep import HOSTILE, classes_of, modules_of

        self.calls = self.targets = 0
        self.faults: list[str] = []
        self.spaces = list(modules_of(module))
        every = dict.fromkeys(c for space in self.spaces for c in classes_of(space))
        self.classes = [c for c in every if not issubclass(c, (enum.Enum, BaseException))]
        self.members: list[object] = [m for c in every if issubclass(c, enum.Enum) for m in list(c)[:1]]
        self.recipes: dict[type, list[Recipe]] = {}
        for _ in range(2):
            for cls in self.classes:
                self.recipes[cls] = list(self.find_recipes(cls))
        self.hostile = list(HOSTILE)
        kinds = (str, bytes, list, dict, set, tuple, bytearray)
        stays = [one for one in self.hostile if one and isinstance(one, kinds)]
        self.meter = Meter([*self.spaces, *every, *self.members, *stays, self.hostile[4]])

    def find_recipes(self, cls: type) -> Iterator[Recipe]:
        from sweep import attempts_with

        pool: list[object] = [*self.members, *(r for known in self.recipes.values() for r in known[:2])]
        found = 0
        for arguments in attempts_with(pool):
            recipe = Recipe(cls, arguments)
            with contextlib.suppress(Exception):
                make(recipe)
                found += 1
                yield recipe
            if found == 3:
                return

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        self.calls += 1
        with contextlib.suppress(Exception):
            function(*arguments)

    def storm(self, function: Callable[..., object], pool: list[object]) -> None:
        """Every value alone, some pairs and triples, by keyword."""
        values = [*self.hostile, *pool]
        self.call(function)
        for value in values:
            self.call(function, make(value))
        for first, second in zip(values, reversed(values), strict=True):
            self.call(function, make(first), make(second))
            self.call(function, make(first), make(second), make(first))
        with contextlib.suppress(Exception):
            function(nonsense=1)

    def pool(self) -> list[object]:
        recipes = [known[0] for known in self.recipes.values() if known]
        return [*self.members, *(self.made(recipe) for recipe in recipes[:MOST])]

    @staticmethod
    def made(recipe: Recipe) -> object:
        with contextlib.suppress(Exception):
            return make(recipe)
        return None

    def check(self, label: str, use: Callable[[list[object]], None]) -> None:
        print(label, file=sys.stderr, flush=True)
        self.targets += 1
        if leaked := self.meter.grows(lambda: use(self.pool())):
            self.faults.append(f"{label}: {leaked} in each round of calls")

    def sweep(self) -> None:
        from hammer import EXCLUDED

        skipped = {*EXCLUDED, *KEEPERS}
        for space in self.spaces:
            for name, value in list(vars(space).items()):
                label = f"{space.__name__}.{name}"
                if isinstance(value, types.BuiltinFunctionType) and label not in skipped:
                    self.check(label, lambda pool, value=value: self.storm(value, pool))
        for cls in self.classes:
            self.check(cls.__qualname__, lambda pool, cls=cls: self.storm(cls, pool))
            for recipe in (*self.recipes[cls][:1], None):
                for name in self.names_of(cls, skipped):
                    half = "" if recipe else " of one without __init__"
                    self.check(
                        f"{cls.__qualname__}.{name}{half}",
                        lambda pool, cls=cls, recipe=recipe, name=name: self.use(cls, recipe, name, pool),
                    )

    def names_of(self, cls: type, skipped: set[str]) -> Iterator[str]:
        from sweep import NOT_CALLED

        for name in dir(cls):
            own = not name.startswith("__") or getattr(object, name, None) is not getattr(cls, name, None)
            if own and name not in NOT_CALLED and f"{cls.__module__}.{cls.__qualname__}.{name}" not in skipped:
                yield name
        yield "an object"

    def use(self, cls: type, recipe: Recipe | None, name: str, pool: list[object]) -> None:
        from sweep import PROBES

        try:
            target = make(recipe) if recipe else cls.__new__(cls)
        except Exception:
            return
        if name == "an object":
            for probe in PROBES:
                self.call(probe, target)
            return
        if not callable(getattr(cls, name, None)):
            self.call(getattr, target, name)
            for value in [*self.hostile, *pool]:
                self.call(setattr, target, name, make(value))
            self.call(getattr, target, name)
            self.call(delattr, target, name)
            return
        with contextlib.suppress(Exception):
            self.storm(getattr(target, name), pool)


def inside(name: str, path: str) -> None:
    """The last target begun is the last line of stderr."""
    from sweep import load

    work = Leaks(load(name, path))
    gc.collect()
    gc.freeze()
    work.sweep()
    print(json.dumps({"calls": work.calls, "targets": work.targets, "faults": work.faults}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(*sys.argv[2:4])
    else:
        sys.exit(main(sys.argv[1:]))
