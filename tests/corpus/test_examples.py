"""The examples run as a reader would run them, and say what their READMEs promise."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dovetail.build import rust

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / script), *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=EXAMPLES.parent,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_rows() -> None:
    lines = run("rows/read_rows.py").splitlines()
    assert lines[0] == "Number of rows: 4"
    assert lines[1].startswith("Row 0 is 1682563241000000000: ")
    assert any(line.startswith("    - price:") for line in lines)
    assert lines[-1].startswith("Rows with a signal above 1.2: ")


@pytest.mark.slow
def test_rows_from_threads(tmp_path: Path) -> None:
    import dovetail

    rows = EXAMPLES / "rows"
    module = dovetail.load(rows / "binary_reader.h", sources=[rows / "binary_reader.cpp"])
    logs = [str(tmp_path / f"{name}.log") for name in "ab"]
    for seed, log in enumerate(logs):
        module.writeExampleLog(log, 100, seed)
    assert run("rows/read_many.py", *logs).startswith("200 rows in ")


INSTALLED = {
    "C++": True,
    "Cython": importlib.util.find_spec("Cython") is not None,
    "Numba": importlib.util.find_spec("numba") is not None,
    "Rust": rust.runs(),
}


@pytest.fixture(scope="module")
def primes() -> str:
    return run("primes/compare.py")


@pytest.fixture(scope="module")
def do_something() -> str:
    pytest.importorskip("numpy")
    return run("do_something/compare.py")


@pytest.mark.slow
@pytest.mark.parametrize("language", INSTALLED)
@pytest.mark.parametrize("example", ["primes", "do_something"])
def test_one_function_in_several_languages(example: str, language: str, request: pytest.FixtureRequest) -> None:
    """The script itself compares the results."""
    out = request.getfixturevalue(example)
    first = {"primes": "the last of 10000 primes: 104729", "do_something": "the sum over 2000000 pairs: "}[example]
    assert first in out
    if not INSTALLED[language]:
        assert f"without {language}" in out
        pytest.skip(f"{language} is not installed")
    assert re.search(rf"^{re.escape(language)} +[\d.]+ ms +[\d.]+ times as fast as ", out, re.M)


def test_geometry() -> None:
    out = run("geometry/sketch.py")
    assert "refused: a circle has no negative radius" in out
    assert "parallels meet at None" in out
    assert "house covers 18" in out
