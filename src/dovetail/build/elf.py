"""What an ELF file needs: libraries, and the versions of their symbols.

In: a file.  Out: `Needs`, or None where it is no ELF file that can be read.  Must not know: Python, packages.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import final

_MAGIC = b"\x7fELF"
_DYNAMIC, _VERNEED, _VERDEF = 6, 0x6FFFFFFE, 0x6FFFFFFD
_NEEDED, _RPATH, _RUNPATH = 1, 15, 29


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Names of libraries as the loader looks for them, where it looks, and symbol versions (`GLIBCXX_3.4.29`)."""

    libraries: tuple[str, ...]
    run_paths: tuple[str, ...]
    versions: tuple[str, ...]
    """That others must define."""
    defined: tuple[str, ...]
    """That the file itself defines."""


def read_needs(file: Path) -> Needs | None:
    """Never raises for what is in the file."""
    try:
        # Some are of gigabytes, and a few pages of them are read.
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(data).read() if data[:4] == _MAGIC else None
    except (OSError, struct.error, IndexError, ValueError, OverflowError):
        return None


@final
class _Reader:
    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.wide = data[4] == 2
        self.order = "<" if data[5] == 1 else ">"
        table = self._at("Q" if self.wide else "I", 0x28 if self.wide else 0x20)[0]
        size, count = self._at("HH", 0x3A if self.wide else 0x2E)
        form = "IIQQQQIIQQ" if self.wide else "IIIIIIIIII"
        self.sections = [self._at(form, table + i * size) for i in range(count)]

    def _at(self, form: str, offset: int) -> tuple[int, ...]:
        return struct.unpack_from(self.order + form, self.data, offset)

    def _text(self, strings: int, offset: int) -> str:
        start = self.sections[strings][4] + offset
        end = self.data.find(b"\0", start)
        if end < 0:
            raise ValueError
        return self.data[start:end].decode("utf-8", "replace")

    def read(self) -> Needs:
        entries: dict[int, list[str]] = {_NEEDED: [], _RPATH: [], _RUNPATH: []}
        versions: dict[str, None] = {}
        defined: dict[str, None] = {}
        for section in self.sections:
            kind, start, length, strings = section[1], section[4], section[5], section[6]
            if kind == _DYNAMIC:
                step, form = (16, "QQ") if self.wide else (8, "II")
                for offset in range(start, start + length, step):
                    tag, value = self._at(form, offset)
                    if tag in entries:
                        entries[tag].append(self._text(strings, value))
            elif kind == _VERNEED:
                versions.update(dict.fromkeys(self._needed_versions(start, strings)))
            elif kind == _VERDEF:
                defined.update(dict.fromkeys(self._defined_versions(start, strings)))
        folders = [folder for text in (*entries[_RPATH], *entries[_RUNPATH]) for folder in text.split(":") if folder]
        return Needs(
            libraries=tuple(entries[_NEEDED]),
            run_paths=tuple(folders),
            versions=tuple(versions),
            defined=tuple(defined),
        )

    def _needed_versions(self, start: int, strings: int) -> list[str]:
        found = []
        while True:
            _, count, _, first, following = self._at("HHIII", start)
            at = start + first
            for _ in range(count):
                _, _, _, name, step = self._at("IHHII", at)
                found.append(self._text(strings, name))
                at += step
            if not following:
                return found
            start += following

    def _defined_versions(self, start: int, strings: int) -> list[str]:
        found = []
        while True:
            _, _, _, _, _, first, following = self._at("HHHHIII", start)
            found.append(self._text(strings, self._at("II", start + first)[0]))
            if not following:
                return found
            start += following


def newest(versions: tuple[str, ...] | list[str] | set[str], family: str) -> str:
    """Of `GLIBCXX_3.4.9`, `GLIBCXX_3.4.29` … the largest number; "" where there is none."""
    numbers = [
        version.removeprefix(f"{family}_")
        for version in versions
        if version.startswith(f"{family}_") and version[len(family) + 1 :].replace(".", "").isdigit()
    ]
    return max(numbers, key=lambda number: [int(part) for part in number.split(".")], default="")
