"""Classes of the header hide Python's own names, and derive from them all the same."""

import builtins

import pytest


def test_own_classes_are_no_builtins(builtin_names):
    assert builtin_names.Exception is not builtins.Exception
    assert issubclass(builtin_names.RuntimeError, builtin_names.Exception)
    assert issubclass(builtin_names.Exception, builtins.RuntimeError)


def test_they_are_raised_and_made(builtin_names):
    with pytest.raises(builtin_names.RuntimeError, match="broken"):
        builtin_names.fail("broken")
    with pytest.raises(builtin_names.Exception, match="made here"):
        raise builtin_names.Exception("made here")


def test_an_enum_with_an_attribute_that_clang_does_not_name(builtin_names):
    assert builtin_names.open(builtin_names.Sides.right) == 2
