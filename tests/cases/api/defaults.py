"""Defaults come from C++ and show in the signature."""

import inspect

import pytest


def test_values(defaults):
    assert defaults.number() == 10
    assert defaults.text() == 'some "text"\n'
    assert defaults.mode() is defaults.Mode.fast
    assert defaults.real() == 0.25
    assert defaults.flag() is True
    assert defaults.level() == 3
    assert defaults.level(defaults.Options(9)) == 9
    assert defaults.size() == 3
    assert defaults.limit() == 64


def test_any_subset_by_keyword(defaults):
    assert defaults.several(1) == "125d"
    assert defaults.several(1, d="x") == "125x"
    assert defaults.several(1, c=0.1) == "121d"
    assert defaults.several(d="x", a=1) == "125x"


def test_opaque_defaults_are_left_to_cpp_or_refused_clearly(defaults):
    assert defaults.opaque(1) == "175"
    assert defaults.opaque(1, defaults.Options(2)) == "125"
    assert defaults.opaque(1, defaults.Options(2), 3) == "123"
    try:
        assert defaults.opaque(1, c=4) == "174"
    except TypeError as error:
        assert "'b'" in str(error)


def test_class_scope(defaults):
    assert defaults.Window().area() == 80 * 40 * 2
    assert defaults.Window(height=1).area(1) == 80
    assert defaults.Window.kWidth == 80


def test_signature(defaults):
    assert str(inspect.signature(defaults.several)) == "(a, b=2, c=0.5, d='d')"
    assert inspect.signature(defaults.number).parameters["value"].default == 10


def test_constants_and_macros(defaults):
    assert defaults.kMax == 10
    assert defaults.DEFAULTS_LIMIT == 64
    assert defaults.DEFAULTS_NAME == "macro"
    with pytest.raises(AttributeError):
        defaults.DEFAULTS_NOTHING
