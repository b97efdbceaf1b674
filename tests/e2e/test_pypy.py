"""Modules for PyPy: a plain library and Python over cffi, built by CPython, used by an unmodified PyPy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PYPY = shutil.which("pypy3") or shutil.which("pypy")
needs_pypy = pytest.mark.skipif(PYPY is None, reason="PyPy is not installed")

EXAMPLE = {
    "geometry": ("geometry.h", "geometry.cpp"),
    "rows": ("binary_reader.h", "binary_reader.cpp"),
    "primes": ("primes.h",),
    "do_something": ("do_something.h",),
}


def build(folder: Path, header: Path, *options: str) -> str:
    """What `dovetail build` says."""
    command = [sys.executable, "-m", "dovetail", "build", "--optimize", "0", "-o", str(folder), *options, str(header)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=header.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_tests(python: str, folder: Path, file: Path) -> None:
    """A file of unittest's, over the modules of a folder."""
    done = subprocess.run(
        [python, "-W", "error", "-m", "unittest", file.stem],
        cwd=file.parent,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def build_example(name: str, folder: Path, *options: str) -> Path:
    header, *sources = (EXAMPLES / name / file for file in EXAMPLE[name])
    build(folder, header, *options, *(f"--source={source}" for source in sources))
    return EXAMPLES / name / f"test_{name}.py"


# Each takes the seconds of its compiler runs.
_NAMES = [pytest.param(name, marks=pytest.mark.slow if name in ("rows", "do_something") else ()) for name in EXAMPLE]


@needs_pypy
@pytest.mark.parametrize("name", _NAMES)
def test_an_example_on_pypy(name: str, tmp_path: Path) -> None:
    assert PYPY is not None
    run_tests(PYPY, tmp_path, build_example(name, tmp_path, "--pypy"))


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow) for name in EXAMPLE])
def test_the_same_file_on_cpython(name: str, tmp_path: Path) -> None:
    run_tests(sys.executable, tmp_path, build_example(name, tmp_path))
