"""Ordinary use of JSON for Modern C++: parse, walk, change, dump; its own header bound as it comes."""

import io
import json as pyjson

import pytest

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

TEXT = '{"name":"dovetail","angles":[7,8,9],"open":true,"glue":null}'


@pytest.fixture(scope="module")
def nlohmann(bind_library):
    return bind_library("nlohmann-json")


@pytest.fixture
def parse(nlohmann):
    """`parse` is a template over all kinds of input; the stream operator does the same."""
    return lambda text: nlohmann.json().read_from(io.StringIO(text))


@pytest.fixture
def document(parse):
    return parse(TEXT)


def test_parse_and_dump(nlohmann, parse, document):
    assert document.is_object()
    assert len(document) == 4
    assert pyjson.loads(document.dump()) == pyjson.loads(TEXT)
    assert str(document) == document.dump()
    assert document.dump(2).count("\n") > 4


def test_walk(document):
    assert [angle.dump() for angle in document["angles"]] == ["7", "8", "9"]
    assert document["name"].dump() == '"dovetail"'
    assert document.contains("open")
    assert not document.contains("shut")


def test_types(nlohmann, document):
    assert document["angles"].type() == nlohmann.json.value_t.array
    assert nlohmann.json(nlohmann.json.value_t.object).dump() == "{}"


def test_change(nlohmann, parse, document):
    document["angles"].push_back(parse("10"))
    assert document["angles"].size() == 4
    assert document.erase("glue") == 1
    assert not document.contains("glue")
    document.merge_patch(parse('{"open": false}'))
    assert document["open"].dump() == "false"


def test_compare(nlohmann, parse, document):
    assert document == parse(TEXT)
    assert document != parse("[]")


def test_pointers(nlohmann, parse, document):
    assert document[nlohmann.json_pointer("/angles/1")].dump() == "8"


def test_iterators(document):
    found = document.find("name")
    assert found.key() == "name"
    assert found.value().dump() == '"dovetail"'


def test_patches(nlohmann, parse, document):
    other = parse('{"name":"dovetail","angles":[7],"open":true,"glue":null}')
    patch = nlohmann.json.diff(document, other)
    assert document.patch(patch) == other


def test_errors(nlohmann, parse, document):
    with pytest.raises(Exception, match="parse error"):
        parse("[1,")
    with pytest.raises(TypeError):
        document.contains(4)
