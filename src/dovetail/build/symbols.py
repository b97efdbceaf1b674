"""The symbols that libraries and object files define: what emitted code may call.

In: library names, folders, object files.  Out: sets of linker names.  Must not know: declarations.

A header may declare what its library does not define. One such call in emitted code would make the whole module fail at
import, so policy leaves those functions out. ELF files and `ar` archives are read here; other formats through `nm`.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path

from dovetail.build.compilers import Compiler
from dovetail.diagnostics import Sink, Span

_ELF = b"\x7fELF"
_ARCHIVE = b"!<arch>\n"
_SYMBOL_TABLES = {2, 11}  # SHT_SYMTAB, SHT_DYNSYM
_UNDEFINED = 0  # SHN_UNDEF
_LOCAL = 0  # STB_LOCAL
_INDEX64 = "/SYM64/"
_ENDINGS = (".so", ".dylib", ".tbd", ".a", ".lib", ".dll.a")


def read_exports(files: tuple[Path, ...]) -> frozenset[str] | None:
    """All symbols that the files define and others may use; None where one of them cannot be read."""
    found: set[str] = set()
    for file in files:
        symbols = _read_symbols(file)
        if symbols is None:
            return None
        found |= symbols
    return frozenset(found)


def _read_symbols(file: Path) -> frozenset[str] | None:
    status = file.stat()
    return _read_unchanged(file, status.st_mtime_ns, status.st_size)


@functools.cache
def _read_unchanged(file: Path, _changed: int, _size: int) -> frozenset[str] | None:
    data = file.read_bytes()
    try:
        if data.startswith(_ELF):
            return frozenset(_elf_symbols(data))
        if data.startswith(_ARCHIVE):
            return frozenset(_archive_symbols(data))
    except (struct.error, IndexError, ValueError, OverflowError):
        return None
    if script := _linker_script(data, file.parent):
        return read_exports(script)
    return _ask_nm(file)


def _elf_symbols(data: bytes) -> set[str]:
    wide = data[4] == 2
    order = "<" if data[5] == 1 else ">"
    table, size, count = struct.unpack_from(
        order + ("Q" if wide else "I"), data, 0x28 if wide else 0x20
    ) + struct.unpack_from(order + "HH", data, 0x3A if wide else 0x2E)
    header = struct.Struct(order + ("IIQQQQIIQQ" if wide else "IIIIIIIIII"))
    entry = struct.Struct(order + ("IBBHQQ" if wide else "IIIBBH"))
    sections = [header.unpack_from(data, table + i * size) for i in range(count)]
    found = set()
    for section in sections:
        if section[1] not in _SYMBOL_TABLES:
            continue
        start, length, strings = section[4], section[5], sections[section[6]]
        for offset in range(start, start + length, entry.size):
            fields = entry.unpack_from(data, offset)
            name, info, index = (fields[0], fields[1], fields[3]) if wide else (fields[0], fields[3], fields[5])
            if index == _UNDEFINED or info >> 4 == _LOCAL:
                continue
            at = strings[4] + name
            found.add(data[at : data.index(b"\0", at)].decode("ascii", "replace"))
    return found


def _archive_symbols(data: bytes) -> set[str]:
    """From the archive's own index, which every `ar` writes."""
    at = len(_ARCHIVE)
    found: set[str] = set()
    while at + 60 <= len(data):
        name = data[at : at + 16].decode("ascii", "replace").rstrip()
        size = int(data[at + 48 : at + 58])
        body = data[at + 60 : at + 60 + size]
        if name in ("/", _INDEX64):
            width = 8 if name == _INDEX64 else 4
            count = int.from_bytes(body[:width], "big")
            names = body[width * (count + 1) :].split(b"\0")[:count]
            return {text.decode("ascii", "replace") for text in names}
        if body.startswith(_ELF):
            found |= _elf_symbols(body)
        at += 60 + size + size % 2
    return found


def _linker_script(data: bytes, folder: Path) -> tuple[Path, ...]:
    """The files that a linker script names: `GROUP ( /lib/libc.so.6 AS_NEEDED ( ... ) )`."""
    if b"\0" in data[:512]:
        return ()
    paths = re.findall(r"[^\s()]+\.(?:so[.\d]*|a)\b", data.decode("utf-8", "replace"))
    return tuple(path for name in paths if (path := folder / name).is_file())


def _ask_nm(file: Path) -> frozenset[str] | None:
    nm = shutil.which("nm") or shutil.which("llvm-nm")
    if nm is None:
        return None
    result = subprocess.run([nm, "-g", str(file)], capture_output=True, text=True, check=False)
    if result.returncode:
        return None
    rows = [line.split() for line in result.stdout.splitlines()]
    return frozenset(row[-1].removeprefix("_") for row in rows if len(row) >= 3 and row[-2] not in "Uu")


def place_library(name: str, root: Path) -> str:
    """A library named as a file lies in the project; any other name is the linker's to find."""
    return str(root / name) if os.sep in name or "/" in name or name.endswith(_ENDINGS) else name


def find_libraries(
    names: tuple[str, ...], folders: tuple[str, ...], compiler: Compiler, sink: Sink, span: Span
) -> tuple[Path, ...]:
    """The files behind `-l` names, as the compiler's linker would find them; DV051 for those that it would not."""
    found = []
    search = (*folders, *_search_folders(compiler))
    for name in names:
        if os.path.isabs(name):
            candidates = [Path(name)]
        else:
            candidates = [Path(folder) / f"lib{name}{ending}" for folder in search for ending in _ENDINGS]
        for candidate in candidates:
            if candidate.is_file():
                found.append(candidate)
                break
        else:
            if os.path.isabs(name):
                here = os.path.join(os.getcwd(), "")
                sink.report("DV051", f"library not found: `{name.removeprefix(here)}`", span)
                continue
            where = ", ".join(dict.fromkeys(os.path.realpath(folder) for folder in search if os.path.isdir(folder)))
            sink.report(
                "DV051",
                f"library not found: `{name}`",
                span,
                notes=(f"searched for lib{name}.so and lib{name}.a in {where}",),
                helps=("install its development package, or name its folder in `library-dirs`",),
            )
    return tuple(found)


def find_archives(
    names: tuple[str, ...], folders: tuple[str, ...], compiler: Compiler, sink: Sink, span: Span
) -> dict[str, str]:
    """The archives (`libNAME.a`) behind names of libraries; DV066 for those that have none."""
    found = {}
    search = (*folders, *_search_folders(compiler))
    for name in names:
        candidates = [Path(name)] if os.path.isabs(name) else [Path(folder, f"lib{name}.a") for folder in search]
        archive = next((path for path in candidates if path.is_file()), None)
        if archive is not None:
            found[name] = str(archive)
            continue
        shared = [Path(folder, f"lib{name}{ending}") for folder in search for ending in (".so", ".dylib")]
        only = next((f"only `{path.name}` is there, in {path.parent}" for path in shared if path.is_file()), "")
        where = ", ".join(dict.fromkeys(os.path.realpath(folder) for folder in search if os.path.isdir(folder)))
        sink.report(
            "DV066",
            f"`{name}` cannot be linked statically: no lib{name}.a",
            span,
            notes=(*((only,) if only else ()), f"searched in {where}"),
            helps=("build it with -fPIC and -DBUILD_SHARED_LIBS=OFF, and name its folder in `library-dirs`",),
        )
    return found


def is_shared(library: Path) -> bool:
    """Whether the module will look for the library when it is imported."""
    return library.suffix not in {".a", ".lib"}


def check_runtime(libraries: tuple[Path, ...], sink: Sink, span: Span) -> None:
    """DV067 for shared C++ libraries beside a module that carries a C++ library of its own."""
    for file in libraries:
        if is_shared(file) and b"libstdc++.so" in file.read_bytes():
            sink.report(
                "DV067",
                f"`{file.name}` brings the shared C++ library beside the one that the module carries",
                span,
                notes=("two of them in one process: what one allocates, throws or locks, the other may not know",),
                helps=("link it statically too (`static`), or leave out `static-runtime`",),
            )


def check_standard_library(compiler: Compiler, libraries: tuple[Path, ...], sink: Sink, span: Span) -> None:
    """DV063 for libraries whose functions take a `std::string` that this compiler's standard library has not.

    zig brings libc++; libraries of a Linux system are built with libstdc++, whose names say `__cxx11`.
    """
    if compiler.kind != "zig":
        return
    for file in libraries:
        if any("__cxx11" in name for name in read_exports((file,)) or ()):
            sink.report(
                "DV063",
                f"zig cannot link `{file.name}`",
                span,
                notes=("it was built with libstdc++, zig brings libc++: their std::string are different types",),
                helps=("use g++ or the system's clang++: CXX=g++",),
            )


def find_standard_library(name: str, compiler: Compiler) -> Path | None:
    """A library that every program links, or None where this compiler has none of that name."""
    for folder in _search_folders(compiler):
        for ending in (".so", ".dylib", ".a"):
            path = Path(folder) / f"lib{name}{ending}"
            if path.is_file():
                return path
    return None


@functools.cache
def _search_folders(compiler: Compiler) -> tuple[str, ...]:
    output = subprocess.run(
        [*compiler.command, "--print-search-dirs"], capture_output=True, text=True, check=False
    ).stdout
    for line in output.splitlines():
        if line.startswith("libraries: ="):
            return tuple(line.removeprefix("libraries: =").split(os.pathsep))
    return ("/usr/local/lib", "/usr/lib", "/lib")
