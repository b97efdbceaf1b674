"""Ordinary use of JsonCpp: read a document, change it, write it."""

import json

import pytest

pytestmark = pytest.mark.corpus

TEXT = '{"name": "dovetail", "angles": [7, 8.5], "open": true, "glue": null}'


@pytest.fixture(scope="module")
def jsoncpp(bind_library):
    return bind_library("jsoncpp")


@pytest.fixture
def root(jsoncpp):
    value = jsoncpp.Value()
    assert jsoncpp.Reader().parse(TEXT, value)
    return value


def test_read(jsoncpp, root):
    assert root["name"].asString() == "dovetail"
    assert [angle.asDouble() for angle in root["angles"]] == [7.0, 8.5]
    assert root["open"].asBool()
    assert root["glue"].isNull()
    assert root.isMember("open")
    assert not root.isMember("shut")
    assert list(root.getMemberNames()) == ["angles", "glue", "name", "open"]


def test_change(jsoncpp, root):
    root["angles"].append(jsoncpp.Value(9))
    assert root["angles"].size() == 3
    assert root["angles"][2].asInt() == 9
    root.removeMember("glue")
    assert not root.isMember("glue")


def test_write(jsoncpp, root):
    assert json.loads(jsoncpp.FastWriter().write(root)) == json.loads(TEXT)
    assert json.loads(root.toStyledString()) == json.loads(TEXT)


def test_elements_see_changes(jsoncpp, root):
    name = root["name"]
    name.swap(jsoncpp.Value("mortise"))
    assert root["name"].asString() == "mortise"


def test_a_wrong_text_is_explained(jsoncpp):
    reader = jsoncpp.Reader()
    assert not reader.parse('{"a": }', jsoncpp.Value())
    assert "Line 1" in reader.getFormattedErrorMessages()


def test_exceptions(jsoncpp, root):
    with pytest.raises(jsoncpp.LogicError, match="not convertible to Int"):
        root["name"].asInt()
    with pytest.raises(TypeError):
        root.isMember(3)
