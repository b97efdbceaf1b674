"""What users install: a wheel, its stub and its types."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).resolve().parents[1]


def test_pip_install(tmp_path):
    """`pip install .` from a clean copy, without the network: the tools of this environment build it."""
    if not entry_points(group="hatch", name="dovetail"):
        pytest.skip("dovetail is not installed, only importable: the build hook needs it")
    project = tmp_path / "rowlog"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("_core*", "__pycache__", "build"))
    installed = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    command = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, project]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("rowlog-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"rowlog/py.typed", "rowlog/_core.pyi", "rowlog/cli.py"} <= set(names)
    assert sum(name.startswith("rowlog/_core.") and name.endswith(".so") for name in names) == 1
    subprocess.run([*pip, "install", "--no-deps", "--target", installed, wheel], check=True)
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    code = "import rowlog; rowlog.generate('a.rlog', 10); print(len(rowlog.open('a.rlog')), rowlog.__file__)"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "10"
    assert str(installed) in done.stdout
    done = subprocess.run(
        [installed / "bin" / "rowlog", "stat", "a.rlog"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "10 rows" in done.stdout


def test_types(child_environment, tmp_path):
    """mypy --strict over the package, and over a script that uses it."""
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    script = tmp_path / "use.py"
    script.write_text(
        "import rowlog\n"
        "log = rowlog.open('a.rlog', on_error='report')\n"
        "total: float = float(log['price'].values.sum())\n"
        "for row in log[10:20].where(signal__gt=1.2):\n"
        "    time: int = row.time\n"
        "    for item in row.items():\n"
        "        value: int | float = item.value()\n"
        "class Listener(rowlog.BinaryListener):\n"
        "    def onData(self, id: int, value: int | float, metadata: rowlog.IdMetadata) -> None:\n"
        "        print(metadata.name)\n"
        "log.read_all(Listener())\n"
    )
    place = Path(child_environment["PYTHONPATH"])
    command = [sys.executable, "-m", "mypy", "--config-file", PROJECT / "pyproject.toml", script]
    environment = {**child_environment, "MYPYPATH": str(place)}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    command = [sys.executable, "-m", "mypy", "--config-file", PROJECT / "pyproject.toml", "-p", "rowlog"]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
