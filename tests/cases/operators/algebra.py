"""Order, keys, conversions, pointers; and the operators that Python does not have."""

import copy
import gc
import math
import operator
import os

import pytest


def test_three_way_brings_equality(algebra):
    assert algebra.Version(1, 2) == algebra.Version(1, 2)
    assert algebra.Version(1, 2) != algebra.Version(1, 3)
    assert algebra.Version(1, 2) < algebra.Version(1, 3) <= algebra.Version(2, 0)
    with pytest.raises(TypeError, match="unhashable"):
        hash(algebra.Version(1, 2))


def test_three_way_with_other_types_from_both_sides(algebra):
    assert algebra.Version(2, 9) < 3
    assert algebra.Version(2, 9) < 3
    assert algebra.Version(3, 0) == 3
    assert algebra.Version(3, 0) == 3
    assert algebra.Version(3, 0) != 4
    with pytest.raises(TypeError):
        algebra.Version(1, 2) < "x"


def test_partial_order(algebra):
    one, two, none = algebra.Reading(1), algebra.Reading(2), algebra.Reading.missing()
    assert one < two
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        assert compare(none, one) is False
        assert compare(one, none) is False
    # A <=> with a body brings no ==: objects stay distinct, and hashable.
    assert algebra.Reading(1) != algebra.Reading(1)
    assert isinstance(hash(one), int)


def test_operators_between_two_classes(algebra):
    metres, feet = algebra.Metres(0.3048), algebra.Feet(1)
    assert metres == feet
    assert feet == metres
    assert (metres != feet) is False
    assert algebra.Metres(1) > feet
    assert feet < algebra.Metres(1)
    same = metres
    metres += feet
    assert metres is same
    assert metres.value == pytest.approx(0.6096)
    assert (2 - algebra.Metres(0.5)).value == 1.5


def test_left_operand_is_no_class(algebra):
    assert algebra.Feet(3) == 3
    assert algebra.Feet(3) == 3
    assert algebra.Feet(3) > 2.5
    assert algebra.Feet(3) > 2.5
    assert not algebra.Feet(3) < 2.5
    assert algebra.Feet(3) <= 3.0


def test_hash(algebra):
    assert {algebra.Key(1): "one"}[algebra.Key(1)] == "one"
    with pytest.raises(TypeError, match="unhashable"):
        hash(algebra.Plain(1))


def test_several_keys(algebra):
    grid = algebra.Grid(2, 3)
    grid[1, 2] = 5
    assert grid[1, 2] == 5
    assert grid[5] == 5
    with pytest.raises(IndexError):
        grid[7, 7]
    with pytest.raises(TypeError):
        grid[1, "x"]
    with pytest.raises(TypeError):
        grid[1, 2, 3]
    with pytest.raises(TypeError):
        grid[1, 2] = "x"
    with pytest.raises(TypeError):
        grid[()]
    with pytest.raises(TypeError):
        del grid[1, 2]


def test_call_is_an_index_where_it_can_be_written(algebra):
    table = algebra.Table()
    assert table(0, 1) == 0
    table[0, 1] = 2.5
    assert table[0, 1] == table(0, 1) == 2.5
    with pytest.raises(IndexError):
        table[3, 3] = 1


def test_rows_keep_their_matrix(algebra):
    row = algebra.Matrix()[1]
    gc.collect()
    others = [algebra.Matrix() for _ in range(20)]
    assert others[0][0][1] == 2
    assert row[0] == 3
    row[0] = 9
    assert row[0] == 9
    matrix = algebra.Matrix()
    matrix[0][1] = 7
    assert matrix(0, 1) == 7


def test_proxies_are_what_they_stand_for(algebra):
    bits = algebra.Bits()
    assert bits[3] is False
    bits[3] = True
    assert bits[3] is True
    assert [i for i, bit in enumerate(bits) if bit] == [3]
    bits[-1] = True
    assert bits[31] is True
    with pytest.raises(IndexError):
        bits[32] = True


def test_membership(algebra):
    names = algebra.Names()
    names["a"] = 7
    assert names["a"] == 7
    assert len(names) == 1
    assert "a" in names
    assert 7 in names
    assert "b" not in names
    with pytest.raises(TypeError):
        None in names


def test_implicit_number(algebra):
    number = algebra.Number(3)
    assert int(number) == 3
    assert "abcd"[number] == "d"
    assert float(number) == 3.0
    assert bool(number) is True
    assert bool(algebra.Number(0)) is False


def test_explicit_conversions(algebra):
    blob = algebra.Blob()
    assert int(blob) == 1 << 40
    assert float(blob) == 0.5
    assert complex(blob) == 1 + 2j
    assert str(blob) == "blob"
    assert bytes(blob) == b"\x01\x02\xff"
    assert os.fspath(blob) == "/tmp/blob"
    assert not blob
    with pytest.raises(TypeError):
        operator.index(blob)
    assert math.floor(float(blob)) == 0


def test_pointers_have_the_attributes_of_their_object(algebra):
    handle = algebra.Handle(2)
    assert handle.area() == 2
    handle.grow(1)
    assert handle.dereference().area() == 3
    assert handle.name == "shape"
    handle.name = "square"
    assert handle.dereference().name == "square"
    with pytest.raises(AttributeError, match="'algebra.Handle' object has no attribute 'colour'"):
        handle.colour
    with pytest.raises(AttributeError):
        handle.colour = 3
    with pytest.raises(TypeError):
        handle.name = 3


def test_null_pointers(algebra):
    handle = algebra.Handle()
    assert not handle
    assert handle.dereference() is None
    with pytest.raises(AttributeError):
        handle.area()
    with pytest.raises(AttributeError):
        handle.name = "x"
    assert not hasattr(algebra.Handle.__new__(algebra.Handle), "area")


def test_subclasses_of_pointers_have_attributes_of_their_own(algebra):
    class Mine(algebra.Handle):
        pass

    mine = Mine(2)
    mine.label = "x"
    assert (mine.label, mine.area()) == ("x", 2)
    assert copy.copy(mine).label == "x"


def test_steps(algebra):
    counter = algebra.Counter()
    assert counter.increment() is counter
    assert counter.increment().increment().decrement().value() == 2
    ticket = algebra.Ticket()
    assert [ticket.increment(), ticket.increment()] == [100, 101]


def test_named_operators(algebra):
    a, b = algebra.Term("a"), algebra.Term("b")
    assert a.logical_and(b).text() == "a&b"
    assert a.logical_or(b).text() == "a|b"
