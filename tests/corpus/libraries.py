"""The libraries of the corpus: where their settings are, what they need installed.

In: the folders under `corpus/`.  Out: `Library`.  Must not know: dovetail's insides; only its public settings file.
"""

from __future__ import annotations

import functools
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CORPUS = Path(__file__).resolve().parents[2] / "corpus"

PACKAGES = {
    "pugixml": "libpugixml-dev",
    "tinyxml2": "libtinyxml2-dev",
    "yaml-cpp": "libyaml-cpp-dev",
    "muparser": "libmuparser-dev",
    "box2d": "libbox2d-dev",
    "leveldb": "libleveldb-dev",
    "re2": "libre2-dev",
}


@dataclass(frozen=True)
class Library:
    name: str
    module: str
    settings: dict[str, Any]
    """The table of the only module, keys as `dovetail.load` spells them."""

    @property
    def folder(self) -> Path:
        return CORPUS / self.name

    @property
    def package(self) -> str:
        """What Debian calls it."""
        return PACKAGES[self.name]

    def missing_header(self) -> str | None:
        """The first header that the compiler does not find, if any."""
        return next((header for header in self.settings["headers"] if not _is_found(header)), None)


def read_library(name: str) -> Library:
    tables = tomllib.loads((CORPUS / name / "dovetail.toml").read_text())["modules"]
    ((module, table),) = tables.items()
    return Library(name=name, module=module, settings={key.replace("-", "_"): value for key, value in table.items()})


@functools.cache
def _is_found(header: str) -> bool:
    compiler = shlex.split(os.environ.get("CXX", "c++"))
    run = subprocess.run(
        [*compiler, "-std=c++20", "-E", "-x", "c++", "-"],
        input=f"#include <{header}>\n",
        text=True,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return run.returncode == 0
