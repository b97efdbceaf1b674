"""`dovetail init NAME`: a complete small project that builds a wheel.

In: a name.  Out: a folder.  Must not know: how the project is built.
"""

from __future__ import annotations

import argparse
import keyword
import os
from pathlib import Path

from dovetail.build.install import install
from dovetail.cli.console import Console

SUMMARY = "write a complete project: header, source, pyproject.toml, test, README"
TEMPLATE = Path(__file__).parent / "template"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="name of the package, and of the new folder")
    parser.add_argument("--output", "-o", default=".", metavar="DIR", help="where the folder goes (default: here)")


def run(arguments: argparse.Namespace, console: Console) -> int:
    sink = console.sink
    name = arguments.name.replace("-", "_")
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name):
        notes = (f"`{name}` is a keyword",) if keyword.iskeyword(name) else ()
        helps = ("use letters, digits and underscores; `--output` says where the folder goes",)
        sink.report("DV014", f"not a Python name: `{arguments.name}`", notes=notes, helps=helps)
        sink.stop_on_errors()
    folder = Path(arguments.output) / arguments.name
    if os.path.lexists(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        sink.report("DV071", f"`{folder}` is there already and not empty", helps=("choose another name, or --output",))
        sink.stop_on_errors()
    files = {}
    for source in sorted(path for path in TEMPLATE.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        target = folder / os.fspath(source.relative_to(TEMPLATE)).replace("NAME", name).removesuffix(".in")
        files[target] = (source.read_bytes().replace(b"@NAME@", name.encode()), 0o644)
    try:
        install(files)
    except OSError as error:
        sink.report("DV071", f"cannot write to `{folder}`: {error.strerror or error}")
        return 0  # the sink knows
    for target in files:
        console.say(f"  {target}", "2")
    console.say(f"now: cd {folder} && pip install . && python -m pytest")
    return 0
