"""`dovetail doctor`: the compilers of other languages are named, and not needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dovetail.build import cython
from dovetail.cli.main import main


def findings(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    assert main(["doctor", "--format", "json"]) == 0
    return {each["name"]: each for each in json.loads(capsys.readouterr().out)["findings"]}


def test_cython_and_rust_are_not_vital(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rustc = tmp_path / "rustc"
    rustc.write_text("#!/bin/sh\necho 'rustc 1.63.0 (Debian)'\n")
    rustc.chmod(0o755)
    monkeypatch.setenv("RUSTC", str(rustc))
    monkeypatch.setattr(cython, "find_cython", lambda: ("3.9.9", Path()))
    found = findings(capsys)
    assert found["cython"]["fact"] == "Cython 3.9.9"
    assert found["rust"]["fact"] == f"rustc 1.63.0 (Debian) ({rustc})"

    monkeypatch.setenv("RUSTC", "no-such-rustc")
    monkeypatch.setattr(cython, "find_cython", lambda: None)
    found = findings(capsys)
    assert not found["cython"]["fine"]
    assert not found["rust"]["fine"]
    assert found["cython"]["fix"] == 'pip install "dovetail[cython]"'
    assert "rustup" in str(found["rust"]["fix"])

    rustc.write_text("#!/bin/sh\nexit 1\n")
    monkeypatch.setenv("RUSTC", str(rustc))
    assert "does not run" in str(findings(capsys)["rust"]["fact"])
