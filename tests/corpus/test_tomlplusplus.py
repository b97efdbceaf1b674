"""Ordinary use of toml++: parse a document and read it."""

import json

import pytest

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

TEXT = """
title = "joints"
[dovetail]
angles = [7, 8]
ratio = 6.5
tight = true
"""


@pytest.fixture(scope="module")
def toml(bind_library):
    return bind_library("tomlplusplus", ruled=True)


@pytest.fixture
def table(toml):
    return toml.parse(TEXT)


def test_read(table):
    assert len(table) == 2
    assert table.contains("dovetail")
    assert table.get("title").as_string().get() == "joints"


def test_walk(toml, table):
    inner = table.get("dovetail").as_table()
    assert inner.get("ratio").as_floating_point().get() == 6.5
    assert inner.get("tight").as_boolean().get() is True
    angles = inner.get("angles").as_array()
    assert [angle.as_integer().get() for angle in angles] == [7, 8]
    assert table.get("none") is None


def test_kinds(toml, table):
    assert table.get("title").type() == toml.node_type.string
    assert table.get("title").is_string()
    assert table.get("title").as_table() is None


def test_places(table):
    assert table.get("title").source().begin.line == 2


def test_views(table):
    ratio = table["dovetail"]["ratio"]
    assert ratio.as_floating_point().get() == 6.5
    assert ratio.as_table() is None
    assert [angle.as_integer().get() for angle in table["dovetail"]["angles"].as_array()] == [7, 8]


def test_first_that_differs(toml, table):
    inner = table.get("dovetail").as_table()
    angles = inner.get("angles").as_array()
    assert angles.is_homogeneous(toml.node_type.integer) is True
    assert angles.first_nonmatch(toml.node_type.integer) == (True, None)
    alike, other = inner.first_nonmatch(toml.node_type.array)
    assert not alike
    del inner, angles, table
    assert other.source().begin.line > 3  # it keeps its document alive


def test_values_of_classes(toml):
    day = toml.parse("day = 2026-11-21").get("day").as_date()
    assert (day.get().year, day.get().month, day.get().day) == (2026, 11, 21)
    assert day.to_date() == day.dereference() == day.get()
    assert toml.value_flags.format_as_binary
    assert not toml.value_flags.none


def test_writing(toml, table):
    text = str(toml.json_formatter(table))
    assert json.loads(text) == {"title": "joints", "dovetail": {"angles": [7, 8], "ratio": 6.5, "tight": True}}
    assert toml.toml(str(toml.toml_formatter(table))) == table


def test_paths(toml, table):
    assert toml.at_path(table, toml.tpath("dovetail.angles[1]")).as_integer().get() == 8


def test_errors(toml):
    with pytest.raises(toml.parse_error, match="Error while parsing"):
        toml.parse("a = ")
    with pytest.raises(TypeError):
        toml.parse(5)
