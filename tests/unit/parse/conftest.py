"""Reading small headers: `read("struct A {};")` gives the module, and the sink for what was reported."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dovetail.diagnostics import Sink
from dovetail.model import Module
from dovetail.parse import Request, read_headers

sys.path.insert(0, str(Path(__file__).parent))

from small_headers import search_path


@pytest.fixture(name="sink")
def fixture_sink() -> Sink:
    return Sink()


@pytest.fixture(name="read")
def fixture_read(tmp_path: Path, sink: Sink) -> Callable[..., Module]:
    """read(text, std=…, instantiate=…, expect_errors=False, **other files by name)."""

    def read(text: str | bytes, *, expect_errors: bool = False, **settings: object) -> Module:
        header = tmp_path / "h.hpp"
        header.write_bytes(text if isinstance(text, bytes) else text.encode())
        options = {"headers": (str(header),), "std": "c++20", "system_include": search_path(), **settings}
        module = read_headers(Request(**options), sink)  # type: ignore[arg-type]
        assert bool(sink.errors) is expect_errors, sink.diagnostics
        return module

    return read
