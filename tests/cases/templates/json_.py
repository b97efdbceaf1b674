"""JSON values of C++: as the Python values that they are."""

import collections
import math
import sys

import pytest

VALUES = [
    None,
    True,
    0,
    -1,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
    0.5,
    -0.0,
    math.inf,
    "",
    "grün\0\U0001f600",
    b"\x00\xff",
    [],
    {},
    [1, [2, [None]], {"a": [{}]}],
    {"b": 1, "a": {"z": 2.5}},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_round_trip(json_, value):
    made = json_.echo(value)
    assert made == value
    assert type(made) is type(value)


def test_kinds(json_):
    values = [None, True, 1, 1.5, "x", b"x", [1], {"a": 1}]
    assert [json_.kind(v) for v in values] == [
        "null", "boolean", "number", "number", "string", "binary", "array", "object",
    ]  # fmt: skip
    assert math.isnan(json_.echo(math.nan))
    assert json_.dump(math.nan) == "null"
    assert json_.dump({"a": [1, 2.0]}) == '{"a":[1,2.0]}'
    assert json_.count() == 0
    assert "comes out" in json_.echo.__doc__


def test_what_behaves_like_them(json_):
    assert json_.echo((1, range(2), json_.many())) == [1, [0, 1], [1, "x", None, {"k": 2.5}]]
    assert json_.echo(collections.ChainMap({"a": 1})) == {"a": 1}
    assert json_.echo(bytearray(b"x")) == json_.echo(memoryview(b"x")) == b"x"
    np = pytest.importorskip("numpy")
    made = json_.echo([np.int64(3), np.float32(0.5), np.arange(3), np.bool_(True), np.uint64(2**64 - 1)])
    assert made == [3, 0.5, [0, 1, 2], True, 2**64 - 1]
    assert [type(v) for v in made[:2]] == [int, float]
    assert made[3] is True


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (2**64, OverflowError, "more than the 64 bits"),
        (-(2**63) - 1, OverflowError, "more than the 64 bits"),
        ({1: 2}, TypeError, "keys of a JSON object must be str, not int"),
        ({1, 2}, TypeError, "set has no counterpart in JSON"),
        (1j, TypeError, "complex has no counterpart"),
        ({"a": [1, {"b": object()}]}, TypeError, "key 'a': item 1: key 'b': object has no counterpart"),
        ("\ud800", UnicodeEncodeError, "surrogates"),
        ({"\ud800": 1}, UnicodeEncodeError, "surrogates"),
    ],
)
def test_what_is_no_json(json_, value, error, message):
    with pytest.raises(error, match=message):
        json_.echo(value)


def test_depth(json_):
    ring = []
    ring.append(ring)
    deep = None
    for _ in range(5000):
        deep = [deep]
    for value in (ring, deep, {"a": ring}):
        with pytest.raises(RecursionError):
            json_.echo(value)
    with pytest.raises(RecursionError):
        json_.parse("[" * 100_000 + "]" * 100_000)
    fine = None
    for _ in range(800):
        fine = {"k": [fine]} if _ % 2 else [fine]
        if _ == 500:
            break
    assert json_.echo(fine) == fine


def test_values_that_change_while_they_are_read(json_):
    class Whole:
        def __index__(self):
            given.clear()
            return 3

    given = [Whole(), Whole(), 1]
    assert json_.echo(given) == [3]
    given = {"a": Whole(), "b": 2}
    assert json_.echo(given) == {"a": 3, "b": 2}

    class Bad:
        def __index__(self):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        json_.echo([{"x": Bad()}])


def test_order(json_):
    assert list(json_.ordered({"z": 1, "a": 2})) == ["z", "a"]
    assert list(json_.echo({"z": 1, "a": 2})) == ["a", "z"]
    assert json_.parse('{"a": 1, "a": 2}') == {"a": 2}


def test_errors(json_):
    for call, error in (
        (lambda: json_.parse("{"), ValueError),
        (lambda: json_.whole("x"), TypeError),
        (lambda: json_.at({"a": 1}, "b"), KeyError),
        (lambda: json_.item([1], 5), IndexError),
        (lambda: json_.dump("x", "y"), TypeError),
        (lambda: json_.quiet("{"), ValueError),
    ):
        with pytest.raises(error):
            call()


def test_what_is_written_comes_back(json_):
    given = {"a": 1}
    assert json_.add(given, "b", 2) == {"a": 1, "b": 2}
    assert given == {"a": 1}
    assert json_.measure([1, 2]) == (True, {"size": 2})


def test_inside_of_other_types(json_):
    assert json_.maybe(True) == [1, 2]
    assert json_.maybe(False) is None
    assert list(json_.many()) == [1, "x", None, {"k": 2.5}]
    assert dict(json_.named({"a": [1], "b": None})) == {"a": [1], "b": None}
    assert list(json_.list()) == [1, "a"]
    assert [json_.which(v) for v in (1, "x", [1], None, 1.5)] == ["int", "text", "json", "json", "json"]


def test_fields_and_references_are_copies(json_):
    settings = json_.Settings({"a": 1})
    root = settings.edit()
    root["b"] = 2
    assert settings.root() == {"a": 1}
    settings.extra = [1, None]
    assert settings.extra == [1, None]
    with pytest.raises(TypeError):
        settings.extra = object()
    message = json_.Message("t", {"x": [1]})
    assert message == json_.Message(topic="t", body={"x": [1]})
    assert message.body == {"x": [1]}


def test_references_are_not_leaked(json_):
    text, key = "x" * 50, "key of a member"
    before = sys.getrefcount(text), sys.getrefcount(key)
    for _ in range(10):
        json_.echo({key: [text, text]})
        with pytest.raises(TypeError):
            json_.echo([text, {key: object()}])
    assert (sys.getrefcount(text), sys.getrefcount(key)) == before
