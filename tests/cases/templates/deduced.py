"""Function templates, operators, methods and constructors: for the types that the API has, without rules."""

import pytest


def test_operators(deduced):
    a, b = deduced.Vecd(1, 2), deduced.Vecd(3, 4)
    assert a + b == deduced.Vecd(4, 6)
    assert 2 * a == a * 2 == deduced.Vecd(2, 4)
    same = a
    same += b
    assert same is a
    assert (a.x, a.y) == (4, 6)
    with pytest.raises(TypeError):
        deduced.Vecd(1, 2) + deduced.Vecf(1, 2)


def test_functions(deduced):
    assert deduced.dot(deduced.Veci(1, 2), deduced.Veci(3, 4)) == 11
    assert deduced.dot(deduced.Vecd(0.5, 2), deduced.Vecd(3, 4)) == 9.5
    assert deduced.mixed(deduced.Vecd(0.5, 2), deduced.Veci(3, 4)) == 9.5
    assert "scalar product" in deduced.dot.__doc__
    with pytest.raises(TypeError, match="dot"):
        deduced.dot(deduced.Veci(1, 2), deduced.Vecd(3, 4))


def test_constraints(deduced):
    assert deduced.half(deduced.Veci(8, 2)) == 4
    assert deduced.exact(deduced.Vecd(8, 2)) == 8
    with pytest.raises(TypeError):
        deduced.half(deduced.Vecd(8, 2))
    with pytest.raises(TypeError):
        deduced.exact(deduced.Veci(8, 2))
    assert not hasattr(deduced, "length")


def test_friends(deduced):
    assert deduced.distance(deduced.Origin(), deduced.Vecf(-0.5, 2)) == 0.5


def test_values_and_containers(deduced):
    pair, triple = deduced.Pair(), deduced.Triple()
    pair.at[0] = 3
    triple.at[2] = 0.5
    assert (deduced.sum(pair), deduced.sum(triple)) == (3, 0.5)
    assert deduced.last(deduced.whole()) == 3
    assert deduced.last(deduced.points()).x == 1
    with pytest.raises(TypeError, match="no overload"):
        deduced.last([deduced.Point(5, 6)])  # the result would point into what the list was converted to
    with pytest.raises(TypeError, match="no overload"):
        deduced.last(None)
    assert deduced.last([1, 2]) == 2
    with pytest.raises(IndexError):
        deduced.last([])
    assert deduced.is_set(deduced.shared())
    assert deduced.filled([7], 8) == deduced.Veci(7, 8)


def test_members(deduced):
    assert deduced.Vecd(deduced.Veci(3, 4)).x == 3.0
    assert deduced.Vecd(0.5, 1).product(deduced.Veci(3, 4)) == 5.5
    vec = deduced.Vecd(2, 3)
    assert vec.itself() is vec
    assert deduced.Vecd(0, 3).itself() is None
    assert vec.total() == 5.0
    assert deduced.Vecd.alike(deduced.Veci(3, 4), deduced.Veci(3, 4))
    store = deduced.Store([1, 2, 3])
    store.put(deduced.points())
    assert store.size() == 4


def test_what_nothing_settles(deduced):
    for name in ("largest", "convert", "scale_of"):
        assert not hasattr(deduced, name)
