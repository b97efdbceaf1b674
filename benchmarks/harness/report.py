"""Results as JSON for programs and as Markdown for people. In: plain data. Out: files under `benchmarks/results`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness.places import RESULTS, ROOT


def save(name: str, data: Mapping[str, Any], markdown: str) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n")
    path = RESULTS / f"{name}.md"
    path.write_text(markdown)
    print(markdown)
    print(f"written to {_shown(path)} and .json")


def render_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns padded, so that the text is readable as it is; all but the first are right-aligned."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first, *others = cells
        padded = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        return "| " + " | ".join(padded) + " |\n"

    rule = "|" + "-" * (widths[0] + 2) + "|" + "".join("-" * (width + 1) + ":|" for width in widths[1:]) + "\n"
    return line(head) + rule + "".join(line(row) for row in rows)


def render_machine(machine: Mapping[str, Any], versions: Mapping[str, str]) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in versions.items())
    load = " ".join(str(value) for value in machine["load"])
    return (
        f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, load {load}. "
        f"{machine['compiler']}; {machine['swig']}; {machine['valgrind']}. {packages}.\n"
    )


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
