"""Builds with dovetail as a user does: the command line, run by the environment's Python in a project folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.harness.costs import measure_command, stripped_kb
from benchmarks.harness.interpreters import Environment
from benchmarks.harness.routes import Built


def build_dovetail(env: Environment, folder: Path, project: Path) -> Built:
    """Builds the only module of a project file; its headers and sources are those beside the file."""
    place = folder / "dovetail"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(project.parent, place, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    cost = measure_command([env.python, "-m", "dovetail", "build"], place)
    (module,) = place.glob("*.so")
    return Built(
        module=module.name.split(".")[0],
        compile_cpu_s=cost.cpu_s,
        compile_wall_s=cost.wall_s,
        peak_mb=cost.peak_mb,
        size_kb=stripped_kb(module),
    )
