"""`python -m benchmarks.talk`: the talk's table on this machine, written to results/talk-VERSION.{json,md}.

Every figure is the median of fresh processes, so that "1 call" is a first call: cold caches, nothing specialised.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.harness import routes
from benchmarks.harness.costs import measure_command, stripped_kb
from benchmarks.harness.interpreters import Environment, find_interpreters, prepare
from benchmarks.harness.machine import describe_machine
from benchmarks.harness.places import CACHE
from benchmarks.harness.report import render_machine, render_table, save
from benchmarks.talk.small import SMALL_ROUTES

HERE = Path(__file__).parent
INCREMENT = HERE / "increment.cpp"
COUNTS = (1, 10, 100, 1000)

Build = Callable[[Environment, Path], tuple[list[str], float]]
"""Makes a route: the command to which a count is added, and the size in KB."""


def build_python(env: Environment, folder: Path) -> tuple[list[str], float]:
    shutil.copy(HERE / "talk_python.py", folder)
    return loop_command(env, folder, "talk_python"), 0.0


def build_native(env: Environment, folder: Path) -> tuple[list[str], float]:
    program = folder / "native"
    sources = [str(HERE / "native.cpp"), str(INCREMENT)]
    measure_command(["g++", *routes.FLAGS, *sources, "-o", str(program)], folder)
    return [str(program)], stripped_kb(program)


def build_module(build: Callable[..., routes.Built], name: str) -> Build:
    def make(env: Environment, folder: Path) -> tuple[list[str], float]:
        source = HERE / f"bind_{name}.cpp"
        built = build(env, folder, f"talk_{name}", [source, INCREMENT], HERE)
        return loop_command(env, folder, built.module), built.size_kb

    return make


def build_small(name: str) -> Build:
    def make(env: Environment, folder: Path) -> tuple[list[str], float]:
        built = SMALL_ROUTES[name](env, folder)
        return loop_command(env, folder, built.module), built.size_kb

    return make


def loop_command(env: Environment, folder: Path, module: str) -> list[str]:
    return [str(env.python), str(HERE / "loop.py"), str(folder), module]


ROUTES: dict[str, Build] = {
    "Python": build_python,
    "C++": build_native,
    "Python C API": build_module(routes.build_raw, "capi"),
    "pybind11": build_small("pybind11"),
    "Boost.Python": build_module(routes.build_boost, "boost"),
    "nanobind": build_small("nanobind"),
    "dovetail": build_small("dovetail"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.talk", description=__doc__)
    parser.add_argument("--python", action="append", type=Path, help="an interpreter; may be repeated")
    parser.add_argument("--processes", type=int, default=21, help="fresh processes for each figure")
    options = parser.parse_args()
    # Boost.Python exists for Debian's Python only, so one interpreter is enough unless others are asked for.
    for base in options.python or find_interpreters()[:1]:
        env = prepare(base)
        folder = CACHE / "talk" / env.version
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "question": "talk",
            "python": env.version,
            "versions": env.versions(),
            "machine": describe_machine(),
            "processes": options.processes,
            "routes": measure(env, folder, options.processes),
        }
        save(f"talk-{env.tag}", data, render(data))


def measure(env: Environment, folder: Path, processes: int) -> dict[str, Any]:
    made: dict[str, tuple[list[str], float]] = {}
    for route, build in ROUTES.items():
        print(f"building {route} for Python {env.version} …", file=sys.stderr, flush=True)
        try:
            made[route] = build(env, folder)
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"{route} is left out: {error}", file=sys.stderr)
    taken: dict[str, dict[int, list[float]]] = {route: {count: [] for count in COUNTS} for route in made}
    for _ in range(processes):
        for route, (command, _) in made.items():
            for count in COUNTS:
                run = subprocess.run([*command, str(count)], check=True, capture_output=True, text=True)
                taken[route][count].append(float(run.stdout))
    return {
        route: {
            "size_kb": round(made[route][1], 1),
            "ns": {str(count): round(statistics.median(values), 1) for count, values in counts.items()},
            "least_ns": {str(count): round(min(values), 1) for count, values in counts.items()},
        }
        for route, counts in taken.items()
    }


def render(data: dict[str, Any]) -> str:
    text = f"# The talk's table, Python {data['python']}\n\n{render_machine(data['machine'], data['versions'])}"
    text += (
        f"Nanoseconds per increment, loop included; median of {data['processes']} fresh processes each, so the first "
        "column is a very first call. -O2 everywhere, sizes stripped; Boost.Python also needs its shared library.\n\n"
    )
    head = ["", *(f"{count} call{'s' if count > 1 else ''}" for count in COUNTS), "size"]
    rows = []
    for route, facts in data["routes"].items():
        size = f"{facts['size_kb']:.0f} KB" if facts["size_kb"] else "–"
        rows.append([route, *(f"{facts['ns'][str(count)]:.0f} ns" for count in COUNTS), size])
    return text + render_table(head, rows)


if __name__ == "__main__":
    main()
