"""`dovetail env`: the build environment that fits a virtual environment.

In: the folder of an environment.  Out: its facts, or a file for another tool.  Must not know: how they are found.
"""

from __future__ import annotations

import argparse
import dataclasses
import shlex
import sys
from pathlib import Path

from dovetail.build.environment import Environment, read_environment
from dovetail.cli.console import Console

SUMMARY = "print the build environment that fits a virtual environment"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--venv", metavar="PATH", help="its folder, or its Python (default: the active one, else the running Python)"
    )
    parser.add_argument(
        "--as",
        dest="form",
        choices=tuple(_FORMS),
        default="table",
        help="table: for people; constraints: the versions of its packages, for `pip --constraint`; "
        "variables: for the shell; spec: NAME=VERSION of what `--need` names (default: table)",
    )
    parser.add_argument(
        "--need",
        action="append",
        default=[],
        metavar="NAME[=VERSION]",
        help="a package or library to build against, with the version for where the environment has none",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    found = read_environment(Path(arguments.venv) if arguments.venv else None)
    if isinstance(found, str):
        print(f"dovetail env: {found}", file=sys.stderr)
        return 2
    console.fact("environment", {**dataclasses.asdict(found), "packages": dict(found.packages)})
    console.fact("tags", {"abi": found.abi_tag, "platform": found.platform_tag})
    try:
        console.out("\n".join(_FORMS[arguments.form](found, arguments.need)))
    except LookupError as error:
        print(f"dovetail env: {error.args[0]}", file=sys.stderr)
        return 2
    return 0


def _table(found: Environment, needed: list[str]) -> list[str]:
    rows = [
        ("python", f"{found.implementation} {found.python}, {found.executable}"),
        ("abi", f"{found.abi_tag} ({found.suffix})"),
        ("headers", found.include if found.headers else f"no Python.h in {found.include}"),
        ("platform", found.platform_tag),
        ("numpy", found.version_of("numpy") or "not installed"),
        ("glibc", _level(found.libc.removeprefix("glibc "), found.glibc_needed)),
        ("libstdc++", _level(found.glibcxx and f"GLIBCXX_{found.glibcxx}", found.glibcxx_needed)),
    ]
    lines = [f"{name:10} {fact}" for name, fact in rows if fact]
    for library in found.libraries:
        version = f" {library.version}" if library.version else ""
        lines.append(f"{'links':10} {library.name}{version} ({', '.join(library.users)})")
    return lines + [f"{'needs':10} {line}" for line in (_spec(found, needed) if needed else [])]


def _level(present: str, asked: str) -> str:
    return f"{present}, packages ask for {asked}" if present and asked else present


def _constraints(found: Environment, needed: list[str]) -> list[str]:
    """All packages, or those that are needed."""
    names = [entry.partition("=")[0] for entry in needed]
    packages = [(name, found.version_of(name)) for name in names] if needed else found.packages
    lines = [f"{name}=={version}" for name, version in packages if version]
    return [f"# what {found.prefix} has: pip wheel --constraint FILE …", *lines]


def _variables(found: Environment, needed: list[str]) -> list[str]:
    values = {
        "Python_EXECUTABLE": found.executable,
        "Python_ROOT_DIR": found.prefix,
        "PYTHON_ABI_TAG": found.abi_tag,
        "AUDITWHEEL_PLAT": found.platform_tag if found.platform_tag.startswith("manylinux") else "",
        "MACOSX_DEPLOYMENT_TARGET": found.deployment,
        "NUMPY_VERSION": found.version_of("numpy"),
    }
    return [f"export {name}={shlex.quote(value)}" for name, value in values.items() if value]


def _spec(found: Environment, needed: list[str]) -> list[str]:
    """Versions of packages or libraries by name: `libyaml-cpp.so.0.7` is `yaml-cpp`. LookupError for the unknown."""
    lines = []
    for entry in needed:
        name, _, otherwise = entry.partition("=")
        version = _version_of(found, name) or otherwise
        if not version:
            raise LookupError(f"the environment has no `{name}`; give a version for it: --need {name}=VERSION")
        lines.append(f"{name}={version}")
    return lines


def _version_of(found: Environment, name: str) -> str:
    if name == "python":
        return found.python
    linked = (library.version for library in found.libraries if name in (library.plain, f"lib{library.plain}"))
    return next((version for version in linked if version), "") or found.version_of(name)


_FORMS = {"table": _table, "constraints": _constraints, "variables": _variables, "spec": _spec}
