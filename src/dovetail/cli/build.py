"""`dovetail build`: extensions with their stubs beside them.

In: headers or a project.  Out: files, and a summary.  Must not know: how they are made.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from dovetail.cli.console import Console, shown_path
from dovetail.cli.modules import Chosen, read_modules
from dovetail.cli.modules import add_arguments as add_module_arguments
from dovetail.inputs import Known
from dovetail.report.summary import as_json, render_reasons, render_summary

SUMMARY = "compile headers into an extension, with its stub beside it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_module_arguments(parser)
    parser.add_argument(
        "--output",
        "-o",
        metavar="DIR",
        help="where imports will start (default: this folder; for a project, where its packages are)",
    )
    parser.add_argument(
        "--pypy",
        action="store_true",
        default=sys.implementation.name == "pypy",
        help="make a plain library, and over it a module that PyPy imports through cffi (where this is PyPy: always)",
    )
    parser.add_argument("--keep", metavar="DIR", help="keep emitted C++ and objects there")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from dovetail import pipeline  # takes its time: not for --help

    results = []
    modules = read_modules(arguments, console.sink)
    said: list[tuple[str, dict[Path, Path]]] = []
    contents: dict[Path, tuple[bytes, int]] = {}
    known: Known = {}
    # Built aside: where one module fails, none of them is replaced.
    with tempfile.TemporaryDirectory(prefix="dovetail-") as scratch:
        for chosen in modules:
            name = chosen.settings.name
            keep = Path(arguments.keep, *([name] if len(modules) > 1 else [])) if arguments.keep else None
            aside = Path(scratch, name).resolve()
            with console.steps() as steps:
                built = pipeline.build(
                    chosen.settings,
                    chosen.root,
                    aside,
                    console.sink,
                    keep=keep,
                    progress=steps,
                    known=known,
                    for_pypy=arguments.pypy,
                )
            known[name] = built.bindings.shared
            folder = _output_folder(chosen, arguments.output).absolute()
            files = {folder / path.relative_to(aside): path for path in built.files}
            contents |= {path: (made.read_bytes(), made.stat().st_mode & 0o777) for path, made in files.items()}
            lines = [f"{render_summary(built.bindings.plan)} in {steps.seconds:.1f} s"]
            lines += [f"  {reasons}"] if (reasons := render_reasons(built.bindings.plan)) else []
            said.append(("\n".join(lines), files))
            facts = as_json(built.bindings.plan, built.bindings.seconds)
            results.append({**facts, "files": [str(path) for path in files]})
    pipeline.write_all(contents, console.sink)
    for summary, files in said:
        console.say(summary)
        for path in files:
            console.say(f"  {shown_path(path)}", "2")
    console.fact("modules", results)
    return 0


def _output_folder(chosen: Chosen, output: str | None) -> Path:
    from dovetail import pipeline

    packages = chosen.settings.name.split(".")[:-1]
    if output is not None:
        return Path(output, *packages)
    return Path(*packages) if chosen.project is None else pipeline.package_folder(chosen.root, chosen.settings.name)
