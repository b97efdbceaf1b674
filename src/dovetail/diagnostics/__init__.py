"""What dovetail tells its user: codes, places, texts.

In: facts from any layer.  Out: `Diagnostic` records, collected by a `Sink`; rendered as text, concise lines, JSON or
GitHub commands.  Must not know: any other part of dovetail.
"""

from dovetail.diagnostics.codes import CODES, Code, Severity
from dovetail.diagnostics.explain import explain
from dovetail.diagnostics.formats import render_concise, render_github, render_json
from dovetail.diagnostics.sink import Diagnostic, Sink, Stopped
from dovetail.diagnostics.source import read_source
from dovetail.diagnostics.span import NO_SPAN, Span
from dovetail.diagnostics.text import ReadSource, render_text

__all__ = [
    "CODES",
    "NO_SPAN",
    "Code",
    "Diagnostic",
    "ReadSource",
    "Severity",
    "Sink",
    "Span",
    "Stopped",
    "explain",
    "read_source",
    "render_concise",
    "render_github",
    "render_json",
    "render_text",
]
