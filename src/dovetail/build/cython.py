"""Cython sources: translated to C++, each a module inside of the one that is built.

In: a `Job`, `.pyx` and `.py` files, what the module declares for Cython.  Out: `Translated`.
Must not know: what the declarations say, where the module is installed.

`fast.pyx` of the module `shapes` becomes `shapes.fast`; Cython sees the declarations as those of the package around it,
so that `from shapes cimport area` needs no setting. Cython runs in a process of its own: it is never imported here.
"""

from __future__ import annotations

import difflib
import functools
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, final

from dovetail.build import objects
from dovetail.build.extension import FOREIGN, Job, Progress, read_rule
from dovetail.diagnostics import NO_SPAN, Sink, Span

HOW_TO_GET_IT = (
    'pip install "dovetail[cython]"',
    'for wheels: requires = ["hatchling", "dovetail[cython]"] in [build-system] of pyproject.toml',
)
# As this process would import it, whatever folder it runs in.
_RUN = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from Cython.Compiler.Main import main; main(command_line=1)"
)
_ERROR = re.compile(r"^(?P<file>[^\n:]+):(?P<line>\d+):(?P<column>\d+): (?P<text>.+)$", re.M)
_NOT_ERRORS = ("warning:", "performance hint:")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    files: tuple[Path, ...] = ()
    """C++, in the order of the sources."""
    dependencies: tuple[Path, ...] = ()


class Known(NamedTuple):
    """What the module declares for Cython."""

    module: str
    names: list[str]


@functools.cache
def find_cython() -> tuple[str, Path] | None:
    """The version, and a file that changes with it; None where Cython is not installed."""
    spec = importlib.util.find_spec("Cython")
    if spec is None or spec.origin is None:
        return None
    try:
        version = importlib.metadata.version("Cython")
    except importlib.metadata.PackageNotFoundError:
        version = "?"
    return version, Path(spec.origin).with_name("Shadow.py")


def translate(
    job: Job, declared: Mapping[str, str], files: tuple[Path, ...], *, sink: Sink, progress: Progress
) -> Translated:
    """C++ for the Cython sources of a module. `declared`: what each module declares, by its name; that of the sources
    comes first. Complaints are reported at their places."""
    if not files:
        return Translated()
    found = find_cython()
    if found is None or int(found[0].partition(".")[0] if found[0][0].isdigit() else 3) < 3:
        what = "Cython is not installed" if found is None else f"Cython {found[0]} is too old: 3 or newer is needed"
        names = ", ".join(f"`{file.name}`" for file in files)
        sink.report("DV052", f"{what}; it is needed for {names}", Span(str(files[0])), helps=HOW_TO_GET_IT)
        return Translated()
    version, changing = found
    module = next(iter(declared))
    _write_declared(job.work / FOREIGN / "declared", files, declared)
    made = [_translate(job, module, file, version, progress) for file in files]
    beside = [pxd for file in files if (pxd := file.with_suffix(".pxd")).is_file()]
    known = _read_names(declared[module])
    for source, (_, _, complaint) in zip(files, made, strict=True):
        if complaint:
            _report(complaint, source, job, Known(module, known), sink)
    dependencies = dict.fromkeys((*files, *beside, *(path for _, read, _ in made for path in read), changing))
    return Translated(files=tuple(output for output, _, _ in made), dependencies=tuple(dependencies))


def _write_declared(folder: Path, files: tuple[Path, ...], declared: Mapping[str, str]) -> None:
    """A tree in which every module is a package, with the declarations of each source beside those of its own."""
    for module, text in declared.items():
        package = folder.joinpath(*module.split("."))
        package.mkdir(parents=True, exist_ok=True)
        for outer in package.relative_to(folder).parents:
            (folder / outer / "__init__.pxd").touch()
        (package / "__init__.pxd").write_text(text, encoding="utf-8")
    (folder / "__init__.pxd").unlink(missing_ok=True)
    own = folder.joinpath(*next(iter(declared)).split("."))
    for file in files:
        if (beside := file.with_suffix(".pxd")).is_file():
            (own / beside.name).write_bytes(beside.read_bytes())


def _translate(
    job: Job, module: str, file: Path, version: str, progress: Progress
) -> tuple[Path, tuple[Path, ...], str]:
    """The C++ of one file, what was read for it, and the complaint if there is none."""
    output = job.work / FOREIGN / f"{file.stem}.cpp"
    declared = job.work / FOREIGN / "declared"
    options = ["--cplus", "-3", "--line-directives", "--depfile", "--module-name", f"{module}.{file.stem}"]
    folders = [str(declared), *(folder for folder in (*job.quote, *job.include) if folder != str(job.work))]
    options += [word for folder in folders for word in ("-I", folder)]
    # Relative, so that the same source gives the same C++ wherever it lies.
    shown = os.path.relpath(file, job.root)
    texts = [path.read_text(encoding="utf-8") for path in sorted(declared.rglob("*.pxd"))]
    key = objects.object_key([*options, shown, *texts], version, file, job.work) if job.cache else ""
    if job.cache and (read := objects.take_object(job.cache, key, output)) is not None:
        return output, tuple(map(Path, read)), ""
    progress(f"translating {file.name}")
    search = json.dumps([path for path in sys.path if path])
    command = [sys.executable, "-I", "-c", _RUN, search, *options, "-o", str(output), shown]
    done = subprocess.run(command, cwd=job.root, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        return output, (), done.stderr or f"it ended with status {done.returncode}"
    rule = output.with_name(f"{output.name}.dep")
    read_here = tuple(path for path in read_rule(rule, job.root) if not path.is_relative_to(job.work))
    if job.cache:
        objects.keep_object(job.cache, key, output, read_here)
    return output, read_here, ""


def _report(complaint: str, source: Path, job: Job, known: Known, sink: Sink) -> None:
    found = [match for match in _ERROR.finditer(complaint) if not match["text"].startswith(_NOT_ERRORS)]
    declared = job.work / FOREIGN / "declared"
    for match in found[:10]:
        path = Path(job.root, match["file"])
        if path.is_relative_to(declared) and path.stem == source.stem:
            path = source.with_suffix(".pxd")
        place = Span(os.path.normpath(path), int(match["line"]), int(match["column"]) + 1)
        _report_one(match["text"], place, known, sink)
    if not found:
        last = [line for line in complaint.splitlines() if line.strip()][-4:]
        sink.report("DV062", f"Cython failed on {source.name}", NO_SPAN, notes=tuple(last))


def _read_names(declared: str) -> list[str]:
    """What the text of a .pxd declares."""
    found: set[str] = set()
    for pattern in (
        r"^cdef (?!extern).*?(\w+)\(",
        r"^\s+cppclass (\w+)",
        r"^\s+enum (?:class )?(\w+)",
        r"^\s+const .*?(\w+) \"",
        r"^ctypedef .* (\w+)$",
    ):
        found.update(re.findall(pattern, declared, re.M))
    return sorted(found)


def _report_one(text: str, place: Span, known: Known, sink: Sink) -> None:
    """For a name that the module does not declare, Cython has looked for a file: it takes the module for a package."""
    folder = re.escape(known.module.replace(".", "/"))
    missing = re.fullmatch(rf"'{folder}/(?P<name>\w+)\.pxd' not found", text)
    if missing is None:
        sink.report("DV062", text, place)
        return
    near = difflib.get_close_matches(missing["name"], known.names, n=1)
    helps = [f"did you mean `{near[0]}`?"] if near else []
    if not known.names:
        helps.append("nothing in it has a native signature: its headers declare none, or `native` is false")
    helps.append(f"`dovetail.native({known.module.rpartition('.')[2]})` lists what has a native signature")
    sink.report("DV062", f"`{known.module}` declares no `{missing['name']}` for Cython", place, helps=tuple(helps))
