"""Markdown that shows text from headers as it is, whatever it holds.

In: prose, code, rows.  Out: Markdown (CommonMark with tables).  Must not know: plans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dovetail.emit.docstrings import clean_lines, escape_hidden

_MARKS = re.compile(r"[\\`*\[\]<>|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?=#?\w+;)")
_LINE_START = re.compile(r"^(\s{0,3})([#=+-]+|\d+[.)])(?=\s|$)")
_LIST = re.compile(r"^\s{0,3}(?:[-+]|\d+[.)])\s")


def prose(text: str) -> str:
    """Paragraphs and lists stay; everything else that Markdown or HTML would act on is shown."""
    return "\n".join(_prose_line(line) for line in clean_lines(text))


def _prose_line(line: str) -> str:
    # Four spaces would start a code block.
    indent = len(line) - len(line.lstrip(" "))
    line = " " * min(indent, 3) + line.lstrip(" ")
    escaped = _MARKS.sub(lambda match: "\\" + match[0], line)
    if not _LIST.match(line):
        escaped = _LINE_START.sub(_escape_start, escaped)
    return escape_hidden(escaped)


def _escape_start(match: re.Match[str]) -> str:
    mark = match[2]
    return f"{match[1]}{mark[:-1]}\\{mark[-1]}" if mark[0].isdigit() else f"{match[1]}\\{mark}"


def one_line(text: str) -> str:
    """Prose in one line: the first sentence or paragraph."""
    lines = clean_lines(text)
    first = lines[: lines.index("")] if "" in lines else lines
    joined = " ".join(line.strip() for line in first)
    sentence = re.match(r".*?[.!?](?=\s|$)", joined)
    return prose(sentence[0] if sentence else joined)


def remark(text: str) -> str:
    """A text of dovetail's own, where backticks mean code; everything between is prose."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return prose(text)
    return "".join(code(part) if position % 2 else _prose_line(part) for position, part in enumerate(parts))


def code(text: str) -> str:
    """A code span; the fence is longer than any run of backticks inside."""
    text = escape_hidden(" ".join(text.split("\n")))
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def code_block(lines: Iterable[str], language: str = "python") -> list[str]:
    shown = [escape_hidden(line) for text in lines for line in text.split("\n")]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *shown, fence]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Cells are Markdown already; a bar inside a code span still has to be escaped in a table."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", text.replace("\n", " "))


def anchor(heading: str) -> str:
    """The fragment that a heading of plain code gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
