"""Which modules a command is about: headers named on the command line, or a project.

In: parsed arguments.  Out: `Chosen` modules with their settings; problems in the sink.
Must not know: what is done with them.
"""

from __future__ import annotations

import argparse
import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from dovetail.config import (
    ModuleSettings,
    Setting,
    Shape,
    in_order,
    make_settings,
    override_settings,
    read_environment,
    read_project,
    settings_of,
)
from dovetail.diagnostics import Sink
from dovetail.loader import module_name

_ALSO = {
    "sources": ("--source",),
    "include": ("-I",),
    "define": ("-D",),
    "libs": ("--lib", "-l"),
    "library_dirs": ("--library-dir", "-L"),
}
_VALUES = {
    "sources": "FILE",
    "include": "DIR",
    "define": "NAME[=V]",
    "libs": "NAME",
    "library_dirs": "DIR",
    "pkg_config": "NAME",
    "static": "NAME",
    "abi3": "VERSION",
    "namespace": "NAME",
    "cxxflags": "OPTION",
    "ldflags": "OPTION",
    "optimize": "LEVEL",
    "std": "STANDARD",
    "uses": "NAME",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A module, the folder to which its paths are relative, and the project's file if there is one."""

    settings: ModuleSettings
    root: Path
    project: Path | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """HEADER… and an option for every module setting, with the setting's own docstring as help."""
    from dovetail.config.reference import texts_of

    parser.add_argument(
        "headers",
        nargs="*",
        metavar="HEADER",
        help="headers to bind as one module; or the folder or file of a project (default: the project here)",
    )
    group = parser.add_argument_group("the module")
    group.add_argument("--name", help="the import name (default: that of the first header)")
    group.add_argument("--module", action="append", metavar="NAME", help="only this module of the project")
    texts = texts_of(ModuleSettings)
    for setting in _options():
        _add_setting(group, setting, texts[setting.name])


def _options() -> tuple[Setting, ...]:
    return tuple(setting for setting in settings_of(ModuleSettings) if setting.name != "headers")


def _add_setting(group: argparse._ArgumentGroup, setting: Setting, text: str) -> None:
    if setting.shape is Shape.FLAG:
        action = argparse.BooleanOptionalAction
        group.add_argument(setting.option, dest=setting.name, action=action, default=None, help=text.replace("%", "%%"))
        return
    group.add_argument(
        setting.option,
        *_ALSO.get(setting.name, ()),
        dest=setting.name,
        action="append" if setting.shape is Shape.TEXTS else "store",
        metavar=_VALUES.get(setting.name, "VALUE"),
        help=text.replace("%", "%%"),
    )


def read_modules(arguments: argparse.Namespace, sink: Sink) -> tuple[Chosen, ...]:
    """The modules that the arguments mean. Raises Stopped where something is wrong with them.

    Options win over the environment, the environment over a project's file.
    """
    given = {setting.name: value for setting in _options() if (value := getattr(arguments, setting.name)) is not None}
    place = _project_place(arguments.headers)
    chosen = _of_headers(arguments, sink) if place is None else _of_project(place, arguments, sink)
    found = tuple(
        Chosen(settings=override_settings(item.settings, given, sink), root=item.root, project=item.project)
        for item in chosen
    )
    sink.stop_on_errors()
    return found


def _project_place(headers: list[str]) -> Path | None:
    """The folder or file of a project; None where headers are meant."""
    if not headers:
        return Path()
    if len(headers) == 1 and (headers[0].endswith(".toml") or Path(headers[0]).is_dir()):
        return Path(headers[0])
    return None


def _of_headers(arguments: argparse.Namespace, sink: Sink) -> tuple[Chosen, ...]:
    if arguments.module:
        sink.report("DV012", "`--module` chooses from a project, and here are headers", helps=("use --name",))
    name = module_name(arguments.headers[0]) if arguments.name is None else arguments.name
    settings = make_settings(name, arguments.headers, sink=sink)
    environment: dict[str, Any] = read_environment(os.environ, sink)
    return (Chosen(settings=override_settings(settings, environment, sink), root=Path.cwd(), project=None),)


def _of_project(place: Path, arguments: argparse.Namespace, sink: Sink) -> tuple[Chosen, ...]:
    project = read_project(place, sink)
    if arguments.name is not None:
        sink.report("DV012", "`--name` is for headers; the modules of a project have names", helps=("use --module",))
    known = {module.name: module for module in project.modules}
    for name in arguments.module or ():
        if name not in known and known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"its modules: {', '.join(known)}"
            sink.report("DV012", f"the project has no module `{name}`", helps=(hint,))
    return tuple(
        Chosen(settings=module, root=project.root.resolve(), project=project.path)
        for module in in_order(project.modules)
        if not arguments.module or module.name in arguments.module
    )
