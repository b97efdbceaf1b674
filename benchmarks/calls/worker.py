"""Runs under the interpreter to be measured: `worker.py FOLDER ROUTE=MODULE…`, prints figures as JSON.

--count: instructions instead of time; must run under `valgrind --tool=callgrind --callgrind-out-file=…`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.calls.statements import statements_for, statements_in_python
from benchmarks.harness.loops import Statement, count_instructions, make_loop, measure_times


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("routes", nargs="*", help="route=module")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--slice-ms", type=float, default=0.4)
    parser.add_argument("--only", help="names of statements, separated by commas")
    parser.add_argument("--count", type=Path, help="the file that callgrind was told to write")
    options = parser.parse_args()
    sys.path.insert(0, str(options.folder))
    statements = list(_working(options.routes, set(options.only.split(",")) if options.only else None))
    if options.count:
        callgrind = importlib.import_module("bench_callgrind")
        figures: object = count_instructions(statements, callgrind, options.count)
    else:
        taken = measure_times(statements, options.rounds, options.slice_ms)
        figures = {key: asdict(times) for key, times in taken.items()}
    json.dump(figures, sys.stdout)


def _working(routes: list[str], only: set[str] | None) -> Iterator[Statement]:
    """The statements that a route can do; one that it cannot do is left out of the table and said on stderr."""
    for route in routes:
        name, _, module = route.partition("=")
        found = statements_for(name, importlib.import_module(module)) if module else statements_in_python()
        for statement in found:
            if only is not None and statement.name not in only:
                continue
            try:
                make_loop(statement)(2)
            except Exception as error:
                print(f"{statement.key}: {type(error).__name__}: {error}", file=sys.stderr)
                continue
            yield statement


if __name__ == "__main__":
    main()
