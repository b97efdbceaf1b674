"""A project of scikit-build-core that adds a module in three lines of CMake: its wheel."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from .conftest import Run
from .test_extensions import exported

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("cmake") is None or shutil.which("ninja") is None, reason="needs cmake and ninja"),
    pytest.mark.skipif(importlib.util.find_spec("scikit_build_core") is None, reason="needs scikit-build-core"),
]

PYPROJECT = """
[build-system]
requires = ["scikit-build-core", "dovetail"]
build-backend = "scikit_build_core.build"
[project]
name = "waves"
version = "1.0"
[tool.scikit-build]
wheel.packages = ["waves"]
"""
CMAKE = """
cmake_minimum_required(VERSION 3.20)
project(waves CXX)
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
execute_process(COMMAND "${Python_EXECUTABLE}" -m dovetail cmake-dir
  OUTPUT_VARIABLE dovetail_DIR OUTPUT_STRIP_TRAILING_WHITESPACE)
find_package(dovetail REQUIRED)
dovetail_add_module(waves._core HEADERS waves.h SOURCES waves.cpp)
install(TARGETS waves._core DESTINATION waves)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/_core.pyi" DESTINATION waves)
"""


def test_a_wheel(run: Run, tmp_path: Path) -> None:
    files = {
        "pyproject.toml": PYPROJECT,
        "CMakeLists.txt": CMAKE,
        "waves.h": "#pragma once\n#include <vector>\nstd::vector<double> sine(int count);\n",
        "waves.cpp": '#include "waves.h"\n#include <cmath>\nstd::vector<double> sine(int count) {\n'
        "  std::vector<double> values;\n  for (int i = 0; i < count; ++i) values.push_back(std::sin(i));\n"
        "  return values;\n}\n",
        "waves/__init__.py": "from waves._core import sine\n",
        "waves/py.typed": "",
    }
    project = tmp_path / "project"
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    run("-m", "build", "--wheel", "--no-isolation", cwd=project)
    (wheel,) = (project / "dist").glob("*.whl")
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == {"waves/__init__.py", "waves/py.typed", f"waves/_core{suffix}", "waves/_core.pyi"}
    zipfile.ZipFile(wheel).extractall(tmp_path / "unpacked")
    used = run("-c", "import waves; print(list(waves.sine(2))[0])", env={"PYTHONPATH": str(tmp_path / "unpacked")})
    assert used.stdout == "0.0\n"
    if sys.platform.startswith("linux") and shutil.which("nm"):
        assert exported(tmp_path / "unpacked" / "waves" / f"_core{suffix}") == {"PyInit__core"}
