"""Headers on which clang would never end are found before it starts."""

import pytest

from dovetail.parse.nesting import find_open_nesting


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("int f();\nint g(" + "A<" * 30 + " int);", 2),
        ("int g(" + "A < " * 14 + "int);", 1),
        ("int g(" + "A<" * 13 + "int);", None),
        ("int g(" + "A<" * 300 + "int" + ">" * 300 + ");", None),
        ("bool b = " + "x < " * 12 + "y;", None),
        ("", None),
    ],
)
def test_open_nesting(text: str, line: int | None) -> None:
    assert find_open_nesting(text.encode()) == line
