"""The commands, the options that all share, and what a run ends with: diagnostics and an exit code.

In: `sys.argv`.  Out: an exit code.  Must not know: what a command does.

A command is a module with `SUMMARY`, `add_arguments(parser)` and `run(arguments, console)`. Only the one that is asked
for is imported, so that `--help` and `explain` start at once.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import io
import os
import sys
from collections.abc import Sequence
from types import ModuleType

import dovetail
from dovetail.cli.console import Console, exit_code
from dovetail.diagnostics import Stopped

COMMANDS = {
    "build": "compile headers into an extension, with its stub beside it",
    "check": "report what would be bound, without compiling",
    "stubs": "print the stub of a module, from the plan",
    "docs": "print the Markdown reference of a module",
    "dump": "print what a stage made: the model, the plan, the C++, the stubs or the docs",
    "emit": "write C++, stubs and a dependency file for another build system",
    "explain": "explain a diagnostic code",
    "doctor": "check everything that a build needs",
    "env": "print the build environment that fits a virtual environment",
    "init": "write a complete project that builds a wheel",
    "cmake-dir": "print the folder of dovetail's CMake package",
    "include-dir": "print the folder of dovetail's C++ headers",
}

_EPILOG = """exit codes: 0 fine, 1 findings in headers, sources or decisions, 2 usage or configuration, 3 toolchain,
70 a fault of dovetail. Diagnostics go to stderr, products to stdout."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Raises only with --debug, to show where an internal error came from."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # of another age, or a file name that is no text
    try:
        command, arguments = _parse(list(sys.argv[1:] if argv is None else argv))
    except SystemExit as ended:  # argparse has printed the help, or what was wrong
        return int(ended.code or 0)
    console = Console(arguments)
    try:
        code: int = command.run(arguments, console)
    except Stopped:
        code = 0  # the sink knows
    except KeyboardInterrupt:
        console.finish()
        return 130
    except BrokenPipeError:
        return _hang_up()
    except Exception as error:
        if arguments.debug:
            raise
        _report_internal(error, console)
        code = 70
    try:
        console.finish()
    except BrokenPipeError:
        return _hang_up()
    return max(code, exit_code(console.sink.diagnostics))


def _hang_up() -> int:
    """Whoever read our output has seen enough; Python must not complain about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _report_internal(error: Exception, console: Console) -> None:
    console.sink.report(
        "DV090",
        f"internal error: {type(error).__name__}: {error}",
        notes=(f"dovetail {dovetail.__version__}, Python {sys.version.split()[0]}, {sys.platform}",),
        helps=("run again with --debug and report what it prints",),
    )


def _parse(given: list[str]) -> tuple[ModuleType, argparse.Namespace]:
    parser = argparse.ArgumentParser(
        prog="dovetail",
        description="Joins Python and C++: a C++ header in, a fast typed Python module out.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"dovetail {dovetail.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    shared = _shared_options()
    wanted = next((word for word in given if word in COMMANDS), None)
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary, parents=[shared], allow_abbrev=False)
        if name == wanted:
            command = importlib.import_module(f"dovetail.cli.{name.replace('-', '_')}")
            command.add_arguments(sub)
    if not given:
        parser.print_help(sys.stderr)
        raise SystemExit(2)
    if wanted is None and not given[0].startswith("-"):
        near = difflib.get_close_matches(given[0], COMMANDS, n=1)
        parser.error(f"no command `{given[0]}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    # A command that is not known never gets past this line.
    arguments = parser.parse_args(given)
    return command, arguments


def _shared_options() -> argparse.ArgumentParser:
    """What every command takes."""
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    group = shared.add_argument_group("output")
    group.add_argument(
        "--format",
        choices=("text", "concise", "json", "github"),
        default="text",
        help="form of diagnostics; json is one document on stdout (default: text)",
    )
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="(default: auto)")
    group.add_argument("--quiet", "-q", action="store_true", help="products and findings only")
    group.add_argument("--strict", action="store_true", help="warnings are errors")
    group.add_argument("--debug", action="store_true", help="show where an internal error came from")
    return shared
