"""The lines of the benchmark of calls: each has a title, runs, and shows its share. In: figures made up here."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from benchmarks.calls.__main__ import render_figures  # noqa: E402
from benchmarks.calls.statements import PARTS, TITLES, statements_in_python  # noqa: E402
from benchmarks.harness.loops import make_loop  # noqa: E402

CALLS = ROOT / "benchmarks" / "calls"


def test_every_statement_of_python_runs_and_has_a_title() -> None:
    statements = list(statements_in_python())
    for statement in statements:
        assert make_loop(statement)(2) >= 0
    names = [statement.name for statement in statements]
    assert len(names) == len(set(names))
    assert set(names) | set(PARTS) <= set(TITLES)
    assert {"virtual", "callback", "iterate numbers", "iterate objects"} <= set(names)


def test_a_line_of_calls_from_cpp_shows_one_call() -> None:
    table = render_figures(
        {"loop/empty": 10.0, "raw/virtual": 40010.0, "dovetail/virtual": 44010.0, "raw/array call": 510.0}, "{:.0f}"
    )
    (virtual,) = [line for line in table.splitlines() if TITLES["virtual"] in line]
    assert re.findall(r"[\d.]+", virtual) == ["440", "400"]
    (array,) = [line for line in table.splitlines() if TITLES["array call"] in line]
    assert "500" in array


def test_every_function_of_the_header_is_bound_by_hand_and_by_the_rivals() -> None:
    header = (CALLS / "work.h").read_text()
    functions = set(re.findall(r"^(?:inline )?[\w:<>]+ (\w+)\(.*\)(?: noexcept)?(?:;| \{)", header, re.MULTILINE))
    assert {"increment", "drive", "for_each", "pick20", "first"} <= functions
    for binding in ("raw.cpp", "bind_nanobind.cpp", "bind_pybind11.cpp"):
        text = (CALLS / binding).read_text()
        assert not {name for name in functions if f'"{name}"' not in text}, binding
