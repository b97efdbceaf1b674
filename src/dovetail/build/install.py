"""Files into place: all of them or none.

In: paths and contents.  Out: files on disk.  Must not know: what is in them.

Everything is written beside its place first. Only then are the places taken, one rename each; if one of them fails,
those already taken get back what was there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def install(files: Mapping[Path, tuple[bytes, int]]) -> None:
    """Writes the contents with their modes. OSError where that cannot be done; then nothing has changed."""
    ready: dict[Path, Path] = {}
    taken: list[tuple[Path, Path | None]] = []
    try:
        for path, (content, mode) in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            ready[path] = _beside(path, "new")
            _write(ready[path], content, mode)
        for path, fresh in ready.items():
            old = _keep(path)
            taken.append((path, old))
            os.replace(fresh, path)
    except OSError:
        for path, old in taken:
            if old is None:
                path.unlink(missing_ok=True)
            else:
                os.replace(old, path)
        raise
    finally:
        for fresh in ready.values():
            fresh.unlink(missing_ok=True)
        for _, old in taken:
            if old is not None:
                old.unlink(missing_ok=True)


def _beside(path: Path, role: str) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{role}")


def _write(path: Path, content: bytes, mode: int) -> None:
    # What lies there under this name is not ours: never written through.
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)


def _keep(path: Path) -> Path | None:
    """What is at the place now, under a second name."""
    if not os.path.lexists(path):
        return None
    old = _beside(path, "old")
    old.unlink(missing_ok=True)
    os.link(path, old, follow_symlinks=False)
    return old
