"""The collector: every phase reports into it, and stops when it holds errors.

In: `Diagnostic` records.  Out: the same, sorted by place.  Must not know: terminals, exit codes' meaning to the CLI.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from dovetail.diagnostics.codes import CODES, Severity
from dovetail.diagnostics.span import NO_SPAN, Span


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding. Texts are lower-case without a full stop; `help` holds the exact lines to write."""

    code: str
    message: str
    span: Span = NO_SPAN
    label: str = ""
    notes: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    severity: Severity | None = None

    @property
    def level(self) -> Severity:
        return self.severity or CODES[self.code].severity


class Stopped(Exception):  # noqa: N818 (it says what happened, and is caught where a run ends)
    """A phase reported errors; they are in `diagnostics`."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("; ".join(f"{d.span}: {d.message}" if d.span.path else d.message for d in diagnostics))
        self.diagnostics = diagnostics


class Sink:
    """Collects diagnostics. `strict` turns warnings into errors."""

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict
        self._items: list[Diagnostic] = []

    def report(
        self,
        code: str,
        message: str,
        span: Span = NO_SPAN,
        *,
        label: str = "",
        notes: tuple[str, ...] = (),
        helps: tuple[str, ...] = (),
    ) -> None:
        """Adds a finding under a registered code; an unknown code is a programming error (KeyError)."""
        severity = CODES[code].severity
        if self._strict and severity is Severity.WARNING:
            severity = Severity.ERROR
        item = Diagnostic(code=code, message=message, span=span, label=label, notes=notes, helps=helps)
        self._items.append(replace(item, severity=severity))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All so far, by file and line; of one place in the order reported."""
        return tuple(sorted(self._items, key=lambda d: (d.span.path, d.span.line, d.span.column)))

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.diagnostics if d.level is Severity.ERROR)

    def stop_on_errors(self) -> None:
        """Raises Stopped if anything reported so far is an error."""
        if errors := self.errors:
            raise Stopped(errors)
