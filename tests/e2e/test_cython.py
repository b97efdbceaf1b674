"""`from shapes cimport …`: Cython calls C++ through the module, without boxing and without linking."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from dovetail.build.compilers import find_compiler

pytestmark = pytest.mark.skipif(importlib.util.find_spec("Cython") is None, reason="Cython is not installed")

HEADER = """
#pragma once
#include <stdexcept>
namespace geo {
enum class Unit { metre = 1, foot = 2 };
struct TooFar : std::runtime_error { using std::runtime_error::runtime_error; };
inline double metres(double feet) { if (feet > 1e6) throw TooFar("beyond the map"); return feet * 0.3048; }
inline unsigned int half(unsigned int n) { return n / 2; }
inline bool near(double x) noexcept { return x < 10; }
class Walk {
 public:
  explicit Walk(int steps) : steps(steps) {}
  double length(double stride) const {
    if (stride < 0) throw std::invalid_argument("backwards");
    return steps * stride;
  }
  void extend(int more) { steps += more; }
  int steps;
};
inline int longer(const Walk& a, const Walk& b) noexcept { return a.steps > b.steps ? a.steps : b.steps; }
}
"""
CALLER = """
# distutils: language = c++
from geo cimport Walk, Walk_length, Walk_ptr, half, longer, metres, near

def total(double[:] feet):
    cdef double found = 0
    cdef Py_ssize_t i
    with nogil:
        for i in range(feet.shape[0]):
            found += metres(feet[i])
    return found

def steps_of(walk):
    cdef Walk* it = Walk_ptr(walk)
    it.steps += 1
    it.extend(2)
    return it.steps, it.length(0.5), Walk_length(it, 2.0)

def backwards(walk):
    return Walk_length(Walk_ptr(walk), -1.0)

def own(int n):
    cdef Walk* a = new Walk(n)
    try:
        return longer(a, a), half(7), near(3.0)
    finally:
        del a
"""


def compile_cython(folder: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    (folder / f"{name}.pyx").write_text(text)
    made = subprocess.run(
        [sys.executable, "-m", "cython", "--cplus", "-3", f"{name}.pyx"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        return made
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    include = f"-I{sysconfig.get_path('include')}"
    command = [*find_compiler().command, "-O1", "-shared", "-fPIC", "-std=c++17", "-I.", include]
    return subprocess.run(
        [*command, f"{name}.cpp", "-o", f"{name}{suffix}"], cwd=folder, capture_output=True, text=True, check=False
    )


def build(folder: Path, header: str) -> None:
    (folder / "geo.h").write_text(header)
    command = [sys.executable, "-m", "dovetail", "build", "geo.h", "--output", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cython")
    build(folder, HEADER)
    made = compile_cython(folder, "caller", CALLER)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


def test_calls_from_cython(project: Path) -> None:
    code = """
import array, caller, geo
print(round(caller.total(array.array("d", [1, 2, 3])), 4))
walk = geo.Walk(4)
print(caller.steps_of(walk), walk.steps)
print(caller.own(5))
"""
    done = run(project, code)
    assert done.stdout.splitlines() == ["1.8288", "(7, 3.5, 14.0) 7", "(5, 3, True)"], done.stderr


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import array, caller; caller.total(array.array('d', [2e6]))", "geo.TooFar: beyond the map"),
        ("import caller, geo; caller.backwards(geo.Walk(1))", "ValueError: backwards"),
        ("import caller; caller.steps_of(None)", "TypeError: Walk is expected, not None"),
    ],
)
def test_failures_are_python_exceptions(project: Path, code: str, error: str) -> None:
    done = run(project, code)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == error


def test_another_signature_is_refused_at_import(project: Path, tmp_path: Path) -> None:
    for file in project.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    build(tmp_path, HEADER.replace("unsigned int half(unsigned int n)", "unsigned long half(unsigned long n)"))
    done = run(tmp_path, "import caller")
    assert "TypeError: C function geo.half has wrong signature" in done.stderr


def test_a_function_that_is_gone_is_named(project: Path, tmp_path: Path) -> None:
    for file in project.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    build(tmp_path, HEADER.replace("inline bool near", "inline bool close"))
    done = run(tmp_path, "import caller")
    assert "ImportError" in done.stderr
    assert "near" in done.stderr
