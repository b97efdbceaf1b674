"""Diagnostics for people: the finding, the place in their file, why, and the lines to write.

In: diagnostics in order, a way to read sources.  Out: one text.  Must not know: terminals (colour is a flag).

    error[DV021]: returned pointer has no owner
      --> include/shapes.h:31:5
       |
    31 |     Node* root() const;
       |     ^^^^^ who frees this?
       = note: `Tree::root` returns `Node*`; a borrow and a transfer look the same in C++
       = help: decide in pyproject.toml
               [tool.dovetail.modules.shapes.rules]
               "Tree::root" = { returns = "borrow" }
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import final

from dovetail.diagnostics.codes import CODES, Severity
from dovetail.diagnostics.sink import Diagnostic
from dovetail.diagnostics.span import Span
from dovetail.diagnostics.visible import show, show_character, show_lines, width

ReadSource = Callable[[str], str | None]
"""The text of a file by its path as spans spell it, or None."""

_SHOWN_PER_CODE = 5
_LINE_LIMIT = 160
_BEFORE = 60
_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}


@final
@dataclass(frozen=True, slots=True)
class _Paint:
    on: bool

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.on and text else text

    def frame(self, text: str) -> str:
        return self(text, "1;34")


def render_text(diagnostics: Iterable[Diagnostic], read_source: ReadSource, *, colour: bool = False) -> str:
    """All diagnostics in the order given. Of one code only the first five are shown in full, the rest are counted."""
    paint = _Paint(colour)
    items = list(diagnostics)
    totals = Counter(item.code for item in items)
    seen: Counter[str] = Counter()
    sources = _remember(read_source)
    lines: list[str] = []
    for item in items:
        seen[item.code] += 1
        if seen[item.code] <= _SHOWN_PER_CODE:
            lines += _render_one(item, sources, paint)
        if seen[item.code] == _SHOWN_PER_CODE and totals[item.code] > _SHOWN_PER_CODE:
            lines.append(_folded(item, [other for other in items if other.code == item.code], paint))
    return "\n".join(lines) + "\n" if lines else ""


def _remember(read_source: ReadSource) -> Callable[[str], list[str]]:
    texts: dict[str, list[str]] = {}

    def lines_of(path: str) -> list[str]:
        if path not in texts:
            text = read_source(path) if path else None
            texts[path] = [] if text is None else text.split("\n")
        return texts[path]

    return lines_of


def _folded(item: Diagnostic, same: list[Diagnostic], paint: _Paint) -> str:
    more = same[_SHOWN_PER_CODE:]
    files = list(dict.fromkeys(other.span.path for other in more if other.span.path))
    places = f" in {', '.join(show(path) for path in files[:3])}{' …' if len(files) > 3 else ''}" if files else ""
    head = paint(f"{item.level.value}[{item.code}]", _COLOURS[item.level])
    return f"{head}: {len(more)} more{places}: {CODES[item.code].title} (all with --format concise)"


def _render_one(item: Diagnostic, sources: Callable[[str], list[str]], paint: _Paint) -> list[str]:
    head = paint(f"{item.level.value}[{item.code}]", _COLOURS[item.level])
    lines = [head + paint(f": {show(item.message)}", "1")]
    span = item.span
    gutter = len(str(span.line)) if span.line else 1
    if span.path:
        lines.append(f"{' ' * gutter}{paint.frame('-->')} {show(str(span))}")
        source = sources(span.path)
        if 0 < span.line <= len(source):
            lines += _excerpt(source[span.line - 1].rstrip("\r"), item, gutter, paint)
    for kind, texts in (("note", item.notes), ("help", item.helps)):
        for text in texts:
            lines += _remark(kind, text, gutter, paint)
    return lines


def _remark(kind: str, text: str, gutter: int, paint: _Paint) -> list[str]:
    first, *rest = show_lines(text)
    lead = " " * (gutter + 1)
    lines = [f"{lead}{paint.frame('=')} {paint(kind, '1')}: {first}"]
    return lines + [f"{lead}{' ' * len(f'= {kind}: ')}{line}".rstrip() for line in rest]


def _excerpt(line: str, item: Diagnostic, gutter: int, paint: _Paint) -> list[str]:
    text, before, marked = _window(line, item.span)
    bar = paint.frame("|")
    lines = [f"{' ' * gutter} {bar}", f"{paint.frame(str(item.span.line).rjust(gutter))} {bar} {text}".rstrip()]
    if item.span.column:
        label = f" {show(item.label)}" if item.label else ""
        mark = paint("^" * marked + label, _COLOURS[item.level])
        lines.append(f"{' ' * gutter} {bar} {' ' * before}{mark}")
    elif item.label:
        lines.append(f"{' ' * gutter} {bar} {paint(show(item.label), _COLOURS[item.level])}")
    return lines


def _window(line: str, span: Span) -> tuple[str, int, int]:
    """The line as shown, the columns before what is meant, and the columns of it. A long line is cut around it."""
    start = min(max(span.column - 1, 0), len(line))
    end = min(start + max(span.length, 1), len(line))
    first = 0 if len(line) <= _LINE_LIMIT else max(0, start - _BEFORE)
    last = min(len(line), first + _LINE_LIMIT)
    shown = "…" if first else ""
    before = marked = 0
    for position in range(first, last):
        if position == start:
            before = width(shown)
        shown += show_character(line[position], width(shown))
        if start <= position == min(end, last) - 1:
            marked = width(shown) - before
    if start >= last:
        before = width(shown)
    return shown + ("…" if last < len(line) else ""), before, max(marked, 1)
