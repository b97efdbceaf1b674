"""dovetail's own headers are precompiled for options that come back, and used where they mean the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dovetail import pipeline
from dovetail.build import extension, precompiled
from dovetail.build.cache import Cache
from dovetail.diagnostics import Sink

UNIT = """{opening}#include <dovetail/core/module.h>
#include <dovetail/convert/numbers.h>
int made_by() {{ return {number}; }}
"""
COMPACT = "#define DOVETAIL_COMPACT 1\n"

MakeJob = Callable[..., extension.Job]


@pytest.fixture
def compile_unit(make_job: MakeJob, private: Cache, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[str]]]:
    """Compiles a unit; gives the commands that ran."""
    commands: list[list[str]] = []
    run = extension._run
    monkeypatch.setattr(extension, "_run", lambda command: (commands.append(command), run(command))[1])

    def compile_(number: int, *, opening: str = "", **changes: object) -> list[list[str]]:
        job = make_job(runtime=str(pipeline.RUNTIME), cache=private, optimize="0", **changes)
        if job.compiler.kind != "gcc":
            pytest.skip("only GCC finds precompiled headers by itself")
        file = job.work / "unit.cpp"
        file.write_text(UNIT.format(opening=opening, number=number))
        commands.clear()
        sink = Sink()
        (made,) = extension.compile_all(job, [file], "DV061", sink, lambda step: None)
        assert made.exists(), sink.diagnostics
        assert not any(private.folder in path.parents for path in extension.read_dependencies([made]))
        return list(commands)

    return compile_


@pytest.fixture(scope="module")
def kept() -> dict[str, Path]:
    """What the first test has made, for those after it."""
    return {}


@pytest.fixture
def warm(compile_unit: Callable[..., list[list[str]]], private: Cache, kept: dict[str, Path], tmp_path: Path) -> Cache:
    """A cache with the precompiled headers of plain modules."""
    if "plain" in kept:
        shutil.copytree(kept["plain"], private.folder, dirs_exist_ok=True)
        return private
    for number in (1, 2):
        compile_unit(number)
    kept["plain"] = tmp_path / "kept"
    shutil.copytree(private.folder, kept["plain"])
    return private


def uses(commands: list[list[str]], cache: Cache) -> bool:
    """Whether the last compiler run took a precompiled header: GCC itself says so."""
    folders = [word for word in commands[-1] if word.startswith(f"-isystem{cache.folder}")]
    if not folders:
        return False
    shown = extension._run([*commands[-1], "-H", "-fsyntax-only"]).stderr
    return any(line.startswith("! ") and line.endswith("module.h.gch") for line in shown.splitlines())


@pytest.mark.parametrize("opening", ["", COMPACT])
def test_made_the_second_time(compile_unit: Callable[..., list[list[str]]], private: Cache, opening: str) -> None:
    assert not uses(compile_unit(1, opening=opening), private)
    made = compile_unit(2, opening=opening)
    assert any("c++-header" in command for command in made)
    assert uses(made, private)
    again = compile_unit(3, opening=opening)
    assert len(again) == 1
    assert uses(again, private)


def test_not_where_it_means_something_else(
    compile_unit: Callable[..., list[list[str]]], warm: Cache, tmp_path: Path
) -> None:
    assert not uses(compile_unit(3, opening=COMPACT), warm)
    assert not uses(compile_unit(4, std="c++20"), warm)
    assert not uses(compile_unit(5, cxxflags=("-DNEW",)), warm)
    (tmp_path / "src" / "vector").write_text("#error not this one\n")
    (tmp_path / "src" / "cstring").write_text("#include_next <cstring>\n")
    assert not uses(compile_unit(6), warm)  # a header of the user's has the name of one that is precompiled
    assert uses(compile_unit(7, include=()), warm)


def test_made_anew_where_a_header_changed(
    compile_unit: Callable[..., list[list[str]]], warm: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = next(warm.folder.glob("??/*/asked")).with_name("included.json")
    kept = rows.read_bytes()
    precompiled.write_sealed(rows, kept.replace(b'"/', b'"/gone/', 1))
    made = compile_unit(3)
    assert any("c++-header" in command for command in made)
    assert uses(made, warm)
    assert rows.read_bytes() == kept


def test_what_was_changed_by_others_is_not_used(compile_unit: Callable[..., list[list[str]]], warm: Cache) -> None:
    header = next(warm.folder.glob("??/*/include/dovetail/core/module.h.gch"))
    header.write_bytes(header.read_bytes()[:-1] + b"?")
    assert not uses(compile_unit(3), warm)


def test_turned_off(compile_unit: Callable[..., list[list[str]]], warm: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOVETAIL_PRECOMPILE", "0")
    assert not uses(compile_unit(3), warm)


def test_a_complaint_is_that_of_the_plain_headers(make_job: MakeJob, warm: Cache) -> None:
    job = make_job(runtime=str(pipeline.RUNTIME), cache=warm, optimize="0")
    file = job.work / "unit.cpp"
    file.write_text(UNIT.format(opening="", number="no_such"))
    sink = Sink()
    extension.compile_all(job, [file], "DV061", sink, lambda step: None)
    assert "no_such" in str(sink.diagnostics)
    assert str(warm.folder) not in str(sink.diagnostics)
