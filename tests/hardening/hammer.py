"""Hostile calls from several threads on the same objects: `python tests/hardening/hammer.py [CASE …]`.

In: the cases, all or those named.  Out: a line per case; 1 if anything was found.  Must not know: what a case does.

Each module has a process of its own. Four threads call what it has at random, with wrong types, half-built objects and
each other's objects; the interpreter changes threads as often as it can. Each call must return or raise. With
`--sanitize` the modules and what they include are compiled for ThreadSanitizer, whose library is preloaded into an
ordinary interpreter: it must report nothing. A free-threaded interpreter has to be compiled for it, too; `--python`
names it, and `--suppressions` CPython's own list of what it knows of itself (Tools/tsan). Two threads that change one
C++ object are then the business of its class: with `--own` each thread has objects of its own. Shared are the module,
its types, plain Python objects, and containers, which only containers get as arguments then. Some classes of the cases
count their objects in a static number, without a lock: such reports are counted apart.
"""

from __future__ import annotations

import argparse
import collections.abc
import copy
import enum
import faulthandler
import gc
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CASES = HERE.parent / "cases"
sys.path.insert(0, str(CASES))


@dataclass(frozen=True)
class Sanitizer:
    name: str
    flags: str
    library: str
    variable: str
    options: str


SANITIZERS = {
    "thread": Sanitizer(
        "ThreadSanitizer",
        "-fsanitize=thread -g1",
        "libtsan.so",
        "TSAN_OPTIONS",
        "exitcode=66 report_signal_unsafe=0 allocator_may_return_null=1",
    ),
    "address": Sanitizer(
        "AddressSanitizer",
        "-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1",  # of sanitized.py
        "libasan.so",
        "ASAN_OPTIONS",
        "detect_leaks=0",
    ),
}
WATCHED = "DOVETAIL_WATCHED"
REPORT = "WARNING: ThreadSanitizer"
LONGEST = 1000
"""Elements of a container that stays in use."""
MOST_MEMORY = 8 << 30
WIDTH = 80
GROWING = ("mul__", "resize", "reserve")
"""What multiplies memory gets small numbers only."""

EXCLUDED = {
    "conduct.Feed.__anext__": "counts without a lock, outside of the GIL",
    "conduct.Feed.next": "counts without a lock, outside of the GIL",
    "conduct.Feed.next_async": "counts without a lock, outside of the GIL",
    "listeners.readElsewhere": "another thread changes the listener, which has no lock of its own",
    "listeners.readForever": "another thread changes the listener, which has no lock of its own",
    "pointers.Bell.ring": "calls a null pointer before on_ring() was called",
    "pointers.fire": "calls a null pointer before on_event() was called, and one to what forget() let go",
}
"""Module and name of what is unsafe by the design of the case itself -> why."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="cases")
    parser.add_argument("--calls", type=int, default=20_000, help="to each module, of all threads together")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=300, help="after which a module counts as one that hangs")
    parser.add_argument("--own", action="store_true", help="no two threads have the same object of C++")
    parser.add_argument("--sanitize", choices=SANITIZERS, nargs="?", const="thread", help="ThreadSanitizer, or another")
    parser.add_argument("--python", default=sys.executable, help="what runs the modules, of this version")
    parser.add_argument("--suppressions", help="a list of races that ThreadSanitizer does not report")
    parser.add_argument("--inside", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside(*options.inside, options)
        return 0
    if options.sanitize:
        os.environ["DOVETAIL_CASE_FLAGS"] = SANITIZERS[options.sanitize].flags
    from casebook import build_all, built, find_cases

    cases = [case for case in find_cases() if not options.names or case.name in options.names]
    build_all(tuple(cases))
    environment = preloaded(options.sanitize, options.suppressions) if options.sanitize else dict(os.environ)
    calls = found = apart = 0
    for case in cases:
        try:
            module = built(case)
        except Exception as error:
            made, complaints = 0, [str(error)]
        else:
            made, complaints = hammer(case.name, module, options, environment)
        if options.own:
            ours = [complaint for complaint in complaints if not is_of_case(complaint)]
            apart += len(complaints) - len(ours)
            complaints = ours
        calls += made
        found += len(complaints)
        print(f"{case.name:14} {made:9,} calls", *complaints, sep="\n  ", flush=True)
    how = SANITIZERS[options.sanitize].name if options.sanitize else "no sanitizer"
    how += ", objects of their own" if options.own else ""
    print(
        f"{calls:,} calls to {len(cases)} modules from {options.threads} threads, {how}, seed {options.seed}, CPython "
        f"{sys.version.split()[0]}: {found or 'no'} crashes or reports"
        + (f"; {apart} of what the C++ of the cases does by itself" if apart else "")
    )
    return int(found > 0)


def preloaded(sanitizer: str, suppressions: str | None) -> dict[str, str]:
    """The environment of an interpreter under a sanitizer."""
    chosen = SANITIZERS[sanitizer]
    compiler = shutil.which("g++") or "g++"
    libraries = [
        subprocess.run(
            [compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in (chosen.library, "libstdc++.so.6")
    ]
    return os.environ | {
        "LD_PRELOAD": " ".join(libraries),
        "PYTHONMALLOC": "default" if sysconfig.get_config_var("Py_GIL_DISABLED") else "malloc",  # they know one alone
        chosen.variable: chosen.options + (f" suppressions={Path(suppressions).resolve()}" if suppressions else ""),
    }


def hammer(name: str, module: Path, options: argparse.Namespace, environment: dict[str, str]) -> tuple[int, list[str]]:
    """Calls that one module had, and what was found."""
    command = [options.python, __file__, "--inside", name, str(module), "--calls", str(options.calls)]
    command += ["--threads", str(options.threads), "--seed", str(options.seed), *["--own"] * options.own]
    if options.sanitize == "thread" and (setarch := shutil.which("setarch")):
        command = [setarch, "-R", *command]  # ThreadSanitizer needs its addresses free
    with tempfile.TemporaryFile("w+") as errors, tempfile.TemporaryFile() as watched:
        try:
            result = subprocess.run(
                command,
                env=environment | {WATCHED: str(watched.fileno())},
                pass_fds=[watched.fileno()],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                check=False,
                timeout=options.seconds,
            )
            code, output = result.returncode, result.stdout
        except subprocess.TimeoutExpired:
            code, output = None, ""
        errors.seek(0)
        said = errors.read()
        last = " | ".join(os.pread(watched.fileno(), WIDTH * options.threads, 0).decode(errors="replace").split())
    complaints = [describe(part) for part in said.split(REPORT)[1:]]
    if code is None:
        complaints.append(f"did not end in {options.seconds:.0f} seconds, in {last}")
    elif code and not complaints:
        complaints.append(f"died ({code}) in {last}:\n{said[-600:]}")
    lines = output.splitlines()
    report = json.loads(lines[-1]) if code in (0, 66) and lines else {"calls": 0, "faults": []}
    return report["calls"], [*complaints, *report["faults"][:12]]


def is_of_case(complaint: str) -> bool:
    """Whether a line of a case's header is one of the two that met; the first of each stack has the number 0."""
    header = re.compile(re.escape(str(CASES)) + r"/\w+/\w+\.h:\d+")
    return any(line.strip().startswith("#0 ") and header.search(line) for line in complaint.splitlines())


def describe(report: str) -> str:
    """The first line of a report, and the places it names in its stacks that are not the interpreter's."""
    lines = report.splitlines()
    stacks: list[list[str]] = []
    for line in (line.strip() for line in lines):
        if line.startswith("#0 "):
            stacks.append([])
        if line.startswith("#") and stacks and "libpython" not in line:
            stacks[-1].append(line)
    return "\n    ".join([f"ThreadSanitizer{lines[0]}", *(line for stack in stacks[:2] for line in stack[:7])])


# ---- in the process of one module ------------------------------------------------------------------------------------


def inside(name: str, path: str, options: argparse.Namespace) -> None:
    """Where it dies, the descriptor `WATCHED` has a line of what each thread called last."""
    from sweep import load

    threads = options.threads
    if not any(one.library in os.environ.get("LD_PRELOAD", "") for one in SANITIZERS.values()):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    faulthandler.enable()
    module = load(name, path)
    works = [Hammer(module)] * threads
    if options.own:
        containers = works[0].give_up_containers()
        works = [Hammer(module, containers) for _ in range(threads)]
    sys.setswitchinterval(1e-6)
    begin = threading.Barrier(threads)
    workers = [
        threading.Thread(
            target=work.run, args=(random.Random(f"{options.seed} {name} {i}"), options.calls // threads, begin, i)
        )
        for i, work in enumerate(works)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sys.setswitchinterval(0.005)
    gc.collect()
    made = options.calls // threads * threads
    print(json.dumps({"calls": made, "faults": [fault for work in set(works) for fault in work.faults]}), flush=True)


class Hammer:
    """The objects that threads call: shared by all, or each has its own, and all have the same `containers`."""

    def __init__(self, module: types.ModuleType, containers: list[object] | None = None) -> None:
        from sweep import HOSTILE, classes_of, instances_of, modules_of

        self.watched = int(os.environ[WATCHED])
        self.faults: list[str] = []
        spaces = list(modules_of(module))
        every = dict.fromkeys(c for space in spaces for c in classes_of(space))
        self.classes = [c for c in every if not issubclass(c, (enum.Enum, BaseException))]
        members = [member for c in every if issubclass(c, enum.Enum) for member in list(c)[:1]]
        self.shared: list[object] = list(members)
        for _ in range(2):
            for cls in self.classes:
                self.shared += instances_of(cls, self.shared)[:3]
        self.first = len(members)
        # What calls may write into is each thread's own, too.
        self.hostile = [copy.copy(value) if isinstance(value, bytearray) else value for value in HOSTILE]
        self.functions = [
            (f"{space.__name__}.{key}", value)
            for space in spaces
            for key, value in list(vars(space).items())
            if isinstance(value, types.BuiltinFunctionType) and f"{space.__name__}.{key}" not in EXCLUDED
        ]
        self.names = {c: list(self.names_of(c)) for c in self.classes}
        self.containers = containers or []
        if containers is not None:
            self.give_up_containers()

    def give_up_containers(self) -> list[object]:
        found = [value for value in self.shared if is_container(type(value))]
        self.shared = [value for value in self.shared if not is_container(type(value))]
        return found

    def names_of(self, cls: type) -> Iterator[str]:
        from sweep import NOT_CALLED

        for name in dir(cls):
            own = not name.startswith("__") or getattr(object, name, None) is not getattr(cls, name, None)
            if own and name not in NOT_CALLED and f"{cls.__module__}.{cls.__qualname__}.{name}" not in EXCLUDED:
                yield name

    def run(self, chance: random.Random, calls: int, begin: threading.Barrier, place: int) -> None:
        begin.wait()
        made = 0
        while made < calls:
            made += 1
            try:
                self.call(chance, place)
            except (SystemError, SystemExit, KeyboardInterrupt) as error:
                self.faults.append(repr(error))
            except BaseException:
                pass

    def call(self, chance: random.Random, place: int) -> None:
        """One call, of whatever kind."""
        from sweep import PROBES

        kind = chance.randrange(12)
        if kind == 0 and self.classes:
            cls = chance.choice(self.classes)
            self.note(place, cls.__qualname__)
            cls(*self.arguments(chance, cls=cls))
        elif kind <= 3 and self.functions:
            name, function = chance.choice(self.functions)
            self.note(place, name)
            function(*self.arguments(chance, name))
        elif len(self.shared) + len(self.containers) == self.first:
            return
        else:
            at = chance.randrange(self.first, len(self.shared) + len(self.containers))
            of = self.shared if at < len(self.shared) else self.containers
            at -= 0 if of is self.shared else len(self.shared)
            target = of[at]
            if chance.randrange(100) == 0 or is_long(target):
                of[at] = self.renew(type(target), chance)
                return
            if kind == 4:
                probe = chance.choice(PROBES)
                self.note(place, f"{probe.__name__}({type(target).__qualname__})")
                probe(target)
                return
            name = chance.choice(self.names.get(type(target), ["__repr__"]))
            self.note(place, f"{type(target).__qualname__}.{name}")
            self.use(target, name, chance)

    def note(self, place: int, text: str) -> None:
        os.pwrite(self.watched, text.encode()[: WIDTH - 1].ljust(WIDTH - 1) + b"\n", place * WIDTH)

    def use(self, target: object, name: str, chance: random.Random) -> None:
        found = getattr(target, name)
        if callable(found) and not isinstance(found, type):
            found(*self.arguments(chance, name, cls=type(target)))
        elif chance.randrange(2):
            setattr(target, name, *self.arguments(chance, count=1))

    def arguments(
        self, chance: random.Random, name: str = "", count: int | None = None, cls: type = object
    ) -> list[object]:
        number = chance.choice((0, 1, 1, 1, 2, 2, 3)) if count is None else count
        ours = [*self.shared, *self.containers] if self.containers and is_container(cls) else self.shared
        given = [chance.choice(ours if ours and chance.randrange(2) else self.hostile) for _ in range(number)]
        if name.endswith(GROWING):
            given = [3 if isinstance(value, int) else value for value in given]
        return given

    def renew(self, cls: type, chance: random.Random) -> object:
        from sweep import instances_of

        return chance.choice(instances_of(cls, self.shared[:20]))


def is_container(cls: type) -> bool:
    """Whether it is a container of C++'s standard library."""
    kinds = (collections.abc.Sequence, collections.abc.Mapping, collections.abc.Set)
    return issubclass(cls, kinds) and hasattr(cls, "copy")


def is_long(target: object) -> bool:
    try:
        return len(target) > LONGEST  # type: ignore[arg-type]
    except Exception:
        return False


if __name__ == "__main__":
    sys.exit(main())
