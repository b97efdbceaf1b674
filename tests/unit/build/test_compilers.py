"""Which compiler, and what it is asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dovetail.build import compilers
from dovetail.diagnostics import Sink, Stopped


def test_the_search_path_holds_the_standard_library() -> None:
    search = compilers.read_search_path(compilers.find_compiler(), "c++20")
    assert any(os.path.exists(os.path.join(folder, "vector")) for folder in search.include)
    assert any(os.path.exists(os.path.join(folder, "stddef.h")) for folder in search.include)
    assert len(search.include) == len(set(search.include))


def test_cxx_may_hold_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "c++ -m64 '-DA=b c'")
    compiler = compilers.find_compiler()
    assert os.path.isabs(compiler.command[0])
    assert compiler.command[1:] == ("-m64", "-DA=b c")


@pytest.mark.parametrize("named", ["no-such-compiler -O2", "/nowhere/c++"])
def test_cxx_that_is_not_there(named: str, monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    monkeypatch.setenv("CXX", named)
    with pytest.raises(Stopped):
        compilers.find_compiler(sink)
    (found,) = sink.diagnostics
    assert found.code == "DV060"
    assert named.split(maxsplit=1)[0] in found.message


def test_no_compiler_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sink: Sink) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(compilers.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Stopped):
        compilers.find_compiler(sink)
    assert any("zig" in line for line in sink.diagnostics[0].helps)


def test_only_harmless_options_reach_the_parser() -> None:
    given = ("-DX=1", "-fplugin=evil.so", "-wrapper", "sh,-c", "-o", "out", "@file", "-I", "inc", "-O3", "-mavx2")
    assert compilers.parse_flags(given) == ("-DX=1", "-I", "inc", "-mavx2")
