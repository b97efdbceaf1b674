"""The project file: `[tool.dovetail]` of `pyproject.toml`, or the same tables at the top of `dovetail.toml`.

In: a folder.  Out: `Project`, with a report of everything that is wrong in the file.
Must not know: C++, what settings do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dovetail.config.check import Place, check_keys, check_table
from dovetail.config.locate import locate_keys
from dovetail.config.make import override_settings, read_environment, settings_from_table
from dovetail.config.settings import ModuleSettings, Project
from dovetail.diagnostics import Sink, Span

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_EXAMPLE = 'write in pyproject.toml\n[tool.dovetail.modules.shapes]\nheaders = ["shapes.h"]'


def read_project(folder: Path | str, sink: Sink, *, environ: Mapping[str, str] | None = None) -> Project:
    """Reads the project of a folder (or a configuration file given directly). Never raises for bad content: call
    `sink.stop_on_errors()` before using the result. Variables of the environment win over the file."""
    folder = Path(folder)
    candidates = (folder,) if folder.is_file() else (folder / "dovetail.toml", folder / "pyproject.toml")
    tables = [(path, found) for path in candidates if (found := _read_file(path, sink)) is not None]
    root = candidates[0].parent
    if not tables:
        if not sink.errors:
            sink.report("DV016", f"no dovetail table in `{_shown(folder)}`", helps=(_EXAMPLE,))
        return Project(root=root, modules=(), path=candidates[-1])
    path, (table, place) = tables[0]
    if len(tables) > 1:
        other = tables[1][1][1]
        other.report(
            "DV012",
            "two configurations of one project",
            notes=(f"`{_shown(path)}` holds the other",),
            help="keep one of them",
        )
    modules = _read_modules(table, place)
    given = read_environment(os.environ if environ is None else environ, sink)
    return Project(root=root, modules=tuple(override_settings(m, given, sink) for m in modules), path=path)


def _read_file(path: Path, sink: Sink) -> tuple[dict[str, Any], Place] | None:
    """The dovetail table of a file and its place; None where there is no file, no table, or nothing readable."""
    shown = _shown(path)
    try:
        text = path.read_bytes().decode("utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        return None
    except OSError as error:
        sink.report("DV017", f"`{shown}` cannot be read: {error.strerror}", Span(shown))
        return None
    except UnicodeDecodeError as error:
        sink.report("DV017", f"`{shown}` is not UTF-8", Span(shown), notes=(f"byte {error.start} is no UTF-8",))
        return None
    except RecursionError:
        sink.report("DV017", f"`{shown}` is nested too deeply", Span(shown))
        return None
    except tomllib.TOMLDecodeError as error:
        sink.report("DV017", f"not valid TOML: {_reason(error)}", _place_of(error, shown))
        return None
    return _dovetail_table(data, Place(sink=sink, spans=locate_keys(text, shown)), path)


def _dovetail_table(data: dict[str, Any], place: Place, path: Path) -> tuple[dict[str, Any], Place] | None:
    if path.name == "dovetail.toml" and "tool" not in data:
        return data, place
    tool = data.get("tool", {})
    if not isinstance(tool, dict) or "dovetail" not in tool:
        return None
    here = place.at("tool", "dovetail")
    table = check_table(tool["dovetail"], here)
    return None if table is None else (table, here)


def _read_modules(table: dict[str, Any], place: Place) -> list[ModuleSettings]:
    check_keys(table, ["modules"], place)
    modules = check_table(table.get("modules", {}), place.at("modules"))
    if modules is None:
        return []
    if not modules:
        place.report("DV012", "the project has no modules", help=_EXAMPLE)
    found = []
    for name, entry in modules.items():
        here = place.at("modules", name)
        if (settings := check_table(entry, here)) is not None:
            found.append(settings_from_table(name, settings, here))
    return found


def _reason(error: tomllib.TOMLDecodeError) -> str:
    text = str(error)
    reason = text[: text.rfind(" (at ")] if " (at " in text else text
    return reason[:1].lower() + reason[1:]


def _place_of(error: tomllib.TOMLDecodeError, path: str) -> Span:
    """The message ends in `(at line 3, column 7)` or `(at end of document)`."""
    words = str(error).rpartition("(at ")[2].replace(",", " ").replace(")", " ").split()
    if words[:1] == ["line"] and len(words) >= 4:
        return Span(path, int(words[1]), int(words[3]))
    return Span(path)


def _shown(path: Path) -> str:
    """The path as a person in the current folder would write it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
