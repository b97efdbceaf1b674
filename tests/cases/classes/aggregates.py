"""Aggregates feel like dataclasses."""

import copy
import pickle

import pytest


def test_construction(aggregates):
    assert aggregates.Point().x == 0
    assert aggregates.Point(1).x == 1
    point = aggregates.Point(1, y=2)
    assert (point.x, point.y) == (1, 2)
    with pytest.raises(TypeError, match="z"):
        aggregates.Point(z=1)
    with pytest.raises(TypeError, match=r"Point.*'x' must be float, not str"):
        aggregates.Point("a")


def test_a_derived_class_has_more_than_the_fields(aggregates):
    one, two = aggregates.Labelled(), aggregates.Labelled()
    one.number = 1
    same = one
    assert one == same
    assert one != two
    assert one != aggregates.Point()
    assert aggregates.Point() != one
    assert copy.copy(one).number == 1
    with pytest.raises(TypeError, match="^cannot pickle 'Labelled' object$"):
        pickle.dumps(one)
    assert aggregates.Holder() != aggregates.Holder()

    class Named(aggregates.Point):
        pass

    assert Named(1, 2) == aggregates.Point(1, 2)
    assert pickle.loads(pickle.dumps(aggregates.Point(1, 2))) == aggregates.Point(1, 2)


def test_repr_and_equality(aggregates):
    point = aggregates.Point(1, 2)
    assert repr(point) == "Point(x=1.0, y=2.0)"
    assert point == aggregates.Point(1, 2)
    assert point != aggregates.Point(1, 3)
    assert point != (1, 2)
    assert not point == None
    with pytest.raises(TypeError):
        hash(point)


def test_nested_fields_are_shared(aggregates):
    segment = aggregates.Segment(aggregates.Point(0, 0), aggregates.Point(2, 2))
    segment.to.x = 4
    assert segment.to.x == 4
    assert aggregates.middle(segment) == aggregates.Point(2, 1)
    end = segment.to
    del segment
    assert end.x == 4


def test_defaults(aggregates):
    segment = aggregates.Segment()
    assert segment.label == "segment"
    assert aggregates.Segment(label="other").label == "other"
    assert aggregates.Segment(to=aggregates.Point(1, 1)).to.x == 1


def test_copy_and_pickle(aggregates):
    segment = aggregates.Segment(aggregates.Point(1, 2), aggregates.Point(3, 4), "s")
    for other in (copy.copy(segment), copy.deepcopy(segment), pickle.loads(pickle.dumps(segment))):
        assert other == segment
        assert other is not segment
        other.to.x = 9
        assert segment.to.x == 3


def test_match(aggregates):
    match aggregates.Point(1, 2):
        case aggregates.Point(x, y):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("no match")


def test_bit_fields(aggregates):
    bits = aggregates.Bits(5, 9)
    assert (bits.low, bits.high) == (5, 9)
    bits.low = 7
    assert bits.low == 7
    with pytest.raises(OverflowError):
        bits.low = 8


def test_unnamed_unions_and_arrays(aggregates):
    mixed = aggregates.Mixed()
    mixed.number = 3
    assert mixed.number == 3
    mixed.real = 1.5
    assert mixed.real == 1.5
    assert list(mixed.pair) == [0, 0]
    mixed.pair[1] = 7
    assert list(mixed.pair) == [0, 7]
    mixed.pair = [1, 2]
    assert list(mixed.pair) == [1, 2]
    with pytest.raises((ValueError, TypeError)):
        mixed.pair = [1, 2, 3]
    assert mixed.text is None


def test_nested_types(aggregates):
    nested = aggregates.Nested(aggregates.Nested.Inner(3), [1, 2])
    assert nested.inner.value == 3
    nested.numbers.append(3)
    assert nested.numbers == [1, 2, 3]
    assert aggregates.Nested.Inner.__qualname__ == "Nested.Inner"


def test_arguments(aggregates):
    assert aggregates.dot(aggregates.Point(1, 2), b=aggregates.Point(3, 4)) == 11


def test_members_of_unnamed_unions_in_templates(aggregates):
    vec = aggregates.Vec["float"](1, 2)
    assert (vec.x, vec.r, vec.g, vec.high) == (1, 1, 2, 2)
    vec.r = 5
    assert vec.x == 5
    assert aggregates.length(vec) == 7
    secret = aggregates.secret()
    assert secret.shown == 2
    secret.high = 3
    assert (secret.low, secret.shown) == (2, 2 + (3 << 3))
    assert not hasattr(secret, "hidden")
    with pytest.raises(OverflowError):
        secret.low = 8


def test_unions_in_aggregates(aggregates):
    tagged = aggregates.Tagged(aggregates.Tagged.Kind.TEXT, 7, 8, last=9)
    assert (tagged.low, tagged.high, tagged.last) == (7, 8, 9)
    assert tagged.bits.low == 7
    assert aggregates.has_text(tagged)
    with pytest.raises(AttributeError):
        tagged.low = 1
    # What pointer there is only C++ knows.
    assert not {"text", "point", "borrowed"} & set(dir(tagged))
    assert aggregates.Mixed(3).number == 3
    copied = copy.copy(tagged)
    assert copied.high == 8
    assert copied != tagged
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(tagged)


def test_types_without_a_name_are_called_after_what_is_of_them(aggregates):
    Token = aggregates.Token
    tokens = aggregates.tokens()
    token = tokens[0]
    assert token.kind is Token.Kind.WORD is Token.WORD
    assert token.place.area() == 6
    token.place = Token.Place(Token.Place.Corner(4, 5))
    assert (token.place.area(), token.place.text) == (20, "t")
    token.value.number = 7
    token.items[1].v = 8
    assert [item.v for item in token.items] == [1, 8]
    assert token.next is None
    token.next = Token.Items(9)
    assert token.next.v == 9
    token.grid[1][2].g = 200
    assert token.grid[1][2] == Token.Grid(0, 200)
    assert token.Upper == Token.UpperType()
    corner = token.place.corner
    tokens.clear()
    with pytest.raises(ReferenceError):
        corner.x = 1
    aggregates.settings.level = 4
    assert aggregates.settings == aggregates.Settings(4)


def test_fields_that_cannot_be_copied(aggregates):
    visit = aggregates.Visit(3)
    assert visit.day == 3
    assert visit.ticket.number() == 7
    with pytest.raises(AttributeError):
        visit.ticket = aggregates.Ticket()
    with pytest.raises(TypeError):
        aggregates.Visit(3, aggregates.Ticket())
    assert not hasattr(visit, "last")


def test_names_of_one_place_are_one_column(aggregates):
    numpy = pytest.importorskip("numpy")
    unit = numpy.asarray(aggregates.unit())
    assert unit.dtype.names == ("x", "y", "beyond")
    assert unit["y"].tolist() == [0, 1]
