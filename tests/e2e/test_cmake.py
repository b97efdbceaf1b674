"""`dovetail_add_module`: the example's project, built by CMake with the generators that are here."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dovetail
from dovetail.build import rust

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


@pytest.mark.skipif(importlib.util.find_spec("Cython") is None, reason="Cython is not installed")
@pytest.mark.skipif(not rust.runs(), reason="there is no rustc that runs")
@pytest.mark.parametrize("generator", GENERATORS)
def test_sources_of_other_languages(generator: str, tmp_path: Path) -> None:
    if shutil.which(GENERATORS[generator]) is None:
        pytest.skip(f"{GENERATORS[generator]} is not installed")
    files = {
        "CMakeLists.txt": """
cmake_minimum_required(VERSION 3.20)
project(mixed C CXX)
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
execute_process(COMMAND "${Python_EXECUTABLE}" -m dovetail cmake-dir
  OUTPUT_VARIABLE dovetail_DIR OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
find_package(dovetail REQUIRED)
dovetail_add_module(mixed HEADERS mixed.h SOURCES plain.c hot.pyx sums.rs)
""",
        "mixed.h": '#pragma once\nextern "C" int twice(int x);\nextern "C" int thrice(int x);\n',
        "plain.c": "int twice(int x) { return 2 * x; }\n",
        "hot.pyx": "from mixed cimport thrice, twice\ndef both(int x): return twice(x), thrice(x)\n",
        "sums.rs": 'mod inner;\n#[no_mangle] pub extern "C" fn thrice(x: i32) -> i32 { inner::times() * x }\n',
        "inner.rs": "pub fn times() -> i32 { 3 }\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    build = tmp_path / "build"
    call("cmake", "-G", generator, "-B", build, f"-DPython_EXECUTABLE={sys.executable}", cwd=tmp_path)
    call("cmake", "--build", build, cwd=tmp_path)
    script = "import mixed.hot; print(mixed.hot.both(4))"
    assert call(sys.executable, "-c", script, cwd=build) == "(8, 12)\n"
    again = call("cmake", "--build", build, cwd=tmp_path)
    assert "dovetail:" not in again, "nothing changed"
    (tmp_path / "inner.rs").write_text("pub fn times() -> i32 { 5 }\n")
    (tmp_path / "hot.pyx").write_text("from mixed cimport thrice\ndef both(int x): return thrice(x)\n")
    call("cmake", "--build", build, cwd=tmp_path)
    assert call(sys.executable, "-c", script, cwd=build) == "20\n"
