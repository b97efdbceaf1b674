"""What dovetail tells its user: codes, places, texts.

In: facts from any layer.  Out: `Diagnostic` records, collected by a `Sink`, rendered as text, concise, JSON or GitHub lines.
Must not know: any other part of dovetail.
"""

from dovetail.diagnostics.codes import CODES, Code, Severity
from dovetail.diagnostics.sink import Diagnostic, Sink, Stopped
from dovetail.diagnostics.span import NO_SPAN, Span

__all__ = ["CODES", "NO_SPAN", "Code", "Diagnostic", "Severity", "Sink", "Span", "Stopped"]
