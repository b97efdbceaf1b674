"""Which modules a command is about: the headers that it names, or the project in the current folder.

In: parsed arguments.  Out: settings and their root.  Must not know: what the command does with them.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dovetail.config import ModuleSettings, make_settings, read_project
from dovetail.diagnostics import Sink

_LISTS = ("sources", "include", "define", "libs", "library_dirs", "pkg_config", "cxxflags", "ldflags")
_FLAGS = {
    "sources": ("--source", "FILE", "C++ source compiled into the module; globs allowed"),
    "include": ("--include", "DIR", "folder in which #include looks"),
    "define": ("--define", "NAME[=V]", "preprocessor macro"),
    "libs": ("--lib", "NAME", "library to link: `z`, or a path"),
    "library_dirs": ("--library-dir", "DIR", "folder in which the linker looks"),
    "pkg_config": ("--pkg-config", "NAME", "package that pkg-config knows"),
    "cxxflags": ("--cxxflag", "FLAG", "further compiler option"),
    "ldflags": ("--ldflag", "FLAG", "further linker option"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The settings of one module as options; without headers the project's modules are meant."""
    parser.add_argument("headers", nargs="*", metavar="HEADER", help="headers; without any: the project here")
    group = parser.add_argument_group("settings (with headers)")
    group.add_argument("--name", help="name of the module; default: that of the first header")
    group.add_argument("--namespace", help="C++ namespace that becomes the module")
    group.add_argument("--std", default="c++20", help="C++ standard (default: c++20)")
    group.add_argument("--optimize", default="", metavar="LEVEL", help="as after -O (default: 2)")
    for field, (flag, metavar, text) in _FLAGS.items():
        group.add_argument(flag, dest=field, metavar=metavar, action="append", default=[], help=text)


def read_modules(arguments: argparse.Namespace, sink: Sink) -> tuple[Path, tuple[ModuleSettings, ...]]:
    """The root folder and the modules. Problems are in the sink, which is checked."""
    if not arguments.headers:
        project = read_project(Path.cwd(), sink)
        sink.stop_on_errors()
        return project.root, project.modules
    given: dict[str, Any] = {field: getattr(arguments, field) for field in _LISTS}
    name = arguments.name or module_name(arguments.headers[0])
    settings = make_settings(
        name,
        arguments.headers,
        namespace=arguments.namespace,
        std=arguments.std,
        optimize=arguments.optimize,
        sink=sink,
        **given,
    )
    sink.stop_on_errors()
    return Path.cwd(), (settings,)


def module_name(header: str) -> str:
    """`include/row-log.hpp` is `row_log`."""
    return re.sub(r"\W", "_", os.path.splitext(os.path.basename(header))[0], flags=re.ASCII)


def each(modules: tuple[ModuleSettings, ...], only: str | None = None) -> Iterator[ModuleSettings]:
    for settings in modules:
        if only is None or settings.name == only:
            yield settings
