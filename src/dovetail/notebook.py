"""The `%%dovetail` cell magic: `%load_ext dovetail`, then cells of C++.

In: the text of a cell.  Out: its functions and classes as names of the notebook.  Must not know: how modules are made.

    %%dovetail --lib m
    #include <cmath>
    /// Length of a vector.
    double length(double x, double y) { return std::sqrt(x * x + y * y); }

Options: `--std`, `--lib`, `--include`, `--pkg-config`, `--name` (then the cell is a module of that name).
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shlex
from pathlib import Path
from typing import Any

from dovetail.loader import LoadError, load_settings

_OPTIONS = (("--lib", "libs"), ("--include", "include"), ("--pkg-config", "pkg_config"), ("--define", "define"))


def register(shell: Any) -> None:
    """What `%load_ext dovetail` calls."""
    shell.register_magic_function(lambda line, cell: bind_cell(shell, line, cell), "cell", "dovetail")


def bind_cell(shell: Any, line: str, cell: str) -> None:
    """Compiles a cell and puts its public names into the notebook."""
    parser = argparse.ArgumentParser(prog="%%dovetail", add_help=False, exit_on_error=False)
    parser.add_argument("--std", default="c++20")
    parser.add_argument("--name")
    for option, target in _OPTIONS:
        parser.add_argument(option, dest=target, action="append", default=[])
    try:
        options = vars(parser.parse_args(shlex.split(line)))
    except (argparse.ArgumentError, SystemExit) as error:
        print(f"%%dovetail: {error}")
        return
    name = options.pop("name")
    digest = hashlib.sha256(cell.encode()).hexdigest()[:12]
    folder = Path(shell.ipython_dir if shell.ipython_dir else ".") / "dovetail-cells"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    header = folder / f"cell_{digest}.hpp"
    header.write_text(cell.rstrip("\n") + "\n", encoding="utf-8")
    try:
        module = load_settings(name or f"cell_{digest}", {"headers": (str(header),), **options}, folder)
    except LoadError as error:
        print(re.sub(re.escape(str(header)), "cell", str(error)))
        return
    if name:
        shell.push({name: module})
        return
    shell.push({key: value for key, value in vars(module).items() if not key.startswith("_")})
