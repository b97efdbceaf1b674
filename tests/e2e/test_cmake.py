"""`dovetail_add_module`: the example's project, built by CMake with the generators that are here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dovetail

EXAMPLES = Path(__file__).parents[2] / "examples"
GENERATORS = {"Ninja": "ninja", "Unix Makefiles": "make"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("cmake") is None, reason="cmake is not installed"),
]


def call(*command: str | Path, cwd: Path, ok: bool = True) -> str:
    source = str(Path(dovetail.__file__).parents[1])
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (done.returncode == 0) is ok, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example, which the test may change."""
    shutil.copytree(EXAMPLES / "geometry", tmp_path / "geometry")
    shutil.copytree(EXAMPLES / "cmake", tmp_path / "cmake")
    return tmp_path / "cmake"


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_module_beside_a_library(generator: str, project: Path) -> None:
    if shutil.which(GENERATORS[generator]) is None:
        pytest.skip(f"{GENERATORS[generator]} is not installed")
    build = project / "build"
    call("cmake", "-G", generator, "-B", build, f"-DPython_EXECUTABLE={sys.executable}", cwd=project)
    first = call("cmake", "--build", build, cwd=project)
    assert "dovetail: binding geometry" in first
    script = "import geometry; print(geometry.distance(geometry.Point(0, 0), geometry.Point(3, 4)))"
    assert call(sys.executable, "-c", script, cwd=build).split() == ["5.0"]
    assert (build / "geometry" / "__init__.pyi").exists()

    assert "binding" not in call("cmake", "--build", build, cwd=project), "nothing changed"
    header = project.parent / "geometry" / "geometry.h"
    header.write_text(header.read_text().replace("distance(", "range_between("))
    source = header.with_suffix(".cpp")
    source.write_text(source.read_text().replace("distance(", "range_between("))
    assert "dovetail: binding geometry" in call("cmake", "--build", build, cwd=project)
    assert "binding" not in call("cmake", "--build", build, cwd=project)
    assert call(sys.executable, "-c", script.replace("distance", "range_between"), cwd=build).split() == ["5.0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "name at least one header after HEADERS"),
        ("HEADERS geometry.h CONFIG .", "either HEADERS or CONFIG"),
        ("LIBS geometry_core HEADERS geometry.h", "unknown arguments"),
    ],
)
def test_wrong_arguments_say_so(project: Path, arguments: str, message: str) -> None:
    lists = project / "CMakeLists.txt"
    lists.write_text(lists.read_text().replace("HEADERS geometry.h LINK geometry_core", arguments))
    printed = call("cmake", "-B", "build", f"-DPython_EXECUTABLE={sys.executable}", cwd=project, ok=False)
    assert message in " ".join(printed.split())
