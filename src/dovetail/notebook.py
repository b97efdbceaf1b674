"""The `%%dovetail` cell magic: `%load_ext dovetail`, then cells of C++.

In: the text of a cell.  Out: its functions and classes as names of the notebook.  Must not know: how modules are made.

    %%dovetail --libs z
    #include <zlib.h>
    /// The version of the library.
    const char* version() { return zlibVersion(); }

Options: `--std`, `--libs`, `--include`, `--pkg-config`, `--define`; with `--name` the cell is a module of that name.
"""

from __future__ import annotations

import argparse
import hashlib
import shlex
import tempfile
from pathlib import Path
from typing import Any, NoReturn

from dovetail.build import cache
from dovetail.loader import LoadError, load_settings

_LISTS = {
    "libs": ("--libs", "--lib", "-l"),
    "include": ("--include", "-I"),
    "define": ("--define", "-D"),
    "pkg_config": ("--pkg-config",),
    "cxxflags": ("--cxxflags",),
}


class _Options(argparse.ArgumentParser):
    """Says what is wrong; never ends the notebook's kernel."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def register(shell: Any) -> None:
    """What `%load_ext dovetail` calls."""
    shell.register_magic_function(lambda line, cell: bind_cell(shell, line, cell), "cell", "dovetail")


def bind_cell(shell: Any, line: str, cell: str) -> None:
    """Compiles a cell and puts its public names into the notebook. What is wrong with it is printed."""
    try:
        options = _read_options(line)
    except ValueError as error:
        print(f"%%dovetail: {error}")
        return
    name = options.pop("name")
    # As notebooks count: the line of the magic is the first.
    text = "\n" + cell.rstrip("\n") + "\n"
    module_name = name or f"cell_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    header = _folder() / module_name / "cell"
    header.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    cache.write_atomically(header, text.encode())
    try:
        module = load_settings(module_name, {"headers": (str(header),), **options}, Path.cwd())
    except LoadError as error:
        print(str(error).replace(str(header), "cell"))
        return
    names = {key: value for key, value in vars(module).items() if not key.startswith("_")}
    shell.push({name: module} if name else names)


def _read_options(line: str) -> dict[str, Any]:
    parser = _Options(prog="%%dovetail", add_help=False, allow_abbrev=False)
    parser.add_argument("--std", default="c++20")
    parser.add_argument("--name")
    for target, names in _LISTS.items():
        parser.add_argument(*names, dest=target, action="append", default=[])
    return vars(parser.parse_args(shlex.split(line)))


def _folder() -> Path:
    """Where cells are written for the compiler: the private cache, so that only this user can have written there."""
    trusted = cache.open_cache()
    return trusted.folder / "cells" if trusted is not None else Path(tempfile.mkdtemp(prefix="dovetail-"))
