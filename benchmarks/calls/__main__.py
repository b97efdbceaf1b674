"""`python -m benchmarks.calls`: builds work.h by every route, measures, writes results/calls-VERSION.{json,md}."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.calls.statements import PARTS, TITLES
from benchmarks.harness import routes
from benchmarks.harness.dovetail import build_project
from benchmarks.harness.interpreters import Environment, find_interpreters, prepare
from benchmarks.harness.machine import describe_machine
from benchmarks.harness.places import CACHE
from benchmarks.harness.report import render_machine, render_table, save

HERE = Path(__file__).parent
WORK = HERE / "work.cpp"


def project(name: str, settings: str = "") -> str:
    return f"""
[modules.{name}]
headers = ["{HERE}/work.h"]
sources = ["{WORK}"]
{settings}

[modules.{name}.rules]
ramp_list = {{ as = "list" }}
"""


Build = Callable[[Environment, Path], routes.Built]

ROUTES: dict[str, Build] = {
    "dovetail": lambda env, folder: build_project(env, folder, "bench_dovetail", project("bench_dovetail")),
    "raw": lambda env, folder: routes.build_raw(env, folder, "bench_raw", [HERE / "raw.cpp", WORK], HERE),
    "dovetail-abi3": lambda env, folder: build_project(
        env, folder, "bench_abi3", project("bench_abi3", 'abi3 = "3.11"')
    ),
    "nanobind": lambda env, folder: routes.build_nanobind(
        env, folder, "bench_nanobind", [HERE / "bind_nanobind.cpp", WORK], HERE
    ),
    "pybind11": lambda env, folder: routes.build_pybind11(
        env, folder, "bench_pybind11", [HERE / "bind_pybind11.cpp", WORK], HERE
    ),
    "Cython": lambda env, folder: routes.build_cython(
        env, folder, "bench_cython", HERE / "bind_cython.pyx", HERE, sources=[WORK]
    ),
    "Cython plain": lambda env, folder: routes.build_cython(
        env, folder, "bench_cython_plain", HERE / "bind_cython.pyx", HERE, sources=[WORK], binding=False
    ),
    "SWIG": lambda env, folder: routes.build_swig(
        env, folder, "bench_swig", HERE / "bind_swig.i", HERE, sources=[WORK]
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description=__doc__)
    parser.add_argument("--python", action="append", type=Path, help="an interpreter to measure; may be repeated")
    parser.add_argument("--routes", help="routes to measure, separated by commas; raw is always among them")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--slice-ms", type=float, default=0.4)
    parser.add_argument("--no-count", action="store_true", help="leave out the instruction counts")
    parser.add_argument("--no-time", action="store_true", help="leave out the times")
    parser.add_argument("--rebuild", action="store_true", help="compile all routes again, not only dovetail")
    options = parser.parse_args()
    chosen = set(options.routes.split(",")) | {"raw"} if options.routes else set(ROUTES)
    for base in options.python or find_interpreters():
        measure_interpreter(prepare(base), chosen, options)


def measure_interpreter(env: Environment, chosen: set[str], options: argparse.Namespace) -> None:
    folder = CACHE / "calls" / env.version
    folder.mkdir(parents=True, exist_ok=True)
    built = build_routes(env, folder, chosen, options.rebuild)
    data: dict[str, Any] = {
        "question": "calls",
        "python": env.version,
        "optimised_python": env.optimised,
        "versions": env.versions(),
        "machine": describe_machine(),
        "rounds": options.rounds,
        "slice_ms": options.slice_ms,
    }
    arguments = [str(folder), *(f"{route}={module}" for route, module in built.items()), "Python"]
    if not options.no_time:
        worker = ["-m", "benchmarks.calls.worker", f"--rounds={options.rounds}", f"--slice-ms={options.slice_ms}"]
        data["ns"] = json.loads(env.run(*worker, *arguments, stdout=subprocess.PIPE).stdout)
    if not options.no_count and shutil.which("valgrind"):
        data["instructions"] = count(env, folder, arguments)
    save(f"calls-{env.tag}", data, render(data))


def build_routes(env: Environment, folder: Path, chosen: set[str], rebuild: bool) -> dict[str, str]:
    """The module of each route that could be built. Rivals are kept until a source changes, dovetail has a cache."""
    memory = folder / "built.json"
    changed = max(path.stat().st_mtime for path in HERE.iterdir() if path.suffix != ".py" and path.is_file())
    kept = memory.exists() and memory.stat().st_mtime > changed and not rebuild
    known: dict[str, str] = json.loads(memory.read_text()) if kept else {}
    found = {}
    for route, build in ROUTES.items():
        if route not in chosen:
            continue
        if route not in known or route in ("dovetail", "dovetail-abi3", "raw"):
            print(f"building {route} for Python {env.version} …", file=sys.stderr, flush=True)
            try:
                known[route] = build(env, folder).module
            except (subprocess.CalledProcessError, OSError) as error:
                print(f"{route} is left out: {error}", file=sys.stderr)
                known.pop(route, None)
                continue
        found[route] = known[route]
    memory.write_text(json.dumps(known))
    return found


def count(env: Environment, folder: Path, arguments: list[str]) -> dict[str, float]:
    print(f"counting instructions under Python {env.version}; takes about a minute …", file=sys.stderr, flush=True)
    routes.build_callgrind(env, folder)
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "callgrind"
        command = ["valgrind", "--tool=callgrind", "-q", f"--callgrind-out-file={output}", str(env.python)]
        command += ["-m", "benchmarks.calls.worker", f"--count={output}", *arguments]
        run = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, cwd=HERE.parents[1])
    return dict(json.loads(run.stdout))


def render(data: dict[str, Any]) -> str:
    text = f"# Calls, Python {data['python']}\n\n{render_machine(data['machine'], data['versions'])}"
    text += "What the empty loop costs is taken off. `raw` is the floor: the C API by hand, with the same signatures.\n"
    if "instructions" in data:
        figures = {key: float(value) for key, value in data["instructions"].items()}
        text += "\n## Instructions per call\n\n" + render_figures(figures, "{:.0f}")
    if "ns" in data:
        figures = {key: float(times["p10"]) for key, times in data["ns"].items()}
        spread = sorted(times["spread"] / times["p10"] for times in data["ns"].values())
        text += "\n## Nanoseconds per call\n\n" + render_figures(figures, "{:.1f}")
        text += (
            f"\nTenth percentile of {data['rounds']} interleaved slices of {data['slice_ms']} ms; half of the lines "
            f"spread less than {spread[len(spread) // 2]:.0%} from the tenth to the ninetieth percentile.\n"
        )
    return text


def render_figures(figures: dict[str, float], form: str) -> str:
    loop = figures["loop/empty"]
    found = dict.fromkeys(key.split("/")[0] for key in figures if not key.startswith("loop/"))
    order = [*(route for route in ROUTES if route in found), *(route for route in found if route not in ROUTES)]
    rows = []
    for name, title in TITLES.items():
        cells = [figures.get(f"{route}/{name}") for route in order]
        if any(cell is not None for cell in cells):
            parts = PARTS.get(name, 1)
            rows.append([title, *("–" if cell is None else form.format((cell - loop) / parts) for cell in cells)])
    floor = ratio_column(figures, loop)
    if floor:
        order.insert(1, "of raw")
        for row, name in zip(rows, [name for name in TITLES if f"raw/{name}" in figures], strict=True):
            row.insert(2, floor[name])
    return render_table(["", *order], rows)


def ratio_column(figures: dict[str, float], loop: float) -> dict[str, str]:
    """dovetail against the floor, both without the loop."""
    ratios = {}
    for name in TITLES:
        ours, floor = figures.get(f"dovetail/{name}"), figures.get(f"raw/{name}")
        if ours is None and f"dovetail/{next(iter(TITLES))}" not in figures:
            return {}
        ratios[name] = "–" if ours is None or floor is None else f"{(ours - loop) / (floor - loop):.2f}"
    return ratios


if __name__ == "__main__":
    main()
