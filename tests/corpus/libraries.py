"""The libraries of the corpus: where their settings are, what they need installed.

In: the folders under `corpus/`.  Out: `Library`.  Must not know: dovetail's insides; only its public settings file.

A folder holds `dovetail.toml`, which names headers and what to link and nothing else, and perhaps `rules.toml`: what a
user of the library would write below it, a table `[modules.NAME.rules]` of at most ten entries. No rule may skip
anything: what is not bound stays in the counts.
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

PROJECT = "dovetail.toml"
RULES = "rules.toml"
MOST_RULES = 10

PACKAGES = {
    "pugixml": "libpugixml-dev",
    "tinyxml2": "libtinyxml2-dev",
    "yaml-cpp": "libyaml-cpp-dev",
    "muparser": "libmuparser-dev",
    "box2d": "libbox2d-dev",
    "leveldb": "libleveldb-dev",
    "re2": "libre2-dev",
    "sqlite3": "libsqlite3-dev",
    "zlib": "zlib1g-dev",
    "xxhash": "libxxhash-dev",
    "expat": "libexpat1-dev",
    "zstd": "libzstd-dev",
    "nanoflann": "libnanoflann-dev",
    "geographiclib": "libgeographiclib-dev",
    "date": "libhowardhinnant-date-dev",
    "jsoncpp": "libjsoncpp-dev",
    "clipper": "libpolyclipping-dev",
    "tinyobjloader": "libtinyobjloader-dev",
    "tomlplusplus": "libtomlplusplus-dev",
    "simdjson": "libsimdjson-dev",
    "fmt": "libfmt-dev",
    "spdlog": "libspdlog-dev",
    "nlohmann-json": "nlohmann-json3-dev",
    "eigen": "libeigen3-dev",
    "glm": "libglm-dev",
    "opencv": "libopencv-imgproc-dev",
}


@dataclass(frozen=True, eq=False)
class Library:
    name: str
    module: str
    settings: dict[str, Any]
    """The table of the only module, keys as `dovetail.load` spells them. Headers of the folder itself, where a user
    names instantiations of templates, are whole paths."""
    rules: dict[str, dict[str, Any]]
    """Those of `rules.toml`, by selector."""

    @property
    def folder(self) -> Path:
        return CORPUS / self.name

    @property
    def project_with_rules(self) -> str:
        """The text of a settings file that has both."""
        return "\n".join((self.folder / name).read_text() for name in (PROJECT, RULES) if (self.folder / name).exists())

    @property
    def package(self) -> str:
        """What Debian calls it."""
        return PACKAGES[self.name]

    def missing_header(self) -> str | None:
        """The first header that the compiler does not find, if any."""
        return next(
            (header for header in self.settings["headers"] if not _is_found(header, *self.settings.get("include", ()))),
            None,
        )


def read_library(name: str) -> Library:
    ((module, table),) = tomllib.loads((CORPUS / name / PROJECT).read_text())["modules"].items()
    return Library(
        name=name,
        module=module,
        settings={
            **{key.replace("-", "_"): value for key, value in table.items()},
            "headers": [_find_own(CORPUS / name, header) for header in table["headers"]],
        },
        rules=_read_rules(name, module),
    )


def _read_rules(name: str, module: str) -> dict[str, dict[str, Any]]:
    path = CORPUS / name / RULES
    if not path.exists():
        return {}
    rules: dict[str, dict[str, Any]] = tomllib.loads(path.read_text())["modules"][module]["rules"]
    if len(rules) > MOST_RULES:
        raise ValueError(f"{path}: {len(rules)} rules; {MOST_RULES} are the most that a library may need")
    hidden = [selector for selector, rule in rules.items() if rule.get("skip")]
    if hidden:
        raise ValueError(f"{path}: rules that skip something make the counts look better: {', '.join(hidden)}")
    return rules


def _find_own(folder: Path, header: str) -> str:
    return str(folder / header) if (folder / header).exists() else header


@functools.cache
def _is_found(header: str, *folders: str) -> bool:
    compiler = shlex.split(os.environ.get("CXX", "c++"))
    run = subprocess.run(
        [*compiler, "-std=c++20", *(f"-I{folder}" for folder in folders), "-E", "-x", "c++", "-"],
        input=f"#include <{header}>\n",
        text=True,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return run.returncode == 0
