"""What C++ makes for compiled code, arrays of NumPy, and containers whose elements lie apart, in Numba."""

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
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>
namespace farm {
enum class Size { small = 1, large = 2 };
struct Count { static inline long alive = 0; };
inline long alive() noexcept { return Count::alive; }
struct Egg {
  Egg() { ++Count::alive; }
  Egg(const Egg& other) : weight(other.weight), label(other.label) { ++Count::alive; }
  ~Egg() { --Count::alive; }
  double weight = 0;
  std::string label = "fresh";
  const std::string& shown() const { return label; }
  const Egg* heavier(const Egg& other) const noexcept { return other.weight > weight ? &other : this; }
};
struct Nest {
  std::vector<Egg> eggs;
  Egg best;
  Egg& at(std::size_t i) { return eggs.at(i); }
};
inline Egg lay(double weight) {
  if (weight < 0) throw std::invalid_argument("no egg");
  Egg egg;
  egg.weight = weight;
  return egg;
}
inline Nest build(int n) { Nest nest; nest.eggs.resize(std::size_t(n)); nest.best.weight = 7; return nest; }
inline std::vector<double> squares(int n) {
  std::vector<double> v;
  for (int i = 0; i < n; ++i) v.push_back(i * i);
  return v;
}
inline std::unique_ptr<Egg> find(int n) { return n ? std::make_unique<Egg>() : nullptr; }
inline std::map<std::string, int> prices(int n) { std::map<std::string, int> m; if (n) m["\\u00e9gg"] = n; return m; }
inline std::string greet(const std::string& who) { return "hello " + who; }
inline std::optional<double> mean(std::span<const double> v) {
  if (v.empty()) return {};
  double sum = 0;
  for (double x : v) sum += x;
  return sum / double(v.size());
}
inline std::tuple<long, double, bool> three(int n) noexcept { return {n, n / 2.0, n > 2}; }
inline std::pair<float, int> two(int n) { if (!n) throw std::out_of_range("none"); return {1.5f, n}; }
inline void scale(std::span<double> values, double by) { for (double& x : values) x *= by; }
inline int count(const double* values, unsigned char count) { return values ? count : 0; }
inline double sum(const double* values, int count) {
  double sum = 0;
  for (int i = 0; i < count; ++i) sum += values[i];
  return sum;
}
inline long total(std::span<const std::int32_t> v) noexcept { long s = 0; for (auto x : v) s += x; return s; }
inline std::map<int, double>& table() { static std::map<int, double> t{{3, 1.5}, {1, 0.5}}; return t; }
inline const std::unordered_map<std::string, Egg>& named() {
  static const auto* t = new std::unordered_map<std::string, Egg>{{"a", lay(2)}};
  return *t;
}
inline std::set<Size>& sizes() { static std::set<Size> s{Size::small}; return s; }
inline std::deque<int>& queue() { static std::deque<int> q{1, 2, 3}; return q; }
inline const std::list<double>& log() { static std::list<double> l{1, 2}; return l; }
}
"""
PRELUDE = """
import gc
import sys
import dovetail
import farm
import numpy as np
from numba import njit, prange

def show(function, *arguments):
    try:
        print(function(*arguments))
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("farm")
    (folder / "farm.h").write_text(HEADER)
    command = [sys.executable, "-m", "dovetail", "build", "farm.h", "--output", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def check(folder: Path, code: str, *lines: str) -> None:
    command = [sys.executable, "-c", PRELUDE + code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.splitlines() == list(lines), done.stdout + done.stderr


def test_objects_that_are_made_live_as_long_as_they_are_used(project: Path) -> None:
    check(
        project,
        """
@njit
def lay(other, n):
    found, most = 0.0, 0
    for i in range(n):
        egg = farm.lay(float(i))
        egg.weight += 1
        found += egg.weight + len(egg.shown()) + egg.heavier(other).weight
        most = max(most, farm.alive())
    return found, most

@njit
def part(n):
    egg = farm.build(n).eggs[1]       # the nest is gone but for what keeps it
    best = farm.build(n).best
    same = egg
    egg.weight = 5.0
    for each in farm.build(2).eggs:
        each.weight = 2.0
        egg.weight += each.weight
    return same.weight, best.weight, farm.alive() > 0, farm.build(n).at(0).shown(), best.label == "fresh"

@njit
def others(n):
    found = farm.find(n)
    weight = -1.0 if found is None else found.weight
    squares = farm.squares(4)
    total = 0.0
    for x in squares:
        total += x
    prices = farm.prices(n)
    letters = 0
    for name in prices:
        letters += len(name)
    return weight, total, len(squares), squares[-1], letters, prices.get("\\u00e9gg", -1), farm.greet("you") + "!"

other = farm.Egg()
show(lay, other, 1000)
del other
gc.collect()
print(farm.alive())
show(part, 3)
print(farm.alive())
show(others, 0)
show(others, 4)
print(farm.alive())
show(njit(lambda: farm.lay(-1.0).weight))
show(njit(lambda: farm.build(2).at(9).weight))
show(njit(lambda: farm.build(2).eggs[2].weight))
try:
    njit(lambda: farm.lay(1.0).heavier(farm.lay(2.0)).weight)()
except Exception as error:
    print(next(line.strip() for line in str(error).splitlines() if "the Egg" in line))
""",
        "(1006000.0, 2)",
        "0",
        "(9.0, 7.0, True, 'fresh', True)",
        "0",
        "(-1.0, 14.0, 4, 9.0, 0, -1, 'hello you!')",
        "(0.0, 14.0, 4, 9.0, 3, 4, 'hello you!')",
        "0",
        "ValueError no egg",
        "IndexError vector::_M_range_check: __n (which is 9) >= this->size() (which is 2)",
        "IndexError VectorEgg index out of range",
        "the Egg may lie in any of several objects that compiled code owns: make others in Python",
    )


def test_numbers_that_are_several_or_missing(project: Path) -> None:
    check(
        project,
        """
@njit
def several(n):
    whole, half, large = farm.three(n)
    return whole + 1, half, large, farm.two(n)

show(several, 3)
show(several, 0)
mean = njit(lambda v: farm.mean(v))
show(mean, np.array([1.0, 2.0]))
show(mean, np.zeros(0))
""",
        "(4, 1.5, True, (1.5, 3))",
        "IndexError none",
        "1.5",
        "None",
    )


def test_arrays(project: Path) -> None:
    check(
        project,
        """
@njit(parallel=True, nogil=True)
def rows(table):
    found = np.zeros(len(table))
    for i in prange(len(table)):
        farm.scale(table[i], 2.0)
        found[i] = farm.total(np.arange(i, dtype=np.int32))
    return found.sum()

table = np.ones((100, 3))
print(rows(table), table.sum())
print(njit(lambda v: (farm.mean(farm.squares(3)), farm.sum(v), farm.sum(farm.squares(3))))(np.ones(2)))
show(njit(lambda v: farm.count(v)), np.ones(255))
show(njit(lambda v: farm.count(v)), np.ones(256))
scale = njit(lambda v: farm.scale(v, 2.0))
fixed = np.ones(3)
fixed.flags.writeable = False
for given in (np.ones(6)[::2], np.ones(3, np.float32), fixed, np.ones((2, 2)), [1.0], None):
    try:
        scale(given)
    except Exception as error:
        print(next(line for line in str(error).splitlines() if "does not take" in line).partition("TypingError: ")[2])
""",
        "161700.0 600.0",
        "(1.6666666666666667, 2.0, 5.0)",
        "255",
        "OverflowError the array has more than 255 elements",
        *(
            f"farm.scale does not take ({given}, float64), but (double [] values, double by)"
            for given in (
                "array(float64, 1d, A)",
                "array(float32, 1d, C)",
                "readonly array(float64, 1d, C)",
                "array(float64, 2d, C)",
                "reflected list(float64)<iv=None>",
                "none",
            )
        ),
    )


def test_maps_sets_deques_and_lists(project: Path) -> None:
    check(
        project,
        """
@njit
def over(table):
    keys, both, values = 0, 0.0, 0.0
    for key in table:
        keys = 10 * keys + key
    for key, value in table.items():
        both += key * value
    for value in table.values():
        values += value
    table[2] = 8.0
    table[1] += 1
    return len(table), keys, both, values, table[3], 2 in table, 9 in table, table.get(9) is None, table.get(9, 4.0)

@njit
def others(queue):
    total = 0
    for x in queue:
        total += x
    queue[-1] = 9
    logged = 0.0
    for x in farm.log():
        logged += x
    words = 0.0
    for name, egg in farm.named().items():
        words += len(name) + egg.weight
    sizes = farm.sizes()
    return total, queue[0], len(queue), logged, len(farm.log()), words, farm.named()["a"].label == "fresh", \\
        farm.Size.small in sizes, farm.Size.large in sizes, len(sizes)

print(over(farm.table()), farm.table())
print(others(farm.queue()), farm.queue())
show(njit(lambda: farm.table()[77]))
show(njit(lambda name: farm.named()[name].weight), "missing")
show(njit(lambda i: farm.queue()[i]), 3)
show(njit(lambda i: farm.queue()[i]), -4)
for function in (
    lambda: farm.table()["a"],
    lambda: farm.sizes()[1],
    lambda: farm.log()[0],
    lambda: 1 in farm.queue(),
    lambda: farm.sizes().get(1),
    lambda: farm.table().get(1, "x"),
):
    try:
        print(njit(function)())
    except Exception as error:
        words = ("compiled code ", "TypingError: ", "farm.SetSize has", "`get`")
        found = next(line.strip() for line in str(error).splitlines() if any(word in line for word in words))
        print(found.removeprefix("TypingError: "))
""",
        "(3, 13, 5.0, 2.0, 1.5, True, False, True, 4.0) MapIntDouble({1: 1.5, 2: 8.0, 3: 1.5})",
        "(6, 1, 3, 3.0, 2, 3.0, True, True, False, 1) DequeInt([1, 2, 9])",
        "KeyError 'MapIntDouble has no such key'",
        "KeyError 'UnorderedMapStringEgg has no such key'",
        "IndexError DequeInt index out of range",
        "IndexError DequeInt index out of range",
        "the keys of farm.MapIntDouble are int32, not unicode_type",
        "farm.SetSize has no elements by key: use `in`, or a loop",
        "compiled code finds nothing in farm.ListDouble but by a loop",
        "compiled code looks for keys: go over farm.DequeInt in a loop",
        "farm.SetSize has no `get`",
        "`get` of MapIntDouble takes no Literal[str](x) for what is missing: leave it out",
    )


def test_objects_go_back_to_python(project: Path) -> None:
    check(
        project,
        """
@njit
def several(n):
    nest = farm.build(n)
    egg = farm.lay(2.0)
    return egg, nest.best, nest, egg, [farm.lay(float(k)) for k in range(n)]

egg, best, nest, same, eggs = several(3)
print(egg.weight, best.weight, same is egg, best is nest.best, [each.weight for each in eggs], farm.alive())
last = eggs[-1]
del egg, nest, same, eggs
gc.collect()
best.weight += 1                      # the nest lives in it
print(best.weight, last.weight, farm.alive())
del best, last
gc.collect()
print(farm.alive())

given, part = njit(lambda nest: nest), njit(lambda nest: nest.best)
nest = farm.Nest()
print(given(nest).best is nest.best, part(nest) is nest.best, part(nest=nest) is part(nest))
best = part(nest)
references = sys.getrefcount(nest)
for _ in range(100):
    best = part(nest)
print(sys.getrefcount(nest) - references)
del nest
gc.collect()
print(best.weight, farm.alive())
del best
gc.collect()
print(farm.alive(), njit(lambda: farm.find(0))(), njit(lambda: farm.find(1))().weight)
print(njit(lambda n: (farm.squares(n), farm.prices(n), farm.table()))(2))

@njit
def either(nest, n):
    egg = nest.best
    if n:
        egg = nest.eggs[0]
    return egg

nest = farm.build(1)
print(njit(lambda nest, n: either(nest, n).weight)(nest, 0), njit(lambda nest: nest.eggs)(nest)[0] is nest.eggs[0])
show(either, nest, 0)
show(njit(lambda nest: nest.eggs[0]), nest)
del nest
print(farm.alive())
""",
        "2.0 7.0 True True [0.0, 1.0, 2.0] 8",
        "8.0 2.0 5",
        "0",
        "True True True",
        "0",
        "0.0 1",
        "0 None 0.0",
        "(VectorDouble([0.0, 1.0]), MapStringInt({'\u00e9gg': 2}), MapIntDouble({1: 0.5, 3: 1.5}))",
        "7.0 False",
        "TypeError compiled code cannot return a Egg out of a container, which may move it: return its index or key",
        "TypeError compiled code cannot return a Egg out of a container, which may move it: return its index or key",
        "0",
    )


def test_compiled_code_makes_objects(project: Path) -> None:
    check(
        project,
        """
@njit
def make(n):
    nest = farm.Nest()
    nest.best.weight = n
    copied = farm.Egg(nest.best)
    copied.weight += farm.alive()
    return copied

print(make(3.0).weight, farm.alive(), [each.meaning for each in dovetail.native(farm.Egg)])
try:
    njit(lambda: farm.Egg(1))()
except Exception as error:
    print(next(line for line in str(error).splitlines() if "does not take" in line))
""",
        "5.0 0 ['own farm::Egg & (void)', 'own farm::Egg & (farm::Egg const &)']",
        "farm.Egg.__init__ does not take (Literal[int](1)), but (); (farm::Egg const & other)",
    )


def test_the_cache_serves_another_process(project: Path) -> None:
    (project / "cached.py").write_text(
        PRELUDE
        + """
@njit(cache=True)
def of(n, values):
    total = farm.mean(values)
    for name, price in farm.prices(n).items():
        total += price + len(name)
    egg = farm.build(n).eggs[0]
    small = farm.Size.small in farm.sizes()
    return total, egg.weight, farm.greet("you"), farm.three(n), farm.table().get(3, 0.0), small

@njit(cache=True)
def made(n):
    return farm.lay(n)

@njit(cache=True)
def through(n):
    return made(n).weight

print(of(2, np.ones(3)), through(3.0), farm.alive(), sum(of.stats.cache_hits.values()))
print(made(1.0).weight, farm.alive())
"""
    )
    for hits in (0, 1):
        done = subprocess.run(
            [sys.executable, "cached.py"],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "NUMBA_CACHE_DIR": str(project / "cache")},
        )
        assert done.stdout == f"(6.0, 0.0, 'hello you', (2, 1.0, False), 1.5, True) 3.0 0 {hits}\n1.0 0\n", done.stderr
