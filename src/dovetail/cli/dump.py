"""`dovetail dump`: what a stage made, as text.

In: headers or a project.  Out: text, or files in a folder.  Must not know: how it is made.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dovetail import pipeline
from dovetail.cli.console import Console, exit_code
from dovetail.cli.modules import add_arguments as add_module_arguments
from dovetail.cli.modules import read_modules
from dovetail.diagnostics import Sink

SUMMARY = "print what a stage made: the model, the plan, the C++, the stubs or the docs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_module_arguments(parser)
    add_output(parser)
    stages = parser.add_mutually_exclusive_group()
    for stage in pipeline.STAGES:
        stages.add_argument(f"--{stage}", dest="stage", action="store_const", const=stage)
    parser.set_defaults(stage="plan")


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", "-o", metavar="DIR", help="write files there instead of printing")


def run(arguments: argparse.Namespace, console: Console) -> int:
    return print_files(arguments, console, arguments.stage)


def print_files(arguments: argparse.Namespace, console: Console, stage: str) -> int:
    """The files of a stage of every module: printed, with a line between several, or written below a folder."""
    sink = Sink()
    root, modules = read_modules(arguments, sink)
    files = [file for settings in modules for file in pipeline.STAGES[stage](pipeline.bind(settings, root, sink))]
    console.report(sink.diagnostics)
    for file in files:
        if arguments.output:
            path = Path(arguments.output) / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
            console.say(f"  {path}", "2")
        else:
            if len(files) > 1:
                console.out(f"--- {file.name}")
            console.out(file.text)
    return exit_code(sink.diagnostics)
