"""Docstrings carry the header's comments; header text is never code."""

import pytest


def test_docstrings(documented):
    doc = documented.add.__doc__
    assert "Adds two lengths." in doc
    assert "the first, in metres" in doc
    assert "the sum, in metres" in doc
    assert "invalid_argument" in doc
    assert "\\param" not in doc
    assert '"""quotes"""' in documented.block.__doc__
    assert "%n %s" in documented.block.__doc__
    assert "Qt style." in documented.qt.__doc__
    assert "An ordinary comment" in documented.ordinary.__doc__
    assert "described after" in documented.Data.before.__doc__
    assert "described before" in documented.Data.after.__doc__


def test_hostile_text_is_only_text(documented):
    assert "raw" in documented.hostile.__doc__
    assert documented.hostile() is None


def test_deprecated(documented):
    with pytest.warns(DeprecationWarning, match="use add"):
        assert documented.plus(1, 2) == 3
