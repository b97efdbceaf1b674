"""Operators are Python's operators."""

import operator

import pytest


def test_arithmetic(operators):
    a, b = operators.Vec(1, 2), operators.Vec(3, 4)
    assert a + b == operators.Vec(4, 6)
    assert b - a == operators.Vec(2, 2)
    assert -a == operators.Vec(-1, -2)
    assert +a == a
    assert a * 2 == operators.Vec(2, 4)
    assert 2 * a == operators.Vec(2, 4)
    assert a * b == 11
    assert a / 2 == operators.Vec(0.5, 1)
    with pytest.raises(ValueError, match="division by zero"):
        a / 0


def test_in_place(operators):
    a = operators.Vec(1, 2)
    same = a
    a += operators.Vec(1, 1)
    assert a is same
    assert (same.x, same.y) == (2, 3)


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_wrong_operands_are_type_errors(operators, op):
    for other in ("x", None, [1], object()):
        with pytest.raises(TypeError, match="unsupported operand|must be|can't multiply"):
            op(operators.Vec(1, 2), other)
        with pytest.raises(TypeError, match="unsupported operand|must be|can't multiply|concatenate"):
            op(other, operators.Vec(1, 2))


def test_foreign_operands_get_their_turn(operators):
    class Other:
        def __radd__(self, left):
            return "radd"

    assert operators.Vec() + Other() == "radd"


def test_comparison(operators):
    assert operators.Vec(1, 2) == operators.Vec(1, 2)
    assert operators.Vec(1, 2) != operators.Vec(1, 3)
    assert operators.Vec(1, 2) != "x"
    assert (operators.Vec(1, 2) == None) is False
    with pytest.raises(TypeError):
        operators.Vec() < operators.Vec()


def test_spaceship(operators):
    assert operators.Version(1, 2) < operators.Version(1, 3)
    assert operators.Version(2, 0) >= operators.Version(1, 9)
    assert operators.Version(1, 1) == operators.Version(1, 1)
    assert sorted([operators.Version(2, 0), operators.Version(1, 5)])[0].minor == 5
    with pytest.raises(TypeError):
        operators.Version(1, 2) < 3


def test_less_than_gives_greater_than(operators):
    assert operators.Old(1) < operators.Old(2)
    assert operators.Old(2) > operators.Old(1)
    assert (operators.Old(7) % 4).value() == 3
    assert (operators.Old(1) << 3).value() == 8
    assert (operators.Old(6) & operators.Old(3)).value() == 2
    assert (~operators.Old(0)).value() == -1


def test_call_index_convert(operators):
    vec = operators.Vec(1, 2)
    assert vec(10) == 30
    assert vec(scale=10, offset=1) == 31
    assert vec[1] == 2
    with pytest.raises(IndexError):
        vec[2]
    assert bool(operators.Vec()) is False
    assert bool(vec) is True
    assert float(vec) == 1


def test_str_from_stream(operators):
    assert str(operators.Vec(1, 2)) == "<1 2>"


def test_hash(operators):
    assert hash(operators.Vec(1, 2)) == hash(operators.Vec(1, 2))
    assert len({operators.Vec(1, 2), operators.Vec(1, 2), operators.Vec(2, 2)}) == 2


def test_subscript_write(operators):
    table = operators.Table()
    assert len(table) == 4
    table[2] = 9
    assert table[2] == 9
    with pytest.raises(IndexError):
        table[4] = 1
    with pytest.raises(TypeError):
        table[0] = "x"
