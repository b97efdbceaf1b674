"""Rules change what they name, and nothing else."""

import gc
import weakref  # noqa: F401  (weak references are not promised; see the guide on ownership)

import pytest


def test_returns(ruled):
    reader = ruled.Reader()
    row = reader.row()
    row.id = 5
    assert reader.row().id == 0
    before = ruled.Reader.alive
    made = ruled.make_reader()
    assert ruled.Reader.alive == before + 1
    del made
    gc.collect()
    assert ruled.Reader.alive == before


def test_as(ruled):
    reader = ruled.Reader()
    assert type(reader.ids()) is list
    assert reader.ids() == [1, 2]
    assert type(reader.table()) is dict
    assert reader.table() == {"a": 1}
    assert reader.raw() == b"\x00\xff"
    numpy = pytest.importorskip("numpy")
    prices = reader.prices()
    assert type(prices) is numpy.ndarray
    del reader
    gc.collect()
    assert prices.tolist() == [1.5, 2.5]


def test_outputs(ruled):
    assert ruled.find([4, 5, 6], 5) == (True, 1)
    assert ruled.divide(7, 2) == (3, 1)


def test_names(ruled):
    assert not hasattr(ruled, "hide_this")
    assert not hasattr(ruled, "hidden_by_annotation")
    assert not hasattr(ruled, "oldName")
    assert ruled.new_name() == 2
    assert ruled.renamed() == 3
    camel = ruled.Camel()
    assert camel.get_value_of(some_value=4) == 4
    assert camel.http_port == 80


def test_keeps(ruled):
    reader = ruled.Reader()
    reader.set_parent(ruled.Row(9))
    gc.collect()
    assert reader.parent_id() == 9
    reader.set_parent(None)
    assert reader.parent_id() == -1


def test_release_gil(ruled):
    assert ruled.wait(3) == 3


def test_instantiate(ruled):
    assert ruled.smallest(2, 1) == 1
    assert ruled.smallest(2.5, 1.5) == 1.5
    assert ruled.grow_2(5) == 10
    assert ruled.grow_4(5) == 20


def test_instantiated_member_templates(ruled):
    cell = ruled.Cell(4)
    assert (cell.whole(), cell.as_string(), cell.as_row().id) == (4, "4", 4)
    assert not hasattr(cell, "as_int")
    assert cell.add(1) is cell
    assert cell.add("more") is cell
    assert cell.whole() == 400


def test_classes_of_detail_are_taken_in_by_name(ruled):
    message = ruled.message("late")
    assert (message.text, ruled.level_of(message)) == ("late", 3)
    assert ruled.tone_of(ruled.Message("early", 1)) is ruled.Tone.low
    assert ruled.tone_of(message) is ruled.Tone.high
    assert ruled.hold(4).get() == 4
    assert type(ruled.hold(4)) is ruled.Holder[int]
    assert not hasattr(ruled, "Inner")
    assert not hasattr(ruled, "inner")
