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

pytestmark = pytest.mark.skipif(
    not Path("/usr/include/GeographicLib").exists(), reason="GeographicLib's headers are not installed"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("native") / "examples"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("*.so", "*.cpp", "__pycache__", "build"))
    command = [sys.executable, "-m", "dovetail", "build", "--output", "."]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


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
    command = [sys.executable, *script.split()]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=200)
    assert re.fullmatch(expected, done.stdout.strip()), done.stdout + done.stderr
