"""Collects `x.py` beside `x.h` as tests, and gives them the compiled module as the fixture `x`."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from casebook import Case, build_all, find_all_cases, find_cases, load_case, remove_old_runs


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    named = parent.session.isinitpath(file_path)  # pytest collects what the command line names by itself
    if file_path.suffix == ".py" and file_path.with_suffix(".h").exists() and not named:
        return pytest.Module.from_parent(parent, path=file_path)
    return None


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        remove_old_runs()


@pytest.fixture(scope="session")
def all_built(request: pytest.FixtureRequest) -> None:
    """Builds the cases that this run will use, side by side, before the first of them is needed."""
    used = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    wanted = tuple(case for case in find_cases() if case.name in used or "case" in used)
    build_all(wanted)


def _fixture(case: Case) -> Callable[[None], types.ModuleType]:
    @pytest.fixture(scope="session", name=case.name)
    def module(all_built: None) -> types.ModuleType:
        if case.missing:
            pytest.skip(case.missing)
        return load_case(case)

    return module


for _case in find_all_cases():
    globals()[f"module_{_case.name}"] = _fixture(_case)


@pytest.fixture(params=find_all_cases(), ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    if found.missing:
        pytest.skip(found.missing)
    return found
