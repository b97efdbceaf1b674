"""Where each key of a TOML file stands. `tomllib` gives values without places; diagnostics need both.

In: the text of a file that tomllib accepted.  Out: key path -> place of the key.  Must not know: dovetail's settings.

    [tool.dovetail]          ("tool", "dovetail") -> line 1
    a = { b = 1 }            ("tool", "dovetail", "a") and ("tool", "dovetail", "a", "b") -> line 2

Elements of arrays are part of a path by their index. Because the text is valid, the scanner only has to know where
strings, comments and brackets end; it never has to judge.
"""

from __future__ import annotations

import bisect
import re
from typing import final

from dovetail.diagnostics import Span

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]*")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}(?!")', re.DOTALL),
    re.compile(r"'''.*?'{3,5}(?!')", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([btnfre"\\]))')
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}


def locate_keys(text: str, path: str) -> dict[KeyPath, Span]:
    """The place where each key is first written."""
    scanner = _Scanner(text, path)
    scanner.read_document()
    return scanner.places


@final
class _Scanner:
    def __init__(self, text: str, path: str) -> None:
        # tomllib reads \r\n as \n: lines and columns stay the same either way.
        self.text = text
        self.path = path
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.at = 0
        self.places: dict[KeyPath, Span] = {}
        self.tables: dict[KeyPath, int] = {}

    def read_document(self) -> None:
        table: KeyPath = ()
        while True:
            self._skip(_BETWEEN)
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                table = self._read_header()
            else:
                self._read_pair(table)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def _read_header(self) -> KeyPath:
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        path = self._read_key(())
        self.at += 2 if array else 1
        if array:
            self.tables[path] = self.tables.get(path, -1) + 1
            path = (*path, self.tables[path])
        return path

    def _read_key(self, table: KeyPath) -> KeyPath:
        """A dotted key up to `=` or `]`. A part that names an array of tables means its last element."""
        while True:
            self._skip(_BLANK)
            start = self.at
            part = self._read_string() if self.text[self.at] in "\"'" else self._skip(_BARE)
            table = (*table, part)
            self.places.setdefault(table, self._span(start))
            self._skip(_BLANK)
            if self.text[self.at] != ".":
                return table
            if table in self.tables:
                table = (*table, self.tables[table])
            self.at += 1

    def _span(self, start: int) -> Span:
        line = bisect.bisect_right(self.lines, start)
        return Span(self.path, line, start - self.lines[line - 1] + 1, max(self.at - start, 1))

    def _read_string(self) -> str:
        for pattern in _STRINGS:
            if written := self._skip(pattern):
                quotes = 3 if written.startswith(('"""', "'''")) else 1
                inner = written[quotes:-quotes]
                return _ESCAPE.sub(_unescape, inner) if written[0] == '"' else inner
        self.at += 1
        return ""

    def _read_pair(self, table: KeyPath) -> None:
        path = self._read_key(table)
        self.at += 1  # the equals sign
        self._read_value(path)

    def _read_value(self, path: KeyPath) -> None:
        self._skip(_BETWEEN)
        match self.text[self.at]:
            case '"' | "'":
                self._read_string()
            case "[":
                self._read_items(path, "]")
            case "{":
                self._read_items(path, "}")
            case _:
                self._skip(_SCALAR)

    def _read_items(self, path: KeyPath, closing: str) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip(_BETWEEN)
            if self.text[self.at] == closing:
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            if closing == "}":
                self._read_pair(path)
                continue
            start = self.at
            self._read_value((*path, index))
            self.places.setdefault((*path, index), self._span(start))
            index += 1


def _unescape(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    return chr(int(digits, 16)) if digits else _ESCAPED[match[4]]
