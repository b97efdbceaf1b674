"""Text from headers as C++ literals and comments that cannot end early, splice lines or hide anything.

In: any text, also hostile.  Out: C++ source.  Must not know: where the text comes from.
"""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PLAIN = frozenset(" !#$%&'()*+,-./0123456789:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~")
_WIDTH = 110


def quote(text: str) -> str:
    """One C++ string literal. A NUL would end it early for C, and Python text has none that matters: it is dropped.

    Octal escapes have at most three digits, so that what follows is never taken for part of one (as with `\\x`); `?` is
    escaped because of trigraphs.
    """
    return '"' + "".join(_escape(byte) for byte in _encode(text)) + '"'


def quote_all(*texts: str) -> str:
    """One literal of strings that lie one behind the other, each ended by a NUL."""
    first, *rest = (quote(text)[1:-1] for text in texts)
    return '"' + first + "".join(("\\000" if each[:1].isdigit() else "\\0") + each for each in rest) + '"'


def _encode(text: str) -> bytes:
    return text.replace("\0", "").encode("utf-8", "replace")


def _escape(byte: int) -> str:
    character = chr(byte)
    if character in _PLAIN:
        return character
    return {"\n": "\\n", '"': '\\"', "\\": "\\\\"}.get(character, f"\\{byte:03o}")


def quote_lines(text: str) -> str:
    """A literal as adjacent pieces, one for each line of the text, where it does not fit on one line."""
    whole = quote(text)
    if len(whole) <= _WIDTH:
        return whole
    pieces = [quote(piece) for line in text.splitlines(keepends=True) for piece in _split(line)]
    return "\n".join(pieces)


def _split(line: str) -> list[str]:
    """Long lines in pieces, at spaces: compilers limit the length of one literal, and readers that of a line."""
    pieces, rest = [], line
    while len(rest) > _WIDTH:
        space = rest.rfind(" ", 1, _WIDTH) + 1 or _WIDTH
        pieces.append(rest[:space])
        rest = rest[space:]
    return [*pieces, rest]


def comment(text: str) -> str:
    """A `//` comment of one line."""
    return f"// {comment_text(text)}"


def comment_text(text: str) -> str:
    """What may stand in a comment of either kind: one line, nothing hidden, no end of a comment, no splice."""
    shown = "".join(c if unicodedata.category(c) not in _HIDDEN else " " for c in text)
    shown = " ".join(shown.split()).replace("*/", "* /").replace("/*", "/ *").replace("??/", "?? /")
    return shown.rstrip("\\ ")


def expression_text(text: str) -> str:
    """An expression of the header, as written: what hides in its literals becomes an escape there."""
    shown = "".join(c if c == " " or unicodedata.category(c) not in _HIDDEN else _escape_all(c) for c in text)
    return shown.replace("??", "?\\?")


def _escape_all(character: str) -> str:
    return " " if character in "\t\n\r" else "".join(f"\\{byte:03o}" for byte in _encode(character))
