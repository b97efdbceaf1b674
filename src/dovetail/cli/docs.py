"""`dovetail docs`: print the Markdown reference of a module.

In: headers or a project.  Out: text, or files in a folder.  Must not know: how it is rendered.
"""

from __future__ import annotations

import argparse

from dovetail.cli.console import Console
from dovetail.cli.dump import add_output, print_files
from dovetail.cli.modules import add_arguments as add_module_arguments

SUMMARY = "print the Markdown reference of a module"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_module_arguments(parser)
    add_output(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    return print_files(arguments, console, "docs")
