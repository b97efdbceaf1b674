"""Vocabulary types of the standard library become what Python has for them."""

import datetime
import pathlib

import pytest


def test_optional(wrappers):
    assert wrappers.maybe(None) is None
    assert wrappers.maybe(3) == 3
    assert wrappers.maybe_text() is None
    assert wrappers.maybe_text("x") == "x"
    assert wrappers.maybe_point(False) is None
    assert wrappers.maybe_point(True).y == 2
    with pytest.raises(TypeError, match=r"maybe\(\).*'value'"):
        wrappers.maybe("three")
    with pytest.raises(OverflowError):
        wrappers.maybe(2**40)


def test_pairs_and_tuples(wrappers):
    assert wrappers.swap(("a", 1)) == (1, "a")
    assert wrappers.swap(["a", 1]) == (1, "a")
    assert wrappers.triple(1, 2.5, "c") == (1, 2.5, "c")
    assert wrappers.empty() == ()
    for value in (("a",), ("a", 1, 2), "ab", 5, None, (1, "a")):
        with pytest.raises((TypeError, ValueError), match="swap.*'value'"):
            wrappers.swap(value)


def test_variant_takes_the_closest_alternative(wrappers):
    assert wrappers.kind(1) == "int"
    assert wrappers.kind(1.0) == "float"
    assert wrappers.kind("1") == "str"
    assert wrappers.cell(2**40) == 2**40
    assert type(wrappers.cell(2.0)) is float
    with pytest.raises(TypeError):
        wrappers.kind([1])
    with pytest.raises(TypeError):
        wrappers.kind(None)
    assert wrappers.perhaps(False) is None
    assert wrappers.perhaps(True).x == 3


def test_complex(wrappers):
    assert wrappers.turn(1 + 0j) == 1j
    assert wrappers.turn(2) == 2j
    with pytest.raises(TypeError):
        wrappers.turn("1j")


def test_chrono(wrappers):
    delta = datetime.timedelta(seconds=1, milliseconds=5)
    assert wrappers.twice(delta) == 2 * delta
    assert wrappers.seconds(delta) == pytest.approx(1.005)
    epoch = wrappers.epoch()
    assert epoch.timestamp() == 0
    now = datetime.datetime(2024, 2, 29, 12, 30, 15, 250_000, tzinfo=datetime.timezone.utc)
    assert wrappers.same_time(now) == now
    with pytest.raises(TypeError):
        wrappers.twice("1s")
    with pytest.raises(OverflowError):
        wrappers.same_time(datetime.datetime(9999, 1, 1, tzinfo=datetime.timezone.utc))


def test_path(wrappers):
    assert wrappers.parent(pathlib.Path("/a/b")) == pathlib.Path("/a")
    assert wrappers.parent("/a/b") == pathlib.Path("/a")
    assert isinstance(wrappers.parent("/a/b"), pathlib.Path)
    with pytest.raises(TypeError):
        wrappers.parent(1)


def test_optional_of_a_container(wrappers):
    assert wrappers.numbers(-1) is None
    assert wrappers.numbers(3) == [0, 1, 2]
