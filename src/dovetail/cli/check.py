"""`dovetail check`: parse, decide, report; nothing is compiled.

In: headers or a project.  Out: what is bound, and why the rest is not.  Must not know: how it is decided.
"""

from __future__ import annotations

import argparse
import json

from dovetail import pipeline
from dovetail.cli.console import Console, exit_code
from dovetail.cli.modules import add_arguments as add_module_arguments
from dovetail.cli.modules import read_modules
from dovetail.diagnostics import Sink
from dovetail.report.summary import as_json, render_skipped, render_summary

SUMMARY = "report what would be bound, without compiling"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_module_arguments(parser)
    parser.add_argument(
        "--skipped", action="store_true", help="list every declaration that is not bound, with its reason"
    )
    parser.add_argument("--strict", action="store_true", help="warnings are errors")


def run(arguments: argparse.Namespace, console: Console) -> int:
    sink = Sink(strict=arguments.strict)
    root, modules = read_modules(arguments, sink)
    results = []
    for settings in modules:
        bindings = pipeline.bind(settings, root, sink)
        results.append(as_json(bindings.plan, bindings.seconds))
        if console.format == "text":
            console.out(render_summary(bindings.plan))
            console.out(render_skipped(bindings.plan, every=arguments.skipped))
        elif console.format == "concise":
            console.out(render_summary(bindings.plan))
    console.report(sink.diagnostics)
    if console.format == "json":
        found = json.loads(console.json(sink.diagnostics))
        console.out(json.dumps({"modules": results, **found}, indent=2, ensure_ascii=False))
    return exit_code(sink.diagnostics)
