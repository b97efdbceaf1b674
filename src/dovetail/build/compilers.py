"""The user's C++ compiler: which one it is, where it looks for headers, what it defines.

In: `CXX`, the search path.  Out: `Compiler`.  Must not know: modules, headers to bind.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import final

from dovetail.build.cache import is_sealed, open_cache, write_sealed
from dovetail.diagnostics import Sink

CANDIDATES = ("c++", "g++", "clang++")
_PARSE_PAIRS = frozenset({"-D", "-U", "-I", "-isystem", "-iquote", "-idirafter", "-include"})
_PARSE_PREFIXES = ("-D", "-U", "-I", "-isystem", "-iquote", "-idirafter", "-march=", "-std=")
_PARSE_WORDS = frozenset(
    {
        *("-pthread", "-fno-exceptions", "-fno-rtti", "-fshort-enums", "-fshort-wchar", "-fms-extensions"),
        *("-fsigned-char", "-funsigned-char", "-fchar8_t", "-fno-char8_t", "-fopenmp"),
        *(f"-m{unit}" for unit in ("sse3", "ssse3", "sse4.1", "sse4.2", "avx", "avx2", "fma", "bmi", "bmi2", "f16c")),
    }
)
_SEARCH_STARTS = "#include <...> search starts here:"
_ENVIRONMENT = ("CPATH", "CPLUS_INCLUDE_PATH", "GCC_EXEC_PREFIX", "SDKROOT", "PATH", "PYTHONPATH")
_SEARCH_ENDS = "End of search list."
HOW_TO_GET_ONE = (
    "install g++ or clang++ with your system's package manager",
    'or let PyPI bring one: pip install "dovetail[zig]"',
    "or name it: CXX=/path/to/c++",
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Compiler:
    """A command that compiles C++."""

    command: tuple[str, ...]
    kind: str
    """`gcc`, `clang` or `zig`."""
    version: str
    """The first line of `--version`: part of every cache key."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPath:
    """Where a compiler finds `#include <...>`, and the macros without which its library does not parse."""

    include: tuple[str, ...]
    define: tuple[str, ...]


def parse_flags(cxxflags: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the user's options that change what a header declares, and that clang knows as well.

    A list of what is let through: reading a header must never load a plugin, run a wrapper or write a file.
    """
    found: list[str] = []
    words = iter(cxxflags)
    for word in words:
        if word in _PARSE_PAIRS:
            found += [word, next(words, "")]
        elif word.startswith(_PARSE_PREFIXES) or word in _PARSE_WORDS:
            found.append(word)
    return tuple(found)


def find_compiler(sink: Sink | None = None) -> Compiler:
    """The compiler that `CXX` names, else the first on the path, else PyPI's ziglang.

    Without any: DV060 in the sink and `Stopped`; FileNotFoundError where there is no sink.
    """
    named = shlex.split(os.environ.get("CXX", ""))
    if named:
        found = shutil.which(named[0])
        if os.path.basename(named[0]).lower() in ("cl", "cl.exe", "clang-cl", "clang-cl.exe"):
            return _refuse(f"CXX names `{named[0]}`: compilers with MSVC's options are not supported yet", sink)
        if found:
            return _ask((found, *named[1:]))
        return _refuse(f"CXX names `{named[0]}`, which is not on the path", sink)
    for candidate in CANDIDATES:
        if found := shutil.which(candidate):
            return _ask((found,))
    if importlib.util.find_spec("ziglang"):
        return _ask((sys.executable, "-m", "ziglang", "c++"))
    return _refuse("no C++ compiler was found", sink)


def _refuse(message: str, sink: Sink | None) -> Compiler:
    if sink is None:
        raise FileNotFoundError(message)
    sink.report("DV060", message, helps=HOW_TO_GET_ONE)
    sink.stop_on_errors()
    raise AssertionError("DV060 is an error")


def _answer(command: tuple[str, ...]) -> tuple[str, str]:
    """What a compiler prints on its two streams; asked once, then remembered until the compiler changes."""
    cache = open_cache()
    changed = os.stat(os.path.realpath(command[0])).st_mtime_ns
    asked = json.dumps([command, changed, sys.path, [os.environ.get(name, "") for name in _ENVIRONMENT]])
    kept = cache.entry(hashlib.sha256(asked.encode()).hexdigest()) / "compiler.json" if cache else None
    if kept is not None and is_sealed(kept):
        out, err = json.loads(kept.read_bytes())
        return out, err
    environment = {**os.environ, "LC_ALL": "C"}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if kept is not None and result.returncode == 0:
        write_sealed(kept, json.dumps([result.stdout, result.stderr]).encode())
    return result.stdout, result.stderr


@functools.cache
def _ask(command: tuple[str, ...]) -> Compiler:
    output = _answer((*command, "--version"))[0]
    version = output.splitlines()[0] if output else "unknown"
    zig = command[-1] == "c++" and ("ziglang" in command or os.path.basename(command[0]).startswith("zig"))
    kinds = (("zig", zig), ("clang", "clang" in version), ("gcc", True))
    kind = next(name for name, matches in kinds if matches)
    return Compiler(command=command, kind=kind, version=version)


@functools.cache
def read_search_path(compiler: Compiler, std: str) -> SearchPath:
    """What the compiler itself would search for a file of this standard, in its order."""
    told = _answer((*compiler.command, f"-std={std}", "-E", "-x", "c++", "-v", os.devnull))[1]
    lines = told.splitlines()
    include: list[str] = []
    if _SEARCH_STARTS in lines and _SEARCH_ENDS in lines:
        for line in lines[lines.index(_SEARCH_STARTS) + 1 : lines.index(_SEARCH_ENDS)]:
            include.append(os.path.realpath(line.strip().removesuffix(" (framework directory)")))
    define = tuple(dict.fromkeys(re.findall(r"-D\s*(_LIBCPP_\S+)", told)))
    return SearchPath(include=tuple(dict.fromkeys(include)), define=define)
