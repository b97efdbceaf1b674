"""Checks of values that came from outside, whatever way they came: TOML, a call, the environment.

In: a value, what it should be, where it stands.  Out: the value in the form that the records hold, or `None` after
a report.  Must not know: the syntax of the place it came from (`Place` carries that).
"""

from __future__ import annotations

import difflib
import keyword
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, final

from dovetail.config.fields import Setting, Shape
from dovetail.config.locate import KeyPath
from dovetail.diagnostics import NO_SPAN, Sink, Span

_STANDARD = re.compile(r"(?:c|gnu)\+\+(?:17|1z|20|2a|23|2b|26|2c)")
_OLD_STANDARD = re.compile(r"(?:c|gnu)\+\+(?:98|03|11|0x|14|1y)")
_MACRO = re.compile(r"[A-Za-z_]\w*(?:\([^)=]*\))?(?:=.*)?", re.DOTALL)
_NAMESPACE = re.compile(r"(?:::)?[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*")
_PREFIXES = {"include": "-I", "define": "-D", "libs": "-l", "library_dirs": "-L"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where values stand: key paths in a file, or just words where there is no file."""

    sink: Sink
    path: KeyPath = ()
    spans: Mapping[KeyPath, Span] | None = None

    def at(self, *parts: str | int) -> Place:
        return Place(sink=self.sink, path=(*self.path, *parts), spans=self.spans)

    @property
    def span(self) -> Span:
        """Of the key; where it has none, of the nearest table around it."""
        for length in range(len(self.path), 0, -1):
            if span := (self.spans or {}).get(self.path[:length]):
                return span
        return NO_SPAN

    def report(self, code: str, message: str, *, label: str = "", notes: tuple[str, ...] = (), help: str = "") -> None:
        helps = (help,) if help else ()
        self.sink.report(code, message, self.span, label=label, notes=notes, helps=helps)


def check_keys(table: Mapping[str, Any], known: Iterable[str], place: Place) -> None:
    """Reports every key that is not known, with the nearest that is."""
    names = list(known)
    for key in table:
        if key not in names:
            near = difflib.get_close_matches(key.replace("_", "-").lower(), names, n=1)
            help = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(f'`{name}`' for name in names)}"
            place.at(key).report("DV011", f"unknown key `{key}`", help=help)


def check_table(value: object, place: Place) -> dict[str, Any] | None:
    if isinstance(value, Mapping):
        return dict(value)
    _mistyped(place, "a table", value)
    return None


def check_value(value: object, setting: Setting, place: Place) -> object | None:
    """The value as the record holds it (lists become tuples, a lone string a tuple of one); None after a report."""
    checked: object | None
    match setting.shape:
        case Shape.FLAG:
            if isinstance(value, bool):
                return value
            _mistyped(place, Shape.FLAG.value, value)
            return None
        case Shape.TEXT:
            checked = _check_text(value, place, Shape.TEXT.value)
            return None if checked is None else _check_meaning(str(checked), setting, place)
        case Shape.TEXTS | Shape.VALUES:
            return _check_texts(value, setting, place)


def _check_text(value: object, place: Place, expected: str) -> str | None:
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str):
        _mistyped(place, expected, value)
        return None
    if "\0" in value:
        place.report("DV012", f"`{_last(place)}` holds a null character")
        return None
    return value


def _check_texts(value: object, setting: Setting, place: Place) -> tuple[str, ...] | None:
    expected = setting.shape.value
    numbers = setting.shape is Shape.VALUES
    if isinstance(value, (str, os.PathLike)) or (numbers and isinstance(value, int)):
        value = (value,)
    if not isinstance(value, (list, tuple)):
        _mistyped(place, expected, value)
        return None
    found = []
    for index, item in enumerate(value):
        if numbers and isinstance(item, int) and not isinstance(item, bool):
            found.append(str(item))
            continue
        text = _check_text(item, place.at(index), expected)
        if text is not None and (text := _check_item(text, setting, place.at(index))) is not None:
            found.append(text)
    return tuple(found) if len(found) == len(value) else None


def _check_item(text: str, setting: Setting, place: Place) -> str | None:
    prefix = _PREFIXES.get(setting.name)
    if not text.strip():
        place.report("DV012", f"`{setting.key}` holds an empty string")
    elif prefix and text.startswith("-"):
        bare = text.removeprefix(prefix)
        advice = (
            f"write `{bare}`" if bare and bare != text else "compiler and linker options go to `cxxflags`, `ldflags`"
        )
        place.report("DV012", f"`{setting.key}` holds an option: `{text}`", help=advice)
    elif setting.name == "define" and not _MACRO.fullmatch(text):
        place.report("DV012", f"not a macro: `{text}`", help="write `NAME` or `NAME=value`")
    else:
        return text
    return None


def _check_meaning(text: str, setting: Setting, place: Place) -> str | None:
    if setting.choices and text not in setting.choices:
        words = ", ".join(f"`{choice}`" for choice in setting.choices if choice)
        place.report("DV012", f"`{setting.key}` cannot be `{text}`", notes=(f"it is one of {words}",))
    elif setting.name == "std" and not _STANDARD.fullmatch(text):
        old = _OLD_STANDARD.fullmatch(text) is not None
        notes = ("the code that dovetail writes needs C++17 or later; it still binds older headers",) if old else ()
        message = f"`std` is too old: `{text}`" if old else f"`std` is not a C++ standard: `{text}`"
        place.report("DV012", message, notes=notes, help="write `c++17`, `c++20`, `c++23` or `c++26`")
    elif setting.name == "namespace" and not _NAMESPACE.fullmatch(text):
        place.report("DV012", f"not a C++ namespace: `{text}`", help="write it as in C++: `outer::inner`")
    elif setting.name == "uses":
        return check_module_name(text, place)
    elif setting.name in ("rename", "property", "awaitable"):
        return check_name(text, place)
    else:
        return text
    return None


def check_module_name(name: object, place: Place) -> str | None:
    """A dotted Python name."""
    text = _check_text(name, place, "a module name")
    if text is None:
        return None
    for part in text.split("."):
        if check_name(part, place, of=text) is None:
            return None
    return text


def check_name(text: str, place: Place, of: str | None = None) -> str | None:
    """A Python identifier that is not a keyword."""
    whole = f"`{of or text}`"
    if keyword.iskeyword(text):
        place.report(
            "DV014", f"{whole} is not a Python name", notes=(f"`{text}` is a keyword",), help=f"write `{text}_`"
        )
        return None
    if not text.isidentifier():
        better = re.sub(r"\W", "_", text)
        better = better if better.isidentifier() else f"_{better}"
        fits = better.strip("_") != ""
        advice = (
            f"write `{of.replace(text, better) if of and text else better}`"
            if fits
            else "write letters, digits and `_`"
        )
        place.report("DV014", f"{whole} is not a Python name", help=advice)
        return None
    return text


def _mistyped(place: Place, expected: str, given: object) -> None:
    """Says what was expected and what was given."""
    place.report("DV012", f"`{_last(place)}` must be {expected}, not {_kind(given)}")


def _last(place: Place) -> str:
    """The innermost named part of the path."""
    return next((part for part in reversed(place.path) if isinstance(part, str)), "")


def _kind(value: object) -> str:
    """How a TOML user calls the type of the value."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return f"the integer {value}" if abs(value) < 10**18 else "an integer"
        case float():
            return f"the number {value}"
        case str():
            return "a string"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a table"
        case None:
            return "None"
        case _:
            return f"a value of type {type(value).__name__}"
