"""Object files compiled before, found again by everything that went into them.

In: a compile command, its file, what it included before.  Out: an object, or None.  Must not know: why it is compiled.

An entry is found by command, compiler and file; it holds only if every file that was included then is still the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from dovetail.build.cache import Cache, is_sealed, write_sealed

_OBJECT = "object.o"
_INCLUDED = "included.json"
ENVIRONMENT = ("CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "GCC_EXEC_PREFIX", "COMPILER_PATH")

Row = tuple[str, int, int, str]
"""Path, size, time of change, digest."""


def object_key(command: Iterable[str], version: str, file: Path, work: Path) -> str:
    """Of the command without the name of its work folder, and of all that lies in that folder beside the file."""
    digest = hashlib.sha256()
    stable = [part.replace(str(work), "@work") for part in command]
    environment = [os.environ.get(name, "") for name in ENVIRONMENT]
    digest.update(json.dumps([stable, version, file.name, environment]).encode())
    digest.update(file.read_bytes())
    if file.is_relative_to(work):
        for beside in sorted(work.rglob("*.h*")):
            digest.update(beside.name.encode() + beside.read_bytes())
    return digest.hexdigest()


def take_object(cache: Cache, key: str, output: Path) -> tuple[str, ...] | None:
    """Puts the object of an earlier run at `output` and returns what it included; None where it must be compiled."""
    folder = cache.entry(key)
    kept, listed = folder / _OBJECT, folder / _INCLUDED
    if not listed.exists() or not is_sealed(listed) or not is_sealed(kept):
        return None
    rows: list[Row] = json.loads(listed.read_bytes())
    if not all(is_same(row) for row in rows):
        return None
    shutil.copyfile(kept, output)
    os.utime(listed)  # in use: not among the first to be removed
    return tuple(row[0] for row in rows)


def keep_object(cache: Cache, key: str, output: Path, included: Iterable[Path]) -> None:
    """Keeps a fresh object. What cannot be kept is compiled again next time."""
    try:
        folder = cache.entry(key)
        rows = [fingerprint(path) for path in included]
        (folder / _INCLUDED).unlink(missing_ok=True)
        write_sealed(folder / _OBJECT, output.read_bytes())
        write_sealed(folder / _INCLUDED, json.dumps(rows).encode())
    except OSError:
        return


def fingerprint(path: Path) -> Row:
    status = os.stat(path)
    return str(path), status.st_size, status.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()


def is_same(row: Row) -> bool:
    """A look at size and time first; the content decides where the time differs."""
    path, size, changed, digest = row
    try:
        status = os.stat(path)
        if status.st_size != size:
            return False
        return status.st_mtime_ns == changed or hashlib.sha256(Path(path).read_bytes()).hexdigest() == digest
    except OSError:
        return False
