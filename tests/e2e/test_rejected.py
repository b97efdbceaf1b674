"""Emitted code that the compiler rejects: said at the header's line, kept for a report, nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from dovetail.build import compilers
from dovetail.cli.main import main

# What clang reads, and g++ does not see.
HEADER = """#pragma once
inline int fine() { return 1; }
#ifdef __clang__
inline int seen_by_clang_alone(int x) { return x; }
#endif
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if compilers.find_compiler().kind != "gcc":
        pytest.skip("only g++ sees other declarations than clang")
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "cache"))
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    Path("odd.h").write_text(HEADER)
    return tmp_path


def test_the_place_is_in_the_header_and_the_text_is_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "odd.h", "--optimize", "0"]) == 70
    printed = capsys.readouterr().err
    kept = project / "cache" / "rejected" / "odd" / "odd.cpp"
    assert "DV061" in printed
    assert "odd.h:4" in printed
    assert "seen_by_clang_alone" in kept.read_text()
    assert f"{kept}:" in printed
    assert [path.name for path in Path().iterdir()] == ["odd.h"]


def test_a_folder_of_the_users_keeps_it_instead(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "odd.h", "--optimize", "0", "--keep", "kept"]) == 70
    assert str(Path("kept/odd.cpp").resolve()) in capsys.readouterr().err
    assert not (project / "cache" / "rejected").exists()
