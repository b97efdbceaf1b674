"""The text of the files that are read, for what the AST does not keep.

In: paths, byte offsets.  Out: text, spans, comments, whether a body follows.
Must not know: clang's cursors, the model.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, final

from dovetail.diagnostics import Span

_SPACE: Final = rb"(?:\s|\\\r?\n|//[^\n]*|/\*.*?\*/)*"
_SKIP: Final = re.compile(_SPACE, re.DOTALL)
_WORD: Final = re.compile(rb"[A-Za-z_]\w*")
_BRACE: Final = re.compile(rb"[{}]")
_CALL: Final = re.compile(rb"\b([A-Za-z_]\w*)\s*\(")
_LONGEST_BODY: Final = 1 << 15
_TOKEN: Final = re.compile(
    r"""(?:u8|[uUL])?R"(?P<mark>[^\s()\\]*)\(.*?\)(?P=mark)"|(?:u8|[uUL])?"(?:\\.|[^"\\])*"|(?:u8|[uUL])?'(?:\\.|[^'\\])*'"""
    r"""|//[^\n]*|/\*.*?\*/|\.?\d(?:[eEpP][+-]|'\w|[\w.])*|[^\W\d]\w*|::|->|<=>|==|!=|<=|>=|<<=?|>>=?|&&|\|\||\s+|.""",
    re.DOTALL,
)
_STARTING: Final = frozenset(
    b"namespace class struct union enum template extern typedef using static inline constexpr friend public private"
    b" protected virtual explicit".split()
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@final
@dataclass(frozen=True, slots=True)
class Token:
    text: str
    offset: int
    """In characters, from the start of the text that was split."""

    @property
    def is_name(self) -> bool:
        return self.text[0].isalpha() or self.text[0] == "_"


def split(text: str) -> list[Token]:
    """The tokens of C++ text, without comments and white space."""
    return list(walk(text))


def walk(text: str) -> Iterator[Token]:
    """The same one by one, for those who stop early."""
    for match in _TOKEN.finditer(text):
        token = match.group()
        if not token.isspace() and not token.startswith(("//", "/*")):
            yield Token(token, match.start())


def fold(text: str) -> str:
    """The text on one line: comments gone, white space single, literals untouched."""
    parts: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token.isspace() or token.startswith(("//", "/*")):
            if parts and parts[-1] != " ":
                parts.append(" ")
        else:
            parts.append(token)
    return "".join(parts).strip()


def after_equals(text: str) -> str | None:
    """What stands after the first `=` outside of brackets; None where there is none."""
    depth = 0
    for token in split(text):
        if token.text in _OPENING:
            depth += 1
        elif token.text in _CLOSING:
            depth -= 1
        elif token.text == "=" and depth == 0:
            return fold(text[token.offset + 1 :])
    return None


def split_arguments(spelling: str) -> list[str]:
    """The texts of the last template argument list of a spelling: `lib::Map<int, 4>` gives `int` and `4`."""
    if not spelling.endswith(">"):
        return []
    opened: list[int] = []
    commas: dict[int, list[int]] = {}
    brackets = start = 0
    for token in split(spelling):
        if token.text in _OPENING:
            brackets += 1
        elif token.text in _CLOSING:
            brackets -= 1
        elif brackets == 0 and token.text == "<":
            opened.append(token.offset)
        elif brackets == 0 and token.text == "," and opened:
            commas.setdefault(opened[-1], []).append(token.offset)
        elif brackets == 0 and set(token.text) == {">"}:
            for _ in token.text:
                start = opened.pop() if opened else 0
    cuts = [start, *commas.get(start, ()), len(spelling) - 1]
    found = [spelling[left + 1 : right].strip() for left, right in itertools.pairwise(cuts)]
    return [] if found == [""] else found


@final
@dataclass(slots=True)
class File:
    """One file, read once."""

    path: str
    data: bytes
    lines: list[int] = field(default_factory=list)
    """Byte offsets of line starts."""
    ascii: bool = True

    def slice(self, start: int, end: int) -> str:
        return self.data[start:end].decode("utf-8", "replace")

    def line(self, number: int) -> bytes:
        if not 1 <= number <= len(self.lines):
            return b""
        end = self.lines[number] if number < len(self.lines) else len(self.data)
        return self.data[self.lines[number - 1] : end]

    def column(self, line: int, column: int) -> int:
        """The column in characters of a column in bytes."""
        if self.ascii:
            return column
        return len(self.line(line)[: column - 1].decode("utf-8", "replace")) + 1

    def has_body_at(self, offset: int) -> bool:
        """A function's body follows the declarator that ends at `offset` (behind macros that expand to attributes)."""
        return self._behind_declarator(offset) in (b"{", b":", b"try")

    def ends_at(self, offset: int) -> bool:
        """Nothing but a semicolon follows the declarator that ends at `offset`, and such macros."""
        return self._behind_declarator(offset) == b";"

    def _behind_declarator(self, offset: int) -> bytes:
        """The mark or the word `try` behind a declarator and its attributes; empty where something else starts."""
        position = _skip(self.data, offset)
        while True:
            word = _WORD.match(self.data, position)
            if word is None:
                return self.data[position : position + 1]
            if word.group() == b"try":
                return b"try"
            if word.group() in _STARTING:
                return b""
            position = _skip(self.data, word.end())
            if self.data[position : position + 1] == b"(":
                closing = self.data.find(b")", position)
                if closing < 0:
                    return b""
                position = _skip(self.data, closing + 1)

    def calls_after(self, offset: int) -> tuple[str, ...]:
        """Words that look like calls in the body of the function whose declarator ends at `offset`."""
        start = self.data.find(b"{", offset)
        end, depth = start, 0
        for brace in _BRACE.finditer(self.data, max(start, 0), start + _LONGEST_BODY):
            depth += 1 if brace.group() == b"{" else -1
            end = brace.end()
            if not depth:
                break
        return tuple(dict.fromkeys(call[1].decode() for call in _CALL.finditer(self.data, max(start, 0), end)))

    def word_at(self, offset: int) -> str:
        word = _WORD.match(self.data, offset)
        return word.group().decode() if word else ""

    def argument_end(self, offset: int) -> int:
        """Where the comma or parenthesis stands that ends a parameter: a macro may reach beyond its extent."""
        depth = 0
        text = self.slice(offset, offset + 2000)
        for token in walk(text):
            if depth == 0 and token.text in (",", ")", ";"):
                return offset + len(text[: token.offset].encode())
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
        return offset

    def gap_is_tight(self, start: int, end: int) -> bool:
        """No blank line between two offsets."""
        return re.search(rb"\n[ \t]*\r?\n", self.data[start:end]) is None

    def comment_beside(self, line: int) -> str:
        """The `///<` comment at the end of a line, else the comment lines directly above it."""
        trailing = re.search(rb"(//[/!]<.*|/\*[*!]<.*\*/)\s*$", self.line(line))
        if trailing:
            return trailing.group(1).decode("utf-8", "replace").rstrip()
        above: list[str] = []
        number = line - 1
        while number >= 1 and self.line(number).lstrip().startswith(b"//"):
            above.append(self.line(number).decode("utf-8", "replace").strip())
            number -= 1
        if above:
            return "\n".join(reversed(above))
        block = re.search(rb"(/\*[*!](?:(?!\*/).)*\*/)\s*\Z", self.data[: self.lines[line - 1]], re.DOTALL)
        return block.group(1).decode("utf-8", "replace") if block else ""

    @property
    def head_comment(self) -> str:
        """The first doc comment that says it is of the file."""
        for match in re.finditer(r"/\*[*!].*?\*/|(?:^[ \t]*//[/!].*\n?)+", self.slice(0, 65536), re.DOTALL | re.M):
            if re.search(r"[@\\]file\b", match.group()):
                return match.group().strip()
        return ""


def _skip(data: bytes, offset: int) -> int:
    match = _SKIP.match(data, offset)
    return match.end() if match else offset


@final
@dataclass(slots=True)
class Sources:
    """Files by path."""

    known: dict[str, File] = field(default_factory=dict)

    def file(self, path: str) -> File:
        """The file, or an empty one where it cannot be read."""
        found = self.known.get(path)
        if found is None:
            try:
                data = Path(path).read_bytes()
            except (OSError, ValueError):
                data = b""
            starts = [0, *(match.end() for match in re.finditer(rb"\n", data))]
            found = self.known[path] = File(path, data, starts, data.isascii())
        return found

    def span(self, path: str, line: int, column: int, length: int = 1) -> Span:
        return Span(path, line, self.file(path).column(line, column) if column else 0, max(length, 1))

    def last_line(self, path: str) -> Span:
        """The end of a file: its last line with something on it."""
        file = self.file(path)
        number = next((n for n in range(len(file.lines), 0, -1) if file.line(n).strip()), 0)
        return Span(path, number)
