"""Clang's diagnostics as ours.

In: the problems of a unit, the own files.  Out: reports; whether the unit can be used.
Must not know: declarations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, final

from dovetail.diagnostics import NO_SPAN, Sink, Span
from dovetail.parse import clang
from dovetail.parse.clang import Place, Problem
from dovetail.parse.source import Sources

_MOST: Final = 20


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Whose files are whose."""

    headers: tuple[str, ...]
    """The named ones, in order."""
    own: frozenset[str]
    main: str
    """The file of ours that includes the named headers, one a line."""


def report_problems(problems: Iterable[Problem], places: Places, sources: Sources, sink: Sink) -> bool:
    """Reports errors; False where what was parsed must not be used.

    An error in a file of the user's, or a fatal one anywhere, is an error. Others are noted: clang stumbles over things
    in system headers (intrinsics) that do not touch the user's declarations.
    """
    errors = [problem for problem in problems if problem.severity >= clang.ERROR and not _is_foreign_flag(problem)]
    bad = [problem for problem in errors if _matters(problem, places.own)]
    for problem in bad[:_MOST]:
        sink.report(
            "DV002", _tidy(problem.text), _span(problem.place, places, sources), notes=_notes(problem, places.main)
        )
    if len(bad) > _MOST:
        sink.report("DV002", f"{len(bad) - _MOST} more errors", _span(bad[_MOST].place, places, sources))
    if not bad:
        for problem in errors[:_MOST]:
            sink.report("DV004", _tidy(problem.text), _span(problem.place, places, sources))
    return not bad


def _matters(problem: Problem, own: frozenset[str]) -> bool:
    return problem.severity == clang.FATAL or problem.place.path in own or not problem.system


def _is_foreign_flag(problem: Problem) -> bool:
    """A flag for the user's compiler that clang does not have: a wrong one, that compiler will report."""
    return not problem.place.path and problem.text.startswith(("unknown argument", "unsupported option"))


def _tidy(text: str) -> str:
    """Clang's message without line breaks and control characters; it quotes the header."""
    return "".join(sign if sign.isprintable() else " " for sign in text) or "unknown error"


def _notes(problem: Problem, main: str) -> tuple[str, ...]:
    notes = []
    for text, place in problem.notes[:5]:
        if main in text:
            continue
        where = f"{place.path}:{place.line}: " if place.path and place.path != main else ""
        notes.append(f"{where}{_tidy(text)}")
    return tuple(notes)


def _span(place: Place, places: Places, sources: Sources) -> Span:
    if place.path == places.main:
        # What a header leaves open is noticed on the line after its #include.
        return sources.last_line(places.headers[max(0, min(place.line, len(places.headers) + 1) - 2)])
    if not place.path:
        return NO_SPAN
    return sources.span(place.path, place.line, place.column)
