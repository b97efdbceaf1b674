"""`dovetail build`: extensions with their stubs beside them.

In: headers or a project.  Out: files, and a summary.  Must not know: how they are made.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dovetail import pipeline
from dovetail.cli.console import Console, exit_code
from dovetail.cli.modules import add_arguments as add_module_arguments
from dovetail.cli.modules import read_modules
from dovetail.diagnostics import Sink
from dovetail.report.summary import render_summary

SUMMARY = "compile headers into an extension, with its stub beside it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_module_arguments(parser)
    parser.add_argument("--output", "-o", default=".", metavar="DIR", help="where to write (default: here)")
    parser.add_argument("--keep", metavar="DIR", help="keep emitted C++ and objects there")


def run(arguments: argparse.Namespace, console: Console) -> int:
    sink = Sink()
    root, modules = read_modules(arguments, sink)
    for settings in modules:
        folder = Path(arguments.output).joinpath(*settings.name.split(".")[:-1])
        with console.steps() as steps:
            built = pipeline.build(
                settings,
                root,
                folder,
                sink,
                keep=Path(arguments.keep) if arguments.keep else None,
                progress=steps,
            )
        console.say(f"{render_summary(built.bindings.plan)} in {steps.seconds:.1f} s")
        if console.format in ("text", "concise"):
            for path in built.files:
                console.say(f"  {path}", "2")
    console.report(sink.diagnostics)
    if console.format == "json":
        console.out(console.json(sink.diagnostics))
    return exit_code(sink.diagnostics)
