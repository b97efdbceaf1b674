"""Which files are meant: headers by path or by name, and whose declarations are the user's own.

In: a `Request`; later the #includes that clang saw.  Out: absolute paths; the set of own files.
Must not know: libclang, declarations.

Own are the named headers, and a file that an own file includes, when one of these holds:

- its innermost folder of interest is the user's: the folder of a named header, or a folder given as `include`;
- it is of the same library in a system folder: for a header named `lib/x.h` all below `lib/`; for one that lies in the
  system folder itself (`/usr/include/box.h`) all below the folder of its stem (`box/`);
- it is included with quotes and found beside its includer or below, as libraries of several loose headers do;
- its content is that of a header of a module that is used.

Not own are files below a foreign folder, wherever it lies, if no named header is in it.

"Innermost" decides where folders nest: a system folder inside a user's folder is the system's, and the other way round.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from dovetail.diagnostics import Sink
from dovetail.parse.request import Request

RUNTIME: Final = Path(__file__).resolve().parent.parent / "include"
"""The folder of <dovetail/annotate.h> and <dovetail/convert.h>: never the user's."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """One #include as clang resolved it."""

    source: str
    target: str
    quoted: bool


def read_places(request: Request, sink: Sink) -> tuple[str, ...]:
    """The absolute path of each named header; those that are not found are reported."""
    found = []
    for header in request.headers:
        path = _find(header, request)
        if path is None:
            _report_missing(header, request, sink)
        elif any(sign in path for sign in '"\n\r\0\\'):
            sink.report("DV001", f"header name cannot be written in an #include: {header!r}")
        elif path not in found:
            found.append(path)
    return tuple(found)


def _find(header: str, request: Request) -> str | None:
    for folder in ("", *request.include, *request.system_include):
        path = os.path.abspath(os.path.join(folder, header))
        try:
            if os.path.isfile(path):
                return path
        except ValueError:  # a NUL byte
            return None
    return None


def _report_missing(header: str, request: Request, sink: Sink) -> None:
    folders = tuple(dict.fromkeys((os.getcwd(), *request.include, *request.system_include)))
    names: dict[str, None] = {}
    for folder in folders:
        nested = os.path.join(folder, os.path.dirname(header))
        try:
            names.update((os.path.join(os.path.dirname(header), entry), None) for entry in sorted(os.listdir(nested)))
        except (OSError, ValueError):
            continue
    near = difflib.get_close_matches(header, names, n=3, cutoff=0.75)
    absolute = os.path.isabs(header)
    sink.report(
        "DV001",
        f"header not found: `{header}`",
        notes=() if absolute else tuple(f"searched {folder}" for folder in folders),
        helps=(f"did you mean {' or '.join(f'`{name}`' for name in near)}?",) if near else (),
    )


def find_own(headers: Iterable[str], includes: Iterable[Include], request: Request) -> tuple[str, ...]:
    """The user's own files in order of discovery, by the rule above."""
    named = tuple(headers)
    system = {_real(folder) for folder in request.system_include} | {_real(str(RUNTIME))}
    user = {_real(folder) for folder in request.include} - system
    user |= {os.path.dirname(_real(path)) for path in named} - system
    libraries = {library for path in named for library in _libraries(_real(path), system)}
    inside = {part for path in named for part in _real(path).split(os.sep)}
    foreign = tuple(os.sep + folder + os.sep for folder in request.foreign if folder not in inside)
    by_source: dict[str, list[Include]] = {}
    for include in includes:
        by_source.setdefault(include.source, []).append(include)

    own = dict.fromkeys(named)
    queue = list(named)
    while queue:
        for include in by_source.get(queue.pop(0), ()):
            if include.target in own or any(folder in include.target for folder in foreign):
                continue
            if _is_own(include, user, system, libraries) or _is_used(include, request.used):
                own[include.target] = None
                queue.append(include.target)
    return tuple(own)


def _is_own(include: Include, user: set[str], system: set[str], libraries: set[str]) -> bool:
    target = _real(include.target)
    inner = _innermost(target, user | system)
    if inner in user:
        return True
    if any(target.startswith(library) for library in libraries):
        return True
    return include.quoted and target.startswith(os.path.join(os.path.dirname(_real(include.source)), ""))


def _is_used(include: Include, used: frozenset[str]) -> bool:
    return bool(used) and digest_of(include.target) in used


def digest_of(path: str) -> str:
    """Of a file's content; "" where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


def _libraries(path: str, system: set[str]) -> list[str]:
    """The folders, with a slash at the end, that hold the rest of a header's library in a system folder."""
    root = _innermost(path, system)
    if root is None:
        return []
    parts = os.path.relpath(path, root).split(os.sep)
    name = parts[0] if len(parts) > 1 else os.path.splitext(parts[0])[0]
    return [os.path.join(root, name, "")]


def _innermost(path: str, folders: set[str]) -> str | None:
    folder = os.path.dirname(path)
    while folder not in folders:
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def _real(path: str) -> str:
    return os.path.realpath(path)
