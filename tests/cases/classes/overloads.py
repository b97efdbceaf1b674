"""One Python callable per overload set."""

import pytest


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, "int"),
        (1.0, "double"),
        ("x", "string"),
        (True, "bool"),
        ([1, 2], "vector<int>"),
        (["a"], "vector<string>"),
        ((1,), "vector<int>"),
    ],
)
def test_the_closest_conversion_wins(overloads, value, expected):
    assert overloads.kind(value) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((7,), "short"),
        ((7.5,), "double"),
        ((2**15,), "optional<int>"),  # too large for the one before
        ((None,), "optional<int>"),
        ((True,), "short"),
        (("x", 1), "string long"),
        (("x", 1.0), "string double"),
        (("x", 2**40), "string long"),
        (("x", 2**64), "string double"),
        ((b"x", 1), "string long"),
        ((1, 1.0, 1), "int double int"),
        ((1.0, 1, 1), "double int int"),
    ],
)
def test_the_order_of_declaration_comes_last(overloads, values, expected):
    assert overloads.far(*values) == expected


def test_subclasses_fit_as_what_they_are(overloads):
    class Text(str):
        pass

    class Count(int):
        pass

    assert overloads.far(overloads.Derived(), True) == "Base bool"
    assert overloads.far(Text("x"), Count(1)) == "string long"
    assert overloads.far(Count(1)) == "short"
    with pytest.raises(TypeError, match="no overload"):
        overloads.far([], 1)


def test_range(overloads):
    with pytest.raises((OverflowError, TypeError)):
        overloads.kind(2**2000)
    assert overloads.wide(2**40) == "long long"
    assert overloads.wide(0.5) == "float"


def test_derived_before_base(overloads):
    assert overloads.object(overloads.Derived()) == "Derived"
    assert overloads.object(overloads.Base()) == "Base"


def test_by_number_of_arguments(overloads):
    assert overloads.count() == 0
    assert overloads.count(1) == 2
    assert overloads.count(1, 2) == 13
    assert overloads.count(1, 2, 3) == 6
    assert overloads.count(1, 2, c=3) == 6
    assert overloads.count(a=1, b=2) == 13


def test_errors_list_the_candidates_as_the_stub_spells_them(overloads):
    with pytest.raises(TypeError) as caught:
        overloads.kind(None)
    text = str(caught.value)
    assert "None" in text
    for line in ("kind(arg0: int, /) -> str", "kind(arg0: float, /) -> str", "Iterable[int]"):
        assert line in text, text
    with pytest.raises(TypeError, match="count"):
        overloads.count(1, 2, 3, 4)
    with pytest.raises(TypeError, match="Box"):
        overloads.Box([])


def test_constructors_and_methods(overloads):
    assert overloads.Box().kind() == "empty"
    assert overloads.Box(1).kind() == "int"
    assert overloads.Box("x").kind() == "string"
    assert overloads.Box(1, 2).kind() == "int double"
    box = overloads.Box()
    assert box.put(1) == "int"
    assert box.put(1.5) == "double"
    assert box.put(box) == "box"
    assert box.value() == 5
    assert overloads.Box.make(1) == "int"
    assert overloads.Box.make("a") == "string"
    assert box.make("a") == "string"


def test_documented(overloads):
    assert "kind(arg0: int, /) -> str" in overloads.kind.__doc__


def test_implicit_conversions(overloads):
    metres, feet, miles = overloads.Metres(2.0), overloads.Feet(10.0), overloads.Miles(1.0)
    assert overloads.measure(overloads.Length(miles)) == 1600
    assert overloads.measure(metres) == 2
    assert overloads.measure(length=feet) == 3
    assert overloads.fill(metres, 7)
    assert metres.value == 7
    metres.value = 2
    assert not overloads.fill(overloads.mile(), 7)
    assert overloads.mile().value == 1600
    assert overloads.measure_copy(feet, [1, 2]) == 6
    assert overloads.in_metres(feet) == 3
    assert overloads.Length(metres).shorter(feet)
    assert overloads.Length(metres) == metres
    with pytest.raises(TypeError, match="Length"):
        overloads.measure(miles)
    with pytest.raises(TypeError):
        overloads.measure("2 m")
    with pytest.raises(ValueError, match="feet go up"):
        overloads.measure(overloads.Feet(-1))


def test_implicit_conversions_come_last(overloads):
    assert overloads.which(overloads.Feet(1)) == "Feet"
    assert overloads.which(overloads.Metres(1)) == "Length"
    assert overloads.which(overloads.Length(overloads.Metres(1))) == "Length"


def test_what_is_lent_is_never_made_for_the_call(overloads):
    long, short = overloads.Length(overloads.Metres(5)), overloads.Length(overloads.Metres(1))
    assert overloads.longer(long, short) is long
    with pytest.raises(TypeError):
        overloads.longer(overloads.Metres(1), long)


def test_none_for_a_pointer_names_the_rule(overloads):
    length, metres = overloads.Length(overloads.Metres(1)), overloads.Metres(1)
    assert (overloads.span(length), overloads.span(length, None)) == ("from", "from")
    assert overloads.span(length, metres) == "both"
    listed = r"^span\(\): no overload takes \({}\); there are:\n    .*\n    .*\n"
    heading = listed + r"where C\+\+ expects null, a rule allows it: {}$"
    for arguments, given in [((None,), "None"), ((None, metres), "None, Metres"), ((None, None), "None, None")]:
        with pytest.raises(TypeError, match=heading.format(given, r'"span" = \{ nullable = \["from"\] \}')):
            overloads.span(*arguments)
    with pytest.raises(TypeError, match=heading.format("int, None", r'"span" = \{ nullable = \["more"\] \}')):
        overloads.span(1, None)
    with pytest.raises(TypeError, match=heading.format("to=Metres, from_=None", ".*from.*")):
        overloads.span(to=metres, from_=None)
    with pytest.raises(TypeError, match=r"there are:\n    .*\n    [^\n]*$"):
        overloads.span(None, 3)
