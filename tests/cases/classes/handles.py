"""Handles: objects of classes that the header only declares."""

import copy

import pytest


def test_handles_pass_through(handles):
    file = handles.open(1)
    assert type(file) is handles.File
    before = handles.size(file)
    assert before >= 20
    handles.grow(file, by=5)
    assert handles.size_of(file) == before + 5
    assert handles.open(9) is None
    assert handles.size(None) == -1


def test_the_same_handle_is_the_same_object(handles):
    file = handles.open(0)
    assert handles.open(0) is file
    assert handles.open(1) is not file
    holder = handles.Holder(file)
    assert holder.file() is file
    assert holder.sure() is file
    assert holder.open is None
    holder.open = file
    assert holder.open is file


def test_overloads_tell_them_apart(handles):
    assert handles.number(handles.current()) == 7
    assert handles.number(handles.open(0)) == -handles.size(handles.open(0))


def test_nested_handles(handles):
    holder = handles.Holder(None)
    part = holder.part()
    assert type(part) is handles.Holder.Part
    assert holder.owns(part)
    assert not handles.Holder(None).owns(part)


def test_const_handles_stay_const(handles):
    with pytest.raises(TypeError, match="const"):
        handles.grow(handles.reading())


def test_handles_cannot_be_made_or_copied(handles):
    with pytest.raises(TypeError, match="only declare"):
        handles.File()
    with pytest.raises(TypeError):
        copy.copy(handles.current())
    with pytest.raises(TypeError):
        handles.size_of(None)
    with pytest.raises(TypeError, match="File"):
        handles.size(handles.current())
    assert not hasattr(handles, "Unused")
