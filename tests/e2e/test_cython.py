"""`from shapes cimport …`: Cython calls C++ through the module, without boxing and without linking."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from dovetail.build.compilers import find_compiler

pytestmark = pytest.mark.skipif(importlib.util.find_spec("Cython") is None, reason="Cython is not installed")

HEADER = """
#pragma once
#include <array>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>
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
enum Colour { red = 1, green = 2 };
inline Unit other(Unit unit) noexcept { return unit == Unit::metre ? Unit::foot : Unit::metre; }
inline int mix(Colour a, Colour b) noexcept { return a + b; }
struct Named {
  std::string name;
  Unit unit = Unit::metre;
  const std::string& shown() const { return name; }
  bool matches(std::string_view other) const noexcept { return name == other; }
};
struct Trail : Walk, Named {
  Trail() : Walk(2) {}
  std::array<float, 3> slopes{};
  double new_ends[2] = {1, 2};
  int by[3] = {5, 6, 7};
  const int number = 4;
  std::variant<int, double> either(bool whole) const { if (whole) return 3; return 0.5; }
  std::vector<Walk> parts() const { return {}; }
  std::vector<Walk>& legs() { return legs_; }
  const std::vector<std::vector<double>>& heights() const { return heights_; }

 private:
  std::vector<Walk> legs_ = {Walk(1), Walk(2), Walk(3)};
  std::vector<std::vector<double>> heights_ = {{1, 2}, {3}};
};
inline double climb(const std::vector<double>& heights) {
  double sum = 0;
  for (double each : heights) sum += each;
  return sum;
}
inline const Trail& famous() { static Trail trail; return trail; }
inline Walk made(int steps) { if (steps < 0) throw std::invalid_argument("backwards"); return Walk(steps); }
inline std::unique_ptr<Walk> found(int steps) { return steps ? std::make_unique<Walk>(steps) : nullptr; }
inline std::string title(const std::string& of, int size) { return of + std::string(std::size_t(size), '!'); }
inline std::optional<double> slope(int n) {
  if (n < 0) throw TooFar("below");
  return n ? std::optional(n / 2.0) : std::nullopt;
}
inline std::tuple<int, double, bool> several(int n) noexcept { return {n, n / 2.0, n > 1}; }
inline double mean(const double* values, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += values[i];
  return sum / double(count);
}
inline std::map<int, std::string>& names() { static std::map<int, std::string> n{{1, "one"}, {2, "two"}}; return n; }
inline const std::unordered_map<std::string, Walk>& walks() {
  static std::unordered_map<std::string, Walk> w{{"long", Walk(9)}};
  return w;
}
inline std::set<int>& stops() { static std::set<int> s{3, 5}; return s; }
inline std::deque<double> heights(int n) { return std::deque<double>(std::size_t(n), 1.5); }
inline double sum(const std::list<double>& all) { double s = 0; for (double x : all) s += x; return s; }
inline int longer(const Walk& a, const Walk& b) noexcept { return a.steps > b.steps ? a.steps : b.steps; }
}
"""
_MISMATCH = "ValueError: Buffer dtype mismatch, expected 'double' but got 'float'"
CALLER = """
# distutils: language = c++
from geo cimport Colour_green as green_, Colour_red as red_, Named_matches, Named_shown
from geo cimport Trail, Trail_const_ptr, Trail_either, Trail_ptr
from geo cimport Unit, Unit_foot, Unit_metre, climb, mix, other
from geo cimport VectorDouble_const_ptr, VectorVectorDouble, VectorWalk, VectorWalk_ptr
from geo cimport Walk, Walk_length, Walk_ptr, half, longer, metres, near

from cython.operator cimport dereference, preincrement
from libc.stdlib cimport free
from libcpp.deque cimport deque
from libcpp.list cimport list as cpp_list
from libcpp.string cimport string
from geo cimport ListDouble_ptr, MapIntString_ptr, found, heights, made, mean, names, several, slope, stops, sum
from geo cimport title, walks

def make(int n):
    # What is made belongs to the caller.
    cdef Walk* walk = made(n)
    cdef Walk* other = found(n)
    cdef deque[double]* each = heights(n)
    cdef size_t size = 0
    cdef char* text = title(b"walk", 4, n, &size)
    try:
        return walk.steps, other == NULL, each.size(), text[:size].decode()
    finally:
        del walk, other, each
        free(text)

def numbers(int n, double[::1] values):
    cdef double slope_ = -1, half_
    cdef int there = slope(n, &slope_), whole
    cdef bint large
    several(n, &whole, &half_, &large)
    return there, slope_, whole, half_, large, mean(&values[0], values.shape[0])

def look_up(all_names, logged):
    cdef int keys = 0
    shown = names().at(2).decode(), walks().at(<string>b"long").steps, stops().count(3), stops().count(4)
    it = stops().begin()
    while it != stops().end():
        keys += dereference(it)
        preincrement(it)
    return shown, keys, MapIntString_ptr(all_names).size(), sum(ListDouble_ptr(logged))

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

def read(trail):
    cdef Trail* it = Trail_ptr(trail)
    cdef double found = 0
    cdef size_t size = 0
    cdef size_t k
    cdef const char* text
    cdef VectorWalk* legs = &it.legs()
    cdef const VectorVectorDouble* heights = &it.heights()
    for k in range(legs.size()):
        found += legs[0][k].steps
    for k in range(heights.size()):
        found += climb(&heights[0][k])
    legs[0][0].extend(4)
    it.slopes[1] = 0.5
    it.unit = Unit.foot
    text = Named_shown(it, &size)
    same = Named_matches(it, b"ridge", 5) != 0, it.name == <const char*>b"ridge"
    shown = text[:size].decode(), it.shown().decode(), *same
    enums = other(Unit_metre) == Unit_foot, mix(red_, green_)
    return found, it.steps, it.length(2.0), Walk_length(it, 2.0), shown, enums

def of_containers(legs, numbers, famous):
    cdef const Trail* it = Trail_const_ptr(famous)
    return VectorWalk_ptr(legs).size(), VectorDouble_const_ptr(numbers)[0][1], it.steps

def members(trail):
    cdef Trail* it = Trail_ptr(trail)
    cdef double* ends = it.new_ends
    ends[1] += it.by_[2]
    either = Trail_either(it, True), Trail_either(it, False)
    return sizeof(it.new_ends), sizeof(it.by_), it.new_ends[1], it.number, *either

def address_of(trail):
    return <size_t>Trail_ptr(trail)

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


def test_containers_bases_text_and_enums(project: Path) -> None:
    code = """
import caller, geo
trail = geo.Trail()
trail.name = "ridge"
print(caller.read(trail))
print(trail.legs()[0].steps, trail.slopes[1], trail.unit)
print(caller.of_containers(trail.legs(), trail.heights()[0], geo.famous()))
print(caller.members(trail))
"""
    done = run(project, code)
    assert done.stdout.splitlines() == [
        "(12.0, 2, 4.0, 4.0, ('ridge', 'ridge', True, True), (True, 3))",
        "5 0.5 2",
        "(3, 2.0, 2)",
        "(16, 12, 9.0, 4, 3.0, 0.5)",
    ], done.stderr


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("Trail_ptr(it).number = 5", "Assignment to const attribute 'number'"),
        ("return Trail_ptr(it).either(True)", "Object of type 'Trail' has no attribute 'either'"),
    ],
)
def test_what_cpp_would_refuse_is_an_error_of_cython(project: Path, tmp_path: Path, line: str, error: str) -> None:
    (tmp_path / "geo.pxd").write_text((project / "geo.pxd").read_text())
    text = f"# distutils: language = c++\nfrom geo cimport *\ndef go(it):\n    {line}\n"
    made = compile_cython(tmp_path, "wrong", text)
    assert made.returncode != 0
    assert error in made.stdout + made.stderr


def test_what_is_made_numbers_arrays_and_maps(project: Path) -> None:
    code = """
import array, caller, geo
print(caller.make(3), caller.make(0))
print(caller.numbers(4, array.array("d", [1, 2])), caller.numbers(0, array.array("d", [1])))
print(caller.look_up(geo.names(), geo.ListDouble([1, 2.5])))
"""
    done = run(project, code)
    assert done.stdout.splitlines() == [
        "(3, False, 3, 'walk!!!') (0, True, 0, 'walk')",
        "(1, 2.0, 4, 2.0, True, 1.5) (0, -1.0, 0, 0.0, False, 1.0)",
        "(('two', 9, 1, 0), 8, 2, 3.5)",
    ], done.stderr


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (
            "import caller, geo; caller.address_of(geo.famous())",
            "TypeError: the Trail is const here and cannot be changed",
        ),
        ("import caller, geo; caller.of_containers([], None, None)", "TypeError: Trail is expected, not None"),
        ("import array, caller; caller.total(array.array('d', [2e6]))", "geo.TooFar: beyond the map"),
        ("import caller, geo; caller.backwards(geo.Walk(1))", "ValueError: backwards"),
        ("import caller; caller.make(-1)", "ValueError: backwards"),
        ("import array, caller; caller.numbers(-1, array.array('d', [1]))", "geo.TooFar: below"),
        ("import array, caller; caller.numbers(0, array.array('f', [1]))", _MISMATCH),
        ("import caller; caller.steps_of(None)", "TypeError: Walk is expected, not None"),
    ],
)
def test_failures_are_python_exceptions(project: Path, code: str, error: str) -> None:
    done = run(project, code)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == error


@pytest.mark.slow
def test_another_signature_is_refused_at_import(project: Path, tmp_path: Path) -> None:
    for file in project.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    build(tmp_path, HEADER.replace("unsigned int half(unsigned int n)", "unsigned long half(unsigned long n)"))
    done = run(tmp_path, "import caller")
    assert "TypeError: C function geo.half has wrong signature" in done.stderr


def test_declarations_of_another_build_are_refused_at_import(project: Path, tmp_path: Path) -> None:
    """An extension that was compiled with an old .pxd, or one that somebody has changed."""
    for file in project.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    pxd = tmp_path / "geo.pxd"
    pxd.write_text(
        pxd.read_text().replace("climb(const vector[double]* heights", "climb(const vector[double]* heights, int n")
    )
    caller = "# distutils: language = c++\nfrom geo cimport VectorDouble, climb\ncdef VectorDouble v\nclimb(&v, 1)\n"
    assert compile_cython(tmp_path, "old", caller).returncode == 0
    done = run(tmp_path, "import old")
    assert done.returncode == 1
    expected = "(expected double (std::vector<double>  const *, int), got double (std::vector<double>  const *))"
    assert done.stderr.splitlines()[-1] == f"TypeError: C function geo.climb has wrong signature {expected}"


LAID_OUT = """
#pragma once
namespace geo {
struct Spot { double x = 1, y = 2; };
class Stop : public Spot {
 public:
  int first = 3;
  int second = 4;
  int kept() const { return kept_; }

 private:
  int kept_ = 5, other_ = 6;
};
inline double inc(double x) noexcept { return x + 1; }
}
"""
READING = """
# distutils: language = c++
from geo cimport Stop, Stop_ptr

def read(stop):
    cdef Stop* it = Stop_ptr(stop)
    return it.x, it.first, it.second, it.kept()
"""
# Declarations alone, of what is not there in Python.
MAKING = """
# distutils: language = c++
from geo cimport Stop

def read():
    cdef Stop stop
    return stop.x, stop.first, stop.second, stop.kept()
"""


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laid_out")
    build(folder, LAID_OUT)
    for name, text in (("reading", READING), ("making", MAKING)):
        made = compile_cython(folder, name, text)
        assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("int first = 3;\n  int second = 4;", "int second = 4;\n  int first = 3;", "Stop"),
        pytest.param("kept_ = 5, other_ = 6", "other_ = 6, kept_ = 5", "Stop", marks=pytest.mark.slow),
        pytest.param("x = 1, y = 2", "x = 1, y = 2, z = 3", "Spot", marks=pytest.mark.slow),
    ],
    ids=["reordered", "reordered in private", "one more in a base"],
)
def test_another_layout_is_refused_at_import(laid_out: Path, tmp_path: Path, old: str, new: str, named: str) -> None:
    """No signature has changed."""
    for file in laid_out.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert old in LAID_OUT
    build(tmp_path, LAID_OUT.replace(old, new))
    for name in ("reading", "making"):
        done = run(tmp_path, f"import {name}")
        assert done.returncode == 1
        assert re.search(rf"ImportError: geo does not export .* {named}_ptr__layout_\w+", done.stderr), done.stderr


def test_the_same_layout_is_not(laid_out: Path, tmp_path: Path) -> None:
    """What else changes in a header is no matter, nor does `Stop_ptr` look otherwise."""
    for file in laid_out.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    changed = LAID_OUT.replace("#pragma once", "#pragma once\n// Stops.").replace("x + 1;", "x + 2;")
    build(tmp_path, changed.replace("int kept() const", "int kept() const noexcept"))
    code = """
import geo, making, reading
print(reading.read(geo.Stop()), making.read(), geo.inc(1))
try:
    reading.read(None)
except TypeError as error:
    print(error)
"""
    done = run(tmp_path, code)
    assert done.stdout == "(1.0, 3, 4, 5) (1.0, 3, 4, 5) 3.0\nStop is expected, not None\n", done.stderr


@pytest.mark.slow
def test_a_function_that_is_gone_is_named(project: Path, tmp_path: Path) -> None:
    for file in project.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    build(tmp_path, HEADER.replace("inline bool near", "inline bool close"))
    done = run(tmp_path, "import caller")
    assert "ImportError" in done.stderr
    assert "near" in done.stderr
