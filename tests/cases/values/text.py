"""Text: str and bytes in, str out, nothing lost."""

import pytest


@pytest.mark.parametrize("value", ["", "plain", "grün", "日本語", "🜁", "a\0b", "x" * 100_000])
def test_str_round_trip(text, value):
    assert text.same(value) == value
    assert text.moved(value) == value
    assert text.length(value) == len(value.encode())


def test_bytes_are_accepted_as_they_are(text):
    assert text.same(b"plain") == "plain"
    assert text.length(b"\x80\xff\x00") == 3


def test_bytes_that_are_no_utf8_survive_the_round_trip(text):
    out = text.bytes_80()
    assert isinstance(out, str)
    assert out.encode("utf-8", "surrogateescape") == b"\x80\xff"
    assert text.same(out) == out


def test_c_strings(text):
    assert text.name() == "dovetail"
    assert text.no_name() is None
    assert text.c_length("four") == 4
    with pytest.raises(ValueError, match=r"c_length\(\).*null"):
        text.c_length("a\0b")
    with pytest.raises(TypeError, match="None"):
        text.c_length(None)
    assert text.is_null() is True
    assert text.is_null(None) is True
    assert text.is_null("x") is False


def test_wrong_types(text):
    for value in (1, None, ["a"], bytearray(b"a"), object()):
        with pytest.raises(TypeError, match=r"same\(\).*'value'.*str"):
            text.same(value)


def test_lone_surrogates_are_refused_or_kept(text):
    with pytest.raises(UnicodeEncodeError):
        text.same("\ud800")


def test_views(text):
    assert text.view() == "a view"


def test_characters(text):
    assert text.same_char("x") == "x"
    assert text.same_char32("🜁") == "🜁"
    assert text.same_wchar("ü") == "ü"
    for value in ("", "ab", 1, None):
        with pytest.raises((TypeError, ValueError)):
            text.same_char(value)
    with pytest.raises((TypeError, ValueError, OverflowError)):
        text.same_char("日")


@pytest.mark.parametrize("value", ["", "wide", "grün", "🜁 and on"])
def test_wide_strings(text, value):
    assert text.same_wide(value) == value
    assert text.same_u16(value) == value
    assert text.same_u32(value) == value
