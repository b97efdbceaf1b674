"""The scripts of examples/native, as a reader would run them."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "native"


def make(folder: Path, module: str, header: str, *needs: str) -> Path:
    """Builds one module of the examples, in a copy of them."""
    if not Path("/usr/include", header).exists():
        pytest.skip(f"{header} is not installed")
    for each in needs:
        if importlib.util.find_spec(each) is None:
            pytest.skip(f"{each} is not installed")
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("*.so", "*.cpp", "__pycache__", "build"))
    command = [sys.executable, "-m", "dovetail", "build", "--module", module, "--output", "."]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("native") / "examples", "terrain", "GeographicLib")


def check(folder: Path, script: str, expected: str) -> None:
    command = [sys.executable, *script.split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=200)
    assert re.fullmatch(expected, done.stdout.strip()), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("script", "needs", "expected"),
    [
        ("with_numba.py", "numba", r"5807 3584 0\.0"),
        ("with_cython.py", "Cython", r"5807"),
        (
            "with_scipy.py",
            "scipy",
            r"10001965\.729 m from the equator to the pole\n9\.80\d+ m/s² in the valley, 9\.79\d+ on the peak",
        ),
        ("with_numpy.py 20000", "numpy", r"the mean of 20000 places is \d{4,5} km from the Eiger \(\d+ ns each\)"),
        ("with_ctypes.py", "ctypes", r"double \(double\) False\n6335439 m at the equator, 6399594 m at the pole"),
    ],
)
def test_script(project: Path, script: str, needs: str, expected: str) -> None:
    if importlib.util.find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed")
    check(project, script, expected)


def test_expressions_in_scipy(tmp_path: Path) -> None:
    folder = make(tmp_path / "examples", "formula", "muParser.h", "scipy", "Cython")
    check(
        folder,
        "with_muparser.py",
        r"the integral of exp\(-x²\) is 1\.772453850906, the root of pi 1\.772453850906\n"
        r"grey 64 becomes 128\ncos\(x\) = x at 0\.739085133",
    )
    code = "import dovetail, formula; dovetail.address(formula)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert "is no C++ object of a class or container with native signatures" in done.stderr
