"""The C++ tests of rowlog, in tests/cpp."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("rowlog_cpp_build", HERE / "cpp_build.py")
assert _spec is not None
assert _spec.loader is not None
cpp_build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cpp_build)


@pytest.fixture(scope="module")
def program() -> Path:
    if not cpp_build.has_doctest():
        pytest.skip("doctest is not installed (Debian: doctest-dev)")
    mains = [HERE / "cpp" / "main.cpp", *sorted((HERE / "cpp").glob("test_*.cpp"))]
    return cpp_build.build("tests", mains, ["-O0"])


@pytest.mark.slow
def test_the_library_in_cpp(program: Path) -> None:
    done = subprocess.run([program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


USE = """
cmake_minimum_required(VERSION 3.20)
project(use LANGUAGES CXX)
find_package(rowlog 0.1 REQUIRED)
add_executable(use main.cpp)
target_link_libraries(use PRIVATE rowlog::rowlog)
"""
MAIN = """
#include <rowlog/rowlog.h>
#include <iostream>
int main() {
  rowlog::Writer log("a.rlog");
  const int price = log.define("price");
  log.row(1);
  log.put(price, 4086.25);
  log.close();
  const rowlog::Reader reader("a.rlog");
  for (const rowlog::Row row : reader.rows())
    for (const rowlog::Item item : row.items()) std::cout << reader.getIdName(item.id) << " ";
  std::cout << reader.column("price")->reals()[0] << std::endl;
}
"""


@pytest.mark.slow
def test_another_project_finds_it(tmp_path: Path) -> None:
    """Built, installed and found by CMake, as a shared library."""
    if shutil.which("cmake") is None:
        pytest.skip("CMake is not installed")
    use = tmp_path / "use"
    use.mkdir()
    (use / "CMakeLists.txt").write_text(USE)
    (use / "main.cpp").write_text(MAIN)
    options = ["-DBUILD_SHARED_LIBS=ON", "-DBUILD_TESTING=OFF", "-DCMAKE_UNITY_BUILD=ON", "-DCMAKE_BUILD_TYPE=Debug"]

    def cmake(*arguments: object) -> None:
        done = subprocess.run(
            ["cmake", *map(str, arguments)], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    cmake("-S", HERE.parent, "-B", "library", *options, "-DCMAKE_UNITY_BUILD_BATCH_SIZE=0")
    cmake("--build", "library")
    cmake("--install", "library", "--prefix", tmp_path / "installed")
    cmake("-S", use, "-B", "built", f"-DCMAKE_PREFIX_PATH={tmp_path / 'installed'}")
    cmake("--build", "built")
    done = subprocess.run([tmp_path / "built" / "use"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["price", "4086.25"], done.stderr
