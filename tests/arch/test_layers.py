"""The arrows of the architecture: who may import whom, and how long a thing may get.

Every import counts, also those for type checking and inside functions.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "dovetail"

EVERYTHING = ("config", "model", "parse", "convert", "plan", "policy", "emit", "build")
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "diagnostics": (),
    "config": (),
    "model": (),
    "parse": ("model", "config"),
    "convert": ("model",),
    "plan": ("model", "convert"),
    "policy": ("model", "convert", "plan", "config"),
    "emit": ("plan", "convert"),
    "build": ("config",),
    "inputs": ("config", "plan", "build"),
    "pipeline": (*EVERYTHING, "inputs"),
    "loader": ("pipeline", "config", "build"),
    "notebook": ("loader", "build"),
    "hatch": ("inputs", "pipeline", "config", "sdist"),
    "sdist": ("inputs", "pipeline", "config", "build"),
    "capi_table": (),
    "capi": ("capi_table",),
    "numba": ("capi",),
    "pypy": (),
    "embed": ("convert", "plan", "emit", "build"),
    "report": ("plan",),
    "cli": ("inputs", "pipeline", "config", "loader", "report", "build"),
    "__main__": ("cli",),
}
"""Beside the standard library, a layer's own parts and `diagnostics`."""

SHOWN = ("loader", "capi", "notebook", "diagnostics", "config")
"""What `dovetail` itself may import to show it."""

ONLY_HERE = {"clang": "parse/clang.py"}
"""Foreign packages with one door."""

FORBIDDEN_NAMES = ("utils", "util", "common", "helpers", "misc")
FUNCTION_LINES = 70
FILE_LINES = 600

FILES = sorted(ROOT.rglob("*.py"))


def layer_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def imports_of(tree: ast.AST, path: Path) -> list[tuple[int, str]]:
    """Line and absolute dotted name of every import in a file."""
    package = ("dovetail", *path.relative_to(ROOT).parts[:-1])
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            found += [(node.lineno, f"{module}.{alias.name}") for alias in node.names]
    return found


def violations(source: str, path: Path) -> list[str]:
    """What a file imports and may not."""
    own = layer_of(path)
    inside = path.relative_to(ROOT).as_posix()
    found = []
    for line, name in imports_of(ast.parse(source), path):
        top, _, rest = name.partition(".")
        if top in ONLY_HERE and inside != ONLY_HERE[top]:
            found.append(f"{inside}:{line}: only {ONLY_HERE[top]} imports {top}")
        if top != "dovetail" or not rest:
            continue
        target = rest.split(".")[0]
        allowed = SHOWN if own == "" else (own, "diagnostics", *MAY_IMPORT.get(own, ()))
        if target.startswith("__") or (own != "" and target not in MAY_IMPORT and not (ROOT / target).exists()):
            continue  # a name of the package itself, such as its version
        if target not in allowed:
            found.append(f"{inside}:{line}: {own or 'dovetail'} imports {target}")
    return found


def test_every_layer_is_in_the_table() -> None:
    assert sorted({layer_of(path) for path in FILES} - set(MAY_IMPORT) - {""}) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_follow_the_table(path: Path) -> None:
    assert violations(path.read_text(encoding="utf-8"), path) == []


def test_a_wrong_import_is_seen() -> None:
    """The test itself can fail: also for type checking, inside a function, and relative."""
    source = (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from dovetail.parse import read_headers\n"
        "def f():\n    from ..policy import decide\n"
        "import clang.cindex\n"
    )
    assert violations(source, ROOT / "model" / "types.py") == [
        "model/types.py:6: only parse/clang.py imports clang",
        "model/types.py:3: model imports parse",
        "model/types.py:5: model imports policy",
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    long = [f"the file has {len(text.splitlines())} lines"] if len(text.splitlines()) > FILE_LINES else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                long.append(f"{node.name} at line {node.lineno} has {lines} lines")
    assert long == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_state_their_contract(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "a module opens with its contract"


def test_shared_things_have_nouns() -> None:
    assert [path for path in ROOT.rglob("*") if path.stem in FORBIDDEN_NAMES] == []
