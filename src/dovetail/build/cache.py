"""The private cache of one user.

In: keys and bytes.  Out: files that nobody else can have written.  Must not know: what is cached.

A module from the cache is code that runs at import. So the folder belongs to the user and only the user may write to
it (0700); it is checked at each use, symbolic links are refused, and what is loaded must have the digest that was
stored with it. Anything else means: no cache (DV070), never another folder that others share.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # importing it takes longer than everything that a cached module needs
    from dovetail.diagnostics import Sink


class Cache(NamedTuple):  # a dataclass would import more than all the rest of a cached load
    """A checked folder."""

    folder: Path

    def entry(self, key: str) -> Path:
        """The folder of one key: made if need be, private."""
        if not key.isalnum():
            raise ValueError(f"not a cache key: {key!r}")
        path = self.folder / key[:2] / key
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path


def cache_folder() -> Path:
    """`DOVETAIL_CACHE`, else `XDG_CACHE_HOME/dovetail`, else `~/.cache/dovetail`."""
    if named := os.environ.get("DOVETAIL_CACHE"):
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "dovetail"


def open_cache(sink: Sink | None = None) -> Cache | None:
    """The user's cache, or None with DV070 where it cannot be trusted."""
    helps = ["choose another folder: DOVETAIL_CACHE=/path/of/yours"]
    try:
        folder = cache_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        problem = check_private(folder)
        if problem is None and not os.access(folder, os.W_OK | os.X_OK):
            problem = "cannot be written"
        if problem is None:
            return Cache(folder)
        problem = f"`{folder}` {problem}"
        helps = [f"chmod 700 {shlex.quote(str(folder))}", f"or {helps[0]}"]
    except (OSError, RuntimeError) as error:
        problem = f"it cannot be made: {error}"
    if sink is not None:
        sink.report(
            "DV070",
            f"the cache is not used: {problem}",
            notes=("modules from the cache run as your code, so only you may be able to write there",),
            helps=tuple(helps),
        )
    return None


def check_private(path: Path) -> str | None:
    """Why the folder or file cannot be trusted; None where it can."""
    status = os.lstat(path)
    if stat.S_ISLNK(status.st_mode):
        return "is a symbolic link"
    if hasattr(os, "getuid"):
        if status.st_uid != os.getuid():
            return "belongs to another user"
        if status.st_mode & 0o022:
            return "can be written by others"
    return None


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """All of the file or nothing of it: readers never see a part."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def write_sealed(path: Path, data: bytes) -> None:
    """A file and beside it its digest, which `is_sealed` compares."""
    write_atomically(path, data, 0o700)
    write_atomically(path.with_name(path.name + ".sha256"), hashlib.sha256(data).hexdigest().encode())


def is_sealed(path: Path) -> bool:
    """Whether the file is the user's own and is what `write_sealed` wrote."""
    return read_seal(path) is not None


def read_seal(path: Path) -> str | None:
    """The digest of a file that is sealed; None where it is not, or not any more."""
    seal = path.with_name(path.name + ".sha256")
    try:
        if any(check_private(part) is not None for part in (path.parent, path, seal)):
            return None
        sealed = seal.read_text()
        return sealed if sealed == digest_of(path) else None
    except OSError:
        return None


def remove_old(cache: Cache, days: int = 90) -> int:
    """Removes entries that nothing has used for so long; looks once a day. Returns how many went."""
    stamp = cache.folder / "looked"
    now = time.time()
    if stamp.exists() and now - stamp.stat().st_mtime < 86400:
        return 0
    stamp.touch()
    removed = 0
    for entry in cache.folder.glob("??/*"):
        newest = max((os.lstat(file).st_mtime for file in entry.iterdir()), default=0) if entry.is_dir() else now
        if now - newest > days * 86400:
            shutil.rmtree(entry, ignore_errors=True)
            removed += 1
    return removed


@contextmanager
def locked(folder: Path, name: str = "lock") -> Iterator[None]:
    """One builder at a time, also across processes. Without file locks on this system: no waiting."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with open(folder / name, "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
