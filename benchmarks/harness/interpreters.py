"""The Pythons to measure, each with a private environment that holds dovetail and its rivals.

In: paths of interpreters, or nothing for the ones usually found.  Out: `Environment`.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness.places import CACHE, ROOT

RIVALS = ("setuptools", "numpy", "pybind11", "nanobind", "cython")

_FACTS = """
import json, platform, sys, sysconfig
print(json.dumps({
    "version": platform.python_version(),
    "include": sysconfig.get_path("include"),
    "suffix": sysconfig.get_config_var("EXT_SUFFIX"),
    "site": sysconfig.get_path("purelib"),
    "options": sysconfig.get_config_var("CONFIG_ARGS") or "",
}))
"""


@dataclass(frozen=True)
class Environment:
    python: Path
    """The interpreter inside the private environment."""
    version: str
    include: Path
    suffix: str
    """The ending of extension modules."""
    site: Path
    optimised: bool
    """Built with profile-guided optimisation."""

    @property
    def tag(self) -> str:
        return ".".join(self.version.split(".")[:2])

    def run(self, *command: str, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [str(self.python), *command], text=True, check=True, cwd=ROOT, **options
        )

    def versions(self, packages: Sequence[str] = ("dovetail", *RIVALS)) -> dict[str, str]:
        """Which of these are installed, by name."""
        code = (
            "import json; from importlib.metadata import distributions; "
            "print(json.dumps({d.metadata['Name'].lower(): d.version for d in distributions()}))"
        )
        found = json.loads(self.run("-c", code, capture_output=True).stdout)
        return {name: found[name] for name in packages if name in found}


def find_interpreters() -> list[Path]:
    """Debian's Python, and the newest 3.13 that is installed; what a machine lacks is left out."""
    found = [Path("/usr/bin/python3"), *sorted(Path.home().glob(".pyenv/versions/3.13.*/bin/python"))[-1:]]
    if named := shutil.which("python3.13"):
        found.append(Path(named))
    existing: dict[str, Path] = {}
    for path in found:
        # A shim of a version manager is there without its interpreter.
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            existing.setdefault(_facts(path)["version"], path)
    return list(existing.values()) or [Path(sys.executable)]


def prepare(base: Path, packages: Sequence[str] = RIVALS) -> Environment:
    """Makes the environment of an interpreter, once; later calls only look at it."""
    facts = _facts(base)
    folder = CACHE / f"venv-{facts['version']}"
    python = folder / "bin" / "python"
    done = folder / "packages.json"
    wanted = json.dumps(sorted(packages))
    if not done.exists() or not set(packages) <= set(json.loads(done.read_text())):
        print(f"preparing Python {facts['version']} with {', '.join(packages)} …", file=sys.stderr, flush=True)
        # Debian's Python comes without ensurepip; the pip that runs this script installs for both.
        subprocess.run([str(base), "-m", "venv", "--without-pip", str(folder)], check=True)
        install(python, [*packages])
        install(python, ["--editable", str(ROOT)])
        done.write_text(wanted)
    return look_at(python)


def look_at(python: Path) -> Environment:
    """An environment as it is."""
    facts = _facts(python)
    return Environment(
        python=python,
        version=facts["version"],
        include=Path(facts["include"]),
        suffix=facts["suffix"],
        site=Path(facts["site"]),
        optimised="--enable-optimizations" in facts["options"],
    )


def install(python: Path, what: list[str]) -> None:
    """Raises CalledProcessError for what cannot be had."""
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *what], check=True)


def _facts(python: Path) -> dict[str, str]:
    run = subprocess.run([str(python), "-c", _FACTS], text=True, check=True, capture_output=True)
    return dict(json.loads(run.stdout))
