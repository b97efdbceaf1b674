"""Exception classes with several bases: caught as each of them."""

import pickle

import pytest


def caught(faults, kind, class_):
    with pytest.raises(class_) as found:
        faults.raise_(kind)
    return found.value


def test_tree(faults):
    assert faults.Fault.__bases__ == (RuntimeError,)
    assert faults.Missing.__bases__ == (faults.Fault,)
    assert faults.RetryError.__bases__ == (RuntimeError,)
    assert faults.Overload.__bases__ == (faults.Missing, faults.Busy)
    assert faults.BadKey.__bases__ == (IndexError,)
    assert faults.LostFile.__bases__ == (OSError, ValueError)
    assert faults.NoName.__bases__ == (RuntimeError,)


def test_base_by_rule(faults):
    assert faults.NoSuchName.__bases__ == (KeyError,)
    assert faults.NoSuchAlias.__bases__ == (faults.NoSuchName,)
    assert faults.Unready.__bases__ == (faults.Fault, TimeoutError)
    error = caught(faults, 7, KeyError)
    assert type(error) is faults.NoSuchAlias
    assert error.args == ("no name cost",)
    assert error.name == "cost"
    assert not isinstance(caught(faults, 6, LookupError), IndexError)
    assert faults.NoSuchName("x").args == ("no name x",)
    assert type(caught(faults, 8, TimeoutError)) is faults.Unready


def test_caught_as_each_base(faults):
    for class_ in (faults.Overload, faults.Missing, faults.Fault, faults.Busy, faults.RetryError, RuntimeError):
        error = caught(faults, 3, class_)
        assert type(error) is faults.Overload
        assert str(error) == "overload"
    assert type(caught(faults, 4, LookupError)) is faults.BadKey
    assert type(caught(faults, 5, OSError)) is type(caught(faults, 5, ValueError)) is faults.LostFile


def test_members_of_each_base(faults):
    error = caught(faults, 3, faults.Overload)
    assert (error.code, error.load, error.rest) == (2, 9, 11)
    assert caught(faults, 2, faults.Busy).load == 9


def test_made_in_python(faults):
    error = faults.Overload()
    assert (error.code, error.load, error.rest, str(error)) == (2, 9, 11, "overload")
    with pytest.raises(faults.Busy) as found:
        raise error
    assert found.value is error
    with pytest.raises(TypeError):
        faults.Busy.__init__(faults.Fault("x"))
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is faults.Overload
    assert copied.args == error.args


def test_derived_in_python(faults):
    class Both(faults.BadKey, faults.Missing):
        pass

    assert issubclass(Both, (IndexError, faults.Fault))
    with pytest.raises(faults.Missing):
        raise Both("x")
