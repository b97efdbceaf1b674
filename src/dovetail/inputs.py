"""What the settings of a module name: headers, sources, packages, libraries, other modules.

In: the settings, and the folder they are for.  Out: `Inputs`, in which every name has become what it stands for, and
what used modules share.
Must not know: what any stage makes of these.
"""

from __future__ import annotations

import dataclasses
import glob
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from dovetail.build import compilers, languages, packages, symbols
from dovetail.config import ModuleSettings
from dovetail.diagnostics import Sink
from dovetail.plan import Shared, read_shared

SHARED = ".dovetail.json"
"""Ending of the file beside an extension that says what other modules may use of it."""
Known = dict[str, Shared]
"""What modules made just now share, by name."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Settings with every name turned into what it stands for."""

    settings: ModuleSettings
    root: Path
    sources: languages.Sources
    libraries: tuple[Path, ...]
    headers: tuple[tuple[str, str], ...]
    """(what emitted code includes, where the header is: a path, or the same name)."""
    quote: tuple[str, ...]


def resolve(settings: ModuleSettings, root: Path, sink: Sink) -> Inputs:
    """Packages asked, globs expanded, libraries found, headers placed."""
    root = root.resolve()
    flags = packages.read_packages(settings.pkg_config, sink, settings.span)
    settings = dataclasses.replace(
        settings,
        include=(*(str(root / folder) for folder in settings.include), *flags.include),
        define=(*settings.define, *flags.define),
        libs=(*(symbols.place_library(name, root) for name in settings.libs), *flags.libs),
        static=tuple(symbols.place_library(name, root) for name in settings.static),
        library_dirs=(*(str(root / folder) for folder in settings.library_dirs), *flags.library_dirs),
        cxxflags=(*settings.cxxflags, *flags.cxxflags),
        ldflags=(*settings.ldflags, *flags.ldflags),
    )
    compiler = compilers.find_compiler(sink)
    archives = symbols.find_archives(settings.static, settings.library_dirs, compiler, sink, settings.span)
    named = (*settings.libs, *(name for name in archives if name not in settings.libs))
    settings = dataclasses.replace(settings, libs=tuple(archives.get(name, name) for name in named))
    libraries = symbols.find_libraries(settings.libs, settings.library_dirs, compiler, sink, settings.span)
    _check_names(settings, sink)
    symbols.check_standard_library(compiler, libraries, sink, settings.span)
    if settings.static_runtime:
        symbols.check_runtime(libraries, sink, settings.span)
    headers = tuple(_place_header(root, header) for header in settings.headers)
    quote = dict.fromkeys([str(root), *(os.path.dirname(path) for _, path in headers if os.path.isabs(path))])
    sources = languages.sort_sources(_expand_sources(settings, root, sink))
    return Inputs(
        settings=settings, root=root, sources=sources, libraries=libraries, headers=headers, quote=tuple(quote)
    )


def _check_names(settings: ModuleSettings, sink: Sink) -> None:
    """Names of files may be any bytes; those that are no text cannot be written into C++, stubs or messages."""
    languages.check_headers(settings.headers, sink, settings.span)
    for name in (*settings.headers, *settings.sources, *settings.include):
        try:
            name.encode()
        except UnicodeEncodeError:
            spelled = name.encode(errors="backslashreplace").decode()
            sink.report("DV001", f"the name of a file is not UTF-8: `{spelled}`", settings.span)
            sink.stop_on_errors()


def _place_header(root: Path, header: str) -> tuple[str, str]:
    """A relative header keeps its spelling; an absolute one is included by its name, from its own folder."""
    path = root / header
    if not path.exists():
        return header, header
    if not os.path.isabs(header):
        return header, str(path)
    inside = path.is_relative_to(root)
    return (path.relative_to(root).as_posix() if inside else path.name), str(path)


def _expand_sources(settings: ModuleSettings, root: Path, sink: Sink) -> tuple[Path, ...]:
    found: dict[Path, None] = {}
    for pattern in settings.sources:
        matches = sorted(Path(root, name) for name in glob.glob(pattern, root_dir=root, recursive=True))
        if not matches:
            sink.report("DV001", f"source not found: `{pattern}`", settings.span, notes=(f"looked in {root}",))
        found.update(dict.fromkeys(matches))
    languages.check_sources(found, sink, settings.span)
    return tuple(found)


def find_used(settings: ModuleSettings, root: Path, known: Mapping[str, Shared], sink: Sink) -> tuple[Shared, ...]:
    """What the used modules share: those made just now, those of the project, those that Python would import."""
    found = []
    for name in settings.uses:
        shared = known.get(name) or _read_shared(name, root, settings, sink)
        if shared is not None:
            found.append(shared)
    return tuple(found)


def _read_shared(name: str, root: Path, settings: ModuleSettings, sink: Sink) -> Shared | None:
    file = f"{name.replace('.', '/')}{SHARED}"
    loaded = getattr(sys.modules.get(name), "__file__", None)
    places = [Path(root, base, file) for base in ("", "src", "python")] + [Path(folder, file) for folder in sys.path]
    if loaded is not None:
        places.insert(0, Path(loaded).parent / Path(file).name)
    for place in places:
        try:
            shared = read_shared(place.read_text(encoding="utf-8"))
            pxd = place.with_name(f"{place.name.removesuffix(SHARED)}.pxd")
            return dataclasses.replace(shared, pxd=pxd.read_text(encoding="utf-8") if pxd.is_file() else "")
        except OSError:
            continue
        except ValueError as error:
            message = f"cannot use the module `{name}`: `{place}` is {error}"
            sink.report("DV086", message, settings.span, helps=(f"build `{name}` again",))
            return None
    helps = (
        f"install `{name}`, or name it in the same project; then build this module",
        f"`{Path(file).name}` lies beside its extension",
    )
    sink.report("DV086", f"`{settings.name}` uses the module `{name}`, which is not found", settings.span, helps=helps)
    return None
