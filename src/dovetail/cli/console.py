"""Where text goes: products to stdout, diagnostics and progress to stderr, machine formats to stdout as a whole.

In: the shared options; what commands say.  Out: text on the two streams; the exit code that diagnostics mean.
Must not know: commands.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from dovetail.cli.steps import Steps
from dovetail.diagnostics import (
    Diagnostic,
    Severity,
    Sink,
    read_source,
    render_concise,
    render_github,
    render_json,
    render_text,
)

# By code, or by its first digits. A code that is not here is a finding in headers, sources or decisions: 1.
_EXIT = {"DV01": 2, "DV015": 1, "DV051": 3, "DV06": 3, "DV061": 70, "DV062": 1, "DV069": 1, "DV071": 2, "DV09": 70}


class Console:
    """The output of one run, and the sink of what was found in it."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.sink = Sink(strict=arguments.strict)
        self.format: str = arguments.format
        self.quiet: bool = arguments.quiet
        self._color: str = arguments.color
        self._facts: dict[str, Any] = {}
        self._steps: Steps | None = None

    def out(self, text: str) -> None:
        """A product, on stdout. With --format json it belongs into the document: `fact`."""
        if self.format != "json":
            sys.stdout.write(text if text.endswith("\n") else text + "\n")

    def fact(self, key: str, value: Any) -> None:
        """A part of the JSON document."""
        self._facts[key] = value

    def say(self, text: str, style: str = "") -> None:
        """A line for people about what was done, on stderr; --quiet leaves it out."""
        if not self.quiet and self.format in ("text", "concise"):
            print(f"\x1b[{style}m{text}\x1b[0m" if style and self.colour(sys.stderr) else text, file=sys.stderr)

    def steps(self) -> Steps:
        """Progress, for people only."""
        shown = not self.quiet and self.format == "text" and sys.stderr.isatty()
        self._steps = Steps(sys.stderr, shown=shown, colour=self.colour(sys.stderr))
        return self._steps

    def colour(self, stream: TextIO) -> bool:
        """Whether a stream gets colours: the option, then NO_COLOR and FORCE_COLOR, then whether it is a terminal."""
        if self._color != "auto":
            return self._color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return stream.isatty() and os.environ.get("TERM") != "dumb"

    def finish(self) -> None:
        """Prints what was found. Notes are for machines, and for `check --skipped`; --quiet keeps to errors."""
        if self._steps is not None:
            self._steps.close()
        machine = self.format in ("json", "github")
        found = [_shorten(item) for item in self.sink.diagnostics if machine or item.level is not Severity.NOTE]
        if self.quiet:
            found = [item for item in found if item.level is Severity.ERROR]
        if self.format == "json":
            document = {**json.loads(render_json(found)), **self._facts}
            sys.stdout.write(json.dumps(document, indent=2) + "\n")
        elif self.format == "github":
            sys.stdout.write(render_github(found))
        elif self.format == "concise":
            sys.stderr.write(render_concise(found))
        else:
            sys.stderr.write(render_text(found, read_source, colour=self.colour(sys.stderr)))
        sys.stdout.flush()


def exit_code(diagnostics: Iterable[Diagnostic]) -> int:
    """The gravest of what the errors mean; 0 where there are none."""
    errors = (item.code for item in diagnostics if item.level is Severity.ERROR)
    return max((_EXIT.get(code, _EXIT.get(code[:4], 1)) for code in errors), default=0)


def _shorten(item: Diagnostic) -> Diagnostic:
    return dataclasses.replace(item, span=dataclasses.replace(item.span, path=shown_path(item.span.path)))


def shown_path(path: str | Path) -> str:
    """As a person in the current folder would write it."""
    if not os.path.isabs(path):
        return str(path)
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)
