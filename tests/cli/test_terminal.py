"""How the command line behaves as a process: terminals, pipes, encodings, faults, and what it costs to ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dovetail import pipeline
from dovetail.cli import steps
from dovetail.cli.main import main

COMMAND = (sys.executable, "-m", "dovetail")
BROKEN = "int f(undeclared x);\n"
FINE = "inline int one() { return 1; }\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def on_a_terminal(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and everything that a terminal would show."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux tells the end of a terminal that way
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return process.wait(), shown.decode()


def test_colour_is_for_terminals() -> None:
    Path("broken.h").write_text(BROKEN)
    code, shown = on_a_terminal("check", "broken.h")
    assert code == 1
    assert "\x1b[1;31merror[DV002]\x1b[0m" in shown
    assert "\x1b[" not in on_a_terminal("check", "broken.h", NO_COLOR="1")[1]
    assert "\x1b[" not in on_a_terminal("check", "broken.h", "--color", "never")[1]
    assert "\x1b[" not in run("check", "broken.h").stderr
    assert "\x1b[1;31m" in run("check", "broken.h", FORCE_COLOR="1").stderr
    assert "\x1b[1;31m" in run("check", "broken.h", "--color", "always").stderr


def test_progress_is_shown_while_it_takes_long_and_gone_at_the_end(tmp_path: Path) -> None:
    Path("one.h").write_text(FINE)
    slow = tmp_path / "slow-c++"
    slow.write_text('#!/bin/sh\ncase " $* " in *" -c "*) sleep 1.5;; esac\nexec c++ "$@"\n')
    slow.chmod(0o755)
    code, shown = on_a_terminal("build", "one.h", CXX=str(slow))
    assert code == 0
    assert "compiling one.cpp" in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") > 0, "the cursor is there again"
    code, shown = on_a_terminal("build", "one.h", "--quiet", "--output", "again", CXX=str(slow), DOVETAIL_CACHE="new")
    assert (code, shown) == (0, "")


def test_steps_show_nothing_before_a_second() -> None:
    assert steps.PATIENCE == 1.0
    Path("one.h").write_text(FINE)
    code, shown = on_a_terminal("check", "one.h")
    assert (code, shown.replace("\r", "")) == (0, "one: bound 1 of 1 callables (100 %)\n")


def test_a_reader_that_stops_reading() -> None:
    process = subprocess.Popen([*COMMAND, "explain"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), errors) == (0, b"")


def test_output_that_cannot_spell_everything() -> None:
    """A terminal of another age: other characters are spelled out, and the exit code is the same."""
    Path("greek.h").write_text("/// αβγ\ninline int one() { return 1; }\n")
    done = run("stubs", "greek.h", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "def one() -> int" in done.stdout


def test_file_names_that_are_not_text() -> None:
    if os.name == "nt" or sys.platform == "darwin":
        pytest.skip("file names are text here")
    name = os.fsencode("name") + b"\xff.h"
    Path(os.fsdecode(name)).write_text(FINE)
    for command in ("check", "build"):
        done = subprocess.run([*COMMAND, command, name], capture_output=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        assert b"internal error" not in done.stderr


def test_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Path("one.h").write_text(FINE)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(pipeline, "bind", fail)
    assert main(["check", "one.h"]) == 70
    told = capsys.readouterr().err
    assert "error[DV090]: internal error: ZeroDivisionError: of all things" in told
    assert "Traceback" not in told
    with pytest.raises(ZeroDivisionError):
        main(["check", "one.h", "--debug"])
    assert main(["check", "one.h", "--format", "json"]) == 70
    assert json.loads(capsys.readouterr().out)["diagnostics"][0]["code"] == "DV090"


def test_a_project_is_built_as_a_whole_or_not_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    """What the first module would have written is not written when the second fails."""
    Path("one.h").write_text(FINE)
    Path("two.h").write_text(BROKEN)
    Path("pyproject.toml").write_text(
        "".join(f'[tool.dovetail.modules.{name}]\nheaders = ["{name}.h"]\noptimize = "0"\n' for name in ("one", "two"))
    )
    assert main(["build"]) == 1
    assert "two.h:1:7" in capsys.readouterr().err
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["one.h", "pyproject.toml", "two.h"]


@pytest.mark.parametrize("arguments", ["--version", "explain DV021", "include-dir", "build --help"])
def test_questions_are_answered_at_once(arguments: str) -> None:
    """Neither libclang nor the stages are imported for them."""
    code = (
        "import sys; from dovetail.cli.main import main; main(sys.argv[1:]);"
        "print([name for name in ('clang', 'rich', 'dovetail.parse', 'dovetail.emit') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments.split()], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
