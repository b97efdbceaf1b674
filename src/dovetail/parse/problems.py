"""Clang's diagnostics as ours.

In: the problems of a unit, the own files.  Out: reports; whether the unit can be used.
Must not know: declarations.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dovetail.diagnostics import NO_SPAN, Sink, Span
from dovetail.parse import clang
from dovetail.parse.clang import Place, Problem
from dovetail.parse.source import Sources

_MOST: Final = 20


def report_problems(problems: Iterable[Problem], own: frozenset[str], main: str, sources: Sources, sink: Sink) -> bool:
    """Reports errors; False where what was parsed must not be used.

    An error in a file of the user's, or a fatal one anywhere, is an error. Others are noted: clang stumbles over things
    in system headers (intrinsics) that do not touch the user's declarations.
    """
    errors = [problem for problem in problems if problem.severity >= clang.ERROR]
    bad = [problem for problem in errors if _matters(problem, own)]
    for problem in bad[:_MOST]:
        sink.report("DV002", _tidy(problem.text), _span(problem.place, main, sources), notes=_notes(problem, main))
    if len(bad) > _MOST:
        sink.report("DV002", f"{len(bad) - _MOST} more errors", _span(bad[_MOST].place, main, sources))
    if not bad:
        for problem in errors[:_MOST]:
            sink.report("DV004", _tidy(problem.text), _span(problem.place, main, sources))
    return not bad


def _matters(problem: Problem, own: frozenset[str]) -> bool:
    return problem.severity == clang.FATAL or problem.place.path in own or not problem.system


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


def _span(place: Place, main: str, sources: Sources) -> Span:
    if not place.path or place.path == main:
        return NO_SPAN
    return sources.span(place.path, place.line, place.column)
