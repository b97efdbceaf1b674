"""Numbers: exact ranges, no silent truncation, keywords."""

import math

import pytest

RANGES = {
    "same_int": (-(2**31), 2**31 - 1),
    "same_signed_char": (-128, 127),
    "same_unsigned_char": (0, 255),
    "same_short": (-(2**15), 2**15 - 1),
    "same_unsigned_short": (0, 2**16 - 1),
    "same_unsigned": (0, 2**32 - 1),
    "same_long": (-(2**63), 2**63 - 1),
    "same_unsigned_long": (0, 2**64 - 1),
    "same_long_long": (-(2**63), 2**63 - 1),
    "same_int8": (-128, 127),
    "same_uint8": (0, 255),
    "same_int64": (-(2**63), 2**63 - 1),
    "same_uint64": (0, 2**64 - 1),
}


@pytest.mark.parametrize("name", RANGES)
def test_integers_keep_their_value_up_to_the_ends_of_the_range(numbers_, name):
    same = getattr(numbers_, name)
    low, high = RANGES[name]
    for value in (low, low + 1, -1 if low < 0 else 0, 0, 1, high - 1, high):
        assert same(value) == value
        assert type(same(value)) is int


@pytest.mark.parametrize("name", RANGES)
def test_out_of_range_names_function_argument_and_value(numbers_, name):
    same = getattr(numbers_, name)
    low, high = RANGES[name]
    for value in (low - 1, high + 1, 2**64, -(2**70), 2**200):
        with pytest.raises(OverflowError, match=rf"{name}\(\).*'value'"):
            same(value)


def test_a_float_is_never_truncated(numbers_):
    for value in (1.0, 1.5, math.nan, math.inf):
        with pytest.raises(TypeError, match=r"same_int\(\).*'value'.*int.*float"):
            numbers_.same_int(value)


def test_wrong_types_name_both_types(numbers_):
    with pytest.raises(TypeError, match=r"same_int\(\).*'value' must be int, not str"):
        numbers_.same_int("1")
    with pytest.raises(TypeError, match=r"same_double\(\).*'value' must be float, not None"):
        numbers_.same_double(None)


def test_index_and_float_protocols(numbers_):
    class Index:
        def __index__(self):
            return 7

    class Float:
        def __float__(self):
            return 2.5

    class Bad:
        def __index__(self):
            raise LookupError("no index today")

    assert numbers_.same_int(Index()) == 7
    assert numbers_.same_double(Float()) == 2.5
    assert numbers_.same_double(3) == 3.0
    with pytest.raises(LookupError, match="no index today"):
        numbers_.same_int(Bad())


def test_bool_takes_only_bool(numbers_):
    assert numbers_.same_bool(True) is True
    assert numbers_.same_bool(False) is False
    for value in (1, 0, "yes", None, [1]):
        with pytest.raises(TypeError):
            numbers_.same_bool(value)
    assert numbers_.same_int(True) == 1


def test_float_range(numbers_):
    assert numbers_.same_float(1.5) == 1.5
    assert math.isinf(numbers_.same_float(math.inf))
    assert math.isnan(numbers_.same_float(math.nan))
    with pytest.raises(OverflowError):
        numbers_.same_float(1e39)
    assert numbers_.same_double(1e308) == 1e308


def test_references_to_numbers_are_values(numbers_):
    assert numbers_.half(5) == 2.5
    assert numbers_.largest(3, 9) == 9


def test_keywords(numbers_):
    assert numbers_.three(1, 2, 3) == 321
    assert numbers_.three(a=1, b=2, c=3) == 321
    assert numbers_.three(c=3, a=1, b=2) == 321
    assert numbers_.three(1, c=3, b=2) == 321
    assert numbers_.same_int(value=4) == 4
    dynamic = {"".join(["a"]): 1, "b": 2, "c": 3}
    assert numbers_.three(**dynamic) == 321


def test_wrong_calls(numbers_):
    with pytest.raises(TypeError, match="missing|takes"):
        numbers_.three(1, 2)
    with pytest.raises(TypeError, match="4"):
        numbers_.three(1, 2, 3, 4)
    with pytest.raises(TypeError, match="multiple values|twice"):
        numbers_.three(1, 2, 3, a=1)
    with pytest.raises(TypeError, match="'d'"):
        numbers_.three(1, 2, d=3)
    with pytest.raises(TypeError):
        numbers_.nothing(1)
    assert numbers_.nothing() is None


def test_unnamed_parameters_are_positional_only(numbers_):
    assert numbers_.unnamed(41) == 42
    with pytest.raises(TypeError):
        numbers_.unnamed(value=41)


def test_numpy_scalars(numbers_):
    numpy = pytest.importorskip("numpy")
    assert numbers_.same_int(numpy.int16(5)) == 5
    assert numbers_.same_double(numpy.float32(0.5)) == 0.5
    with pytest.raises(OverflowError):
        numbers_.same_int(numpy.int64(2**40))
    with pytest.raises(TypeError):
        numbers_.same_int(numpy.float64(1.0))
