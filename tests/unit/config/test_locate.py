"""Places of keys: every way in which TOML writes them."""

from __future__ import annotations

import sys

import pytest

from dovetail.config.locate import locate_keys

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def places(text: str) -> dict[tuple[str | int, ...], tuple[int, int, int]]:
    tomllib.loads(text)  # the scanner is only promised valid files
    return {path: (span.line, span.column, span.length) for path, span in locate_keys(text, "p.toml").items()}


def test_tables_and_keys() -> None:
    found = places('# top\na = 1\n[tool . "my tool"]\n  b.c = 2 # b\n[tool."my tool".\'d\']\n')
    assert found[("a",)] == (2, 1, 1)
    assert found[("tool", "my tool")] == (3, 9, 9)
    assert found[("tool", "my tool", "b", "c")] == (4, 5, 1)
    assert found[("tool", "my tool", "d")] == (5, 17, 3)


def test_inline_tables_and_lists() -> None:
    found = places('r = { "A::b" = { keeps = ["x", "y"] }, c = [[1], { d = 2 }] }\n')
    assert found[("r", "A::b", "keeps")] == (1, 18, 5)
    assert found[("r", "A::b", "keeps", 1)] == (1, 32, 3)
    assert found[("r", "c", 1, "d")] == (1, 52, 1)


@pytest.mark.parametrize(
    "value",
    [
        '"a # [x] = \\" {"',
        "'a # [x] = \\ {'",
        '"""\n[no]\nx = 1 \\""" still ""\n"""',
        "'''\n[no]\n# ''\nx = 1 '''",
        '["a", # ] not the end\n "b",\n]',
        "2026-01-02 03:04:05",
        "-1e5",
    ],
)
def test_what_looks_like_a_key_inside_a_value_is_none(value: str) -> None:
    text = f"a = {value}\nlast = 1\n"
    found = places(text)
    keys = {path for path in found if all(isinstance(part, str) for part in path)}
    assert keys == {("a",), ("last",)}
    assert found[("last",)][0] == text.count("\n", 0, text.index("last")) + 1


def test_arrays_of_tables() -> None:
    found = places("[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[a.b.c]\ny = 1\n")
    assert found[("a", "b", 0, "x")] == (2, 1, 1)
    assert found[("a", "b", 1, "x")] == (4, 1, 1)
    assert found[("a", "b", 1, "c", "y")] == (6, 1, 1)


def test_escapes_and_line_ends() -> None:
    found = places('"caf\\u00e9 \\" \\\\" = 1\r\nb = 2\r\n')
    assert found[('café " \\',)] == (1, 1, 17)
    assert found[("b",)] == (2, 1, 1)


def test_a_repeated_table_keeps_its_first_place() -> None:
    assert places("[a]\n[a.b]\n[a.c]\n")[("a",)] == (1, 2, 1)
