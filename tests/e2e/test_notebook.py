"""The cell magic: names land in the notebook, errors are shown at the cell's line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import dovetail


class Shell:
    """As much of a notebook's shell as an extension sees."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.magics: dict[str, Any] = {}

    def register_magic_function(self, function: Any, kind: str, name: str) -> None:
        assert kind == "cell"
        self.magics[name] = function

    def push(self, names: dict[str, Any]) -> None:
        self.names.update(names)

    def cell(self, text: str) -> None:
        """Runs a cell whose first line is the magic."""
        line, _, body = text.partition("\n")
        magic, _, options = line.removeprefix("%%").partition(" ")
        self.magics[magic](options, body)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    shell = Shell()
    dovetail.load_ipython_extension(shell)
    return shell


def test_functions_and_classes_land_in_the_notebook(shell: Shell, tmp_path: Path) -> None:
    source = "#include <cmath>\ndouble root(double x) { return std::sqrt(x); }\nstruct Point { int x = 1; };\n"
    shell.cell(f"%%dovetail\n{source}")
    assert shell.names["root"](9.0) == 3.0
    assert shell.names["Point"]().x == 1
    assert not any(name.startswith("_") for name in shell.names)
    assert [path.name for path in tmp_path.iterdir()] == ["cache"], "nothing is left beside the notebook"


def test_a_changed_cell_replaces_its_names(shell: Shell) -> None:
    for answer in (1, 2):
        shell.cell(f"%%dovetail\nint answer() {{ return {answer}; }}")
        assert shell.names["answer"]() == answer


def test_a_named_cell_is_a_module(shell: Shell) -> None:
    shell.cell("%%dovetail --name tools -D ANSWER=5 --std c++17\nint answer() { return ANSWER; }")
    assert list(shell.names) == ["tools"]
    assert shell.names["tools"].answer() == 5


def test_an_error_is_at_the_line_of_the_cell(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.cell("%%dovetail\nint good();\nint bad(unheard x);\n")
    printed = capsys.readouterr().out
    assert "cell:3:9" in printed, "the magic is line 1"
    assert "int bad(unheard x);" in printed
    assert shell.names == {}


@pytest.mark.parametrize("options", ["--nonsense", "--std", "'open"])
def test_wrong_options_say_so_and_the_notebook_lives(
    shell: Shell, capsys: pytest.CaptureFixture[str], options: str
) -> None:
    shell.cell(f"%%dovetail {options}\nint f();\n")
    assert capsys.readouterr().out.startswith("%%dovetail: ")


def test_in_a_real_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    testing = pytest.importorskip("IPython.testing.globalipapp")
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "cache"))
    shell = testing.get_ipython() or testing.start_ipython()
    shell.run_line_magic("load_ext", "dovetail")
    shell.run_cell("%%dovetail\nint seven() { return 7; }")
    assert shell.user_ns["seven"]() == 7
