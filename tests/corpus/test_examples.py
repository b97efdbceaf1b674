"""The examples run as a reader would run them, and say what their READMEs promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_rows_from_threads(tmp_path: Path) -> None:
    import dovetail

    rows = EXAMPLES / "rows"
    module = dovetail.load(rows / "binary_reader.h", sources=[rows / "binary_reader.cpp"])
    logs = [str(tmp_path / f"{name}.log") for name in "ab"]
    for seed, log in enumerate(logs):
        module.writeExampleLog(log, 100, seed)
    assert run("rows/read_many.py", *logs).startswith("200 rows in ")


def test_primes() -> None:
    assert "the last of 10000 primes: 104729" in run("primes/compare.py")


def test_do_something() -> None:
    pytest.importorskip("numpy")
    assert "times faster" in run("do_something/compare.py")


def test_geometry() -> None:
    out = run("geometry/sketch.py")
    assert "refused: a circle has no negative radius" in out
    assert "parallels meet at None" in out
    assert "house covers 18" in out
