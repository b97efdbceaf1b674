"""Flags from pkg-config.

In: package names.  Out: `Flags`.  Must not know: compilers, modules.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from typing import final

from dovetail.diagnostics import Sink, Span


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What a set of packages needs: folders, macros, libraries, and anything else for compiler and linker."""

    include: tuple[str, ...] = ()
    define: tuple[str, ...] = ()
    libs: tuple[str, ...] = ()
    library_dirs: tuple[str, ...] = ()
    cxxflags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()


def read_packages(names: tuple[str, ...], sink: Sink, span: Span) -> Flags:
    """Asks pkg-config for all packages; DV051 for it, or for a package, that is not there."""
    if not names:
        return Flags()
    tool = os.environ.get("PKG_CONFIG") or shutil.which("pkg-config") or shutil.which("pkgconf")
    if tool is None:
        message = f"pkg-config was not found; it is needed for {', '.join(f'`{name}`' for name in names)}"
        sink.report("DV051", message, span, helps=("install pkg-config, or use `libs` and `include` instead",))
        return Flags()
    result = subprocess.run([tool, "--cflags", "--libs", *names], capture_output=True, text=True, check=False)
    if result.returncode:
        reason = result.stderr.strip().splitlines()
        sink.report(
            "DV051",
            f"pkg-config cannot give {', '.join(f'`{name}`' for name in names)}",
            span,
            notes=tuple(reason[:4]),
            helps=("install the development package, or use `libs` and `include` instead",),
        )
        return Flags()
    return _sort(shlex.split(result.stdout))


def _sort(words: list[str]) -> Flags:
    kinds: dict[str, list[str]] = {"-I": [], "-D": [], "-l": [], "-L": [], "-Wl,": []}
    rest = []
    for word in words:
        for prefix, found in kinds.items():
            if word.startswith(prefix):
                found.append(word if prefix == "-Wl," else word[len(prefix) :])
                break
        else:
            rest.append(word)
    return Flags(
        include=tuple(kinds["-I"]),
        define=tuple(kinds["-D"]),
        libs=tuple(kinds["-l"]),
        library_dirs=tuple(kinds["-L"]),
        cxxflags=tuple(rest),
        ldflags=tuple(kinds["-Wl,"]),
    )
