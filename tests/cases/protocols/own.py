"""The header's own conversions are used wherever its types stand."""

import sys
from decimal import Decimal

import pytest


def test_both_ways(own):
    assert own.twice(Decimal("1.25")) == Decimal("2.50")
    assert isinstance(own.twice(3), Decimal)
    assert own.twice(m=3) == 6


def test_wrong_types_and_values(own):
    with pytest.raises(TypeError, match=r"argument 'm' must be decimal.Decimal \| int, not str"):
        own.twice("3")
    with pytest.raises(OverflowError):
        own.twice(2**70)
    with pytest.raises(IndexError, match="too much money"):
        own.twice(10**15)
    with pytest.raises(ValueError, match="no level: 'middle'"):
        own.raise_level("middle")
    with pytest.raises(TypeError, match="must be str, not int"):
        own.raise_level(0)


def test_inside_of_containers(own):
    assert own.sum([1, Decimal("0.5")]) == Decimal("1.5")
    parts = own.split(Decimal("1.00"), 3)
    assert list(parts) == [Decimal("0.33")] * 3
    parts.append(5)
    assert parts[-1] == 5
    assert dict(own.ledger()) == {"a": Decimal("1"), "b": Decimal("2.5")}
    with pytest.raises(TypeError):
        own.sum([1, "x"])
    assert own.maybe() is None
    assert own.maybe(2) == 2


def test_outputs(own):
    assert own.mix((1, 2, 3)) == (2, 3, 1)
    assert not hasattr(own, "remainder")  # there is no empty Money


def test_fields(own):
    account = own.Account(balance=Decimal("2.5"))
    assert account.balance == Decimal("2.5")
    account.balance = 3
    account.limit = 7
    assert (account.balance, account.limit) == (3, 7)
    account.limit = None
    assert account.limit is None
    with pytest.raises(TypeError):
        account.balance = "x"


def test_overloads(own):
    assert own.which((1, 2, 3)) == "colour"
    assert own.which(Decimal(1)) == "money"
    with pytest.raises(TypeError):
        own.which((1, 2))


def test_defaults(own):
    assert own.invert() == (254, 253, 252)
    assert own.invert((0, 0, 0)) == (255, 255, 255)
    with pytest.raises(TypeError):
        own.invert((0, 0, "x"))


def test_one_way_only(own):
    assert own.token() == b"secret"
    assert not hasattr(own, "use")


def test_no_classes_are_bound(own):
    assert not {"Money", "Colour", "Token", "Level", "convert", "dovetail"} & set(vars(own))


def test_no_leaks(own):
    value = Decimal("1.25")
    before = sys.getrefcount(value)
    for _ in range(100):
        own.twice(value)
        own.sum([value, value])
    assert sys.getrefcount(value) == before
