"""What a virtual environment has, so that an extension can be built that fits into it.

In: the folder of an environment, or its Python.  Out: `Environment`.  Must not know: the project that is built.

The Python of the environment is asked for versions and for the files of its packages; nothing of these packages is
imported. What their extension modules link is read from the files.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from dovetail.build.elf import newest, read_needs

# Runs in the other Python, which may be old: no syntax newer than its own.
_ASK = r"""
import json, os, platform, sys, sysconfig
try:
    from importlib import metadata
except ImportError:
    metadata = None
packages = []
for found in (metadata.distributions() if metadata else ()):
    name = found.metadata["Name"]
    if not name:
        continue
    files = [str(found.locate_file(f)) for f in (found.files or ())]
    binaries = [f for f in files if ".so" in os.path.basename(f) or f.endswith((".pyd", ".dylib"))]
    packages.append({"name": name, "version": found.version, "binaries": binaries})
include = sysconfig.get_path("include")
facts = {
    "version": platform.python_version(), "implementation": platform.python_implementation(),
    "executable": sys.executable, "prefix": sys.prefix, "soabi": sysconfig.get_config_var("SOABI") or "",
    "suffix": sysconfig.get_config_var("EXT_SUFFIX") or "", "platform": sysconfig.get_platform(),
    "libc": " ".join(platform.libc_ver()), "multiarch": sysconfig.get_config_var("MULTIARCH") or "",
    "include": include, "headers": os.path.exists(os.path.join(include, "Python.h")),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")), "debug": hasattr(sys, "gettotalrefcount"),
    "deployment": str(sysconfig.get_config_var("MACOSX_DEPLOYMENT_TARGET") or ""), "packages": packages,
}
print(json.dumps(facts))
"""
_VERSION = re.compile(r"\.so\.([\d.]+)$|[-.](\d[\d.]*)\.(?:so|dylib)$")
# What auditwheel and delocate put into the name of a library that they copied into a wheel.
_COPIED = re.compile(r"-[0-9a-f]{8}(?=\.)")
_SYSTEM = re.compile(r"(?:lib(?:c|m|dl|rt|pthread|util|gcc_s|stdc\+\+|python[\d.]+)|ld-linux.*)\.so[.\d]*")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A shared library that extension modules of the environment link."""

    name: str
    """As the loader looks for it: `libyaml-cpp.so.0.7`."""
    version: str
    """Of the file, "" where its name does not tell."""
    file: str
    """"" where it is not found."""
    users: tuple[str, ...]
    """The packages."""

    @property
    def plain(self) -> str:
        """As one names it to a linker: `yaml-cpp`."""
        return re.split(r"\.(?:so|dylib|\d)", _COPIED.sub("", self.name))[0].removeprefix("lib")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Facts about one environment."""

    python: str
    """`3.11.7`."""
    implementation: str
    executable: str
    prefix: str
    soabi: str
    suffix: str
    platform: str
    libc: str
    """`glibc 2.36`; "" elsewhere."""
    include: str
    headers: bool
    free_threaded: bool
    debug: bool
    deployment: str
    packages: tuple[tuple[str, str], ...]
    """(name, version), by name."""
    libraries: tuple[Linked, ...]
    glibc_needed: str
    """The newest version of glibc's symbols that an extension module of a package asks for."""
    glibcxx_needed: str
    glibcxx: str
    """The newest that the C++ library of the machine (or of the environment) has."""

    @property
    def abi_tag(self) -> str:
        major, minor = self.python.split(".")[:2]
        return f"cp{major}{minor}{'t' if self.free_threaded else ''}{'d' if self.debug else ''}"

    @property
    def platform_tag(self) -> str:
        """What wheels for it may be tagged with: `manylinux_2_36_x86_64`."""
        kind, _, machine = self.platform.partition("-")
        library, _, version = self.libc.partition(" ")
        if kind == "linux" and library == "glibc" and version:
            return f"manylinux_{'_'.join(version.split('.')[:2])}_{machine}"
        return re.sub(r"\W", "_", self.platform)

    def version_of(self, package: str) -> str:
        """ "" where it is not installed."""
        return next((version for name, version in self.packages if _plain(name) == _plain(package)), "")


def read_environment(place: Path | None = None) -> Environment | str:
    """The environment of a folder or of a Python, by default of the active one; or why it cannot be read."""
    python = _python_of(place)
    if python is None:
        return f"no Python in `{place}`"
    try:
        asked = subprocess.run([python, "-I", "-c", _ASK], capture_output=True, text=True, check=False, timeout=60)
        facts: dict[str, Any] = json.loads(asked.stdout.splitlines()[-1])
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired):
        return f"`{python}` does not answer"
    return _environment(facts)


def _python_of(place: Path | None) -> str | None:
    if place is None:
        active = os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX")
        return (_python_of(Path(active)) if active else None) or sys.executable
    if place.is_file():
        return str(place.absolute())  # not resolved: a link says which environment is meant
    names = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")
    return next((str((place / name).absolute()) for name in names if (place / name).is_file()), None)


def _environment(facts: dict[str, Any]) -> Environment:
    needed: set[str] = set()
    users: dict[str, set[str]] = {}
    places: dict[str, str] = {}
    shared = (f"{facts['prefix']}/lib", *_system_folders(facts["multiarch"]))
    bundled = {Path(file).name: file for package in facts["packages"] for file in package["binaries"]}
    for package in facts["packages"]:
        for file in map(Path, package["binaries"]):
            needs = read_needs(file)
            if needs is None:
                continue
            needed.update(needs.versions)
            for name in needs.libraries:
                users.setdefault(name, set()).add(package["name"])
                folders = [folder.replace("$ORIGIN", str(file.parent)) for folder in needs.run_paths]
                places.setdefault(name, bundled.get(name) or _find(name, (*folders, *shared)))
    libraries = tuple(
        Linked(name=name, version=_version(name, places[name]), file=places[name], users=tuple(sorted(users[name])))
        for name in sorted(users)
        if not _SYSTEM.fullmatch(name)
    )
    own = {key: facts[key] for key in ("implementation", "executable", "prefix", "soabi", "suffix", "platform", "libc")}
    own |= {key: facts[key] for key in ("include", "headers", "free_threaded", "debug", "deployment")}
    return Environment(
        **own,
        python=facts["version"],
        packages=tuple(sorted({_plain(p["name"]): (p["name"], p["version"]) for p in facts["packages"]}.values())),
        libraries=libraries,
        glibc_needed=newest(needed, "GLIBC"),
        glibcxx_needed=newest(needed, "GLIBCXX"),
        glibcxx=_cxx_library(shared),
    )


def _find(name: str, folders: Iterable[str]) -> str:
    """The file that the loader would take."""
    found = (os.path.join(folder, name) for folder in folders)
    return next((os.path.normpath(file) for file in found if os.path.exists(file)), "")


def _system_folders(multiarch: str) -> tuple[str, ...]:
    own = tuple(f"{folder}/{multiarch}" for folder in ("/lib", "/usr/lib")) if multiarch else ()
    return ("/usr/local/lib", *own, "/lib64", "/usr/lib64", "/lib", "/usr/lib")


def _version(name: str, file: str) -> str:
    """From the names of the file and of what it is a link to: `libyaml-cpp.so.0.7.0`."""
    found = [
        match[1] or match[2]
        for text in (os.path.realpath(file) if file else "", name)
        if (match := _VERSION.search(_COPIED.sub("", text)))
    ]
    return max(found, key=len, default="")


def _cxx_library(folders: Iterable[str]) -> str:
    file = _find("libstdc++.so.6", folders)
    needs = read_needs(Path(file)) if file else None
    return newest(needs.defined, "GLIBCXX") if needs else ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
