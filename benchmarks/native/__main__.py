"""`python -m benchmarks.native`: calls, fields, ufuncs, the talk's loop; written to results/native-VERSION.{json,md}.

Needs Numba, Cython and NumPy in the Python that runs it. Every figure is the least of several rounds, which go over all
routes in turn, so that what disturbs one disturbs all; ratios are to C++ in the same round, and their median is shown.
"""

from __future__ import annotations

import argparse
import cProfile
import importlib
import importlib.metadata
import io
import os
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

Run = Callable[[], Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.native", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the log; each has thirteen items")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    folder = CACHE / "native" / platform.python_version()
    build(folder)
    sys.path.insert(0, str(folder))
    sys.path.insert(0, str(HERE))
    questions = {**find_calls(), **find_ufuncs()}
    results = {name: measure(routes, options.rounds, per) for name, (routes, per) in questions.items()}
    results["the talk's loop, per item"] = measure_loop(read_log(folder, options.rows), max(3, options.rounds // 2))
    tag = ".".join(platform.python_version_tuple()[:2])
    data = {
        "question": "native",
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in ("numba", "llvmlite", "cython", "numpy")},
        "machine": describe_machine(),
        "rounds": options.rounds,
        "rows": options.rows,
        "results": results,
        "profile": profile_loop(read_log(folder, PROFILED)),
    }
    save(f"native-{tag}", data, render(data))


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


def measure(routes: dict[str, Run], rounds: int, per: int) -> dict[str, dict[str, float]]:
    """Nanoseconds for one, and how many times the first route that is."""
    taken: dict[str, list[float]] = {route: [] for route in routes}
    for round_ in range(rounds + 1):
        for route, go in routes.items():
            start = perf_counter()
            go()
            if round_:  # the first compiles and fills caches
                taken[route].append((perf_counter() - start) / per * 1e9)
    first = next(iter(taken.values()))
    return {
        route: {
            "ns": round(min(values), 3),
            "median_ns": round(statistics.median(values), 3),
            "ratio": round(statistics.median(a / b for a, b in zip(values, first, strict=True)), 3),
        }
        for route, values in taken.items()
    }


def read_log(folder: Path, rows: int) -> Any:
    """A reader of a log of so many rows."""
    import binary_reader

    log = folder / "rows.log"
    binary_reader.write_log(os.fspath(log), rows)
    reader = binary_reader.RowReader(os.fspath(log))
    log.unlink()
    return reader


def profile_loop(reader: Any) -> str:
    """What Python's own profiler says of the loop in Python."""
    import python_loops

    profile = cProfile.Profile()
    profile.runcall(python_loops.analyse_python, reader, 1.2)
    text = io.StringIO()
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(4)
    return text.getvalue().strip()


def measure_loop(reader: Any, rounds: int) -> dict[str, dict[str, float]]:
    import binary_reader
    import python_loops

    rows = len(reader.getRows())
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
    return measure(routes, rounds, rows * 13)


def render(data: dict[str, Any]) -> str:
    text = f"# Native calls, Python {data['python']}\n\n{render_machine(data['machine'], data['versions'])}"
    text += (
        f"Nanoseconds for one, the least of {data['rounds']} interleaved rounds; how many times the first route that "
        "is, the median of the rounds. C++ calls through a pointer, as the others do; arrays have "
        f"{ELEMENTS:,} elements. The talk's loop goes over "
        f"{data['rows']:,} rows of thirteen items, asks the reader for the name of each and compares it.\n"
    )
    for question, routes in data["results"].items():
        rows = [[route, f"{facts['ns']:.2f} ns", f"{facts['ratio']:.2f} ×"] for route, facts in routes.items()]
        text += f"\n{render_table([question, 'time', 'of the first'], rows)}"
    return f"{text}\nThe talk's loop in Python under cProfile, {PROFILED:,} rows:\n\n```\n{data['profile']}\n```\n"


if __name__ == "__main__":
    main()
