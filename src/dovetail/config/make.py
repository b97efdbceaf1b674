"""Settings of one module from values: a table of a file, or the arguments of a call.

In: plain values by field name or TOML key, and a `Place` for reports.  Out: `ModuleSettings`; what was wrong is
reported and left at its default, so that all problems are found at once.  Must not know: TOML text, folders.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dovetail.config.check import Place, check_keys, check_module_name, check_table, check_value
from dovetail.config.fields import Setting, Shape, settings_of
from dovetail.config.settings import ModuleSettings, Rule
from dovetail.diagnostics import Sink

_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
Texts = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def make_settings(
    name: str,
    headers: Texts,
    *,
    sources: Texts = (),
    include: Texts = (),
    define: Texts = (),
    libs: Texts = (),
    library_dirs: Texts = (),
    pkg_config: Texts = (),
    static: Texts = (),
    static_runtime: bool = False,
    abi3: str = "",
    namespace: str | None = None,
    uses: Texts = (),
    shared: bool = False,
    native: bool = True,
    std: str = "c++20",
    cxxflags: Texts = (),
    ldflags: Texts = (),
    optimize: str = "",
    rules: Mapping[str, Mapping[str, Any]] | None = None,
    sink: Sink,
) -> ModuleSettings:
    """Settings from a call, with the checks that a file gets. Rules are tables by selector; their keys may be
    spelled as in TOML (`release-gil`) or as in Python (`release_gil`)."""
    given: dict[str, Any] = {
        "headers": headers,
        "sources": sources,
        "include": include,
        "define": define,
        "libs": libs,
        "library-dirs": library_dirs,
        "pkg-config": pkg_config,
        "uses": uses,
        "shared": shared,
        "native": native,
        "static": static,
        "static-runtime": static_runtime,
        "abi3": abi3,
        "std": std,
        "cxxflags": cxxflags,
        "ldflags": ldflags,
        "optimize": optimize,
        "rules": _python_spelling(rules or {}),
    }
    if namespace is not None:
        given["namespace"] = namespace
    return settings_from_table(name, given, Place(sink=sink))


def _python_spelling(rules: Mapping[str, Any]) -> dict[str, Any]:
    keys = {setting.name: setting.key for setting in settings_of(Rule)}
    return {
        selector: {keys.get(key, key): value for key, value in table.items()} if isinstance(table, Mapping) else table
        for selector, table in rules.items()
    }


def settings_from_table(name: str, table: Mapping[str, Any], place: Place) -> ModuleSettings:
    """One module; `place` is that of its table."""
    check_module_name(name, place)
    check_keys(table, [*(setting.key for setting in settings_of(ModuleSettings)), "rules"], place)
    fields = _read_fields(ModuleSettings, table, place)
    if not fields.setdefault("headers", ()) and not table.get("headers"):
        place.report("DV012", f"module `{name}` has no headers", help='name at least one: headers = ["…"]')
    rules = _read_rules(table.get("rules", {}), place.at("rules"))
    return ModuleSettings(name=name, rules=rules, span=place.span, **fields)


def _read_fields(record: type[Rule] | type[ModuleSettings], table: Mapping[str, Any], place: Place) -> dict[str, Any]:
    found = {}
    for setting in settings_of(record):
        if setting.key in table:
            value = check_value(table[setting.key], setting, place.at(setting.key))
            if value is not None:
                found[setting.name] = value
    return found


def _read_rules(value: object, place: Place) -> tuple[Rule, ...]:
    tables = check_table(value, place)
    rules = []
    for selector, entry in (tables or {}).items():
        here = place.at(selector)
        table = check_table(entry, here)
        if table is None:
            continue
        if not selector.strip():
            here.report("DV012", "a selector is empty", help='write a qualified name or a glob: "detail::*"')
            continue
        check_keys(table, [setting.key for setting in settings_of(Rule)], here)
        _check_rename(selector, table, here)
        rules.append(Rule(selector=selector, span=here.span, **_read_fields(Rule, table, here)))
    return tuple(rules)


def _check_rename(selector: str, table: Mapping[str, Any], place: Place) -> None:
    # `Vec::operator*` and `Row::operator[]` are names, not globs; `*::size(int*)` renames one method of many.
    name = re.sub(r"operator\W+", "operator", selector).partition("(")[0].rpartition("::")[2]
    if "rename" in table and any(sign in name for sign in "*?["):
        place.at("rename").report(
            "DV012",
            f"`rename` under a glob would give many declarations one name: `{selector}`",
            help='name one declaration, or use names = "snake_case"',
        )


def override_settings(
    settings: ModuleSettings, values: Mapping[str, Any], sink: Sink, place: Place | None = None
) -> ModuleSettings:
    """The settings with some replaced, by field name: what the command line and the environment do to a file's."""
    by_name = {setting.name: setting for setting in settings_of(ModuleSettings)}
    place = place or Place(sink=sink)
    changed: dict[str, Any] = {}
    for name, value in values.items():
        checked = check_value(value, by_name[name], place.at(by_name[name].option))
        if checked is not None:
            changed[name] = checked
    return dataclasses.replace(settings, **changed)


def read_environment(environ: Mapping[str, str], sink: Sink) -> dict[str, Any]:
    """The module settings that variables give (`DOVETAIL_STD`, `DOVETAIL_CXXFLAGS` …) by field name.

    Lists are split as the shell's paths are (`:`; `;` on Windows), options at white space. Empty variables say nothing.
    What a module is made of (headers, sources, namespace, uses, shared, native) is never taken from the environment.
    """
    found = {}
    for setting in environment_settings():
        if text := environ.get(setting.environment, ""):
            value = check_value(_split(text, setting), setting, Place(sink=sink, path=(setting.environment,)))
            if value is not None:
                found[setting.name] = value
    return found


def environment_settings() -> tuple[Setting, ...]:
    """Those that belong to a machine rather than to a project."""
    fixed = {"headers", "sources", "namespace", "uses", "shared", "native"}
    return tuple(setting for setting in settings_of(ModuleSettings) if setting.name not in fixed)


def _split(text: str, setting: Setting) -> object:
    if setting.shape is Shape.FLAG:
        return _FLAGS.get(text.lower(), text)
    if setting.shape is not Shape.TEXTS:
        return text
    return text.split() if setting.name.endswith("flags") else [part for part in text.split(os.pathsep) if part]


__all__ = [
    "Texts",
    "environment_settings",
    "make_settings",
    "override_settings",
    "read_environment",
    "settings_from_table",
]
