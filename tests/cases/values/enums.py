"""Enums are real Python enums."""

import copy
import enum
import pickle

import pytest


def test_they_are_enums(enums):
    assert issubclass(enums.Color, enum.IntEnum)
    assert [(m.name, m.value) for m in enums.Color] == [("red", 1), ("green", 2), ("blue", 4)]
    assert enums.Color.__module__ == enums.__name__
    assert "colours" in enums.Color.__doc__


def test_round_trip(enums):
    assert enums.next(enums.Color.red) is enums.Color.green
    assert enums.strange() == 99


def test_scoped_enums_refuse_everything_else(enums):
    for value in (1, 2, True, "red", None, enums.Level.low, enums.Machine.State.idle):
        with pytest.raises(TypeError, match=r"next\(\).*Color"):
            enums.next(value)


def test_unscoped_enums(enums):
    assert enums.level() == 5
    assert enums.level(enums.Level.high) == 6
    assert enums.level(enums.high) == 6
    assert enums.high is enums.Level.high
    assert enums.level(0) == 0
    with pytest.raises(TypeError):
        enums.level(1.5)


def test_flags(enums):
    assert issubclass(enums.Access, enum.IntFlag)
    assert enums.both() == enums.Access.read | enums.Access.write
    assert enums.may_write(enums.Access.read | enums.Access.write) is True
    assert enums.may_write(enums.Access.none) is False
    assert not enums.Access.none


def test_operators_that_give_numbers_are_those_of_int(enums):
    assert enums.Bits.high & enums.Bits.low == 0
    assert enums.Bits.high & enums.Bits.high == 6


def test_unnamed_enumerators_are_constants(enums):
    assert enums.answer == 42
    assert enums.negative == -7


def test_nested(enums):
    machine = enums.Machine()
    State = enums.Machine.State
    assert machine.state() is State.idle
    machine.set_state(State.running)
    assert machine.state() is State.running
    assert State.None_.value == 2
    assert machine.option(enums.Machine.fast) == 1
    assert machine.option(enums.Machine.Option.quiet) == 2


def test_pickle_and_copy(enums):
    assert pickle.loads(pickle.dumps(enums.Color.blue)) is enums.Color.blue
    assert copy.deepcopy(enums.Color.blue) is enums.Color.blue
    assert pickle.loads(pickle.dumps(enums.Machine.State.idle)) is enums.Machine.State.idle
