"""Which C++ types cross a plain C signature, and how."""

from __future__ import annotations

import pytest

from dovetail.plan import Form
from dovetail.policy.plain_values import Types, find_form, size_of, split_template

NONE = Types(enums={}, classes={}, containers={})


@pytest.mark.parametrize(
    ("cpp", "form", "c"),
    [
        ("int", Form.NUMBER, "int"),
        ("const unsigned long &", Form.NUMBER, "unsigned long"),
        ("unsigned char", Form.NUMBER, "unsigned char"),
        ("bool", Form.BOOL, "int"),
        ("char", Form.CHAR, "char"),
        ("const char *", Form.TEXT, ""),
        ("const std::basic_string<char> &", Form.TEXT, ""),
        ("std::basic_string_view<char>", Form.TEXT, ""),
        ("std::filesystem::path", Form.PATH, ""),
        ("std::span<const double>", Form.SPAN, "double"),
        ("std::optional<std::pair<int, double>>", Form.PACKED, ""),
        ("std::variant<long, std::basic_string<char>>", Form.PACKED, ""),
    ],
)
def test_forms(cpp: str, form: Form, c: str) -> None:
    found = find_form(cpp, NONE)
    assert not isinstance(found, str), found
    assert (found.form, found.c) == (form, c)


@pytest.mark.parametrize(
    "cpp",
    [
        *("int *", "int &", "std::basic_string<char> &", "void *", "lib::Row &", "std::shared_ptr<lib::Row>"),
        *("std::function<void (int)>", "std::optional<std::basic_string_view<char>>", "long double", "wchar_t"),
        *("std::span<lib::Row>", "std::basic_string<wchar_t>", "dovetail::ArrayOf<double>", "std::vector<int>"),
    ],
)
def test_what_has_none(cpp: str) -> None:
    assert isinstance(find_form(cpp, NONE), str)


def test_spans_that_are_written_to() -> None:
    const, other = find_form("std::span<const int>", NONE), find_form("std::span<int>", NONE)
    assert not isinstance(const, str)
    assert not isinstance(other, str)
    assert (const.nullable, other.nullable) == (False, True)


def test_what_is_only_read_may_be_given_by_reference() -> None:
    assert not isinstance(find_form("std::basic_string<char> &", NONE, given=True), str)
    assert isinstance(find_form("int *", NONE, given=True), str)


def test_templates_are_taken_apart_at_their_own_commas() -> None:
    assert split_template("std::map<int, std::pair<A, B>>") == ("std::map", ["int", "std::pair<A, B>"])
    assert split_template("lib::Row") == ("lib::Row", [])
    assert [size_of(c) for c in ("int8_t", "unsigned short", "uint32_t", "float", "long long")] == [1, 2, 4, 4, 8]
