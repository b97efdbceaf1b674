"""`python -m benchmarks.native.pypy`: calls on an unmodified PyPy, over its C-API and ours; in results/pypy.{json,md}.

Every round starts each route once, as a process of its own, so that what disturbs one disturbs all. What is compared
are the medians over the rounds of each route's time divided by that of ours in the same round.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.harness.machine import describe_machine
from benchmarks.harness.places import CACHE
from benchmarks.harness.report import render_machine, render_table, save

HERE = Path(__file__).parent
OURS = "PyPy, dovetail"


@dataclass(frozen=True)
class Route:
    name: str
    python: str
    folder: Path
    module: str


@dataclass(frozen=True)
class Question:
    title: str
    loop: str
    count: int
    boxed: bool = True
    """There is a hand-written extension for it."""
    whole: bool = False
    """The time of the process, with the start of Python and the import."""


QUESTIONS = (
    Question("10 million `inc`, the whole process", "inc", 10_000_000, whole=True),
    Question("`inc`", "inc", 10_000_000),
    Question("`inc` that may throw", "inc_checked", 10_000_000, boxed=False),
    Question("method", "add", 10_000_000),
    Question("field, read and written", "field", 10_000_000, boxed=False),
    Question("text of nine characters", "length", 2_000_000, boxed=False),
)
SLOW = 20
"""Where one call is the unit, all but ours make a twentieth of the calls."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.native.pypy", description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="a CPython (the post compared 3.10)")
    parser.add_argument("--pypy", default=shutil.which("pypy3") or "pypy3")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    routes = build(CACHE / "pypy", options.python, options.pypy)
    found = [{q.title: ask(q, routes) for q in QUESTIONS} for _ in range(options.rounds)]
    data = {
        "question": "pypy",
        "pythons": {name: version_of(name) for name in (options.python, options.pypy)},
        "machine": describe_machine(),
        "rounds": options.rounds,
        "results": {q.title: combine([each[q.title] for each in found]) for q in QUESTIONS},
    }
    save("pypy", data, render(data))


def build(folder: Path, python: str, pypy: str) -> tuple[Route, ...]:
    """Everything is compiled alike, -O2."""
    shutil.rmtree(folder, ignore_errors=True)
    places = {name: folder / name for name in ("ours", "cpython", "cpyext", "bound")}
    for place in places.values():
        place.mkdir(parents=True)
    header = str(HERE / "plain.h")
    run([sys.executable, "-m", "dovetail", "build", "--pypy", header, "-o", str(places["ours"])])
    routes = [Route(OURS, pypy, places["ours"], "plain")]
    for name, interpreter, place in (("CPython", python, places["cpython"]), ("PyPy", pypy, places["cpyext"])):
        asked = "import sysconfig as s; print(s.get_path('include')); print(s.get_config_var('EXT_SUFFIX'))"
        include, suffix = run([interpreter, "-c", asked]).split()
        flags = ["-O2", "-DNDEBUG", "-fPIC", "-shared", f"-I{include}"]
        run(["gcc", *flags, str(HERE / "boxed.c"), "-o", str(place / f"boxed{suffix}")])
        routes.append(Route(f"{name}, C-API by hand (METH_O)", interpreter, place, "boxed"))
    if sys.executable == python:
        run([sys.executable, "-m", "dovetail", "build", header, "-o", str(places["bound"])])
        routes.append(Route("CPython, dovetail", python, places["bound"], "plain"))
    return tuple(routes)


def ask(question: Question, routes: tuple[Route, ...]) -> dict[str, float]:
    """Nanoseconds for one; of a whole process in all."""
    found = {}
    for route in routes:
        if route.module == "boxed" and not question.boxed:
            continue
        slow = route.name != OURS and not question.whole
        count = question.count // SLOW if slow else question.count
        command = [route.python, str(HERE / "calls_of.py"), route.module, question.loop, str(count)]
        start = spent()
        printed = run(command, {"PYTHONPATH": str(route.folder), "PYTHONDONTWRITEBYTECODE": "1"})
        whole = (spent() - start) * 1e9
        found[route.name] = whole if question.whole else float(printed)
    return found


def spent() -> float:
    """Seconds of the processor for all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command: list[str], env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **(env or {})})
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def version_of(python: str) -> str:
    return run([python, "-c", "import sys; print(sys.version.replace(chr(10), ' '))"]).strip()


def combine(rounds: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    return {
        name: {
            "least": min(each[name] for each in rounds),
            "of ours": statistics.median(each[name] / each[OURS] for each in rounds),
        }
        for name in rounds[0]
    }


def render(data: dict[str, Any]) -> str:
    lines = ["# Calls on PyPy\n\n", render_machine(data["machine"], {}), "\n"]
    lines += [f"- {version}\n" for version in data["pythons"].values()]
    lines.append(
        f"\nThe processor's time, the least of {data['rounds']} interleaved rounds, each a process of its own; and how "
        "many times ours that is, the median of the rounds. By hand: a C extension as one writes it, with one boxed "
        "argument. PyPy gives its lock back before each call of C and takes it again behind it, by an atomic exchange, "
        "which is most of our time: `docs/guides/pypy.md` says what else was tried.\n"
    )
    for title, routes in data["results"].items():
        whole = "whole process" in title
        rows = [
            (name, f"{it['least'] / 1e6:.0f} ms" if whole else f"{it['least']:.1f} ns", f"{it['of ours']:.1f} ×")
            for name, it in routes.items()
        ]
        lines.append("\n" + render_table((title, "time", "of ours"), rows))
    return "".join(lines)


if __name__ == "__main__":
    main()
