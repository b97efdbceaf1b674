"""What the tests of this folder share: a private cache, a compiler."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dovetail.build import compilers, extension
from dovetail.build.cache import Cache, open_cache
from dovetail.diagnostics import Sink


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """A cache of the test's own."""
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "cache"))
    cache = open_cache()
    assert cache is not None
    return cache


@pytest.fixture
def make_job(tmp_path: Path) -> Callable[..., extension.Job]:
    """A job in folders of the test's own: `src` for the user's files, `work` for what is made."""
    if not any(shutil.which(name) for name in compilers.CANDIDATES):
        pytest.skip("no C++ compiler")
    (tmp_path / "src").mkdir(exist_ok=True)
    (tmp_path / "work").mkdir(exist_ok=True)

    def make(**changes: object) -> extension.Job:
        settings: dict[str, object] = {
            "compiler": compilers.find_compiler(),
            "std": "c++17",
            "work": (tmp_path / "work").resolve(),
            "target": extension.Target(),
            "include": (str(tmp_path / "src"),),
            "runtime": str(tmp_path),
            "optimize": "0",
            **changes,
        }
        return extension.Job(**settings)  # type: ignore[arg-type]

    return make


@pytest.fixture
def sink() -> Sink:
    return Sink()
