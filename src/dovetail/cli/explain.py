"""`dovetail explain CODE`: what a diagnostic means and what to do.

In: a code.  Out: its page.  Must not know: who reports it.
"""

from __future__ import annotations

import argparse
import difflib

from dovetail.cli.console import Console
from dovetail.diagnostics import CODES, explain

SUMMARY = "explain a diagnostic code"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="DV021; without one: a list of all")


def run(arguments: argparse.Namespace, console: Console) -> int:
    if not arguments.code:
        console.out("\n".join(f"{code.code}  {code.severity.value:7}  {code.title}" for code in CODES.values()))
        return 0
    wanted = arguments.code.upper()
    if wanted not in CODES:
        near = difflib.get_close_matches(wanted, CODES, n=3)
        console.say(
            f"no diagnostic has the code {arguments.code}" + (f"; near: {', '.join(near)}" if near else ""), "31"
        )
        return 2
    console.out(explain(wanted))
    return 0
