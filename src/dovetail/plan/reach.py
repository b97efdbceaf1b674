"""What of a header Python does not see, and how much it does.

In: decided by policy.  Out: read by reports and stubs.  Must not know: how they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from dovetail.diagnostics import Span


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A rule that would bind what is skipped."""

    selector: str
    out: tuple[str, ...] = ()
    """Parameters that it would make outputs."""
    array: tuple[str, ...] = ()
    """Pointers that it would make arrays: `data[n]`."""

    @property
    def line(self) -> str:
        words = [("array", self.array), ("out", self.out)]
        said = [
            f"{word} = [{', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)}]" for word, names in words if names
        ]
        return f'"{self.selector}" = {{ {", ".join(said)} }}'


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A declaration that Python does not see, and why."""

    cpp: str
    kind: str
    """`function`, `method`, `constructor`, `virtual`, `field`, `class`, `enum`, `variable`, `template`, `alias`."""
    code: str
    reason: str
    span: Span
    counts: bool = True
    """It is a public callable that could be bound: part of M in "bound N of M" (the counting rule is in
    `policy/report.py`)."""
    advice: Advice | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Public callables: N bound of M. Classes, enums and fields are counted beside."""

    callables_bound: int
    callables: int
    classes: int
    enums: int
    fields_bound: int
    fields: int
    templates: int = 0
    """Function templates without a listed instantiation: patterns, in neither number."""


NO_COUNTS = Counts(callables_bound=0, callables=0, classes=0, enums=0, fields_bound=0, fields=0)
