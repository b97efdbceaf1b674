"""`dovetail cmake-dir`: what `find_package(dovetail)` needs as `dovetail_DIR`.

In: nothing.  Out: a path.  Must not know: CMake.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dovetail.cli.console import Console

SUMMARY = "print the folder of dovetail's CMake package"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(arguments: argparse.Namespace, console: Console) -> int:
    folder = Path(__file__).parent.parent / "cmake"
    console.fact("path", str(folder))
    console.out(str(folder))
    return 0
