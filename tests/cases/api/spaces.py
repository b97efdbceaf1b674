"""Namespaces, module attributes, awkward names."""

import importlib

import pytest


def test_submodules(spaces):
    assert spaces.inner.twice(4) == 8
    assert spaces.inner.deep.make(5).id == 5
    assert spaces.take(spaces.inner.Thing(3)) == 3
    assert spaces.kind() is spaces.inner.Kind.two
    assert spaces.versioned() == 2
    assert not hasattr(spaces, "detail")
    assert importlib.import_module(f"{spaces.__name__}.inner.deep") is spaces.inner.deep
    assert spaces.inner.Thing.__module__ == f"{spaces.__name__}.inner"
    assert spaces.inner.twice.__module__ == f"{spaces.__name__}.inner"


def test_every_public_alias_is_there(spaces):
    aliases = (spaces.compat.Item, spaces.compat.SameItem, spaces.ThingPointer, spaces.ThingArgument)
    assert set(aliases) == {spaces.inner.Thing}
    assert spaces.compat.Kind is spaces.inner.Kind


def test_globals_read_and_write_cpp(spaces):
    spaces.counter = 5
    assert spaces.get_counter() == 5
    assert spaces.counter == 5
    with pytest.raises(TypeError, match="counter"):
        spaces.counter = "x"
    spaces.title = "new"
    assert spaces.title == "new"
    assert spaces.ratio == 0.5
    spaces.counter = 0
    assert spaces.inner.deep.counter == 7
    spaces.inner.deep.counter = 8
    assert spaces.inner.deep.counter == 8
    spaces.inner.deep.counter = 7


def test_keywords_get_an_underscore(spaces):
    assert spaces.from_(lambda_=3) == 3
    none = spaces.None_()
    assert none.pass_ == 1
    assert none.def_() == 3
    assert none.def_(in_=4) == 4
