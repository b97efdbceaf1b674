"""Views, values and loops over `begin()` and `end()`, in functions that Numba and Cython compile."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from dovetail.build.compilers import find_compiler

needs_numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")
needs_cython = pytest.mark.skipif(importlib.util.find_spec("Cython") is None, reason="Cython is not installed")

HEADER = """
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>
namespace tape {
struct Count { static inline long alive = 0; };
inline long alive() noexcept { return Count::alive; }
enum class Kind : unsigned char { whole = 1, real = 2 };

/// A reading by value: its bytes are all that it is.
class Item {
 public:
  Item(int id, double value) : id(id), value_(value) {}
  int id;
  double value() const noexcept { return value_; }
  std::variant<std::int64_t, double> either() const { if (id % 2) return std::int64_t(value_); return value_; }
  Kind kind() const { return id % 2 ? Kind::whole : Kind::real; }

 private:
  double value_;
};

/// A view: looks into the tape.
class Row {
 public:
  class Iterator {
   public:
    explicit Iterator(const double* at, int id) : at_(at), id_(id) {}
    Item operator*() const {
      if (*at_ < 0) throw std::domain_error("a negative reading");
      return Item(id_, *at_);
    }
    Iterator& operator++() { ++at_; ++id_; return *this; }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }
   private:
    const double* at_;
    int id_;
  };
  Row(const double* first, std::size_t count, const std::string* name) : first_(first), count_(count), name_(name) {}
  std::size_t size() const { return count_; }
  Item operator[](std::size_t i) const { return Item(int(i), first_[i]); }
  Iterator begin() const { return Iterator(first_, 0); }
  Iterator end() const { return Iterator(first_ + count_, int(count_)); }
  const std::string& name() const { return *name_; }
  Row rest() const { return Row(first_ + 1, count_ - 1, name_); }

 private:
  const double* first_;
  std::size_t count_;
  const std::string* name_;
};

struct Counted {
  Counted() { ++Count::alive; }
  Counted(const Counted&) { ++Count::alive; }
  ~Counted() { --Count::alive; }
};
/// A view that something has to end: lives on the heap.
class Part {
 public:
  explicit Part(const std::vector<double>* of) : of_(of) {}
  double sum() const { double s = 0; for (double each : *of_) s += each; return s; }
 private:
  const std::vector<double>* of_;
  Counted counted_;
};

class Tape {
 public:
  Tape(int rows, int columns) {
    ++Count::alive;
    for (int i = 0; i < rows; ++i) {
      rows_.emplace_back(std::size_t(columns), i);
      names_.push_back("row " + std::to_string(i));
    }
  }
  Tape(const Tape& other) : rows_(other.rows_), names_(other.names_) { ++Count::alive; }
  ~Tape() { --Count::alive; }
  /// Its iterator has a count of its own.
  class Iterator {
   public:
    Iterator(const Tape* tape, std::size_t at) : tape_(tape), at_(std::make_shared<std::size_t>(at)) {}
    Row operator*() const { return (*tape_)[*at_]; }
    Iterator& operator++() { at_ = std::make_shared<std::size_t>(*at_ + 1); return *this; }
    bool operator!=(const Iterator& other) const { return *at_ != *other.at_; }
   private:
    const Tape* tape_;
    std::shared_ptr<std::size_t> at_;
  };
  std::size_t size() const { return rows_.size(); }
  Row operator[](std::size_t i) const { return Row(rows_[i].data(), rows_[i].size(), &names_[i]); }
  Iterator begin() const { return Iterator(this, 0); }
  Iterator end() const { return Iterator(this, rows_.size()); }
  Part part(int i) const { return Part(&rows_.at(std::size_t(i))); }
  void set(int row, int column, double value) { rows_.at(std::size_t(row)).at(std::size_t(column)) = value; }

 private:
  std::vector<std::vector<double>> rows_;
  std::vector<std::string> names_;
};
inline Tape record(int rows, int columns) { return Tape(rows, columns); }

struct Node { double weight = 1; };
/// Elements that can be changed, by reference.
class Ring {
 public:
  Node* begin() { return nodes_; }
  Node* end() { return nodes_ + 3; }
 private:
  Node nodes_[3];
};
/// Numbers.
struct Steps {
  std::vector<int> steps{1, 2, 3};
  auto begin() const { return steps.begin(); }
  auto end() const { return steps.end(); }
};
struct Kinds {
  std::vector<Kind> kinds{Kind::whole, Kind::real};
  std::vector<Kind>::const_iterator begin() const { return kinds.begin(); }
  std::vector<Kind>::const_iterator end() const { return kinds.end(); }
};
/// An iterator that has its element inside.
class Stashing {
 public:
  class Iterator {
   public:
    explicit Iterator(int at) : at_(at) {}
    const Node& operator*() const { return node_; }
    Iterator& operator++() { ++at_; return *this; }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }
   private:
    int at_;
    Node node_;
  };
  Iterator begin() const { return Iterator(0); }
  Iterator end() const { return Iterator(2); }
};
struct Broken : Ring {
  Node* begin() { throw std::out_of_range("no first"); }
  Node* end() { return nullptr; }
};
}
"""
PRELUDE = """
import gc
import tape
from numba import njit

def show(function, *arguments):
    try:
        print(function(*arguments))
    except Exception as error:
        lines = [line for line in str(error).splitlines() if not line.startswith("Failed in nopython")]
        print(type(error).__name__, lines[0])
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tape")
    (folder / "tape.h").write_text(HEADER)
    command = [sys.executable, "-m", "dovetail", "build", "tape.h", "--output", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def check(folder: Path, code: str, *lines: str) -> None:
    (folder / "script.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache")},
    )
    assert done.stdout.splitlines() == list(lines), done.stdout + done.stderr


def test_signatures(project: Path) -> None:
    check(
        project,
        """
import dovetail, tape
for function in (tape.Tape.__getitem__, tape.Tape.part, tape.Row.__getitem__, tape.record, tape.Item):
    (found,) = dovetail.native(function)
    print(found.signature, "|", found.meaning)
classes = dovetail.native_types(tape).classes
for name in ("Tape", "Row", "Ring", "Steps", "Kinds"):
    found = classes[f"tape::{name}"].range
    print(name, found.element, found.const, found.ends)
print(classes["tape::Item"].range)
""",
        "int (tape::Tape const *, PY_LONG_LONG, tape::Row *) | value tape::Row (PY_LONG_LONG)",
        "tape::Part *(tape::Tape const *, int) | own lent tape::Part & (int)",
        "int (tape::Row const *, PY_LONG_LONG, tape::Item *) | value tape::Item (PY_LONG_LONG)",
        "tape::Tape *(int, int) | own tape::Tape & (int, int)",
        "tape::Item *(int, double) | own tape::Item & (int, double)",
        "Tape value tape::Row True True",
        "Row value tape::Item True False",
        "Ring tape::Node & False False",
        "Steps int True False",
        "Kinds tape::Kind True False",
        "None",
    )


@needs_numba
def test_loops_in_numba(project: Path) -> None:
    check(
        project,
        PRELUDE
        + """
@njit
def total(tape):
    found = 0.0
    for row in tape:
        for item in row:
            found += item.value() * item.id
    return found

@njit
def index(tape, i, k):
    return tape[i][k].value(), len(tape[i]), tape[i].name() == "row 1", str(tape[i].rest().name())

@njit
def others(ring, steps, kinds):
    weight, sum, real = 0.0, 0, 0
    for node in ring:
        node.weight += 1
        weight += node.weight
    for step in steps:
        sum += step
    for kind in kinds:
        real += kind == tape.Kind.real
    return weight, sum, real

@njit
def count(range):
    found = 0
    for each in range:
        found += 1
    return found

def change(tape):
    for item in tape[0]:
        item.id = 3

def lengths(tape):
    for row in tape:
        yield len(row)

def ids(row):
    for item in row:
        yield item.id

it = tape.Tape(3, 4)
print(total(it))
show(index, it, 1, 2)
show(index, it, -1, -1)
show(index, it, 3, 0)
show(index, it, 0, -5)
print(others(tape.Ring(), tape.Steps(), tape.Kinds()))
print(njit(lambda tape: [(each.either(), each.kind()) for each in tape[0]])(it)[1])
show(lambda tape: list(njit(lengths)(tape)), it)
show(lambda row: list(njit(ids)(row)), it[1])
it.set(1, 1, -1.0)
show(total, it)
show(count, tape.Stashing())
show(count, tape.Broken())
show(njit(change), it)
show(count, it[0][0])
""",
        "18.0",
        "(1.0, 4, True, 'row 1')",
        "(2.0, 4, False, 'row 2')",
        "IndexError index out of range",
        "IndexError index out of range",
        "(6.0, 6, 1)",
        "(0.0, <Kind.whole: 1>)",
        "[4, 4, 4]",
        "[0, 1, 2, 3]",
        "ValueError a negative reading",
        "RuntimeError its iterator has the elements inside itself",
        "IndexError no first",
        "TypingError tape.Item.id cannot be set: compiled code has a copy of the object",
        "TypingError compiled code loops over containers, ranges, and classes with `size()` and `[]`: not over "
        "tape.Item",
    )


@needs_numba
def test_what_views_look_into_lives_as_long_as_they_do(project: Path) -> None:
    check(
        project,
        PRELUDE
        + """
@njit(cache=True)
def held(it):
    last = it[0]
    for row in it:
        before = last
        last = row
    return before, last, last[1], [row for row in it], tape.record(2, 3)[1]

@njit
def fresh(n):
    found = 0.0
    for k in range(n):
        for row in tape.record(2, 3):
            for item in row:
                found += item.value()
            if row.name() == "row 0" and k % 2:
                break
        found += tape.record(2, 3).part(1).sum()
    return found, tape.alive()

it = tape.Tape(3, 4)
given = held(it)
del it
gc.collect()
before, last, item, rows, other = given
print(before.name(), last.name(), item.value(), item.id, [row.name() for row in rows], other.name(), tape.alive())
del given, before, last, rows, other, item
gc.collect()
print(tape.alive(), fresh(10), tape.alive())
part = njit(lambda it: it.part(1))(tape.Tape(2, 3))
gc.collect()
print(part.sum(), tape.alive())
part = njit(lambda: tape.record(2, 3).part(1))()
gc.collect()
print(part.sum(), tape.alive())
del part
gc.collect()
print(tape.alive())
""",
        "row 1 row 2 2.0 1 ['row 0', 'row 1', 'row 2'] row 1 2",
        "0 (45.0, 0) 0",
        "3.0 2",
        "3.0 2",
        "0",
    )


@needs_cython
def test_loops_in_cython(project: Path) -> None:
    (project / "use.pyx").write_text(
        """
# distutils: language = c++
# cython: cpp_locals=True
from tape cimport Item, Item_either, Kind, Kinds_ptr, Ring_ptr, Row, Row___getitem__, Steps_ptr, Tape, Tape_ptr

def total(tape):
    cdef double found = 0
    cdef Tape* of = Tape_ptr(tape)
    cdef Row row
    cdef Item item
    with nogil:
        for row in of[0]:
            for item in row:
                found += item.value() * item.id
    return found, of[0][1][2].value(), of[0][1].name().decode(), of[0].part(1).sum()

def others(ring, steps, kinds):
    cdef double weight = 0
    cdef int sum = 0, real = 0
    for node in Ring_ptr(ring)[0]:
        weight += node.weight
    for step in Steps_ptr(steps)[0]:
        sum += step
    for kind in Kinds_ptr(kinds)[0]:
        real += kind == Kind.real
    return weight, sum, real
"""
    )
    make = [sys.executable, "-m", "cython", "--cplus", "-3", "use.pyx"]
    subprocess.run(make, cwd=project, check=True, capture_output=True)
    suffix, include = sysconfig.get_config_var("EXT_SUFFIX"), f"-I{sysconfig.get_path('include')}"
    command = [*find_compiler().command, "-O0", "-shared", "-fPIC", "-std=c++17", "-I.", include]
    done = subprocess.run(
        [*command, "use.cpp", "-o", f"use{suffix}"], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    check(
        project,
        """
import tape, use
print(use.total(tape.Tape(3, 4)), use.others(tape.Ring(), tape.Steps(), tape.Kinds()))
""",
        "(18.0, 1.0, 'row 1', 4.0) (3.0, 6, 1)",
    )
