"""`python -m benchmarks.compile`: makes modules of two sizes by every route; results/compile-VERSION.{json,md}."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.compile import bindings
from benchmarks.compile.library import SIZES, Library
from benchmarks.harness import routes
from benchmarks.harness.costs import import_ms
from benchmarks.harness.dovetail import build_headers, build_project
from benchmarks.harness.interpreters import Environment, find_interpreters, prepare
from benchmarks.harness.machine import describe_machine
from benchmarks.harness.places import CACHE
from benchmarks.harness.report import render_machine, render_table, save

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Job:
    env: Environment
    library: Library
    folder: Path

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path


def build_raw(job: Job) -> routes.Built:
    source = job.write("raw.cpp", bindings.render_raw(job.library, "made_raw"))
    return routes.compile_module(job.env, job.folder, "made_raw", [source], flags=[f"-I{job.folder}", f"-I{HERE}"])


def build_nanobind(job: Job) -> routes.Built:
    source = job.write("nanobind.cpp", bindings.render_nanobind(job.library, "made_nanobind"))
    return routes.build_nanobind(job.env, job.folder, "made_nanobind", [source], job.folder)


def build_pybind11(job: Job) -> routes.Built:
    source = job.write("pybind11.cpp", bindings.render_pybind11(job.library, "made_pybind11"))
    return routes.build_pybind11(job.env, job.folder, "made_pybind11", [source], job.folder)


def build_cython(job: Job) -> routes.Built:
    source = job.write("cython.pyx", bindings.render_cython(job.library, "made_cython"))
    return routes.build_cython(job.env, job.folder, "made_cython", source, job.folder)


def build_swig(job: Job) -> routes.Built:
    source = job.write("swig.i", bindings.render_swig(job.library, "made_swig"))
    return routes.build_swig(job.env, job.folder, "made_swig", source, job.folder)


def build_dovetail(job: Job) -> routes.Built:
    return build_headers(job.env, job.folder, "made_dovetail", [job.folder / "invented.h"])


def build_without_natives(job: Job) -> routes.Built:
    """What the others make: calls from Python alone."""
    text = f"[modules.made_plain]\nheaders = {json.dumps([str(job.folder / 'invented.h')])}\nnative = false\n"
    return build_project(job.env, job.folder, "made_plain", text)


ROUTES: dict[str, Callable[[Job], routes.Built]] = {
    "dovetail": build_dovetail,
    "dovetail --no-native": build_without_natives,
    "raw": build_raw,
    "nanobind": build_nanobind,
    "pybind11": build_pybind11,
    "Cython": build_cython,
    "SWIG": build_swig,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compile", description=__doc__)
    parser.add_argument("--python", action="append", type=Path, help="an interpreter; may be repeated")
    parser.add_argument("--routes", help="routes to measure, separated by commas")
    parser.add_argument("--repeat", type=int, default=2, help="builds of each; the cheapest counts")
    options = parser.parse_args()
    chosen = options.routes.split(",") if options.routes else list(ROUTES)
    for base in options.python or find_interpreters():
        env = prepare(base)
        sizes = {size: measure(env, size, library, chosen, options.repeat) for size, library in SIZES.items()}
        data = {
            "question": "compile",
            "python": env.version,
            "versions": env.versions(),
            "machine": describe_machine(),
            "repeat": options.repeat,
            "sizes": sizes,
        }
        save(f"compile-{env.tag}", data, render(data))


def measure(env: Environment, size: str, library: Library, chosen: list[str], repeat: int) -> dict[str, Any]:
    folder = CACHE / "compile" / env.version / size.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    job = Job(env, library, folder)
    job.write("invented.h", library.header())
    found: dict[str, Any] = {}
    rounds: dict[str, list[routes.Built]] = {route: [] for route in chosen}
    for number in range(repeat):
        for route in chosen:
            print(f"{size}: {route}, Python {env.version}, {number + 1} of {repeat} …", file=sys.stderr, flush=True)
            try:
                rounds[route].append(ROUTES[route](job))
            except (subprocess.CalledProcessError, OSError) as error:
                print(f"{route} is left out: {error}", file=sys.stderr)
    for route, builds in rounds.items():
        if not builds:
            continue
        built = min(builds, key=lambda one: one.compile_cpu_s)
        least, median = import_ms(env.python, folder, built.module)
        found[route] = {**built.as_data(), "import_ms": round(least, 3), "import_ms_median": round(median, 3)}
    return found


COLUMNS = {
    "generate_cpu_s": ("generate, CPU s", "{:.2f}"),
    "compile_cpu_s": ("compile, CPU s", "{:.2f}"),
    "compile_instructions_g": ("instructions, 10⁹", "{:.1f}"),
    "peak_mb": ("compiler peak, MB", "{:.0f}"),
    "size_kb": ("stripped, KB", "{:.0f}"),
    "import_ms": ("import, ms", "{:.2f}"),
}


def render(data: dict[str, Any]) -> str:
    text = f"# Compiling, Python {data['python']}\n\n{render_machine(data['machine'], data['versions'])}"
    text += (
        f"CPU seconds of the cheapest of {data['repeat']} builds with -O2, all on one processor; imports: least of "
        "15 fresh processes. The core of nanobind is compiled once per project and not counted; nor are dovetail's "
        "headers, which it precompiles when options are used for the second time. dovetail and raw carry keyword "
        "names, docstrings and signatures; the others were given none.\n"
    )
    for size, found in data["sizes"].items():
        head = ["", *(title for title, _ in COLUMNS.values())]
        rows = [
            [route, *(form.format(facts[key]) for key, (_, form) in COLUMNS.items())] for route, facts in found.items()
        ]
        text += f"\n## {size.capitalize()}\n\n{render_table(head, rows)}"
        steps = found.get("dovetail", {}).get("steps_s")
        if steps:
            told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in steps.items())
            text += f"\nWhat dovetail does before the compiler starts: {told}.\n"
    return text


if __name__ == "__main__":
    main()
