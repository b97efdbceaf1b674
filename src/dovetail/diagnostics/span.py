"""A place in a file that a person wrote.

In: path, line, columns.  Out: `Span`.  Must not know: how it is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Span:
    """`line` and `column` count from 1; 0 means unknown. `length` is of the name that is meant, in characters."""

    path: str = ""
    line: int = 0
    column: int = 0
    length: int = 1

    def __str__(self) -> str:
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"


NO_SPAN = Span()
