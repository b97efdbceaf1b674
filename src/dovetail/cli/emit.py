"""`dovetail emit`: the C++ and the stubs of a module, for other build systems to compile.

In: headers or a project.  Out: files in folders.  Must not know: who compiles them.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from dovetail.cli.console import Console
from dovetail.cli.modules import add_arguments as add_module_arguments
from dovetail.cli.modules import read_modules
from dovetail.inputs import Known
from dovetail.report.summary import render_summary

CYTHON = "cython"
"""The folder for what Cython makes of sources, each to be compiled by itself."""
SUMMARY = "write the C++ and the stubs of a module, for other build systems"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_module_arguments(parser)
    parser.add_argument("--output", "-o", required=True, metavar="DIR", help="where the C++ goes")
    parser.add_argument("--stubs", metavar="DIR", help="where the stubs go (default: with the C++)")
    parser.add_argument("--one-file", action="store_true", help="NAME.cpp is the one file to compile")
    parser.add_argument(
        "--check-symbols", action="store_true", help="leave out what no library defines (else anything may)"
    )
    parser.add_argument("--depfile", metavar="FILE", help="also write a rule of make: what the C++ was made from")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from dovetail import pipeline  # takes its time: not for --help

    output = Path(arguments.output)
    read: list[str] = []
    written: list[Path] = []
    known: Known = {}
    for chosen in read_modules(arguments, console.sink):
        bindings = pipeline.bind(
            chosen.settings, chosen.root, console.sink, check_symbols=arguments.check_symbols, known=known
        )
        known[chosen.settings.name] = bindings.shared
        name = chosen.settings.name.rpartition(".")[2]
        sources = {file.name: file.text for file in bindings.sources}
        translated = pipeline.translate(chosen.settings, chosen.root, bindings, console.sink, known)
        stubs = {file.name: file.text for file in (*bindings.stubs, *bindings.pxd)}
        stubs |= {file.name: file.text for file in pipeline.shared_file(bindings)}
        sources = _in_one(name, sources) if arguments.one_file else sources
        sources |= {f"{CYTHON}/{file.name}": file.text for file in translated}
        written += pipeline.write_files(sources, output, console.sink)
        pipeline.write_files(stubs, Path(arguments.stubs or output), console.sink)
        read += [*bindings.model.files, *([str(chosen.project)] if chosen.project else [])]
        console.say(render_summary(bindings.plan))
    for path in written:
        os.utime(path)  # also where its text is the same: build systems compare dates
    if arguments.depfile:
        file = Path(arguments.depfile)
        pipeline.write_files({file.name: _rule(written, read)}, file.parent, console.sink)
    return 0


def _in_one(name: str, sources: dict[str, str]) -> dict[str, str]:
    """With several units, `NAME.cpp` includes all of them, so that the build system needs no list."""
    main = f"{name}.cpp"
    units = [file for file in sources if file.endswith(".cpp")]
    if units == [main]:
        return sources
    parts = {f"{file}.inc": sources[file] for file in units}
    others = {file: text for file, text in sources.items() if file not in units}
    return {**others, **parts, main: "".join(f'#include "{part}"\n' for part in parts)}


def _rule(targets: Iterable[Path], read: Iterable[str]) -> str:
    def escape(path: Path) -> str:
        return str(path.absolute()).replace("\\", "/").replace("$", "$$").replace(" ", "\\ ").replace("#", "\\#")

    right = " \\\n  ".join(escape(Path(path)) for path in dict.fromkeys(read))
    return f"{' '.join(escape(path) for path in targets)}: \\\n  {right}\n"
