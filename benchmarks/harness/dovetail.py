"""Builds with dovetail as a user does: a project file, and `dovetail build` run by the environment's Python.

In: an environment, headers and sources, or a project file.  Out: the module in the folder, and what making it cost.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness.costs import measure_command, stripped_kb
from benchmarks.harness.interpreters import Environment
from benchmarks.harness.routes import Built


def build_headers(
    env: Environment, folder: Path, name: str, headers: Sequence[Path], sources: Sequence[Path] = ()
) -> Built:
    text = f"[modules.{name}]\nheaders = {json.dumps([str(path) for path in headers])}\n"
    text += f"sources = {json.dumps([str(path) for path in sources])}\n"
    return build_project(env, folder, name, text)


def build_project(env: Environment, folder: Path, name: str, project: str) -> Built:
    """Everything is made anew in a folder of its own; only the module is kept beside the others."""
    place = folder / f"{name}-project"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    (place / "dovetail.toml").write_text(project)
    cost = measure_command([env.python.parent / "dovetail", "build"], place)
    (module,) = place.rglob(f"{name}{env.suffix}")
    shutil.copy(module, folder)
    return Built(
        module=name,
        compile_cpu_s=cost.cpu_s,
        compile_wall_s=cost.wall_s,
        peak_mb=cost.peak_mb,
        size_kb=stripped_kb(module),
    )
