"""The languages of a module's sources, by the endings of their files.

In: paths.  Out: `Sources`; DV056 for those that are named as headers, DV062 for other files.  Must not know: how any of
them is compiled.

C and C++ go to the compiler as they are (`.c` as C, by the same compiler: both g++ and clang++ are also C compilers);
Cython's are translated to C++, and each is a module of its own inside of the one that is built; Rust's become an
archive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import final

from dovetail.diagnostics import Sink, Span

CYTHON = (".pyx", ".py")
"""The second is Cython's pure-Python mode."""
RUST = (".rs",)
COMPILED = (".c", ".cc", ".cpp", ".cxx", ".c++", ".C")
SOURCES = (*COMPILED, *CYTHON, *RUST)
"""Endings that no header has."""
_RARE = (".C", ".CPP", ".cp", ".i", ".ii", ".s", ".S", ".sx", ".m", ".mm")
"""What compilers of C++ compile besides."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    compiled: tuple[Path, ...] = ()
    """For the C++ compiler."""
    cython: tuple[Path, ...] = ()
    rust: tuple[Path, ...] = ()

    @property
    def every(self) -> tuple[Path, ...]:
        return (*self.compiled, *self.cython, *self.rust)


def sort_sources(paths: Iterable[Path]) -> Sources:
    """By language, each in the order in which they came."""
    every = tuple(paths)
    cython = tuple(path for path in every if path.suffix in CYTHON)
    rust = tuple(path for path in every if path.suffix in RUST)
    rest = tuple(path for path in every if path.suffix not in (*CYTHON, *RUST))
    return Sources(compiled=rest, cython=cython, rust=rust)


def check_sources(paths: Iterable[Path], sink: Sink, span: Span) -> None:
    """DV062 for what no compiler here takes: C++'s would hand it to the linker, or precompile a header."""
    for path in paths:
        if path.is_dir() or path.suffix not in (*SOURCES, *_RARE):
            kinds = "C++ (.cpp, .cc), C (.c), Cython (.pyx, .py) and Rust (.rs)"
            helps = (f"headers are no sources: {path.name}",) if path.suffix.startswith(".h") else ()
            message = f"`{path.name}` is no source that can be compiled: there are {kinds}"
            sink.report("DV062", message, span, helps=helps)


def check_headers(headers: Iterable[str], sink: Sink, span: Span) -> None:
    """DV056 for sources that are named as headers: they would be compiled twice, or are no C++ at all."""
    given = tuple(headers)
    wrong = [name for name in given if name.endswith(SOURCES)]
    rest = [name for name in given if name not in wrong]
    for name in wrong:
        language = "Cython" if name.endswith(CYTHON) else "Rust" if name.endswith(RUST) else ""
        notes = (f"what a {language} source works with, or exports to C, is declared by a header",) if language else ()
        header = rest[0] if rest else f"{PurePath(name).stem}.h"
        helps = (
            f"name the header, and the source beside it: {header} --sources {name}",
            f'in a file: sources = ["{name}"]',
        )
        sink.report("DV056", f"`{name}` is a source, not a header", span, notes=notes, helps=helps)
    sink.stop_on_errors()
