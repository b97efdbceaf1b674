"""Functions that are compiled elsewhere and may throw: Numba and Cython call the C++ itself, and catch."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

needs_cython = pytest.mark.skipif(importlib.util.find_spec("Cython") is None, reason="Cython is not installed")
needs_numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")

HEADER = """
#pragma once
#include <stdexcept>
#include <string>
namespace far {
enum class Unit : unsigned char { metre = 1, foot = 2 };
struct TooFar : std::runtime_error { using std::runtime_error::runtime_error; };
long checked(long x);
long checked(long x, long y);
Unit unit(Unit of);
void log(int level);
long seen();
inline long inside(long x) { if (x < 0) throw TooFar("inside"); return x; }
long calm(long x) noexcept;
bool odd(long x);
class Walk {
 public:
  virtual ~Walk() = default;
  long length(long stride) const;
  void extend(long more);
  const Walk& longer(const Walk& other) const;
  virtual long kind() const;
  long steps = 3;
};
struct Run : Walk { long kind() const override; };
}
"""
SOURCE = """
#include "far.h"
namespace far {
static thread_local long logged = 0;
long checked(long x) { if (x < 0) throw TooFar("below zero"); if (x == 77) throw 77; return x + 1; }
long checked(long x, long y) { if (y == 0) throw std::invalid_argument("by zero"); return x / y; }
Unit unit(Unit of) { if (of == Unit::foot) throw std::domain_error("feet"); return Unit::foot; }
void log(int level) { if (level < 0) throw std::out_of_range("no such level"); logged += level; }
long seen() { return logged; }
long calm(long x) noexcept { return x; }
bool odd(long x) { if (x < 0) throw TooFar("odd"); return x % 2; }
long Walk::length(long stride) const { if (stride < 0) throw TooFar("backwards"); return steps * stride; }
void Walk::extend(long more) { if (more < 0) throw TooFar("shrinks"); steps += more; }
const Walk& Walk::longer(const Walk& o) const {
  if (o.steps == steps) throw TooFar("neither");
  return o.steps > steps ? o : *this;
}
long Walk::kind() const { return 1; }
long Run::kind() const { throw TooFar("runs"); }
}
"""
INNER = """
from far cimport Unit_foot, Walk_kind, Walk_length, Walk_ptr, checked, checked_2, inside, log, unit

def thrown(long x):
    cdef long found
    with nogil:
        found = checked(x)
    return found

def divide(long x, long y):
    return checked_2(x, y)

def level(int n):
    log(n)

def length(walk, long stride):
    return Walk_length(Walk_ptr(walk), stride)

def kind(walk):
    return Walk_kind(Walk_ptr(walk))

def feet():
    return unit(Unit_foot)

def within(long x):
    return inside(x)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("far")
    (folder / "far.h").write_text(HEADER)
    (folder / "far.cpp").write_text(SOURCE)
    sources = ["--sources=far.cpp"]
    if importlib.util.find_spec("Cython"):
        (folder / "hot.pyx").write_text(INNER)
        sources.append("--sources=hot.pyx")
    command = [sys.executable, "-m", "dovetail", "build", "far.h", *sources, "--optimize=0", "--output=."]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def run(folder: Path, code: str) -> list[str]:
    (folder / "script.py").write_text(code)
    env = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, check=False, timeout=120, env=env
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


SHOW = """
def show(call, *arguments):
    try:
        print(call(*arguments))
    except Exception as error:
        print(f"{type(error).__module__}.{type(error).__name__}: {error}")
"""


def test_which_are_offered(project: Path) -> None:
    code = """
import far, dovetail
print(*sorted(each.name for each in dovetail.native(far) if each.bare))
print(*sorted(name for name in far.__pyx_capi__ if name.endswith("__throws") or name == "dovetail__raise"))
"""
    names = "Run_kind Walk_extend Walk_kind Walk_length Walk_longer checked checked_2 log seen unit"
    capsules = " ".join(sorted([*(f"{name}__throws" for name in names.split()), "dovetail__raise"]))
    assert run(project, code) == [names, capsules]


@needs_cython
def test_cython(project: Path) -> None:
    code = f"""{SHOW}
import far
from far import hot
walk = far.Walk()
show(hot.thrown, 4)
show(hot.thrown, -1)
show(hot.thrown, 77)
show(hot.divide, 6, 3)
show(hot.divide, 6, 0)
show(hot.level, -1)
hot.level(5)
print(far.seen())
show(hot.length, walk, 5)
show(hot.length, walk, -5)
show(hot.kind, walk)
show(hot.kind, far.Run())
show(hot.feet)
show(hot.within, -1)
"""
    assert run(project, code) == [
        "5",
        "far.TooFar: below zero",
        "builtins.RuntimeError: C++ threw something that is no std::exception",
        "2",
        "builtins.ValueError: by zero",
        "builtins.IndexError: no such level",
        "5",
        "15",
        "far.TooFar: backwards",
        "1",
        "far.TooFar: runs",
        "builtins.ValueError: feet",
        "far.TooFar: inside",
    ]


def test_what_is_built_apart_has_those_that_catch(project: Path) -> None:
    declared = (project / "far.pxd").read_text()
    assert "cdef long checked(long x) except? -9223372036854775807 nogil\n" in declared
    assert "throws" not in declared


NUMBA = f"""{SHOW}
import threading
import far
import numpy as np
from numba import njit, prange

@njit(cache=True)
def one(x):
    return far.checked(x)

@njit(cache=True, nogil=True)
def nested(x, y):
    return one(x) + far.checked(x, y) + far.calm(1)

@njit(cache=True)
def total(walk, strides):
    parts = [np.ones(2) for _ in range(3)]
    found = 0.0
    for stride in strides:
        found += walk.length(stride) + parts[stride % 3].sum()
        walk.extend(stride - 1)
        far.log(int(stride))
    return found

@njit
def longer(a, b):
    return a.longer(b).steps

@njit(debug=True)
def unit(of):
    return far.unit(of)

@njit
def kind(walk):
    return walk.kind()

@njit(parallel=True, nogil=True, cache=True)
def table(n):
    out = np.empty(n)
    for i in prange(n):
        out[i] = far.checked(i)
    return out.sum()

@njit
def steps(n):
    for i in range(n):
        yield far.checked(i, i - 2)

walk = far.Walk()
show(one, 1)
show(one, -1)
show(one, 77)
show(nested, 6, 2)
show(nested, 6, 0)
show(nested, -6, 2)
show(total, walk, np.array([1, 2]))
show(total, walk, np.array([1, -2]))
show(total, walk, np.array([1, 0]))
show(longer, walk, far.Walk())
show(longer, walk, walk)
show(unit, far.Unit.metre)
show(unit, far.Unit.foot)
show(kind, walk)
show(kind, far.Run())
show(table, 77)
show(lambda: list(steps(2)))
show(lambda: list(steps(3)))

caught = []
def fail():
    for k in range(500):
        try:
            nested(-1, k)
        except far.TooFar:
            caught.append(k)
threads = [threading.Thread(target=fail) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(caught))
print(*(sum(f.stats.cache_hits.values()) for f in (one, nested, total, table)))
"""


@needs_numba
@pytest.mark.parametrize("hits", ["0 0 0 0", "1 1 1 1"], ids=["compiled", "cached"])
def test_numba(project: Path, hits: str) -> None:
    assert run(project, NUMBA) == [
        "2",
        "far.TooFar: below zero",
        "builtins.RuntimeError: C++ threw something that is no std::exception",
        "11",
        "builtins.ValueError: by zero",
        "far.TooFar: below zero",
        "13.0",
        "far.TooFar: backwards",
        "far.TooFar: shrinks",
        "4",
        "far.TooFar: neither",
        "2",
        "builtins.ValueError: feet",
        "1",
        "far.TooFar: runs",
        "3003.0",
        "[0, -1]",
        "builtins.ValueError: by zero",
        "2000",
        hits,
    ]


@needs_numba
def test_where_exceptions_do_not_find_compiled_code(project: Path) -> None:
    """The functions that catch are called, and code of the cache that counts on landing pads is compiled anew."""
    code = f"""{SHOW}
import far
from numba import njit
from dovetail.numba import bare

@njit(cache=True)
def one(x):
    return far.checked(x)

if not %s:
    bare._unwinds = lambda address: False
show(one, 1)
show(one, -1)
print(sum(one.stats.cache_hits.values()), *("invoke" in text for text in one.inspect_llvm().values()))
"""
    assert run(project, code % True) == ["2", "far.TooFar: below zero", "0 True"]
    assert run(project, code % False) == ["2", "far.TooFar: below zero", "0 False"]
