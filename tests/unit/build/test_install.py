"""Files into place: all or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dovetail.build.install import install


def test_contents_and_modes(tmp_path: Path) -> None:
    install({tmp_path / "deep" / "a.so": (b"code", 0o755), tmp_path / "a.pyi": (b"stub", 0o644)})
    assert (tmp_path / "deep" / "a.so").read_bytes() == b"code"
    assert os.access(tmp_path / "deep" / "a.so", os.X_OK)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pyi", "deep"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.so").write_bytes(b"old code")
    (tmp_path / "a.pyi").mkdir()  # a folder cannot be replaced by a file
    (tmp_path / "a.pyi" / "inside").write_text("")
    with pytest.raises(OSError):
        install({tmp_path / "a.so": (b"new code", 0o755), tmp_path / "a.pyi": (b"stub", 0o644)})
    assert (tmp_path / "a.so").read_bytes() == b"old code"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pyi", "a.so"]


def test_a_failure_leaves_nothing_new(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OSError):
        install({tmp_path / "a.so": (b"code", 0o755), tmp_path / "taken" / "a.pyi": (b"stub", 0o644)})
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_symbolic_link_is_replaced_never_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "a.pyi").symlink_to(tmp_path / "precious")
    install({tmp_path / "a.pyi": (b"stub", 0o644)})
    assert (tmp_path / "precious").read_text() == "mine"
    assert (tmp_path / "a.pyi").read_bytes() == b"stub"
    assert not (tmp_path / "a.pyi").is_symlink()
