"""The C++ tests of rowlog, in tests/cpp."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("rowlog_cpp_build", HERE / "cpp_build.py")
assert _spec is not None
assert _spec.loader is not None
cpp_build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cpp_build)


@pytest.fixture(scope="module")
def program() -> Path:
    if not cpp_build.has_doctest():
        pytest.skip("doctest is not installed (Debian: doctest-dev)")
    mains = [HERE / "cpp" / "main.cpp", *sorted((HERE / "cpp").glob("test_*.cpp"))]
    return cpp_build.build("tests", mains, ["-O0"])


@pytest.mark.slow
def test_the_library_in_cpp(program: Path) -> None:
    done = subprocess.run([program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
