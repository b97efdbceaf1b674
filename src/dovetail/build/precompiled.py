"""dovetail's own headers, compiled once for all modules that are built with the same options.

In: a `Job`.  Out: a folder that goes first on the search path, or None.  Must not know: what is compiled with it.

Reading the headers of Python, the C++ library and dovetail is nearly half of what a small module costs. GCC takes them
from a precompiled header if one lies where `#include <dovetail/core/module.h>` is looked for first, and passes over one
that does not fit. It is made when the same options are asked for the second time, so that a machine that builds once
never pays. Clang would need an option for the one file, and is not served.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final

from dovetail.build.cache import Cache, check_private, is_sealed, write_atomically, write_sealed
from dovetail.build.objects import ENVIRONMENT, Row, fingerprint, is_same

FIRST = "dovetail/core/module.h"
"""What an emitted unit includes first, and what stands for everything that is precompiled."""
_CONTENTS = (FIRST, "dovetail/convert/numbers.h", "dovetail/convert/text.h", "dovetail/core/natives.h")
_COMPACT = "DOVETAIL_COMPACT"
"""The macro of large modules, defined in front of the first include."""
_ROWS = "included.json"
_ASKED = "asked"
_SEARCHED = "include"
"""Apart from the rest, as the compiler looks for every header there."""

Compile = Callable[[Path, Path, tuple[str, ...]], tuple[Path, ...] | None]
"""Compiles a header to a file, with more options; gives what it included, or None where the compiler refused."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a unit is compiled with."""

    flags: tuple[str, ...]
    """All that bear on the meaning of dovetail's headers."""
    version: str
    """Of the compiler."""
    text: str
    """The unit's: it begins with the include of `FIRST`, or with the macro of large modules before it."""
    folders: tuple[str, ...]
    """The user's include folders."""


def is_on() -> bool:
    """`DOVETAIL_PRECOMPILE=0` turns it off."""
    return os.environ.get("DOVETAIL_PRECOMPILE", "1") != "0"


def find_headers(cache: Cache, wanted: Wanted, compile_: Compile) -> str | None:
    """The folder with precompiled headers that fit a unit."""
    beginning, found, _ = wanted.text.partition(f"#include <{FIRST}>\n")
    if not found:
        return None
    compact = f"#define {_COMPACT} 1\n" in beginning
    environment = [os.environ.get(name, "") for name in ENVIRONMENT]
    key = hashlib.sha256(
        json.dumps([wanted.flags, wanted.version, compact, _CONTENTS, environment]).encode()
    ).hexdigest()
    try:
        place = cache.entry(key)
        made = place / _SEARCHED / f"{FIRST}.gch"
        rows = _read_rows(place / _ROWS)
        if rows is None or not all(is_same(row) for row in rows) or not made.exists():
            rows = _make(place, made, compact, compile_)
        if rows is None or _is_shadowed(rows, wanted.folders) or not _is_own(made, place / _ROWS):
            return None
        os.utime(place / _ROWS)  # in use: not among the first to be removed
        return str(place / _SEARCHED)
    except OSError:
        return None


def _read_rows(file: Path) -> list[Row] | None:
    if not file.exists() or not is_sealed(file):
        return None
    rows: list[Row] = json.loads(file.read_bytes())
    return rows


def _is_own(made: Path, sealed: Path) -> bool:
    """Private, and of the digest that it had. The file is large: one that was not touched since it was used has it."""
    if check_private(made) is not None or check_private(made.parent) is not None:
        return False
    status = os.stat(made)
    return max(status.st_mtime_ns, status.st_ctime_ns) < os.stat(sealed).st_ctime_ns or is_sealed(made)


def _make(place: Path, made: Path, compact: bool, compile_: Compile) -> list[Row] | None:
    """Makes it if it was asked for before and nobody else is making it; gives what is in it."""
    asked = place / _ASKED
    if not asked.exists():
        write_atomically(asked, b"")
        return None
    with _alone(place) as first:
        if not first:
            return None
        source, output = place / "all.h", place / "all.gch"
        includes = "".join(f"#include <{name}>\n" for name in _CONTENTS)
        write_atomically(source, includes.encode())
        included = compile_(source, output, (f"-D{_COMPACT}=1",) if compact else ())
        if included is None:
            asked.unlink(missing_ok=True)
            return None
        rows = [fingerprint(path) for path in included if not path.is_relative_to(place)]
        made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What is read where the precompiled one does not fit, or is behind another include.
        write_atomically(made.with_suffix(""), f"#include_next <{FIRST}>\n".encode())
        write_sealed(made, output.read_bytes())
        output.unlink()
        write_sealed(place / _ROWS, json.dumps(rows).encode())
        return rows


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[bool]:
    """True for the one builder that makes it; the others go on without."""
    try:
        import fcntl
    except ImportError:
        yield True
        return
    with open(place / "lock", "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _is_shadowed(rows: list[Row], folders: tuple[str, ...]) -> bool:
    """Whether a folder of the user's has a header that would be read instead of one that is precompiled."""
    names = {os.path.basename(row[0]) for row in rows}
    return any(not names.isdisjoint(_list(folder)) for folder in folders)


def _list(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
