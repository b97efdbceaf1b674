"""`python -m benchmarks.native`: calls, fields, ufuncs, the talk's loop; written to results/native-VERSION.{json,md}.

Needs Numba, Cython and NumPy in the Python that runs it. Every round is a process of its own and goes over all routes
in turn, so that what disturbs one disturbs all. A loop of one call takes four to seven cycles for the same seven
instructions, by the addresses where it and the function happen to lie, which each process has others of: so there are
many processes, and the medians of their cycles are compared.
"""

from __future__ import annotations

import argparse
import cProfile
import importlib
import importlib.metadata
import io
import json
import platform
import pstats
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.harness.machine import describe_machine
from benchmarks.harness.places import CACHE, ROOT
from benchmarks.harness.report import render_machine, render_table, save
from benchmarks.native.counters import Counters, open_counters

HERE = Path(__file__).parent
ROWS = ROOT / "examples" / "rows"
PROJECT = f"""
[modules.work]
headers = ["{HERE}/work.h"]
sources = ["{HERE}/work.cpp", "{HERE}/cython_loops.pyx"]

[modules.work.rules]
"work::scaled*" = {{ ufunc = true }}

[modules.binary_reader]
headers = ["{HERE}/analyse.h", "{ROWS}/binary_reader.h"]
sources = ["{HERE}/analyse.cpp", "{ROWS}/binary_reader.cpp", "{HERE}/signals.pyx"]
include = ["{ROWS}"]
"""
CALLS = 50_000_000
ROUNDS = 200
ELEMENTS = 100_000
REPEATS = 200
PROFILED = 100_000
"""Rows of the log that is profiled."""

LOG = "rows.log"

Run = Callable[[], Any]
Counts = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.native", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the log; each has thirteen items")
    parser.add_argument("--rounds", type=int, default=20, help="processes; the long loops run in a third of them")
    parser.add_argument("--round", metavar="FOLDER", type=Path, help="one round with what was built there, as JSON")
    parser.add_argument("--short", action="store_true", help="without the long loops")
    options = parser.parse_args()
    if options.round:
        sys.path[:0] = [str(options.round), str(HERE)]
        json.dump(run_round(options.round, short=options.short), sys.stdout)
        return
    versions = find_versions()
    folder = CACHE / "native" / platform.python_version()
    build(folder)
    log = folder / LOG
    command = f"import binary_reader; binary_reader.write_log({str(log)!r}, {options.rows})"
    run([sys.executable, "-c", command], folder)
    rounds = [start_round(folder, short=k % 3 > 0) for k in range(options.rounds)]
    log.unlink()
    tag = ".".join(platform.python_version_tuple()[:2])
    data = {
        "question": "native",
        "python": platform.python_version(),
        "versions": versions,
        "machine": describe_machine(),
        "rounds": options.rounds,
        "rows": options.rows,
        "results": {
            question: combine([each[question] for each in rounds if question in each]) for question in rounds[0]
        },
        "profile": profile_loop(folder),
    }
    save(f"native-{tag}", data, render(data))


def find_versions() -> dict[str, str]:
    try:
        return {name: importlib.metadata.version(name) for name in ("numba", "llvmlite", "cython", "numpy")}
    except importlib.metadata.PackageNotFoundError as error:
        sys.exit(f"{error.name} is not installed: python -m pip install numba cython")


def start_round(folder: Path, *, short: bool) -> dict[str, dict[str, Counts]]:
    command = [sys.executable, "-m", "benchmarks.native", "--round", str(folder), *(["--short"] if short else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stdout}{done.stderr}")
    found: dict[str, dict[str, Counts]] = json.loads(done.stdout)
    return found


def run_round(folder: Path, *, short: bool) -> dict[str, dict[str, Counts]]:
    questions = find_calls()
    if not short:
        questions |= find_ufuncs() | find_loop(folder)
    counters = open_counters()
    return {
        question: {route: measure(go, per, counters) for route, go in routes.items()}
        for question, (routes, per) in questions.items()
    }


def measure(go: Run, per: int, counters: Counters | None) -> Counts:
    """For one: nanoseconds; instructions and cycles, where they were counted."""
    go()  # compiles, and fills caches
    start = perf_counter()
    counted = counters.count(go) if counters else go()
    nanoseconds = (perf_counter() - start) * 1e9
    instructions, cycles = counted if counters and counted else (0, 0)
    return {"ns": nanoseconds / per, "instructions": instructions / per, "cycles": cycles / per}


def combine(rounds: list[dict[str, Counts]]) -> dict[str, Counts]:
    """Of all rounds: the least, of cycles also the median, and how many times that of the first route it is."""
    found: dict[str, Counts] = {}
    for route in rounds[0]:
        all_ = {unit: [each[route][unit] for each in rounds if each[route][unit]] for unit in rounds[0][route]}
        found[route] = {unit: round(min(values), 3) for unit, values in all_.items() if values}
        if all_["cycles"]:
            found[route]["least_cycles"] = found[route]["cycles"]
            found[route]["cycles"] = round(statistics.median(all_["cycles"]), 3)
    judged = "cycles" if all("cycles" in each for each in found.values()) else "ns"
    first = next(iter(found.values()))[judged]
    return {route: {**each, "ratio": round(each[judged] / first, 3)} for route, each in found.items()}


def build(folder: Path) -> None:
    """The two modules, each with a Cython source."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "dovetail.toml").write_text(PROJECT)
    run([sys.executable, "-m", "dovetail", "build", "--output", "."], folder)


def run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stdout}{done.stderr}")


def find_calls() -> dict[str, tuple[dict[str, Run], int]]:
    """Each question: its routes, and how many things one run does."""
    cpp, numba = importlib.import_module("work"), importlib.import_module("python_loops")
    cython = cpp.cython_loops
    counter = cpp.Counter()
    makers = {"C++": cpp, "Numba": numba, "Cython": cython}

    def routes(name: str, *arguments: Any) -> dict[str, Run]:
        return {route: lambda made=made: getattr(made, name)(*arguments) for route, made in makers.items()}  # type: ignore[misc]

    return {
        "call of `long (long)`": (routes("call_inc", CALLS), CALLS),
        "call of `double (double)`": (routes("call_half", CALLS), CALLS),
        "call that may throw": (routes("call_checked", CALLS), CALLS),
        "method": (routes("call_get", counter, CALLS), CALLS),
        "method that may throw": (routes("call_at", counter, CALLS), CALLS),
        "field of a bound object in a vector": (routes("sum_points", counter, ROUNDS), ROUNDS * 100_000),
    }


def find_ufuncs() -> dict[str, tuple[dict[str, Run], int]]:
    import numpy
    import work

    x, y = numpy.linspace(0, 1, ELEMENTS), numpy.linspace(1, 2, ELEMENTS)
    out = numpy.empty_like(x)
    sparse = numpy.linspace(0, 1, 2 * ELEMENTS)[::2]

    def repeat(function: Callable[..., Any], *arguments: Any, **named: Any) -> Run:
        def go() -> None:
            for _ in range(REPEATS):
                function(*arguments, **named)

        return go

    small_x, small_y = x.tolist(), y.tolist()
    vectorized = numpy.vectorize(work.rescaled)
    python_loops = importlib.import_module("python_loops")
    ways = {
        "ufunc": lambda: work.scaled_or_not(x, y, out=out),
        "np.vectorize": lambda: vectorized(x, y),
        "Python, over lists": lambda: python_loops.scale_python(small_x, small_y),
    }
    one = {
        "NumPy's own `2 * x + y`": repeat(lambda: numpy.add(2 * x, y, out=out)),
        "ufunc, noexcept": repeat(work.scaled, x, y, out=out),
        "ufunc that may throw": repeat(work.scaled_or_not, x, y, out=out),
        "ufunc, every second element": repeat(work.scaled, sparse, sparse, out=out),
    }
    return {
        "element of an array": (one, REPEATS * ELEMENTS),
        "a function of C++ for each element": (ways, ELEMENTS),
    }


def profile_loop(folder: Path) -> str:
    """What Python's own profiler says of the loop in Python."""
    sys.path[:0] = [str(folder), str(HERE)]
    import binary_reader
    import python_loops

    log = folder / LOG
    binary_reader.write_log(str(log), PROFILED)
    profile = cProfile.Profile()
    profile.runcall(python_loops.analyse_python, binary_reader.RowReader(str(log)), 1.2)
    log.unlink()
    text = io.StringIO()
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(4)
    return text.getvalue().strip()


def find_loop(folder: Path) -> dict[str, tuple[dict[str, Run], int]]:
    import binary_reader
    import python_loops

    reader = binary_reader.RowReader(str(folder / LOG))
    routes: dict[str, Run] = {
        "C++": lambda: binary_reader.analyse(reader, 1.2),
        "Numba": lambda: python_loops.analyse(reader, 1.2),
        "Cython, native calls": lambda: binary_reader.signals.analyse(reader, 1.2),
        "Cython, no types": lambda: binary_reader.signals.analyse_untyped(reader, 1.2),
        "Python, each name once": lambda: python_loops.analyse_by_id(reader, 1.2),
        "Python": lambda: python_loops.analyse_python(reader, 1.2),
    }
    found = binary_reader.analyse(reader, 1.2)
    results = {route: go() for route, go in routes.items() if route != "C++"}
    assert all(result == (found.count, found.sum) for result in results.values()), (found.count, found.sum, results)
    return {"the talk's loop, per item": (routes, len(reader.getRows()) * 13)}


def render(data: dict[str, Any]) -> str:
    text = f"# Native calls, Python {data['python']}\n\n{render_machine(data['machine'], data['versions'])}"
    text += (
        f"For one, in {data['rounds']} processes that go over the routes in turn: the least time, the instructions, "
        "and the cycles, from the least to the median; and how many times the median of the first route that is. "
        "C++ calls through a pointer, as the others do, in a loop of the same shape; where it may throw, inside `try`; "
        "a method through a pointer to a member. The same instructions take more or fewer cycles by where they lie in "
        f"memory, which differs from process to process. Arrays have {ELEMENTS:,} elements. The talk's loop goes over "
        f"{data['rows']:,} rows of thirteen items, asks the reader for the name of each and compares it.\n"
    )
    for question, routes in data["results"].items():
        rows = [
            [
                route,
                f"{facts['ns']:.2f} ns",
                f"{facts['instructions']:.1f}" if "instructions" in facts else "",
                f"{facts['least_cycles']:.1f}–{facts['cycles']:.1f}" if "cycles" in facts else "",
                f"{facts['ratio']:.2f} ×",
            ]
            for route, facts in routes.items()
        ]
        text += f"\n{render_table([question, 'time', 'instructions', 'cycles', 'of the first'], rows)}"
    return f"{text}\nThe talk's loop in Python under cProfile, {PROFILED:,} rows:\n\n```\n{data['profile']}\n```\n"


if __name__ == "__main__":
    main()
