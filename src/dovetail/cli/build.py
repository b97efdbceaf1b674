"""`dovetail build`: extensions with their stubs beside them.

In: headers or a project.  Out: files, and a summary.  Must not know: how they are made.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dovetail.cli.console import Console, shown_path
from dovetail.cli.modules import Chosen, read_modules
from dovetail.cli.modules import add_arguments as add_module_arguments
from dovetail.report.summary import as_json, render_reasons, render_summary

SUMMARY = "compile headers into an extension, with its stub beside it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_module_arguments(parser)
    parser.add_argument(
        "--output",
        "-o",
        metavar="DIR",
        help="where imports will start (default: this folder; for a project, where its packages are)",
    )
    parser.add_argument("--keep", metavar="DIR", help="keep emitted C++ and objects there")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from dovetail import pipeline  # takes its time: not for --help

    results = []
    modules = read_modules(arguments, console.sink)
    for chosen in modules:
        name = chosen.settings.name
        keep = Path(arguments.keep, *([name] if len(modules) > 1 else [])) if arguments.keep else None
        folder = _output_folder(chosen, arguments.output)
        with console.steps() as steps:
            built = pipeline.build(chosen.settings, chosen.root, folder, console.sink, keep=keep, progress=steps)
        console.say(f"{render_summary(built.bindings.plan)} in {steps.seconds:.1f} s")
        if reasons := render_reasons(built.bindings.plan):
            console.say(f"  {reasons}")
        for path in built.files:
            console.say(f"  {shown_path(path)}", "2")
        facts = {**as_json(built.bindings.plan, built.bindings.seconds), "files": [str(path) for path in built.files]}
        results.append(facts)
        console.fact("modules", results)
    return 0


def _output_folder(chosen: Chosen, output: str | None) -> Path:
    from dovetail import pipeline

    packages = chosen.settings.name.split(".")[:-1]
    if output is not None:
        return Path(output, *packages)
    return Path(*packages) if chosen.project is None else pipeline.package_folder(chosen.root, chosen.settings.name)
