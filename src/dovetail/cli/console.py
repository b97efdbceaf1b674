"""What every command prints with: diagnostics in the chosen format, steps with seconds, colour if wanted.

In: parsed arguments.  Out: `Console`.  Must not know: commands.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from dovetail.diagnostics import (
    Diagnostic,
    Severity,
    render_concise,
    render_github,
    render_json,
    render_text,
)

_CONFIGURATION = ("DV01",)
_TOOLCHAIN = ("DV051", "DV06")


class Console:
    """Writes to the two streams of one run."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.format: str = arguments.format
        self.quiet: bool = arguments.quiet
        self.colour = wants_colour(arguments.color, sys.stderr)

    def out(self, text: str) -> None:
        """A product, on stdout."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")

    def say(self, text: str, style: str = "") -> None:
        """A line for people, on stderr."""
        if not self.quiet and self.format in ("text", "concise"):
            print(self.paint(text, style), file=sys.stderr)

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style else text

    def report(self, diagnostics: Iterable[Diagnostic], *, notes: bool = False) -> None:
        """Findings; notes only where they are asked for, or by machines."""
        machine = self.format in ("json", "github")
        shown = [item for item in diagnostics if notes or machine or item.level is not Severity.NOTE]
        if self.format == "json":
            return  # one document, printed by the command with its result
        if self.format == "github":
            sys.stdout.write(render_github(shown))
        elif self.format == "concise":
            sys.stderr.write(render_concise(shown))
        elif shown:
            sys.stderr.write(render_text(shown, read_source, colour=self.colour))

    def json(self, diagnostics: Iterable[Diagnostic]) -> str:
        return render_json(diagnostics)

    def steps(self) -> Steps:
        return Steps(enabled=not self.quiet and self.format == "text" and sys.stderr.isatty(), colour=self.colour)


class Steps:
    """Progress on a terminal: the step in hand, with a spinner once it takes long; nothing where nobody watches."""

    def __init__(self, *, enabled: bool, colour: bool) -> None:
        self._enabled = enabled
        self._colour = colour
        self._status: Any = None
        self.started = time.perf_counter()

    def __enter__(self) -> Steps:
        if self._enabled:
            # Only now: importing it takes longer than many a command.
            from rich.console import Console as RichConsole
            from rich.status import Status

            console = RichConsole(stderr=True, no_color=not self._colour)
            self._status = Status("starting", console=console, spinner="dots")
            self._status.start()
        return self

    def __call__(self, step: str) -> None:
        if self._status is not None:
            self._status.update(f"{step} [dim]{time.perf_counter() - self.started:.1f} s[/dim]")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started


def wants_colour(choice: str, stream: TextIO) -> bool:
    """`--color`, then NO_COLOR and FORCE_COLOR, then whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def read_source(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None


def exit_code(diagnostics: Iterable[Diagnostic]) -> int:
    """Of a run that ended with these: the gravest kind decides."""
    codes = [item.code for item in diagnostics if item.level is Severity.ERROR]
    if any(code.startswith("DV09") or code == "DV061" for code in codes):
        return 70
    if any(code.startswith(_TOOLCHAIN) and code != "DV062" for code in codes):
        return 3
    if any(code.startswith(_CONFIGURATION) for code in codes):
        return 2
    return 1 if codes else 0
