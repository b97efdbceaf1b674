"""Ordinary use of simdjson: parse a document and walk it, numbers, text, arrays, objects, and be told what is wrong."""

import gc

import pytest

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

SERVICE = """{"name": "joiner", "ports": [80, 443], "ratio": 0.5, "big": 18446744073709551615, "owner": null,
              "limits": {"quiet": true, "low": -7}}"""


@pytest.fixture(scope="module")
def simdjson(bind_library):
    return bind_library("simdjson", ruled=True)


@pytest.fixture
def service(simdjson):
    return simdjson.dom.parser().parse(SERVICE)


def test_values(simdjson, service):
    assert service["name"].get_string().value() == "joiner"
    assert service["ratio"].get_double().value() == 0.5
    assert service["big"].get_uint64().value() == 2**64 - 1
    assert service["limits"]["low"].get_int64().value() == -7
    assert service["limits"]["quiet"].get_bool().value() is True
    assert service["owner"].is_null()
    assert float(service["ratio"]) == 0.5
    assert int(service["limits"]["low"]) == -7
    assert service.at_pointer("/ports/1").get_int64().value() == 443


def test_walk(simdjson, service):
    found = {field.key: field.value for field in service.get_object().value()}
    assert list(found) == ["name", "ports", "ratio", "big", "owner", "limits"]
    assert found["ports"].type() == simdjson.dom.element_type.ARRAY
    ports = found["ports"].get_array().value()
    assert len(ports) == 2
    assert [port.get_int64().value() for port in ports] == [80, 443]
    assert str(found["limits"]) == '{"quiet":true,"low":-7}'


def test_a_document_keeps_its_parser(simdjson):
    parser = simdjson.dom.parser()
    name = parser.parse('{"name": "a text that is too long for any small buffer"}').value()["name"]
    del parser
    gc.collect()
    assert name.get_string().value() == "a text that is too long for any small buffer"


def test_what_is_missing_is_an_error(simdjson, service):
    missing = service["surname"]
    assert missing.error() == simdjson.NO_SUCH_FIELD
    assert "does not exist" in simdjson.error_message(missing.error())
    with pytest.raises(simdjson.simdjson_error, match="does not exist"):
        missing.value()
    with pytest.raises(simdjson.simdjson_error, match="type"):
        service["name"].get_int64().value()


@pytest.mark.parametrize("text", ["{", "[1, 2", '{"a": }', "", "nul", '"\\x"'])
def test_what_is_no_json_is_an_error(simdjson, text):
    with pytest.raises(simdjson.simdjson_error):
        simdjson.dom.parser().parse(text).value()


def test_results_are_taken_or_looked_at(simdjson, service):
    name = service["name"].get_string()
    assert name.value() == "joiner"
    assert name.take_value() == "joiner"
    assert str(name) == "joiner"
    assert name.error() == simdjson.SUCCESS


def test_codes_instead_of_exceptions(simdjson, service):
    assert service["name"].get_string().get() == (simdjson.SUCCESS, "joiner")
    assert service["big"].get_uint64().tie() == (2**64 - 1, simdjson.SUCCESS)
    error, _ = service["name"].get_bool().get()
    assert error == simdjson.INCORRECT_TYPE


def test_on_demand(simdjson):
    parser = simdjson.fallback.ondemand.parser()
    text = simdjson.padded_string(SERVICE)
    document = parser.iterate(text)
    ports = document["ports"].get_array().value()
    assert [port.get_int64().value() for port in ports] == [80, 443]
    assert document["ratio"].get_double().value() == 0.5
    del text, parser
    gc.collect()
    document.rewind()
    assert document["name"].get_string().value() == "joiner"


def test_files(simdjson, tmp_path):
    path = tmp_path / "service.json"
    path.write_text(SERVICE)
    assert simdjson.dom.parser().load(str(path))["name"].get_string().value() == "joiner"
    assert simdjson.dom.parser().load(str(tmp_path / "absent.json")).error() == simdjson.IO_ERROR


def test_text(simdjson, service):
    assert simdjson.minify(service["limits"]) == '{"quiet":true,"low":-7}'
    assert simdjson.validate_utf8("grüße")
    assert simdjson.builtin_implementation().name() == "fallback"


def test_wrong_types_are_type_errors(simdjson, service):
    with pytest.raises(TypeError, match="parse"):
        simdjson.dom.parser().parse(3)
    with pytest.raises(TypeError):
        service[1.5]
