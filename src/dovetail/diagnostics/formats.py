"""Diagnostics for programs: a line each, one JSON document, workflow commands of GitHub.

In: diagnostics in order.  Out: one text.  Must not know: sources (a `read_source` is accepted and not needed, so that
all renderers are called alike).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from dovetail.diagnostics.codes import CODES, Severity
from dovetail.diagnostics.sink import Diagnostic
from dovetail.diagnostics.text import ReadSource
from dovetail.diagnostics.visible import show

JSON_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""


def render_concise(diagnostics: Iterable[Diagnostic], read_source: ReadSource | None = None) -> str:
    """`shapes.h:31:5: error[DV021]: returned pointer has no owner`, one line each, nothing folded."""
    return "".join(f"{_concise(item)}\n" for item in diagnostics)


def _concise(item: Diagnostic) -> str:
    place = f"{show(str(item.span))}: " if item.span.path else ""
    return f"{place}{item.level.value}[{item.code}]: {show(item.message)}"


def render_json(diagnostics: Iterable[Diagnostic], read_source: ReadSource | None = None) -> str:
    """One document: `{"version": 1, "diagnostics": […], "counts": {…}}`."""
    items = list(diagnostics)
    counts = {level.value: sum(1 for item in items if item.level is level) for level in Severity}
    document = {"version": JSON_VERSION, "diagnostics": [_as_json(item) for item in items], "counts": counts}
    return json.dumps(document, indent=2) + "\n"


def _as_json(item: Diagnostic) -> dict[str, Any]:
    span = item.span
    place = {"path": span.path, "line": span.line or None, "column": span.column or None, "length": span.length}
    return {
        "code": item.code,
        "severity": item.level.value,
        "title": CODES[item.code].title,
        "message": item.message,
        "span": place if span.path else None,
        "label": item.label,
        "notes": list(item.notes),
        "helps": list(item.helps),
    }


_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(diagnostics: Iterable[Diagnostic], read_source: ReadSource | None = None) -> str:
    """Workflow commands, which become annotations of the changed lines."""
    return "".join(f"{_command(item)}\n" for item in diagnostics)


def _command(item: Diagnostic) -> str:
    span = item.span
    fields = {"file": span.path}
    if span.path and span.line:
        fields["line"] = str(span.line)
        if span.column:
            fields |= {"col": str(span.column), "endColumn": str(span.column + max(span.length, 1))}
    fields["title"] = f"{item.code} {CODES[item.code].title}"
    written = ",".join(f"{key}={_escape_property(text)}" for key, text in fields.items() if text)
    notes = [f"note: {note}" for note in item.notes] + [f"help: {help}" for help in item.helps]
    message = f"{item.message} ({item.label})" if item.label else item.message
    return f"::{_COMMANDS[item.level]} {written}::{_escape_data(chr(10).join([message, *notes]))}"


def _escape_data(text: str) -> str:
    """Percent first: it marks the others. Characters that hide or command are spelled out."""
    return "%0A".join(show(line).replace("%", "%25") for line in text.replace("\r", "").split("\n"))


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
