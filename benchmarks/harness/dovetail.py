"""Builds with dovetail as a user does: a project file, and `dovetail build` run by the environment's Python.

In: an environment, headers and sources, or a project file.  Out: the module in the folder, and what making it cost.
"""

from __future__ import annotations

import functools
import json
import os
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


@functools.cache
def warm_cache(env: Environment, place: Path, name: str, project: str) -> Path:
    """A cache after two builds of a module with another name: it has precompiled headers, and no object of this one."""
    folder = place.with_name(f"{place.name}-warm")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "cache").mkdir(parents=True, mode=0o700)
    environment = {**os.environ, "DOVETAIL_CACHE": str(folder / "cache")}
    for other in ("warm", "warmer"):
        (folder / "dovetail.toml").write_text(project.replace(f"[modules.{name}", f"[modules.{other}"))
        measure_command([env.python.parent / "dovetail", "build"], folder, environment)
    return folder / "cache"


def build_project(env: Environment, folder: Path, name: str, project: str) -> Built:
    """Everything is made anew in a folder of its own; only the module is kept beside the others.

    `dovetail check` does what `dovetail build` does before the compiler starts, so the rest is the compiler's share.
    """
    place = folder / f"{name}-project"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (place / "dovetail.toml").write_text(project)
    dovetail = env.python.parent / "dovetail"
    checked = measure_command([dovetail, "check", "--format", "json"], place)
    (facts,) = json.loads((place / "last-command.log").read_text())["modules"]
    # Objects that an earlier run compiled would flatter us; headers are precompiled once per interpreter and options.
    environment = {**os.environ, "DOVETAIL_CACHE": str(place / "cache")}
    shutil.copytree(warm_cache(env, place, name, project), place / "cache")
    cost = measure_command([dovetail, "build"], place, environment)
    (module,) = [*place.rglob(f"{name}{env.suffix}"), *place.rglob(f"{name}.abi3.so")]
    shutil.copy(module, folder)
    return Built(
        module=name,
        compile_cpu_s=cost.cpu_s - checked.cpu_s,
        compile_wall_s=cost.wall_s - checked.wall_s,
        peak_mb=cost.peak_mb,
        size_kb=stripped_kb(module),
        compile_instructions_g=cost.instructions_g - checked.instructions_g,
        generate_cpu_s=checked.cpu_s,
        steps_s={step: round(seconds, 3) for step, seconds in facts["seconds"].items()},
    )
