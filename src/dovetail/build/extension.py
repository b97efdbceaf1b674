"""Compiles and links: sources and emitted text become one extension.

In: a `Job`.  Out: object files, an extension; the compiler's complaints as diagnostics.
Must not know: what the C++ means. No shell is ever involved; nothing is written but below the work folder.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import final

from dovetail.build import objects, precompiled
from dovetail.build.cache import Cache
from dovetail.build.compilers import Compiler
from dovetail.diagnostics import NO_SPAN, Sink, Span

Progress = Callable[[str], None]
FOREIGN = "foreign"
"""The folder below a work folder for C++ that is not dovetail's own."""

# Hidden, so that two modules in one process never share an instantiation; unwinding tables are kept: exceptions cross.
_COMMON = ("-fPIC", "-fvisibility=hidden", "-DNDEBUG")
# Python binds all symbols when it loads a module, so a stub that binds them at the first call only costs.
_EAGER = ("-fno-plt",) if sys.platform.startswith("linux") else ()
# Emitted code is glue: a part of each function elsewhere costs a second unwinding table, padding is a tenth of it.
# Two passes over machine code take a tenth of the compiler's time and find nothing in glue; nor did they measurably in
# ten programs of other kinds, from sorting to matrices.
_GLUE = (
    *("-fno-reorder-blocks-and-partition", "-falign-functions=1", "-falign-jumps=1"),
    *("-fno-gcse", "-fno-schedule-insns2"),
)
_QUIET = ("-Wno-deprecated-declarations",)
_COMPLAINT = re.compile(
    r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+):(?P<column>\d+): (?:fatal )?error: (?P<text>.*)$", re.M
)
_FROM = re.compile(r"^// from (?P<file>.+?):(?P<line>\d+)\b")
_LINK_COMPLAINT = re.compile(
    r"(?:undefined reference to|cannot find|multiple definition of|undefined symbol:|relocation R_\w+ against) .*"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The interpreter for which an extension is built: the running one unless said otherwise."""

    include: str = field(default_factory=lambda: sysconfig.get_path("include"))
    suffix: str = field(default_factory=lambda: sysconfig.get_config_var("EXT_SUFFIX") or ".so")
    abi3: str = ""
    """The version of the limited API: the extension then fits that one and all later ones."""
    exports: tuple[str, ...] = ("PyInit_*",)
    """What it shows of itself."""


PLAIN = Target(include="", suffix=".so", exports=("dt_*", "dovetail_*"))
"""A library that knows no Python."""


def find_target(abi3: str = "") -> Target | str:
    """The running interpreter, or with `abi3` that version and all later ones; or why this interpreter makes none."""
    if not abi3:
        return Target()
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if sys.implementation.name != "cpython":
        return f"`abi3` is CPython's, and this is {platform.python_implementation()}"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return f"the free-threaded CPython {running} has no limited API"
    if tuple(map(int, abi3.split("."))) > sys.version_info[:2]:
        return f"CPython {running} does not know the limited API of {abi3}"
    return Target(suffix=".pyd" if sys.platform == "win32" else ".abi3.so", abi3=abi3)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that decides what the compiler makes. Paths are absolute."""

    compiler: Compiler
    std: str
    work: Path
    """Where objects and emitted text go."""
    target: Target
    root: Path = Path()
    """The folder of the project."""
    quote: tuple[str, ...] = ()
    """Folders for `#include "..."` only: those of the user's headers."""
    include: tuple[str, ...] = ()
    runtime: str = ""
    define: tuple[str, ...] = ()
    libs: tuple[str, ...] = ()
    library_dirs: tuple[str, ...] = ()
    cxxflags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()
    optimize: str = ""
    run_paths: tuple[str, ...] = ()
    """Where the loader finds shared libraries that are not in the system's own folders."""
    static_runtime: bool = False
    origins: tuple[tuple[str, str], ...] = ()
    """(folder, name): what `__FILE__` says instead of where the folder is on this machine."""
    cache: Cache | None = None
    """Where objects are kept from run to run."""
    portable: bool = False
    """The extension will leave this machine: nothing in it may need a C library as new as the one here."""
    rejected: Path | None = None
    """Where emitted text will be kept if the compiler rejects it; None: it stays in `work`."""


def compile_flags(job: Job, *, emitted: bool = False) -> tuple[str, ...]:
    """All but input and output."""
    return (
        *portable_flags(job.std, job.optimize),
        *(_GLUE if emitted and job.compiler.kind == "gcc" else ()),
        *_EAGER,
        *_hardening(job),
        *(f"-ffile-prefix-map={folder}={name}" for folder, name in job.origins),
        *(f"-iquote{folder}" for folder in job.quote),
        *(f"-I{folder}" for folder in job.include),
        f"-isystem{job.runtime}",
        *((f"-isystem{job.target.include}",) if job.target.include else ()),
        *(f"-D{macro}" for macro in job.define),
        *((f"-DPy_LIMITED_API={hexversion(job.target.abi3)}",) if emitted and job.target.abi3 else ()),
        *job.cxxflags,
    )


def portable_flags(std: str, optimize: str) -> tuple[str, ...]:
    """Those that g++ and clang++ know on every machine."""
    return f"-std={std}", f"-O{optimize or '2'}", *_COMMON, *_QUIET


def hexversion(version: str) -> str:
    """`3.11` as CPython counts: 0x030B0000."""
    major, _, minor = version.partition(".")
    return f"0x{int(major):02X}{int(minor):02X}0000"


def _hardening(job: Job) -> tuple[str, ...]:
    """The C library's checks of buffer sizes, which need an optimiser. zig decides about them itself."""
    if job.optimize == "0" or job.compiler.kind == "zig" or not sys.platform.startswith("linux"):
        return ()
    return ("-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2")


def count_processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def compile_all(job: Job, files: Iterable[Path], code: str, sink: Sink, progress: Progress) -> tuple[Path, ...]:
    """Objects of C and C++ files, as many at a time as there are processors. Complaints are reported under `code`."""
    inputs = tuple(files)

    with ThreadPoolExecutor(count_processors()) as pool:
        results = list(pool.map(lambda file: _compile(job, file, progress), inputs))
    for (_, complaint), file in zip(results, inputs, strict=True):
        if complaint:
            _report_complaint(complaint, file, code, job, sink)
    return tuple(output for output, _ in results)


def _compile(job: Job, file: Path, progress: Progress) -> tuple[Path, str]:
    """The object of one file, and the compiler's complaint if there is none."""
    flags = _language(file, compile_flags(job, emitted=_is_emitted(job, file)))
    if file.is_relative_to(job.work / FOREIGN):
        flags = (*flags, *_foreign_flags(job))
    command = [*job.compiler.command, *flags]
    output = job.work / f"{file.stem}-{hashlib.sha256(repr((str(file), flags)).encode()).hexdigest()[:12]}.o"
    depfile = output.with_suffix(".d")
    key = objects.object_key(command, job.compiler.version, file, job.work) if job.cache else ""
    if job.cache and (included := objects.take_object(job.cache, key, output)) is not None:
        depfile.write_text("\0".join(included), encoding="utf-8", errors="surrogateescape")
        return output, ""
    once = " (the first time, zig builds its C++ library: a minute or two)" if job.compiler.kind == "zig" else ""
    progress(f"compiling {file.name}{once}")
    made = output.with_suffix(".rule")
    action = ["-MD", "-MF", str(made), "-c", str(file), "-o", str(output)]
    ready = _find_precompiled(job, file)
    result = _run([*job.compiler.command, f"-isystem{ready}", *flags, *action]) if ready else _run([*command, *action])
    if ready and result.returncode:  # with nothing in between that could be to blame
        result = _run([*command, *action])
    if result.returncode:
        return output, result.stderr or f"it ended with status {result.returncode}"
    own = tuple(path for path in (job.work, job.cache.folder if job.cache else None) if path is not None)
    found = [path for path in read_rule(made) if not any(path.is_relative_to(folder) for folder in own)]
    depfile.write_text("\0".join(map(str, found)), encoding="utf-8", errors="surrogateescape")
    if job.cache:
        objects.keep_object(job.cache, key, output, found)
    return output, ""


def _is_emitted(job: Job, file: Path) -> bool:
    """Glue, and not what another compiler has made of a source."""
    return file.is_relative_to(job.work) and not file.is_relative_to(job.work / FOREIGN)


def _foreign_flags(job: Job) -> tuple[str, ...]:
    """Nobody can do anything about its warnings. In a module for the limited API all is for that."""
    return ("-w", *((f"-DPy_LIMITED_API={hexversion(job.target.abi3)}",) if job.target.abi3 else ()))


def _find_precompiled(job: Job, file: Path) -> str | None:
    """A folder with dovetail's headers as this unit would read them, for the front of the search path."""
    if not job.cache or job.compiler.kind != "gcc" or not _is_emitted(job, file) or not precompiled.is_on():
        return None
    if any(flag.startswith(("-include", "-imacros", "-D", "-U", "-I", "-i")) for flag in job.cxxflags):
        return None
    plain = replace(job, quote=(), include=(), define=(), origins=())
    flags = compile_flags(plain, emitted=True)

    def compile_header(source: Path, output: Path, more: tuple[str, ...]) -> tuple[Path, ...] | None:
        rule = output.with_suffix(".rule")
        action = ["-MD", "-MF", str(rule), "-x", "c++-header", str(source), "-o", str(output)]
        made = _run([*job.compiler.command, *flags, *more, *action])
        return None if made.returncode else read_rule(rule)

    wanted = precompiled.Wanted(
        flags=flags,
        version=job.compiler.version,
        text=file.read_text(encoding="utf-8", errors="replace"),
        folders=(*job.quote, *job.include),
    )
    return precompiled.find_headers(job.cache, wanted, compile_header)


def read_rule(file: Path, folder: Path = Path()) -> tuple[Path, ...]:
    """The files of a make rule that a compiler wrote, which ran in `folder`."""
    try:
        text = file.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ()
    words = re.split(r"(?<!\\)\s+", text.replace("\\\n", " ").partition(": ")[2].strip())
    plain = (word.replace("\\ ", " ").replace("\\#", "#").replace("$$", "$") for word in words if word)
    return tuple(dict.fromkeys((folder / word).resolve() for word in plain))


def read_dependencies(compiled: Iterable[Path]) -> tuple[Path, ...]:
    """The files from which objects were made, system headers among them."""
    found: dict[Path, None] = {}
    for path in compiled:
        text = path.with_suffix(".d").read_text(encoding="utf-8", errors="surrogateescape")
        found.update((Path(name), None) for name in text.split("\0") if name)
    return tuple(found)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    # In English, whatever the user's language: the messages are read here.
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, env=environment)


def _language(file: Path, flags: tuple[str, ...]) -> tuple[str, ...]:
    """C files are C: without the C++ standard."""
    if file.suffix != ".c":
        return flags
    return ("-x", "c", *(flag for flag in flags if not flag.startswith("-std=")))


def _report_complaint(complaint: str, file: Path, code: str, job: Job, sink: Sink) -> None:
    found = list(_COMPLAINT.finditer(complaint))
    for match in found[:10]:
        # A relative one is where Cython says that a line comes from.
        place = Span(os.path.join(job.root, match["file"]), int(match["line"]), int(match["column"]))
        text = match["text"]
        if code == "DV061":
            kept = str(place).replace(str(job.work), str(job.rejected or job.work))
            sink.report(
                code,
                "the compiler rejected emitted code",
                _header_place(place, job),
                notes=(f"{kept}: {text}",),
                helps=("most likely a fault of dovetail; a report needs the emitted file and its header",),
            )
        else:
            sink.report(code, text, place)
    if not found:
        sink.report(code, f"the compiler failed on {file.name}", NO_SPAN, notes=tuple(complaint.splitlines()[-6:]))


def _header_place(place: Span, job: Job) -> Span:
    """The header's line above the emitted line: every wrapper begins with `// from FILE:LINE`, as users include it."""
    try:
        lines = Path(place.path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return place
    for line in reversed(lines[: place.line]):
        if match := _FROM.match(line.strip()):
            candidates = (os.path.join(folder, match["file"]) for folder in ("", *job.quote, *job.include))
            path = next((path for path in candidates if os.path.exists(path)), match["file"])
            return Span(path, int(match["line"]))
    return place


def _link_flags(job: Job) -> tuple[str, ...]:
    """A shared object that shows its init function and nothing else, and needs only what it uses."""
    if sys.platform == "darwin":
        shown = (f"-Wl,-exported_symbol,_{name}" for name in job.target.exports)
        return ("-bundle", "-undefined", "dynamic_lookup", *shown)
    if not sys.platform.startswith("linux"):
        return ("-shared",)
    # Instantiations of the standard library are visible whatever -fvisibility says: two modules must not share them.
    exports = job.work / "exports.map"
    exports.write_text(f"{{ global: {'; '.join(job.target.exports)}; local: *; }};\n", encoding="ascii")
    flags = ("-shared", "-Wl,-O1", "-Wl,--as-needed", f"-Wl,--version-script={exports}")
    # Tables are read-only once they are relocated, and the stack never runs code, whatever assembly a library brings.
    locked = ("-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack")
    carried = ("-static-libstdc++", "-static-libgcc") if job.static_runtime and job.compiler.kind != "zig" else ()
    # Code and constants share pages: else gaps of up to a page each make a small module twice as large.
    small = ("-s", "-Wl,--gc-sections", "-Wl,-z,noseparate-code")
    packed = not job.portable and job.compiler.kind != "zig" and _unpacks_relocations()
    return (*flags, *locked, *carried, *small, *(("-Wl,-z,pack-relative-relocs",) if packed else ()))


def _unpacks_relocations() -> bool:
    """Whether the C library here loads packed relocations, which make the tables of a module a third of their size."""
    name, version = platform.libc_ver()
    return name == "glibc" and tuple(int(part) for part in version.split(".") if part.isdigit()) >= (2, 36)


def link(job: Job, compiled: tuple[Path, ...], output: Path, sink: Sink, progress: Progress) -> None:
    """One extension out of objects. The output appears whole or not at all."""
    progress(f"linking {output.name}")
    partial = output.with_name(f".{output.name}.{os.getpid()}")
    command = [
        *job.compiler.command,
        *_link_flags(job),
        *map(str, compiled),
        *(f"-L{folder}" for folder in job.library_dirs),
        *(f"-Wl,-rpath,{folder}" for folder in job.run_paths),
        *(name if os.path.isabs(name) else f"-l{name}" for name in job.libs),
        *job.ldflags,
        "-o",
        str(partial),
    ]
    result = _run(command)
    if result.returncode:
        partial.unlink(missing_ok=True)
        notes = tuple(dict.fromkeys(_LINK_COMPLAINT.findall(result.stderr)))[:6]
        sink.report(
            "DV063", f"the linker failed on {output.name}", notes=notes or tuple(result.stderr.splitlines()[-4:])
        )
        return
    os.replace(partial, output)
