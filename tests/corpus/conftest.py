"""Modules of real libraries, bound as they come; skipped where the headers are absent."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import dovetail

sys.path.insert(0, str(Path(__file__).parent))
from libraries import read_library

Bind = Callable[..., ModuleType]


@pytest.fixture(scope="session")
def bind_library() -> Bind:
    """`bind_library("pugixml")`: the module as it comes; `ruled=True`: with the rules that `corpus/` has for it. Others
    are those of a test that shows what they do."""

    def bind(name: str, rules: dict[str, dict[str, Any]] | None = None, *, ruled: bool = False) -> ModuleType:
        library = read_library(name)
        if ruled:
            rules = {**library.rules, **(rules or {})}
        if header := library.missing_header():
            reason = f"{name} is not installed: no <{header}> (Debian: apt-get install {library.package})"
            if os.environ.get("DOVETAIL_REQUIRE_CORPUS") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        settings = dict(library.settings)
        # What is tested is behaviour; an optimised build would take three times as long.
        return dovetail.load(settings.pop("headers"), name=library.module, rules=rules, optimize="0", **settings)

    return bind
