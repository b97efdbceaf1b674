"""`dovetail include-dir`: where the runtime headers are.

In: nothing.  Out: a path.  Must not know: what is in them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dovetail.cli.console import Console

SUMMARY = "print the folder of dovetail's C++ headers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(arguments: argparse.Namespace, console: Console) -> int:
    folder = Path(__file__).parent.parent / "include"
    console.fact("path", str(folder))
    console.out(str(folder))
    return 0
