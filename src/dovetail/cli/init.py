"""`dovetail init NAME`: a complete small project that builds a wheel.

In: a name.  Out: a folder.  Must not know: how the project is built.
"""

from __future__ import annotations

import argparse
import keyword
import os
from pathlib import Path

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
        sink.report("DV014", f"not a Python name: `{arguments.name}`", helps=("use letters, digits and underscores",))
        sink.stop_on_errors()
    folder = Path(arguments.output) / arguments.name
    if folder.exists() and any(folder.iterdir()):
        sink.report("DV071", f"`{folder}` is there already and not empty", helps=("choose another name, or --output",))
        sink.stop_on_errors()
    for source in sorted(path for path in TEMPLATE.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        target = folder / os.fspath(source.relative_to(TEMPLATE)).replace("NAME", name).removesuffix(".in")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text(encoding="utf-8").replace("@NAME@", name), encoding="utf-8")
        console.say(f"  {target}", "2")
    console.say(f"now: cd {folder} && pip install . && python -m pytest")
    return 0
