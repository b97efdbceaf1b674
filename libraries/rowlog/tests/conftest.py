"""rowlog as it is in the checkout, and logs to look into."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from rowlog_in_place import PLACE, BuildError, build

try:
    build()
except BuildError as error:
    pytest.exit(str(error), 1)
sys.path.insert(0, str(PLACE))

import rowlog


@pytest.fixture
def child_environment() -> dict[str, str]:
    """For processes that import rowlog, too."""
    return {**os.environ, "PYTHONPATH": str(PLACE)}


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of a thousand rows; not to be written to."""
    path = tmp_path_factory.mktemp("logs") / "example.rlog"
    rowlog.generate(path, 1000)
    return path


@pytest.fixture(scope="session")
def sealed(example: Path) -> Path:
    """The same as column chunks."""
    path = example.with_name("sealed.rlog")
    rowlog.convert(example, path)
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Three rows with values that are easily told apart; `size` is an integer, and there twice in the second row."""
    path = tmp_path / "small.rlog"
    with rowlog.Writer(path) as log:
        log.define("price", unit="USD", text="at which price")
        log.append(10, price=1.5, size=3)
        log.append(20, price=2.5, size=4)
        log.put(log.define("size", int), 5)
        log.append(30, signal=-1.0)
    return path
