"""`dovetail check`: parse, decide, report; nothing is compiled.

In: headers or a project.  Out: what is bound, and why the rest is not.  Must not know: how it is decided.
"""

from __future__ import annotations

import argparse

from dovetail.cli.console import Console, shown_path
from dovetail.cli.modules import add_arguments as add_module_arguments
from dovetail.cli.modules import read_modules
from dovetail.inputs import Known
from dovetail.report.summary import as_json, render_skipped, render_summary
from dovetail.report.table import render_table

SUMMARY = "report what would be bound, without compiling"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_module_arguments(parser)
    parser.add_argument("--skipped", action="store_true", help="list every declaration that is not bound, and why")
    parser.add_argument("--table", action="store_true", help="list what is bound: every class, enum and function")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from dovetail import pipeline  # takes its time: not for --help

    results = []
    known: Known = {}
    for chosen in read_modules(arguments, console.sink):
        with console.steps() as steps:
            steps(f"reading {', '.join(chosen.settings.headers)}")
            bindings = pipeline.bind(chosen.settings, chosen.root, console.sink, known=known)
            known[chosen.settings.name] = bindings.shared
        results.append(as_json(bindings.plan, bindings.seconds))
        console.fact("modules", results)
        console.out(render_summary(bindings.plan))
        if console.quiet or console.format == "github":
            continue
        if arguments.table:
            console.out(render_table(bindings.plan))
        if skipped := render_skipped(bindings.plan, every=arguments.skipped, place=shown_path):
            console.out(skipped)
    return 0
