"""Text from files and headers as a terminal may show it: nothing hidden, nothing obeyed.

In: any text.  Out: text without control characters and marks of direction, and how many columns it takes.
Must not know: diagnostics.
"""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_TAB = 4


def show_character(character: str, column: int) -> str:
    """How one character is shown in a column (from 0): tabs as spaces, what does not show as `\\u{202e}`."""
    if character == "\t":
        return " " * (_TAB - column % _TAB)
    if unicodedata.category(character) in _HIDDEN:
        return f"\\u{{{ord(character):x}}}"
    return character


def width(text: str) -> int:
    """Columns of shown text: wide characters take two, combining ones none."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def show(text: str) -> str:
    """A text of one line."""
    return "".join(show_character(character, 0) if character != "\t" else " " for character in text)


def show_lines(text: str) -> list[str]:
    """A text of several lines, one by one."""
    return [show(line.rstrip("\r")) for line in text.split("\n")]
