"""Text with indentation, for C++ and for Python.

In: lines and blocks, in order.  Out: one text.  Must not know: what the lines mean.

    out = Writer()
    with out.block("static PyObject* area(PyObject* module) noexcept"):
        out.line("return nullptr;")

writes the braces and the indentation. `Writer.python()` writes a colon and four spaces instead. What a piece of text
needs in front of the file is said where it is needed, `out.needs("dovetail/convert/text.h")`, and collected in
`out.needed`, sorted: the caller puts it first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import final


@final
class Writer:
    """Owns the indentation and the needs of one file. A writer made by `part()` shares the needs, not the lines."""

    def __init__(self, *, indent: str = "  ", opening: str = " {", closing: str = "}") -> None:
        self._indent = indent
        self._opening = opening
        self._closing = closing
        self._depth = 0
        self._lines: list[str] = []
        self._needs: set[str] = set()

    @classmethod
    def python(cls) -> Writer:
        return cls(indent="    ", opening=":", closing="")

    def part(self) -> Writer:
        """A writer for text that goes elsewhere in the same file."""
        other = Writer(indent=self._indent, opening=self._opening, closing=self._closing)
        other._needs = self._needs
        return other

    def line(self, text: str = "") -> None:
        """One line, or several of one text: each is indented; empty ones carry no white space."""
        for line in text.split("\n"):
            self._lines.append(f"{self._indent * self._depth}{line}".rstrip() if line.strip() else "")

    def lines(self, *texts: str) -> None:
        for text in texts:
            self.line(text)

    def raw(self, text: str) -> None:
        """A line as it is: preprocessor lines, and string literals that span lines."""
        self._lines.extend(text.split("\n"))

    def gap(self) -> None:
        """An empty line, unless there is one already or nothing stands before it."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    @contextlib.contextmanager
    def block(self, head: str, closing: str | None = None, *, remark: str = "") -> Iterator[None]:
        """`head {` … `}`; `closing` for other ends (`};`, `});`). In Python `head:` and no end.
        `remark` stands behind the head."""
        self.line(head + self._opening + remark)
        with self.indented():
            yield
        end = self._closing if closing is None else closing
        if end:
            self.line(end)

    @contextlib.contextmanager
    def indented(self) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def needs(self, *names: str) -> None:
        """Says that the text needs a header (or, in Python, a name to import)."""
        self._needs.update(names)

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(sorted(self._needs))

    @property
    def empty(self) -> bool:
        return not self._lines

    def add(self, other: Writer) -> None:
        """The lines of another writer, indented as here; and what it needs."""
        for line in other._lines:
            self.line(line)
        self._needs |= other._needs

    def text(self) -> str:
        """Everything so far; ends in one newline."""
        return "\n".join(self._lines).rstrip("\n") + "\n" if self._lines else ""
