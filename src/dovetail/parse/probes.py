"""Asking clang: small texts compiled on top of the headers, whose answers are read from the AST.

In: lines of C++.  Out: a unit and which lines were refused.
Must not know: what is asked.

The headers are in a precompiled header, so a probe costs milliseconds. Each question stands on a line of its own: what
clang refuses is an answer too, and must not disturb its neighbours.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final, final

from dovetail.parse import clang
from dovetail.parse.clang import Cursor, Unit

NAMESPACE: Final = "dovetail_probe"
_UNMET: Final = "constraints not satisfied"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Precompiled:
    """The headers, and how to build on them."""

    path: str
    arguments: tuple[str, ...]


@final
@dataclass(slots=True)
class Probe:
    """A text in the making."""

    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> int:
        """Appends one line; its number."""
        self.lines.append(" ".join(line.splitlines()))
        return len(self.lines)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    unit: Unit
    top: tuple[Cursor, ...]
    """The declarations of the probe itself."""
    refused: dict[int, str]
    """Clang's message by line."""
    broken: bool
    """A fatal error: nothing in the unit can be trusted."""


def ask(probe: Probe, headers: Precompiled, *, private: bool = False) -> Answer | None:
    """Compiles the probe; None where libclang gave up. With `private`, access is not checked."""
    path = os.path.join(os.path.dirname(headers.path), "probe.cpp")
    arguments = ["-x", "c++", *headers.arguments, "-include-pch", headers.path]
    if private:
        arguments.append("-fno-access-control")
    if any("::std::remove_reference_t<" in line for line in probe.lines):
        arguments += ["-include", "type_traits"]
    try:
        unit = clang.parse(path, arguments, text="\n".join(probe.lines) + "\n")
    except clang.UnitError:
        return None
    refused: dict[int, str] = {}
    broken = False
    for problem in unit.problems:
        if problem.severity >= clang.ERROR:
            broken = broken or problem.severity == clang.FATAL
            # The first notes say where the file of the error was included from, which is no line of its own.
            places = [problem.place, *(place for _, place in reversed(problem.notes))]
            here = next((place for place in places if place.path == path), None)
            if here is not None:
                refused.setdefault(here.line, problem.text)
    top = tuple(clang.children_in_main_file(unit.cursor))
    return Answer(unit=unit, top=top, refused=refused, broken=broken)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A question that found no function: clang's message, and where those stand whose `requires` did not hold."""

    reason: str
    places: frozenset[tuple[str, int]]


def ask_whole(probe: Probe, main: str, headers: Precompiled) -> tuple[dict[int, str], dict[int, Unmet]]:
    """Compiles the probe behind the headers and their bodies: which lines lead to errors in these, and why; and which
    are refused themselves."""
    path = os.path.join(os.path.dirname(main), "bodies.cpp")
    text = f'#include "{main}"\n' + "\n".join(probe.lines) + "\n"
    try:
        unit = clang.parse(path, ["-x", "c++", *headers.arguments, "-fno-access-control"], text=text)
    except clang.UnitError:
        return {}, {}
    refused: dict[int, str] = {}
    unmet: dict[int, Unmet] = {}
    for problem in unit.problems:
        if problem.severity < clang.ERROR:
            continue
        if problem.place.path != path:
            line = next((place.line for _, place in reversed(problem.notes) if place.path == path), 0)
            refused.setdefault(line - 1, problem.text)
        else:
            notes = (*problem.notes, (problem.text, problem.place))
            places = frozenset((place.path, place.line) for text, place in notes if _UNMET in text)
            unmet.setdefault(problem.place.line - 1, Unmet(reason=problem.text, places=places))
    return refused, unmet
