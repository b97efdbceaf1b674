"""The order of the stages: header → parse → model → policy → plan → emit → build.

In: the settings of one module.  Out: `Bindings` (text), or an extension with its stubs on disk.
Must not know: what any stage does inside. This is the only place that knows the order.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import final

from dovetail import convert, model, parse, plan, policy
from dovetail.build import compilers, cython, extension, rust, symbols
from dovetail.build.cache import open_cache, remove_old
from dovetail.build.install import install
from dovetail.config import ModuleSettings
from dovetail.diagnostics import Sink
from dovetail.emit import File, cpp, docs, pxd, pypy, stubs
from dovetail.inputs import SHARED, Inputs, find_used, resolve
from dovetail.plan import Shared, dump_shared
from dovetail.plan.places import spell_places

RUNTIME = Path(__file__).parent / "include"
PYPY = Path(__file__).parent / "pypy"
"""What modules for PyPy bring along."""
Progress = Callable[[str], None]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """Everything about a module that is text, and how long each stage took."""

    model: model.Module
    plan: plan.Module
    sources: tuple[File, ...]
    stubs: tuple[File, ...]
    docs: File
    pxd: tuple[File, ...]
    """What Cython may cimport."""
    own_pxd: str
    """The same for Cython sources of the module itself; "" where it has none."""
    shared: Shared
    """What other modules may use of it."""
    seconds: dict[str, float]
    python: tuple[File, ...] = ()
    """For PyPy: the module, and what lies beside its library."""


STAGES: dict[str, Callable[[Bindings], tuple[File, ...]]] = {
    "model": lambda bindings: (File(f"{bindings.plan.name}.model", model.dump(bindings.model)),),
    "plan": lambda bindings: (File(f"{bindings.plan.name}.plan", plan.dump(bindings.plan)),),
    "cpp": lambda bindings: bindings.sources,
    "stubs": lambda bindings: bindings.stubs,
    "docs": lambda bindings: (bindings.docs,),
    "pxd": lambda bindings: bindings.pxd,
    "python": lambda bindings: bindings.python,
}
"""What can be looked at, by the name of the stage."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    bindings: Bindings
    extension: Path
    files: tuple[Path, ...]
    """Everything written: the extension first, then stubs."""
    dependencies: tuple[Path, ...]
    """Files whose change makes the extension stale: headers, sources and what they include, libraries."""
    translated: tuple[File, ...] = ()
    """The C++ that Cython made of sources."""


def read_model(inputs: Inputs, sink: Sink, used: Sequence[Shared] = ()) -> model.Module:
    """Parses the headers of a module as the user's compiler would."""
    settings = inputs.settings
    search = compilers.read_search_path(compilers.find_compiler(sink), settings.std)
    if not search.include:
        message = f"`{compilers.find_compiler(sink).command[0]}` does not know -std={settings.std}, or does not run"
        sink.report("DV060", message, helps=("choose an older `std`, or a newer compiler: CXX=…",))
        sink.stop_on_errors()
    request = parse.Request(
        headers=tuple(path for _, path in inputs.headers),
        include=(*settings.include, str(RUNTIME)),
        define=settings.define,
        std=settings.std,
        used=frozenset(digest for each in used for digest in each.files),
        system_include=search.include,
        system_define=search.define,
        # The same folders for `#include "..."` as the compiler will have, also for a header that lies elsewhere.
        flags=(*compilers.parse_flags(settings.cxxflags), *(f"-iquote{folder}" for folder in inputs.quote)),
        foreign=convert.LIBRARIES,
        instantiate_for=tuple(
            parse.Listed(rule.selector, name, rule.span) for rule in settings.rules for name in rule.instantiate
        ),
    )
    read = parse.read_headers(request, sink)
    return dataclasses.replace(read, headers=tuple(spelled for spelled, _ in inputs.headers))


def render(
    inputs: Inputs,
    exports: frozenset[str] | None,
    sink: Sink,
    known: Mapping[str, Shared] | None = None,
    *,
    for_pypy: bool = False,
) -> Bindings:
    """Parses, decides and renders. Stops after each stage that reported errors."""
    clock = [time.perf_counter()]
    used = find_used(inputs.settings, inputs.root, known or {}, sink)
    sink.stop_on_errors()
    read = read_model(inputs, sink, used)
    sink.stop_on_errors()
    clock.append(time.perf_counter())
    digests = {path: parse.digest_of(path) for path in read.files}
    theirs = [
        policy.Used(shared=each, files=frozenset(path for path, digest in digests.items() if digest in each.files))
        for each in used
    ]
    decided = policy.decide(read, inputs.settings, exports, sink, theirs)
    if not for_pypy:
        decided = policy.add_inner(decided, inputs.sources.cython, sink)
    sink.stop_on_errors()
    plan.check(decided)
    plain = None
    if for_pypy:
        decided, plain = policy.narrow_to_plain(decided, inputs.sources.cython)
    clock.append(time.perf_counter())
    spelled = spell_places(decided, partial(_spell, inputs, _system_folders(inputs, sink)))
    python: tuple[File, ...] = ()
    if plain is None:
        emitted, declared = cpp.render(spelled), pxd.render(spelled)
    else:
        (emitted, python), declared = pypy.render(spelled, plain), ()
    cimported = pxd.render(spelled, own=True) if declared and inputs.sources.cython else ()
    texts = stubs.render(spelled), docs.render(spelled)
    clock.append(time.perf_counter())
    seconds = {name: clock[i + 1] - clock[i] for i, name in enumerate(("parse", "plan", "emit"))}
    foreign = {path for each in theirs for path in each.files}
    own = (digest for path, digest in digests.items() if path not in foreign)
    shared = plan.share(decided, own, inputs.settings.abi3)
    shared = dataclasses.replace(shared, pxd="".join(file.text for file in declared))
    return Bindings(
        model=read,
        plan=decided,
        sources=emitted,
        stubs=texts[0],
        docs=texts[1],
        pxd=declared,
        own_pxd="".join(file.text for file in cimported),
        shared=shared,
        seconds=seconds,
        python=python and (*python, *_read_pypy_runtime(inputs.settings.name)),
    )


def _read_pypy_runtime(name: str) -> tuple[File, ...]:
    """A copy for the module alone: nothing else has to be installed, and modules of several versions go together."""
    folder = pypy.folder_name(name)
    files = sorted(PYPY.glob("*.py"))
    return tuple(File(f"{folder}/{file.name}", file.read_text(encoding="utf-8")) for file in files)


def _spell(inputs: Inputs, system: tuple[str, ...], path: str) -> str:
    """A header as its users write it: from the project's folder, or as `#include <...>` finds it."""
    for folder in (os.path.join(inputs.root, ""), *system):
        if path.startswith(folder):
            return path[len(folder) :]
    return {place: spelled for spelled, place in inputs.headers}.get(path, path)


def _system_folders(inputs: Inputs, sink: Sink) -> tuple[str, ...]:
    search = compilers.read_search_path(compilers.find_compiler(sink), inputs.settings.std)
    folders = sorted((*search.include, *inputs.settings.include), key=len, reverse=True)
    return tuple(os.path.join(folder, "") for folder in folders)


def bind(
    settings: ModuleSettings,
    root: Path,
    sink: Sink,
    *,
    check_symbols: bool = True,
    known: Mapping[str, Shared] | None = None,
) -> Bindings:
    """The text of a module, from its headers. Nothing is compiled. `known`: modules that it may use, made just now.

    Functions without a body are checked against the linked libraries; where there are sources, these may define
    anything, so nothing is left out.
    """
    inputs = resolve(settings, root, sink)
    sink.stop_on_errors()
    checked = check_symbols and not inputs.sources.every
    bindings = render(inputs, _exports(inputs, (), sink) if checked else None, sink, known)
    exported = [each for file in inputs.sources.rust for each in rust.read_exported(file)]
    policy.check_exported(bindings.model, exported, sink)
    sink.stop_on_errors()
    return bindings


def translate(
    settings: ModuleSettings, root: Path, bindings: Bindings, sink: Sink, known: Mapping[str, Shared] | None = None
) -> tuple[File, ...]:
    """The C++ that Cython makes of the sources of a module, for others to compile."""
    inputs = resolve(settings, root, sink)
    if not inputs.sources.cython:
        return ()
    with ExitStack() as stack:
        job = _job(inputs, _work_folder(None, stack, sink), extension.Target(), sink)
        around = Around(bindings=bindings, used=find_used(settings, inputs.root, known or {}, sink))
        return _read_all(_translate(around, inputs, job, sink, lambda step: None))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What Cython may know of a module beyond its settings: its text, and the modules that it uses."""

    bindings: Bindings
    used: tuple[Shared, ...]


def _translate(around: Around, inputs: Inputs, job: extension.Job, sink: Sink, progress: Progress) -> cython.Translated:
    bindings = around.bindings
    declared = {bindings.plan.name: bindings.own_pxd, **{each.module: each.pxd for each in around.used if each.pxd}}
    sources = () if bindings.python else inputs.sources.cython  # PyPy has no use for what Cython makes
    made = cython.translate(job, declared, sources, sink=sink, progress=progress)
    sink.stop_on_errors()
    return made


def _read_all(translated: cython.Translated) -> tuple[File, ...]:
    return tuple(File(path.name, path.read_text(encoding="utf-8")) for path in translated.files)


def _exports(inputs: Inputs, objects: tuple[Path, ...], sink: Sink) -> frozenset[str] | None:
    """What a call in emitted code may refer to: objects, libraries, and what every program links."""
    compiler = compilers.find_compiler(sink)
    standard = tuple(
        path for name in ("stdc++", "c++", "m", "c") if (path := symbols.find_standard_library(name, compiler))
    )
    return symbols.read_exports((*objects, *inputs.libraries, *standard))


def build(
    settings: ModuleSettings,
    root: Path,
    output: Path,
    sink: Sink,
    *,
    keep: Path | None = None,
    progress: Progress = lambda step: None,
    target: extension.Target | None = None,
    known: Mapping[str, Shared] | None = None,
    portable: bool = False,
    for_pypy: bool = False,
) -> Built:
    """The extension and its stubs in `output`, all or nothing. Raises Stopped with the reasons otherwise.

    `keep` receives emitted C++ and objects; without it they are gone afterwards. `portable`: it will leave
    this machine. `for_pypy`: a plain library, and the module for PyPy over it.
    """
    progress("reading settings")
    inputs = resolve(settings, root, sink)
    sink.stop_on_errors()
    with ExitStack() as stack:
        work = _work_folder(keep, stack, sink)
        target = extension.PLAIN if for_pypy else target or _target(settings, sink)
        job = _job(inputs, work, target, sink, kept=keep is not None, portable=portable)
        # Sources first: their errors come sooner, and what they define decides what may be bound.
        objects = extension.compile_all(job, inputs.sources.compiled, "DV062", sink, progress)
        crates = rust.compile_crates(job, inputs.sources.rust, sink, progress)
        sink.stop_on_errors()
        job = dataclasses.replace(job, ldflags=(*crates.ldflags, *job.ldflags))
        progress("reading headers")
        bindings = render(inputs, _exports(inputs, (*objects, *crates.archives), sink), sink, known, for_pypy=for_pypy)
        policy.check_exported(bindings.model, crates.exported, sink)
        around = Around(bindings=bindings, used=find_used(settings, inputs.root, known or {}, sink))
        translated = _translate(around, inputs, job, sink, progress)
        objects += extension.compile_all(job, translated.files, "DV062", sink, progress)
        objects += _compile_emitted(bindings, job, sink, progress)
        name = settings.name.rpartition(".")[2]
        linked = work / (pypy.library_name(name) if for_pypy else f"{name}{job.target.suffix}")
        extension.link(job, (*objects, *crates.archives), linked, sink, progress)
        sink.stop_on_errors()
        dependencies = dict.fromkeys(
            [
                *map(Path, bindings.model.files),
                *_own_dependencies(objects, inputs, sink),
                *inputs.libraries,
                *crates.dependencies,
                *translated.dependencies,
            ]
        )
        if job.cache is not None:
            remove_old(job.cache)
        files = _install(bindings, linked, output, sink)
        return Built(
            bindings=bindings,
            extension=files[0],
            files=files,
            dependencies=tuple(dependencies),
            translated=_read_all(translated),
        )


def _work_folder(keep: Path | None, stack: ExitStack, sink: Sink) -> Path:
    if keep is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dovetail-"))).resolve()
    try:
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sink.report("DV071", f"cannot write to `{keep}`: {error.strerror or error}")
        sink.stop_on_errors()
    return keep.resolve()


def _compile_emitted(bindings: Bindings, job: extension.Job, sink: Sink, progress: Progress) -> tuple[Path, ...]:
    """Objects of the emitted units. What the compiler rejects is kept for the report that the user may write."""
    units = _write_sources(bindings, job.work)
    compiled = extension.compile_all(job, units, "DV061", sink, progress)
    if sink.errors and job.rejected is not None:
        shutil.rmtree(job.rejected, ignore_errors=True)
        for file in bindings.sources:
            _below(job.rejected, file.name).write_text(file.text, encoding="utf-8")
    sink.stop_on_errors()
    return compiled


def _own_dependencies(objects: tuple[Path, ...], inputs: Inputs, sink: Sink) -> tuple[Path, ...]:
    """What the compiler read, without the headers that came with it: the compiler's own date stands for these."""
    search = compilers.read_search_path(compilers.find_compiler(sink), inputs.settings.std)
    inside = tuple(os.path.join(folder, "") for folder in search.include)
    return tuple(path for path in extension.read_dependencies(objects) if not str(path).startswith(inside))


def package_folder(root: Path, name: str) -> Path:
    """Where a module of a project belongs: in its package's folder at the root, in `src` or in `python`."""
    packages_above = name.split(".")[:-1]
    for base in ("", "src", "python"):
        if packages_above and Path(root, base, packages_above[0]).is_dir():
            return Path(root, base, *packages_above)
    return Path(root, *packages_above)


def _job(
    inputs: Inputs, work: Path, target: extension.Target, sink: Sink, *, kept: bool = False, portable: bool = False
) -> extension.Job:
    settings = inputs.settings
    cache = open_cache(sink)
    outside = [library for library in inputs.libraries if _is_outside(library, settings)]
    if portable:
        _warn_of_outside(outside, settings, sink)
    return extension.Job(
        compiler=compilers.find_compiler(sink),
        std=settings.std,
        work=work,
        target=target,
        root=inputs.root,
        quote=(*inputs.quote, str(work)),
        include=settings.include,
        runtime=str(RUNTIME),
        define=settings.define,
        libs=settings.libs,
        library_dirs=settings.library_dirs,
        cxxflags=settings.cxxflags,
        ldflags=settings.ldflags,
        optimize=settings.optimize,
        cache=cache,
        portable=portable,
        run_paths=tuple(dict.fromkeys(str(library.parent) for library in outside)),
        static_runtime=settings.static_runtime,
        origins=((str(inputs.root), "."), (str(work), "dovetail")),
        rejected=cache.folder / "rejected" / settings.name if cache is not None and not kept else None,
    )


def _target(settings: ModuleSettings, sink: Sink) -> extension.Target:
    """The running interpreter, or with `abi3` all from that version on; DV065 where this one cannot make that."""
    target = extension.find_target(settings.abi3)
    if isinstance(target, extension.Target):
        return target
    sink.report("DV065", target, settings.span, helps=("leave out `abi3`, or build with another Python",))
    sink.stop_on_errors()
    raise AssertionError("DV065 is an error")


def _is_outside(library: Path, settings: ModuleSettings) -> bool:
    """Whether the loader finds a shared library only where it is told to look."""
    named = str(library) in settings.libs or str(library.parent) in settings.library_dirs
    return symbols.is_shared(library) and named


def _warn_of_outside(outside: list[Path], settings: ModuleSettings, sink: Sink) -> None:
    for library in outside:
        sink.report(
            "DV068",
            f"the wheel looks for `{library.name}` in a folder of this machine",
            settings.span,
            notes=(f"in {library.parent}",),
            helps=("link it statically (`static`), or let `auditwheel repair` copy it into the wheel",),
        )


def _write_sources(bindings: Bindings, work: Path) -> tuple[Path, ...]:
    units = []
    for file in bindings.sources:
        path = _below(work, file.name)
        path.write_text(file.text, encoding="utf-8")
        if path.suffix == ".cpp":
            units.append(path)
    return tuple(units)


def _below(folder: Path, name: str) -> Path:
    """The path of a generated file, in a folder that is there."""
    path = _inside(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _inside(folder: Path, name: str) -> Path:
    """The path of a generated file, which never climbs out of its folder."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise AssertionError(f"generated file outside of its folder: {name}")
    return path


def shared_file(bindings: Bindings) -> tuple[File, ...]:
    """What other modules may use, as it lies beside the extension."""
    name = f"{bindings.plan.name.rpartition('.')[2]}{SHARED}"
    return (File(name, dump_shared(bindings.shared)),) if bindings.shared.types else ()


def _install(bindings: Bindings, linked: Path, output: Path, sink: Sink) -> tuple[Path, ...]:
    """Everything at the very end, so that a failure leaves what was there. The extension comes first."""
    folder = output.resolve() / (pypy.folder_name(bindings.plan.name) if bindings.python else "")
    contents = {folder / linked.name: (linked.read_bytes(), 0o755)}
    beside = bindings.python or (*bindings.pxd, *shared_file(bindings))
    for file in (*bindings.stubs, *beside):
        contents[_inside(output, file.name)] = (file.text.encode(), 0o644)
    try:
        install(contents)
    except OSError as error:
        sink.report("DV071", f"cannot write to `{output}`: {error.strerror or error}")
        sink.stop_on_errors()
    return tuple(contents)


def write_files(files: Mapping[str, str], folder: Path, sink: Sink) -> tuple[Path, ...]:
    """Generated text below a folder, all or nothing. What is the same already keeps its date."""
    contents = {_inside(folder, name): (text.encode(), 0o644) for name, text in files.items()}
    write_all({path: content for path, content in contents.items() if not _holds(path, content[0])}, sink)
    return tuple(contents)


def write_all(contents: Mapping[Path, tuple[bytes, int]], sink: Sink) -> None:
    """Contents with their modes at their places, all or nothing."""
    try:
        install(contents)
    except OSError as error:
        where = os.path.commonpath([path.parent for path in contents]).removeprefix(os.path.join(os.getcwd(), ""))
        sink.report("DV071", f"cannot write to `{where}`: {error.strerror or error}")
        sink.stop_on_errors()


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == content
