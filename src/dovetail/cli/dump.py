"""`dovetail dump`: what a stage made, as text.

In: headers or a project.  Out: text, or files in a folder.  Must not know: how it is made.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dovetail.cli.console import Console, shown_path
from dovetail.cli.modules import add_arguments as add_module_arguments
from dovetail.cli.modules import read_modules
from dovetail.inputs import Known

STAGES = ("model", "plan", "cpp", "stubs", "docs", "pxd")
SUMMARY = "print what a stage made: the model, the plan, the C++, the stubs, the docs or the Cython declarations"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_module_arguments(parser)
    add_output(parser)
    stages = parser.add_mutually_exclusive_group()
    for stage in STAGES:
        stages.add_argument(f"--{stage}", dest="stage", action="store_const", const=stage)
    parser.set_defaults(stage="plan")


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", "-o", metavar="DIR", help="write files there instead of printing")


def run(arguments: argparse.Namespace, console: Console) -> int:
    return print_files(arguments, console, arguments.stage)


def print_files(arguments: argparse.Namespace, console: Console, stage: str) -> int:
    """The files of a stage of every module: printed, with a line between several, or written below a folder."""
    from dovetail import pipeline  # takes its time: not for --help

    modules = read_modules(arguments, console.sink)
    known: Known = {}
    bound = []
    for chosen in modules:
        bound.append(pipeline.bind(chosen.settings, chosen.root, console.sink, known=known))
        known[chosen.settings.name] = bound[-1].shared
    files = {file.name: file.text for bindings in bound for file in pipeline.STAGES[stage](bindings)}
    if arguments.output:
        for path in pipeline.write_files(files, Path(arguments.output), console.sink):
            console.say(f"  {shown_path(path)}", "2")
        return 0
    console.fact("files", [{"name": name, "text": text} for name, text in files.items()])
    for name, text in files.items():
        if len(files) > 1:
            console.out(f"--- {name}")
        console.out(text)
    return 0
