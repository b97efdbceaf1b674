"""Transcripts: what a command is given, and everything that it answers.

In: a text of sections, each opened by a line that begins with `==`.  Out: `Transcript`; its runs, done.

    What this is about, in a line or two.
    == file shapes.h
    int f( {
    == run dovetail check shapes.h
    == stderr
    error[DV002]: expected expression
    [...]
    == exit 1
    == made
    out/shapes.pyi

`file` writes a file (its name is a JSON string where it is odd; `bytes` takes Python's escapes), `folder` makes a
folder. `run` may begin with settings of the environment; `\\n` in a word is a line break. A run without `stdout` or
`stderr` prints nothing there, without `exit` ends with 0, without `made` leaves no new files. `[...]` stands for any
text in a line, alone for any lines: what compilers and machines say differs. Seconds are written `N s`, the ending of
extensions `.so`, the folder of the run `HERE`.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from unittest.mock import patch

FOLDER = Path(__file__).parent / "transcripts"
SUFFIX = sysconfig.get_config_var("EXT_SUFFIX") or ".so"
_ANYTHING = "[...]"


@dataclass(frozen=True)
class Outcome:
    """What a run printed and left behind."""

    stdout: str = ""
    stderr: str = ""
    exit: str = "0"
    made: str = ""

    def matches(self, expected: Outcome) -> bool:
        return all(
            re.fullmatch(_pattern(getattr(expected, part)), getattr(self, part)) is not None
            for part in ("stdout", "stderr", "exit", "made")
        )


@dataclass(frozen=True)
class Run:
    command: str
    expected: Outcome
    before: tuple[tuple[str, str, str], ...]
    """(kind, name, text) of what is written before it."""


@dataclass
class Transcript:
    about: str
    runs: list[Run] = field(default_factory=list)

    def render(self, outcomes: list[Outcome]) -> str:
        """The same transcript with other outcomes."""
        lines = [self.about]
        for run, outcome in zip(self.runs, outcomes, strict=True):
            for kind, name, text in run.before:
                lines += [f"== {kind} {name}", *([text.removesuffix("\n")] if text else [])]
            lines.append(f"== run {run.command}")
            for part in ("stdout", "stderr", "exit", "made"):
                text = getattr(outcome, part)
                if part == "exit" and text != "0":
                    lines.append(f"== exit {text}")
                elif part != "exit" and text:
                    lines += [f"== {part}", text.removesuffix("\n")]
        return "\n".join(lines) + "\n"


def read_transcript(text: str) -> Transcript:
    about, *sections = re.split(r"^== ", text, flags=re.M)
    result = Transcript(about.rstrip("\n"))
    before: list[tuple[str, str, str]] = []
    for section in sections:
        head, _, body = section.partition("\n")
        kind, _, rest = head.partition(" ")
        if kind in ("file", "bytes", "folder"):
            before.append((kind, rest, body))
        elif kind == "run":
            result.runs.append(Run(rest, Outcome(), tuple(before)))
            before = []
        elif kind in ("stdout", "stderr", "made", "exit") and result.runs:
            last = result.runs[-1]
            said = {**vars(last.expected), kind: rest if kind == "exit" else body}
            result.runs[-1] = Run(last.command, Outcome(**said), last.before)
        else:
            raise ValueError(f"what is `== {head}`?")
    return result


def play(transcript: Transcript, folder: Path, main: Callable[[list[str]], int]) -> list[Outcome]:
    """Does what the transcript says in an empty folder."""
    cache = folder / "cache"
    here = folder / "here"
    here.mkdir()
    return [_play_run(run, here, cache, main) for run in transcript.runs]


def _play_run(run: Run, here: Path, cache: Path, main: Callable[[list[str]], int]) -> Outcome:
    for kind, name, text in run.before:
        path = here / (json.loads(name) if name.startswith('"') else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "folder":
            path.mkdir()
        else:
            path.write_bytes(_unescape(text) if kind == "bytes" else text.encode())
    words = [word.replace("\\n", "\n").replace("HERE", str(here)) for word in shlex.split(run.command)]
    settings = {}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        settings[name] = value
    assert words[0] == "dovetail", run.command
    earlier = _files(here)
    out, err = StringIO(), StringIO()
    with ExitStack() as stack:
        stack.enter_context(
            patch.dict(os.environ, {"DOVETAIL_CACHE": str(cache), "NO_COLOR": "1", "COLUMNS": "100", **settings})
        )
        stack.enter_context(_inside(here))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        code = main(words[1:])
    made = "".join(f"{name}\n" for name in sorted(_files(here) - earlier))
    return Outcome(_plain(out.getvalue(), here), _plain(err.getvalue(), here), str(code), _plain(made, here))


def _unescape(text: str) -> bytes:
    return text.rstrip("\n").encode("ascii").decode("unicode_escape").encode("latin-1")


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _plain(text: str, here: Path) -> str:
    text = text.replace(SUFFIX, ".so").replace(str(here.resolve()), "HERE").replace(str(here), "HERE")
    return re.sub(r"\b\d+\.\d s\b", "N s", text)


def _pattern(expected: str) -> str:
    lines = [
        r"(?:.*\n)*?" if line == f"{_ANYTHING}\n" else ".*".join(map(re.escape, line.split(_ANYTHING)))
        for line in expected.splitlines(keepends=True)
    ]
    return "".join(lines)
