"""`dovetail emit`: the C++ and the stubs of a module, for other build systems to compile.

In: headers or a project.  Out: files in folders.  Must not know: who compiles them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dovetail import pipeline
from dovetail.cli.console import Console, exit_code
from dovetail.cli.modules import add_arguments as add_module_arguments
from dovetail.cli.modules import read_modules
from dovetail.diagnostics import Sink
from dovetail.report.summary import render_summary

SUMMARY = "write the C++ and the stubs of a module, for other build systems"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_module_arguments(parser)
    parser.add_argument("--output", "-o", required=True, metavar="DIR", help="where the C++ goes")
    parser.add_argument("--stubs", metavar="DIR", help="where the stubs go (default: with the C++)")
    parser.add_argument(
        "--one-file", action="store_true", help="NAME.cpp is the one file to compile; it includes the rest"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    sink = Sink()
    root, modules = read_modules(arguments, sink)
    for settings in modules:
        # Sources and libraries are the build system's: nothing is known of what they export.
        bindings = pipeline.render(pipeline.resolve(settings, root, sink), None, sink)
        files = _in_one(settings.name, bindings.sources) if arguments.one_file else bindings.sources
        _write(files, Path(arguments.output), console)
        _write(bindings.stubs, Path(arguments.stubs or arguments.output), console)
        console.say(render_summary(bindings.plan))
    console.report(sink.diagnostics)
    return exit_code(sink.diagnostics)


def _in_one(name: str, files: tuple[pipeline.File, ...]) -> tuple[pipeline.File, ...]:
    """With several units, `NAME.cpp` includes all of them, so that the build system needs no list."""
    main = f"{name.rpartition('.')[2]}.cpp"
    units = [file for file in files if file.name.endswith(".cpp")]
    if [file.name for file in units] == [main]:
        return files
    parts = tuple(pipeline.File(f"{file.name}.inc", file.text) for file in units)
    includes = "".join(f'#include "{part.name}"\n' for part in parts)
    return (*(file for file in files if file not in units), *parts, pipeline.File(main, includes))


def _write(files: tuple[pipeline.File, ...], folder: Path, console: Console) -> None:
    for file in files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != file.text:
            path.write_text(file.text, encoding="utf-8")
        console.say(f"  {path}", "2")
