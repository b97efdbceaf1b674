"""Bound functions, methods and fields in functions that Numba compiles, by their ordinary names."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")

HEADER = """
#pragma once
#include <stdexcept>
#include <string>
namespace geo {
struct TooFar : std::runtime_error { using std::runtime_error::runtime_error; };
inline long inc(long x) noexcept { return x + 1; }
inline double metres(double feet) { if (feet > 1e6) throw TooFar("beyond the map"); return feet * 0.25; }
inline int pick(int x) { return x; }
inline double pick(double x) { return -x; }
inline bool near(double x) noexcept { return x < 10; }
struct Mark { Mark(const std::string& text) : size(static_cast<int>(text.size())) {} int size; };
inline int weigh(const Mark& mark, int times = 2) { return mark.size * times; }
inline double later(double (*when)(double)) { return when(1); }
class Walk {
 public:
  explicit Walk(int steps) : steps(steps) {}
  double length(double stride) const {
    if (stride < 0) throw std::invalid_argument("backwards");
    return steps * stride;
  }
  void extend(int more) { if (more < 0) throw std::out_of_range("shrinks"); steps += more; }
  const Walk* longer(const Walk& other) const noexcept { return other.steps > steps ? &other : this; }
  double both(double (*with)(double)) const { return with(1); }
  int steps;
  bool done = false;
};
}
"""
PRELUDE = """
import geo
from geo import inc
from numba import njit, prange
"""


def build(folder: Path, header: str = HEADER) -> None:
    (folder / "geo.h").write_text(header)
    command = [sys.executable, "-m", "dovetail", "build", "geo.h", "--output", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("numba")
    build(folder)
    return folder


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(PRELUDE + code)
    return subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache")},
    )


def test_calls(project: Path) -> None:
    done = run(
        project,
        """
@njit(nogil=True)
def total(walk, n):
    found = 0.0
    for i in range(n):
        found += walk.length(2.0) + geo.metres(i)
        walk.extend(inc(0))
    walk.steps += 1
    walk.done = True
    return found, walk.steps, walk.done, geo.near(3.0), walk.longer(walk).steps

@njit(parallel=True)
def side_by_side(n):
    found = 0.0
    for i in prange(n):
        found += geo.metres(4.0 * i)
    return found

walk = geo.Walk(1)
print(total(walk, 3), walk.steps, walk.done)
print(geo.pick(2), njit(lambda: (geo.pick(2), geo.pick(2.5)))())
print(geo.weigh("four"), njit(lambda mark: geo.weigh(mark, 3))(geo.Mark("four")))
print(side_by_side(1000))

class Long(geo.Walk):
    pass

print(total(Long(5), 1))
""",
    )
    assert done.stdout.splitlines() == [
        "(12.75, 5, True, True, 5) 5 True",
        "2 (2, -2.5)",
        "8 12",
        "499500.0",
        "(10.0, 7, True, True, 7)",
    ], done.stderr


def test_failures_are_the_exceptions_of_python(project: Path) -> None:
    done = run(
        project,
        """
@njit
def length(walk, stride):
    return walk.length(stride)

@njit(nogil=True)
def far(feet):
    return geo.metres(feet)

@njit
def extend(walk, more):
    walk.extend(more)

for call in (lambda: length(geo.Walk(1), -1.0), lambda: far(2e6), lambda: extend(geo.Walk(1), -1)):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
print(length(geo.Walk(2), 1.5))
""",
    )
    assert done.stdout.splitlines() == [
        "ValueError backwards",
        "TooFar beyond the map",
        "IndexError shrinks",
        "3.0",
    ], done.stderr


REFUSED = {
    "geo.inc('x')": "geo.inc does not take (unicode_type), but (long x)",
    "geo.inc(1.5)": "geo.inc does not take (float64), but (long x)",
    "geo.inc()": "geo.inc does not take (), but (long x)",
    "geo.pick('x')": "geo.pick does not take (unicode_type), but (int x); (double x)",
    "geo.weigh(walk)": "geo.weigh does not take (geo.Walk), but (geo::Mark const & mark, int times)",
    "geo.inc(x=1)": "geo.inc: compiled code gives arguments by position",
    "geo.inc(geo.Walk)": "geo.inc does not take (class geo.Walk), but (long x)",
    "geo.Walk('long')": "geo.Walk.__init__ does not take (Literal[str](long)), but (int steps)",
    "geo.later(geo.inc)": "geo.later has no native signature: callbacks, arguments that C++ keeps",
    "walk.longer(None).steps": "geo.Walk.longer does not take (none), but (geo::Walk const & other)",
    "walk.both(1)": "geo.Walk.both has no native signature: callbacks, arguments that C++ keeps",
    "walk.nothing()": "Unknown attribute 'nothing' of type geo.Walk",
}


def test_what_does_not_fit_is_a_typing_error_that_says_why(project: Path) -> None:
    code = f"""
for expression in {list(REFUSED)!r}:
    try:
        print(eval(f"njit(lambda walk: {{expression}})")(geo.Walk(1)))
    except Exception as error:
        print(repr(str(error)))
"""
    done = run(project, code)
    answers = done.stdout.splitlines()
    assert len(answers) == len(REFUSED), done.stderr
    for (expression, message), answer in zip(REFUSED.items(), answers, strict=True):
        assert message in answer.replace("\\'", "'"), expression


CACHED = """
@njit(cache=True)
def compute(walk):
    return walk.length(2.0) + geo.inc(1)

print(compute(geo.Walk(3)), sum(compute.stats.cache_hits.values()))
"""


def test_the_cache_serves_another_process(project: Path) -> None:
    assert run(project, CACHED).stdout == "8.0 0\n"
    again = run(project, CACHED)
    assert again.stdout == "8.0 1\n", again.stderr


def test_a_cache_of_another_build_is_compiled_anew(tmp_path: Path) -> None:
    build(tmp_path)
    code = CACHED.replace("walk.length(2.0) + ", "").replace("compute(walk)", "compute(n)").replace("geo.Walk(3)", "3")
    code = code.replace("geo.inc(1)", "geo.inc(n)")
    assert run(tmp_path, code).stdout == "4 0\n"
    assert run(tmp_path, code).stdout == "4 1\n"
    build(
        tmp_path,
        HEADER.replace("inline long inc(long x) noexcept { return x + 1; }", "inline int inc(int x) { return x + 5; }"),
    )
    changed = run(tmp_path, code)
    assert changed.stdout == "8 0\n", changed.stderr


LAID_OUT = """
#pragma once
#include <vector>
namespace geo {
enum class Mode { off = 0, on = 1 };
constexpr int limit = 10;
class Stop {
 public:
  double x = 1.5;
  Mode mode = Mode::on;
 private:
  char hidden_[8] = {};
};
class Stops {
 public:
  const std::vector<Stop>& all() const { return all_; }
 private:
  std::vector<Stop> all_ = std::vector<Stop>(3);
};
inline long inc(long x) noexcept { return x + 1; }
}
"""
LOOPED = """
@njit(cache=True)
def compute(stops):
    found = 0.0
    for stop in stops.all():
        found += stop.x + geo.limit if stop.mode == geo.Mode.on else -1
    return found

print(compute(geo.Stops()), sum(compute.stats.cache_hits.values()))
"""


def test_a_cache_knows_the_sizes_of_elements(tmp_path: Path) -> None:
    build(tmp_path, LAID_OUT)
    assert run(tmp_path, LOOPED).stdout == "34.5 0\n"
    build(tmp_path, LAID_OUT.replace("hidden_[8]", "hidden_[64]"))
    changed = run(tmp_path, LOOPED)
    assert changed.stdout == "34.5 0\n", changed.stderr


def test_nothing_imports_numba(project: Path) -> None:
    code = "import sys, geo, dovetail; dovetail.native(geo.inc); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False)
    assert done.stdout == "False\n"
