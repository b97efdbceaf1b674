"""`dovetail include-dir`: where the runtime headers are.

In: nothing.  Out: a path.  Must not know: what is in them.
"""

from __future__ import annotations

import argparse

from dovetail.cli.console import Console
from dovetail.pipeline import RUNTIME

SUMMARY = "print the folder of dovetail's C++ headers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(arguments: argparse.Namespace, console: Console) -> int:
    console.out(str(RUNTIME))
    return 0
