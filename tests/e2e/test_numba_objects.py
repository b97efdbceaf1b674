"""Containers, text, enums and inherited members of bound classes in functions that Numba compiles."""

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
#include <array>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>
namespace atlas {
enum class Unit : std::uint8_t { metre = 1, foot = 2 };
struct Point {
  double x = 0;
  double y = 0;
  float w[3] = {1, 2, 3};
  Unit unit = Unit::metre;
  const Point* next = nullptr;
  unsigned flag : 3;
  std::string name;
  std::vector<int> tags;
  std::variant<std::int64_t, double> value;
  const int fixed = 4;
};
struct Animal {
  virtual ~Animal() = default;
  virtual int legs() const { return 4; }
  int age = 1;
};
struct Named {
  std::string called;
  const std::string& name() const { return called; }
  std::string_view start() const noexcept { return std::string_view(called).substr(0, 2); }
  const char* text() const { return called.empty() ? nullptr : called.c_str(); }
};
struct Dog : Animal, Named {
  double weight = 3;
  bool barks(int times) const { return times > 2; }
  bool barks(const std::string& at) const { return at != "postman"; }
};
class Line {
 public:
  std::size_t size() const { return points_.size(); }
  Point& operator[](std::size_t i) { return points_[i]; }
  const Point& operator[](std::size_t i) const { return points_[i]; }
  double operator()(double x) const { return 2 * x; }
  void add(const Point& point) { points_.push_back(point); }
  std::vector<Point>& points() { return points_; }
  const std::vector<Point>& fixed() const { return points_; }
  const std::vector<double>* maybe(bool there) const { return there ? &lengths_ : nullptr; }
  double get_scale() const { return scale_; }
  void set_scale(double scale) { if (scale <= 0) throw std::invalid_argument("no scale"); scale_ = scale; }
  static int count() { return 7; }
  enum class Style { thin, thick };
  Style style = Style::thin;
 private:
  std::vector<Point> points_;
  std::vector<double> lengths_ = {1, 2};
  double scale_ = 1;
};
class Numbers {
 public:
  double operator[](int i) const { return values_[i]; }
  double& operator[](int i) { return values_[i]; }
  int size() const { return 4; }
 private:
  double values_[4] = {1, 2, 3, 4};
};
inline double sum(const std::vector<double>& v) { double s = 0; for (double x : v) s += x; return s; }
using Grid = std::vector<std::vector<double>>;
inline const Grid& grid() { static Grid g{{1, 2}, {3}}; return g; }
inline const std::vector<std::string>& words() { static std::vector<std::string> g{"a", "b", "\\u00e9"}; return g; }
using Table = std::map<int, std::pair<int, int>>;
inline const Table& table() { static Table g; return g; }
inline std::array<bool, 2>& flags() { static std::array<bool, 2> f{true, false}; return f; }
inline const Dog& kennel() { static Dog dog; return dog; }
inline int length(const std::string& s) { return int(s.size()); }
inline int first(std::string_view s) noexcept { return s.empty() ? -1 : (unsigned char)s[0]; }
inline int zero(const char* s) { int n = 0; while (s[n]) ++n; return n; }
inline double convert(double x, Unit from, Unit to) { return x * int(from) / int(to); }
inline Unit other(Unit unit) noexcept { return unit == Unit::metre ? Unit::foot : Unit::metre; }
inline int weigh(const Dog& dog) { return int(dog.weight); }
inline int older(const Animal& animal, const Animal* other) { return other ? other->age : animal.age; }
namespace inner { inline int twice(int x) { return 2 * x; } }
}
"""
PRELUDE = """
import atlas
from numba import njit, prange

line = atlas.Line()
for k in range(4):
    line.add(atlas.Point(k, 2 * k))
dog = atlas.Dog()
dog.called = "Rex"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("atlas")
    (folder / "atlas.h").write_text(HEADER)
    command = [sys.executable, "-m", "dovetail", "build", "atlas.h", "--output", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
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


def check(folder: Path, code: str, *lines: str) -> None:
    done = run(folder, code)
    assert done.stdout.splitlines() == list(lines), done.stderr


def test_containers(project: Path) -> None:
    check(
        project,
        """
@njit
def over(points):
    found = 0.0
    for point in points:
        found += point.x
    for i in range(len(points)):
        found += points[i].y
    points[1].x = 8.0
    return found, points[-1].x, points[0].w[1], points[1].x

@njit
def nested():
    found, count = 0.0, 0
    for row in atlas.grid():
        for x in row:
            found += x
    for word in atlas.words():
        count += word == "b" or word == "\\u00e9"
    atlas.flags()[1] = True
    return found, count, atlas.sum(atlas.grid()[0]), atlas.flags()[0] and atlas.flags()[1]

@njit(parallel=True, nogil=True)
def side_by_side(points, line):
    found = 0.0
    for i in prange(len(points)):
        found += points[i].y + line[i].y
    return found

print(over(line.points()), line[1].x)
print(nested())
print(side_by_side(line.fixed(), line))
""",
        "(18.0, 3.0, 2.0, 8.0) 8.0",
        "(6.0, 2, 3.0, True)",
        "24.0",
    )


def test_classes_that_are_containers(project: Path) -> None:
    check(
        project,
        """
@njit
def over(line, numbers):
    found = 0.0
    for point in line:
        found += point.x
    for number in numbers:
        found += number
    numbers[-1] = 5.0
    numbers[0] += 1
    line[0].x = 9.0
    return found, len(line), line[-1].y, line(2.5), numbers[3], numbers[0], line.count(), atlas.Line.count()

print(over(line, atlas.Numbers()), line[0].x)
""",
        "(16.0, 4, 6.0, 5.0, 5.0, 2.0, 7, 7) 9.0",
    )


def test_text(project: Path) -> None:
    check(
        project,
        """
@njit
def read(dog):
    name = dog.name()
    return name == "Rex", "Max" != name, name == dog.called, len(name), str(name) + "!", dog.start(), dog.text() is None

@njit
def give(text):
    return atlas.length(text), atlas.first(text), atlas.first("a"), atlas.zero(text), dog_barks(text)

@njit
def dog_barks(text):
    return len(text)

@njit
def bark(dog, at):
    return dog.barks(at), dog.barks("postman"), dog.barks(1), atlas.length(dog.name())

print(read(dog))
dog.called = "R\\u00e9x\\u20ac\\U0001d11e"
print([ascii(each) for each in read(dog)])
print(njit(lambda dog: str(dog.start()) == "R\\udcc3")(dog), njit(lambda: atlas.length("R\\udcc3"))())
print(give("plain"), give("\\u00e9\\u20ac\\U0001d11e"))
print(bark(dog, "cat"))
dog.called = ""
print(read(dog)[3:])
""",
        "(True, True, True, 3, 'Rex!', 'Re', False)",
        r"""['False', 'True', 'True', '5', "'R\\xe9x\\u20ac\\U0001d11e!'", "'R\\udcc3'", 'False']""",
        "True 2",
        "(5, 112, 97, 5, 5) (9, 195, 97, 9, 3)",
        "(True, False, False, 11)",
        "(0, '!', '', True)",
    )


def test_enums_and_attributes(project: Path) -> None:
    check(
        project,
        """
@njit
def of(point, line):
    point.unit = atlas.Unit.foot
    point.flag = 6
    line.style = atlas.Line.Style.thick
    line.set_scale(3)
    shown = point.unit == atlas.Unit.foot, point.unit
    converted = atlas.other(atlas.Unit.foot), atlas.convert(3, point.unit, atlas.Unit.metre)
    tags = point.tags[0], len(point.tags)
    return (shown, *converted, point.value, point.flag, *tags, point.next is None, point.fixed, line.style,
            line.get_scale(), atlas.inner.twice(4))

point = atlas.Point(1, 2)
point.value, point.tags = 3, [9]
print(of(point, line), point.flag, line.style)
point.value = 2.5
point.next = atlas.Point(7, 8)
print(njit(lambda point: (point.value, point.next.x))(point))
""",
        "((True, <Unit.foot: 2>), <Unit.metre: 1>, 6.0, 3.0, 6, 9, 1, True, 4, <Style.thick: 1>, 3.0, 8) 6 1",
        "(2.5, 7.0)",
    )


def test_inheritance(project: Path) -> None:
    check(
        project,
        """
class Puppy(atlas.Dog):
    def legs(self):
        return 3

@njit
def of(dog):
    dog.age += 1
    return dog.legs(), dog.age, dog.weight, dog.barks(3), dog.name() == "", atlas.weigh(dog), atlas.older(dog, None)

print(of(atlas.Dog()), of(Puppy()))
print(njit(lambda a, b: (atlas.older(a, b), atlas.kennel().age))(dog, atlas.Dog()))
""",
        "(4, 2, 3.0, True, True, 3, 2) (3, 2, 3.0, True, True, 3, 2)",
        "(1, 1)",
    )


def test_failures(project: Path) -> None:
    check(
        project,
        """
@njit
def scale(line):
    line.set_scale(-1.0)

calls = [
    (njit(lambda points, i: points[i].x), line.points(), 4),
    (njit(lambda points, i: points[i].x), line.points(), -5),
    (njit(lambda line, i: line[i].x), line, 4),
    (njit(lambda line: len(line.maybe(False))), line),
    (njit(lambda point: point.next.x), atlas.Point(1, 2)),
    (njit(lambda: atlas.zero("a\\0b")),),
    (njit(lambda: atlas.length(chr(0xd800))),),
    (scale, line),
]
for function, *arguments in calls:
    try:
        print(function(*arguments))
    except Exception as error:
        print(type(error).__name__, error)
print(njit(lambda line: len(line.maybe(True)))(line))
""",
        "IndexError VectorPoint index out of range",
        "IndexError VectorPoint index out of range",
        "IndexError index out of range",
        "TypeError expected const atlas.VectorDouble, got None",
        "TypeError expected const atlas.Point, got None",
        "ValueError embedded null character",
        "ValueError surrogates cannot be encoded in UTF-8",
        "ValueError no scale",
        "2",
    )


REFUSED = {
    "line.fixed()[0].next.x.y": "Unknown attribute 'y' of type float64",
    "line.add(1)": "atlas.Line.add does not take (int64), but (atlas::Point const & point)",
    "line.points()[1:2]": "compiled code takes one element of VectorPoint by an integer, not by slice",
    "dog.name().upper()": "text of C++ has no `upper` in compiled code: str(text) makes a str, which has",
    "atlas.other(2)": "atlas.other does not take (int64)",
    "atlas.convert(1.0, 1, 2)": "atlas.convert does not take",
    "atlas.table()": "atlas.table has no native signature: callbacks, arguments that C++ keeps",
    "line.points()[0]": "compiled code cannot return a Point out of a container, which may move it: return its index",
    "[x for x in dog]": "compiled code loops over containers, ranges, and classes with `size()` and `[]`: not over atl",
    "atlas.weigh(atlas.kennel().name())": "atlas.weigh does not take (text of C++)",
}
UNCHANGEABLE = {
    ("it[0] = 1.0", "atlas.grid()[0]"): "an element of VectorDouble cannot be set: it is const",
    ("it[0] = it[1]", "line.points()"): "compiled code writes numbers, bools and enums alone",
    ("it.age = 2", "atlas.kennel()"): "atlas.Dog.age cannot be set: the object is const",
    ("it.fixed = 2", "atlas.Point(1, 2)"): "atlas.Point.fixed is read-only",
    ("it.name = 'x'", "atlas.Point(1, 2)"): "text and objects are set by methods",
    ("it.unit = 1", "atlas.Point(1, 2)"): "Cannot cast Literal[int](1) to IntEnum<int64>(Unit)",
    ("it.x", "atlas.table()"): "atlas.Table cannot go into compiled code: of containers, those of numbers",
}


def refusals(folder: Path, sources: list[str]) -> list[str]:
    """What Numba says to each."""
    done = run(
        folder,
        f"""
for source in {sources!r}:
    try:
        exec(source)
        print("nothing")
    except Exception as error:
        print(repr(str(error)))
""",
    )
    found = [answer.replace("\\'", "'") for answer in done.stdout.splitlines()]
    assert len(found) == len(sources), done.stderr
    return found


def test_what_does_not_fit_is_a_typing_error_that_says_why(project: Path) -> None:
    found = refusals(project, [f"njit(lambda line, dog: {expression})(line, dog)" for expression in REFUSED])
    for (expression, message), answer in zip(REFUSED.items(), found, strict=True):
        assert message in answer, expression


def test_what_cannot_be_changed(project: Path) -> None:
    sources = [f"def change(it):\n    {change}\nnjit(change)({argument})\n" for change, argument in UNCHANGEABLE]
    for (case, message), answer in zip(UNCHANGEABLE.items(), refusals(project, sources), strict=True):
        assert message in answer, case


def test_the_cache_serves_another_process(project: Path) -> None:
    code = """
@njit(cache=True)
def of(line, dog):
    found = 0.0
    for point in line.points():
        found += point.x
    return found, str(dog.name()), dog.name() == "Rex", line.style == atlas.Line.Style.thin, atlas.length("abc")

print(of(line, dog), sum(of.stats.cache_hits.values()))
"""
    check(project, code, "(6.0, 'Rex', True, True, 3) 0")
    check(project, code, "(6.0, 'Rex', True, True, 3) 1")
