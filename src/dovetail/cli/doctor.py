"""`dovetail doctor`: whether this machine can build, line by line, each fine or with its fix.

In: the machine.  Out: a list.  Must not know: modules.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sysconfig
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import final

from dovetail.build import cache, compilers, cython, rust
from dovetail.cli.console import Console
from dovetail.diagnostics import Sink

SUMMARY = "check compiler, libclang, Python headers and cache"
ZIG_LIMITS = (
    "zig brings its own C++ library: it cannot link C++ libraries of the system whose headers use std:: types, "
    "and exceptions do not cross into them; the first build takes a minute or two"
)


@final
@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    fine: bool
    fact: str
    fix: str = ""
    vital: bool = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(arguments: argparse.Namespace, console: Console) -> int:
    findings = [check() for check in CHECKS]
    console.fact("findings", [asdict(finding) for finding in findings])
    for finding in findings:
        mark = "ok " if finding.fine else "no " if finding.vital else "-- "
        console.out(f"{mark} {finding.name:13} {finding.fact}")
        if finding.fix and not finding.fine:
            console.out(f"    {'':13} fix: {finding.fix}")
    return 0 if all(finding.fine or not finding.vital for finding in findings) else 3


def _check_python() -> Finding:
    include = sysconfig.get_path("include")
    fact = f"{platform.python_implementation()} {platform.python_version()}"
    if os.path.exists(os.path.join(include, "Python.h")):
        return Finding("python", True, f"{fact}, headers in {include}")
    return Finding("python", False, f"{fact}, but no Python.h in {include}", "install python3-dev (or python3-devel)")


def _check_compiler() -> Finding:
    try:
        compiler = compilers.find_compiler()
    except FileNotFoundError as error:
        return Finding("compiler", False, str(error), "; ".join(compilers.HOW_TO_GET_ONE))
    search = compilers.read_search_path(compiler, "c++20")
    if not search.include:
        return Finding("compiler", False, f"{compiler.version} tells no search path for -std=c++20", "use a newer one")
    note = f"; {ZIG_LIMITS}" if compiler.kind == "zig" else ""
    return Finding("compiler", True, f"{compiler.version} ({' '.join(compiler.command)}){note}")


def _check_libclang() -> Finding:
    for name in ("libclang", "libclang-ng"):
        try:
            return Finding("libclang", True, f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return Finding("libclang", False, "not installed", "pip install libclang")


def _check_cache() -> Finding:
    sink = Sink()
    opened = cache.open_cache(sink)
    if opened is not None:
        return Finding("cache", True, str(opened.folder))
    (refused,) = sink.diagnostics
    return Finding("cache", False, refused.message, ", ".join(refused.helps))


def _check_pkg_config() -> Finding:
    found = shutil.which("pkg-config") or shutil.which("pkgconf")
    return Finding("pkg-config", found is not None, found or "not found (needed for `pkg-config` names only)",
                   "install pkg-config", vital=False)  # fmt: skip


def _check_zig() -> Finding:
    present = importlib.util.find_spec("ziglang") is not None
    used = not any(shutil.which(name) for name in compilers.CANDIDATES) and not os.environ.get("CXX")
    fact = "not installed (needed only where there is no compiler)"
    if present:
        fact = "ziglang is the compiler above" if used else f"ziglang would be used without a compiler: {ZIG_LIMITS}"
    return Finding("zig", present, fact, 'pip install "dovetail[zig]"', vital=False)


def _check_cython() -> Finding:
    found = cython.find_cython()
    fact = f"Cython {found[0]}" if found else "not installed (needed for `.pyx` and `.py` sources only)"
    return Finding("cython", found is not None, fact, cython.HOW_TO_GET_IT[0], vital=False)


def _check_rust() -> Finding:
    rustc = rust.find_rustc()
    version = rust.read_version(rustc) if rustc else ""
    fact = f"{version} ({rustc})" if version else f"`{rustc}` does not run" if rustc else "rustc was not found"
    fact += "" if version else " (needed for `.rs` sources only)"
    return Finding("rust", bool(version), fact, "; ".join(rust.HOW_TO_GET_ONE), vital=False)


CHECKS: tuple[Callable[[], Finding], ...] = (
    _check_python,
    _check_compiler,
    _check_libclang,
    _check_cache,
    _check_pkg_config,
    _check_zig,
    _check_cython,
    _check_rust,
)
