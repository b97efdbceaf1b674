"""Modules for PyPy: a plain library and Python over cffi, built by CPython, used by an unmodified PyPy."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .conftest import PIP, Run, clean

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
HERE = Path(__file__).parent / "pypy"
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
    return done.stdout + done.stderr


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
_NAMES = [pytest.param(name, marks=() if name == "geometry" else pytest.mark.slow) for name in EXAMPLE]


@needs_pypy
@pytest.mark.parametrize("name", _NAMES)
def test_an_example_on_pypy(name: str, tmp_path: Path) -> None:
    assert PYPY is not None
    run_tests(PYPY, tmp_path, build_example(name, tmp_path, "--pypy"))


@needs_pypy
def test_what_crosses_on_pypy(tmp_path: Path) -> None:
    assert PYPY is not None
    said = build(tmp_path, HERE / "plain.h", "--pypy")
    assert "bound 54 of 56 callables" in said
    assert "DV091 not without CPython's C API (2)" in said
    run_tests(PYPY, tmp_path, HERE / "plain_behaviour.py")


@pytest.mark.slow
def test_what_crosses_on_cpython(tmp_path: Path) -> None:
    build(tmp_path, HERE / "plain.h")
    run_tests(sys.executable, tmp_path, HERE / "plain_behaviour.py")


@needs_pypy
@pytest.mark.slow
def test_without_its_library_or_cffi(tmp_path: Path) -> None:
    """Each is an ImportError that says what is missing."""
    assert PYPY is not None
    build_example("primes", tmp_path, "--pypy")

    def complaint(*before: str) -> str:
        code = "; ".join((*before, "import primes"))
        done = subprocess.run([str(PYPY), "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        return done.stderr.strip().splitlines()[-1]

    said = complaint("import sys", "sys.modules['_cffi_backend'] = None")
    assert said == (
        "ImportError: primes calls its library through cffi, which is not installed: PyPy brings it; "
        "else `pip install cffi`"
    )
    library = tmp_path / "primes_pypy" / "libprimes.so"
    abi = library.with_name("_abi.py")
    text = abi.read_text()
    abi.write_text(re.sub("ABI = .*", "ABI = 1", text))
    assert complaint() == "ImportError: primes: libprimes.so was not built together with it"
    abi.write_text(text)
    library.unlink()
    assert "ImportError: primes: its library cannot be loaded" in complaint()


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow) for name in EXAMPLE])
def test_the_same_file_on_cpython(name: str, tmp_path: Path) -> None:
    run_tests(sys.executable, tmp_path, build_example(name, tmp_path))


@needs_pypy
@pytest.mark.slow
def test_a_wheel_for_pypy(tmp_path: Path, run: Run) -> None:
    """Made by CPython, installed by PyPy's pip, which an extension for CPython would not suit."""
    assert PYPY is not None
    run("-m", "dovetail", "init", "demo")
    project = tmp_path / "demo"
    settings = project / "pyproject.toml"
    settings.write_text(re.sub('requires-python = ".*"', 'requires-python = ">=3.9"', settings.read_text()))
    run("-m", "build", "--wheel", "--no-isolation", cwd=project, env={"DOVETAIL_PYPY": "1"})
    (wheel,) = (project / "dist").glob("*.whl")
    assert wheel.name.startswith("demo-0.1.0-pp39.pp310.pp311-none-")
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert {"demo/__init__.py", "demo/_core.py", "demo/_core.pyi", "demo/_core_pypy/lib_core.so"} <= inside
    where = tmp_path / "installed"
    python = [PYPY, *PIP, "install", "--no-deps", "--no-index", "--target", str(where), str(wheel)]
    done = subprocess.run(python, capture_output=True, text=True, check=False, env=clean(), cwd=tmp_path)
    if done.returncode and "No module named pip" in done.stderr:
        pytest.skip("PyPy has no pip")
    assert done.returncode == 0, done.stdout + done.stderr
    code = "import demo; print(demo.greet(), demo.Series([1, 2]).mean())"
    env = {**clean(), "PYTHONPATH": str(where)}
    assert (
        subprocess.run([PYPY, "-c", code], capture_output=True, text=True, check=True, env=env).stdout
        == "hello, world 1.5\n"
    )
