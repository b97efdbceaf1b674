"""C++ functions as NumPy ufuncs, by rule; and as what SciPy calls."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(importlib.util.find_spec("numpy") is None, reason="NumPy is not installed")

HEADER = """
#pragma once
#include <cmath>
#include <cstdint>
#include <stdexcept>
namespace waves {
struct TooHigh : std::runtime_error { using std::runtime_error::runtime_error; };
/// The height of a wave.
inline double height(double x, double t) noexcept { return x * 2 + t; }
inline double careful(double x) { if (x > 100) throw TooHigh("above the pier"); return std::sqrt(x); }
inline double twice(double x) noexcept { return 2 * x + 0.5; }
inline long long twice(long long x) noexcept { return 2 * x; }
inline bool calm(float x) noexcept { return x < 1; }
inline std::int8_t flip(bool on) noexcept { return on ? -1 : 1; }
inline double plain(double x) noexcept { return x + 1; }
inline double scaled(double x, void* factor) noexcept { return x * *static_cast<double*>(factor); }
inline int middle(double* buffer, std::intptr_t size, double* result, void*) noexcept {
  *result = 0;
  for (std::intptr_t i = 0; i < size; ++i) *result += buffer[i] / double(size);
  return 1;
}
inline double steep(double x) { if (x > 0.5) throw TooHigh("above the pier"); return x; }
inline int peak(double* buffer, std::intptr_t, double* result, void*) {
  if (buffer[0] > 30) throw TooHigh("above the pier");
  *result = buffer[0];
  return 1;
}
inline int line(double* in, std::intptr_t, double* out, std::intptr_t size, void*) noexcept {
  for (std::intptr_t i = 0; i < size; ++i) out[i] = in[i] + in[i + 2];
  return 1;
}
inline int moved(std::intptr_t* to, double* from, int, int rank, void*) noexcept {
  for (int i = 0; i < rank; ++i) from[i] = double(to[i]) - 1;
  return 1;
}
inline double sum(int count, double* x) noexcept { return count > 1 ? x[0] + x[1] : x[0]; }
inline double profile(double x) noexcept { return std::exp(-x * x); }
inline double cubic(double x) noexcept { return x * x * x - 2 * x - 5; }
}
"""
NAMES = ("height", "careful", "twice", "calm", "flip")
PROJECT = """
[tool.dovetail.modules.waves]
headers = ["waves.h"]

[tool.dovetail.modules.waves.rules]
""" + "\n".join(f'"waves::{name}" = {{ ufunc = true }}' for name in NAMES)


def build(folder: Path, header: str = HEADER, project: str = PROJECT) -> subprocess.CompletedProcess[str]:
    (folder / "waves.h").write_text(header)
    (folder / "pyproject.toml").write_text(project)
    command = [sys.executable, "-m", "dovetail", "build", "--output", "."]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("waves")
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def check(folder: Path, code: str, *lines: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout.splitlines() == list(lines), done.stderr


def test_arrays_broadcasting_and_out(project: Path) -> None:
    check(
        project,
        """
import numpy as np, waves
x = np.arange(4.0)
print(waves.height(x, 1), waves.height(x[:, None], x[:2]).shape, waves.height(2, 3), waves.height([1, 2], 0.5))
out = np.empty(4)
print(waves.height(x, 1, out=out) is out, out, waves.height(x, 1, where=x > 1, out=np.zeros(4)))
print(waves.height(x[::2], x[::-2]), waves.height(np.ones((3, 0)), 1).shape)
print(type(waves.height).__name__, waves.height.nin, waves.height.types, "The height of a wave" in waves.height.__doc__)
print(waves.height.outer(x, x).shape, waves.height.accumulate(x))
""",
        "[1. 3. 5. 7.] (4, 2) 7.0 [2.5 4.5]",
        "True [1. 3. 5. 7.] [0. 0. 5. 7.]",
        "[3. 5.] (3, 0)",
        "ufunc 2 ['dd->d'] True",
        "(4, 4) [ 0.  1.  4. 11.]",
    )


def test_loops_of_integers_and_floats(project: Path) -> None:
    check(
        project,
        """
import numpy as np, waves
print(waves.twice.types, waves.calm.types, waves.flip.types)
for kind in ("int8", "int32", "int64", "float32", "float64"):
    print(waves.twice(np.ones(2, kind)).dtype, end=" ")
print(waves.twice(3), waves.twice(3.0), waves.calm(np.float32([0.5, 2])), waves.flip([True, False]))
""",
        "['q->q', 'd->d'] ['f->?'] ['?->b']",
        "int64 int64 int64 float64 float64 6 6.5 [ True False] [-1  1]",
    )


def test_failures(project: Path) -> None:
    check(
        project,
        """
import numpy as np, waves
for given in (1e6, np.array([4.0, 200.0]), "x", None):
    try:
        print(waves.careful(given))
    except Exception as error:
        print(type(error).__name__, str(error)[:14])
try:
    waves.height(np.ones(2), np.ones(3))
except ValueError as error:
    print(str(error)[:34])
print(waves.careful(np.array([4.0, 9.0])))
""",
        "TooHigh above the pier",
        "TooHigh above the pier",
        "TypeError ufunc 'careful",
        "TypeError ufunc 'careful",
        "operands could not be broadcast to",
        "[2. 3.]",
    )


def test_threads(project: Path) -> None:
    check(
        project,
        """
import numpy as np, waves
from concurrent.futures import ThreadPoolExecutor
x = np.linspace(0, 99, 200_000)
with ThreadPoolExecutor(4) as pool:
    found = list(pool.map(lambda _: waves.careful(x).sum(), range(8)))
    bad = [pool.submit(waves.careful, x + 50) for _ in range(8)]
print(len(set(found)), {type(each.exception()).__name__ for each in bad})
""",
        "1 {'TooHigh'}",
    )


def test_numpy_is_needed_only_for_the_first_use(project: Path) -> None:
    check(
        project,
        """
import sys, waves
waves.plain(1.0)
print("numpy" in sys.modules)
sys.modules["numpy"] = None
for attempt in (lambda: waves.height, lambda: waves.nothing):
    try:
        attempt()
    except Exception as error:
        print(type(error).__name__, str(error)[:41])
del sys.modules["numpy"]
print(waves.height(1, 2))
""",
        "False",
        "ModuleNotFoundError import of numpy halted; None in sys.modul",
        "AttributeError module 'waves' has no attribute 'nothing'",
        "4.0",
    )


def test_stub_and_native_signature(project: Path) -> None:
    stub = (project / "waves.pyi").read_text()
    assert "from numpy import ufunc" in stub
    assert "height: ufunc" in stub
    check(
        project,
        """
import dovetail, numpy, waves
print([found.signature for found in dovetail.native(waves.twice)])
try:
    dovetail.native(numpy.sin)
except TypeError as error:
    print(error)
""",
        "['double (double)', 'PY_LONG_LONG (PY_LONG_LONG)']",
        "<ufunc 'sin'> has no native signature: dovetail did not make it",
    )


@pytest.mark.parametrize(
    ("declaration", "reason"),
    [
        ("inline double f(double x, const char* unit) { return x; }", "its parameter `unit` is no number"),
        ("inline void f(double) {}", "its result is no number"),
        ("inline double f() { return 1; }", "it takes no arguments"),
        (
            "inline double f(double x) { return x; } inline double f(double x, double y) { return y; }",
            "different numbers",
        ),
    ],
)
def test_what_is_no_ufunc(tmp_path: Path, declaration: str, reason: str) -> None:
    rules = '[tool.dovetail.modules.waves]\nheaders = ["waves.h"]\n[tool.dovetail.modules.waves.rules]\n'
    done = build(
        tmp_path, f"#pragma once\nnamespace waves {{ {declaration} }}\n", f'{rules}"waves::f" = {{ ufunc = true }}\n'
    )
    assert done.returncode == 1
    assert "error[DV025]" in done.stderr
    assert f"cannot be a ufunc: {reason}" in done.stderr or reason in done.stderr


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")
def test_numba_calls_the_function_behind_a_ufunc(project: Path) -> None:
    check(
        project,
        """
import waves, numpy
from numba import njit
print(njit(lambda x: (waves.height(x, 1.0), waves.twice(2), numpy.sin(0.0)))(2.0))
""",
        "(5.0, 4, 0.0)",
    )


@pytest.mark.skipif(importlib.util.find_spec("scipy") is None, reason="SciPy is not installed")
def test_scipy(project: Path) -> None:
    check(
        project,
        """
import ctypes, sys, waves
import numpy as np
print("scipy" in sys.modules)
from scipy import LowLevelCallable, integrate, ndimage, optimize
profile = LowLevelCallable.from_cython(waves, "profile")
print(round(integrate.quad(profile, -np.inf, np.inf)[0], 9), profile.signature)
image = np.arange(36.0).reshape(6, 6)
np.testing.assert_allclose(ndimage.generic_filter(image, LowLevelCallable.from_cython(waves, "middle"), size=3),
                           ndimage.uniform_filter(image, 3))
factor = ctypes.c_double(3)
data = ctypes.cast(ctypes.pointer(factor), ctypes.c_void_p)
scaled = LowLevelCallable.from_cython(waves, "scaled", user_data=data)
print(round(integrate.quad(scaled, 0, 2)[0], 6))
print(round(optimize.brentq(waves.cubic, 2, 3), 6))
try:
    integrate.quad(LowLevelCallable.from_cython(waves, "calm"), 0, 1)
except ValueError as error:
    print(str(error).splitlines()[0][:30])
""",
        "False",
        "1.772453851 double (double)",
        "6.0",
        "2.094551",
        "Invalid scipy.LowLevelCallable",
    )


@pytest.mark.skipif(importlib.util.find_spec("scipy") is None, reason="SciPy is not installed")
def test_what_else_scipy_calls_and_what_it_makes_of_exceptions(project: Path) -> None:
    check(
        project,
        """
import waves
import numpy as np
from scipy import LowLevelCallable, integrate, ndimage
image = np.arange(36.0).reshape(6, 6)

def find(name):
    return LowLevelCallable.from_cython(waves, name)

print(round(integrate.nquad(find("sum"), [[0, 1], [0, 1]])[0], 9))
print(ndimage.generic_filter1d(image, find("line"), 3)[1])
print(ndimage.geometric_transform(image, find("moved"), order=1)[1])
for call in (
    lambda: integrate.quad(find("steep"), 0, 1),
    lambda: ndimage.generic_filter(image, find("peak"), size=1),
    lambda: integrate.quad(find("careful"), 0, 1),
):
    try:
        print(round(call()[0], 6))
    except Exception as error:
        print(type(error).__name__, type(error.__cause__).__name__, error.__cause__ or error)
""",
        "1.0",
        "[13. 14. 16. 18. 20. 21.]",
        "[0. 0. 1. 2. 3. 4.]",
        "SystemError TooHigh above the pier",
        "TooHigh NoneType above the pier",
        "0.666667",
    )
