"""`dovetail explain CODE`: what a diagnostic means and what to do.

In: a code.  Out: its page.  Must not know: who reports it.
"""

from __future__ import annotations

import argparse
import sys

from dovetail.cli.console import Console
from dovetail.diagnostics import CODES, explain

SUMMARY = "explain a diagnostic code"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="DV021; without one: a list of all")


def run(arguments: argparse.Namespace, console: Console) -> int:
    if not arguments.code:
        console.fact("codes", [{"code": code.code, "title": code.title} for code in CODES.values()])
        console.out("\n".join(f"{code.code}  {code.severity.value:7}  {code.title}" for code in CODES.values()))
        return 0
    try:
        page = explain(arguments.code)
    except KeyError as error:
        print(f"dovetail explain: {error.args[0]}", file=sys.stderr)
        return 2
    console.fact("text", page)
    console.out(page)
    return 0
