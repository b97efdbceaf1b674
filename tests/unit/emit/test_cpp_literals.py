"""Header text in C++: literals and comments that nothing can break out of, identifiers that hide nothing."""

from __future__ import annotations

import ast
import re

import pytest

from dovetail.emit.cpp.expressions import fill, shorten
from dovetail.emit.cpp.identifiers import Identifiers, shared_namespace, spell, spell_type
from dovetail.emit.cpp.literals import comment, expression_text, quote, quote_all, quote_lines

HOSTILE = 'end */ /* \\ "quoted" %n %s ??/ \u202e bidi \x01 \x7f line\nbreak\ttab \\'


def decode(literal: str) -> str:
    """What a C++ compiler makes of adjacent literals: its octal escapes are those of a Python bytes literal."""
    pieces = re.findall(r'"((?:[^"\\]|\\.)*)"', literal)
    return b"".join(ast.literal_eval(f'b"{piece}"') for piece in pieces).decode()


@pytest.mark.parametrize("text", ["", "plain", HOSTILE, "\x071", "日本", "a" * 500, "x " * 200 + "\n" * 3])
def test_literals_say_what_they_were_made_from(text: str) -> None:
    assert decode(quote(text)) == text
    assert decode(quote_lines(text)) == text
    assert quote(text).isascii()


def test_literals_hide_nothing() -> None:
    literal = quote(HOSTILE)
    assert "?" not in literal
    assert "\n" not in literal
    assert decode(quote("a\0b")) == "ab"


def test_an_escape_never_takes_in_what_follows() -> None:
    assert quote("\x071") == '"\\0071"'


@pytest.mark.parametrize(
    "text", [HOSTILE, "ends in a backslash \\", "ends in a trigraph ??/", "two\nlines", "\r\u2028x"]
)
def test_comments_stay_one_line(text: str) -> None:
    written = comment(text)
    assert written.startswith("// ")
    assert written.splitlines() == [written]
    assert not written.endswith("\\")
    assert not re.search(r"\*/|/\*|\?\?/|[\x00-\x1f\u202e\u2028]", written)


def test_default_expressions_lose_their_trigraphs() -> None:
    assert expression_text('"what??/ \u202e"') == '"what?\\?/ \\342\\200\\256"'
    assert expression_text("a ? b : c") == "a ? b : c"


def test_expressions() -> None:
    assert fill("{self}.at({0}, {1})", ["a.get()", "b.get()"]) == "it->at(a.get(), b.get())"
    assert fill("{self}[{0}]", ["a"]) == "(*it)[a]"
    assert fill("{self}({0})", ["a"]) == "(*it)(a)"
    assert fill("{0} * {self}", ["k.get()"]) == "k.get() * *it"
    assert fill("static_cast<bool>({self})", []) == "static_cast<bool>(*it)"
    assert fill("lib::Row{{{0}, {1}}}", ["a", "b"]) == "lib::Row{a, b}"
    assert fill("lib::Row{{0}, {1}}", ["a", "b"]) == "lib::Row{a, b}"
    assert fill("lib::f({0}, &{1})", ["a", "out"]) == "lib::f(a, &out)"


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "lib::f()"), (1, "lib::f({0})"), (2, "lib::f({0}, &{1})"), (3, "lib::f({0}, &{1}, {2})")],
)
def test_trailing_arguments_are_left_to_cpp(count: int, expected: str) -> None:
    assert shorten("lib::f({0}, &{1}, {2})", count) == expected


def test_identifiers_come_from_cpp_names() -> None:
    names = Identifiers(["lib::Row", "area(x)", "::scale * 2"], ["lib::Row", "lib::detail::Deep"])
    assert names.base("lib::Row::at") == "Row_at"
    assert names.base("lib::detail::f") == "detail_f"
    assert names.base("lib::Vec::operator+") == "Vec_operator_plus"
    assert names.make("Row_at") == "Row_at"
    assert names.make("Row_at") == "Row_at_"
    assert names.make("area") == "area_", "a word that the plan's C++ looks up must not be hidden"
    assert names.make("scale") == "scale_"
    assert names.make("class") == "class_"
    assert names.local("home", set()) == "home_"
    assert spell_type("const std::basic_string<char> &") == "basic_string_char"
    assert spell_type("lib::Row *") == "Row"
    assert spell("int, const Row &") == "int_const_Row_ref"
    assert shared_namespace(["lib::A", "lib::deep::B", "std::vector<int>"]) == "lib"
    assert shared_namespace(["A", "lib::B"]) == ""


def test_strings_one_behind_the_other() -> None:
    assert quote_all("at", "double (int)", "", "x") == r'"at\0double (int)\0\0x"'
    assert quote_all("a", '1"') == r'"a\0001\""'  # `\01` would be another character
