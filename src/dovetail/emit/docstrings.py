"""Text from headers as Python docstrings and comments that cannot end early or hide anything.

In: clean prose, or hostile text that pretends to be.  Out: Python source.  Must not know: where the prose comes from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def escape_hidden(text: str) -> str:
    """Every character that does not show (controls, marks of direction, surrogates) as a Python escape."""
    return "".join(_escape(c) if c != " " and unicodedata.category(c) in _HIDDEN else c for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def clean_lines(text: str) -> list[str]:
    """The lines of a text, without white space at the ends and without empty lines around."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def docstring_lines(text: str) -> list[str]:
    """The lines of a docstring, quotes included, without indentation; [] for an empty text."""
    lines = clean_lines(text)
    if not lines:
        return []
    if len(lines) == 1:
        # A quote before the closing ones would make four.
        bare = lines[0].rstrip('"')
        quotes = len(lines[0]) - len(bare)
        return [f'"""{_escape_line(bare)}' + '\\"' * quotes + '"""']
    return [f'"""{_escape_line(lines[0])}', *(_escape_line(line) for line in lines[1:]), '"""']


def _escape_line(line: str) -> str:
    return escape_hidden(line.replace("\\", "\\\\")).replace('"""', '\\"\\"\\"')


def comment(text: str) -> str:
    """One comment line."""
    return "# " + escape_hidden(" ".join(clean_lines(text))).strip()


def join_paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part.strip())


def quote(text: str) -> str:
    """A Python string literal with double quotes."""
    inner = escape_hidden(text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"))
    return f'"{inner}"'
