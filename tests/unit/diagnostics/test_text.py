"""Diagnostics for people: the exact layout, and that no text from a file can hide or command anything."""

from __future__ import annotations

import pytest

from dovetail.diagnostics import Diagnostic, Sink, Span, render_text
from dovetail.diagnostics.visible import show, width

OWNER = Diagnostic(
    code="DV021",
    message="returned pointer has no owner",
    span=Span("include/shapes.h", 31, 5, 5),
    label="who frees this?",
    notes=("`Tree::root` returns `Node*`; a borrow and a transfer look the same in C++",),
    helps=('decide in pyproject.toml\n[tool.dovetail.modules.shapes.rules]\n"Tree::root" = { returns = "borrow" }',),
)


def lines_of(line: str, span: Span, label: str = "") -> list[str]:
    item = Diagnostic(code="DV040", message="m", span=span, label=label)
    return render_text([item], {span.path: "\n" * (span.line - 1) + line}.get).split("\n")


def test_the_whole_layout() -> None:
    source = "\n" * 30 + "    Node* root() const;\n"
    assert render_text([OWNER], {"include/shapes.h": source}.get) == (
        "warning[DV021]: returned pointer has no owner\n"
        "  --> include/shapes.h:31:5\n"
        "   |\n"
        "31 |     Node* root() const;\n"
        "   |     ^^^^^ who frees this?\n"
        "   = note: `Tree::root` returns `Node*`; a borrow and a transfer look the same in C++\n"
        "   = help: decide in pyproject.toml\n"
        "           [tool.dovetail.modules.shapes.rules]\n"
        '           "Tree::root" = { returns = "borrow" }\n'
    )


def test_without_the_source_the_place_remains() -> None:
    text = render_text([OWNER], lambda path: None)
    assert "  --> include/shapes.h:31:5\n   = note" in text
    assert "|" not in text.split("= note")[0]


def test_without_a_place() -> None:
    item = Diagnostic(code="DV060", message="no compiler", helps=("install g++",))
    assert render_text([item], lambda path: None) == "error[DV060]: no compiler\n  = help: install g++\n"


def test_a_line_past_the_end_shows_nothing() -> None:
    assert lines_of("x", Span("a.h", 9, 1))[3] == "9 | x"
    item = Diagnostic(code="DV040", message="m", span=Span("a.h", 9, 1))
    assert render_text([item], {"a.h": "x\n"}.get) == "note[DV040]: m\n --> a.h:9:1\n"


@pytest.mark.parametrize(
    ("line", "column", "length", "shown", "mark"),
    [
        ("\tint x;", 2, 3, "    int x;", "    ^^^"),
        ("a\tint x;", 3, 3, "a   int x;", "    ^^^"),
        ("/* 日本 */ int x;", 10, 3, "/* 日本 */ int x;", "           ^^^"),
        ("int 名前;", 5, 2, "int 名前;", "    ^^^^"),
        ("e\u0301 int;", 4, 3, "e\u0301 int;", "  ^^^"),
        ("\u202eint x", 2, 3, "\\u{202e}int x", "        ^^^"),
        ("\x1b[2Jint", 5, 3, "\\u{1b}[2Jint", "         ^^^"),
        ("int", 9, 3, "int", "   ^"),
        ("int x", 5, 99, "int x", "    ^"),
    ],
)
def test_marks_stand_under_what_is_meant(line: str, column: int, length: int, shown: str, mark: str) -> None:
    found = lines_of(line, Span("a.h", 1, column, length))
    assert found[3:5] == [f"1 | {shown}", f"  | {mark}"]


def test_long_lines_are_cut_around_the_place() -> None:
    found = lines_of("x" * 5000 + "NAME" + "y" * 5000, Span("a.h", 1, 5001, 4), "here")
    assert width(found[3]) < 180
    start = found[3].index("NAME")
    assert found[4].index("^^^^ here") == start
    assert found[3][4] == found[3][-1] == "…"


def test_six_of_a_code_fold() -> None:
    sink = Sink()
    for line in range(1, 8):
        sink.report("DV036", f"number {line}", Span("a.h", line))
    sink.report("DV030", "other", Span("b.h", 1))
    text = render_text(sink.diagnostics, lambda path: None)
    assert "number 5" in text
    assert "number 6" not in text
    assert "note[DV036]: 2 more in a.h: not supported yet (all with --format concise)\n" in text
    assert "other" in text


def test_five_of_a_code_do_not_fold() -> None:
    items = [Diagnostic(code="DV036", message=f"number {n}") for n in range(5)]
    assert "more" not in render_text(items, lambda path: None)


def test_colour_is_all_that_the_flag_adds() -> None:
    plain = render_text([OWNER], lambda path: "x")
    coloured = render_text([OWNER], lambda path: "x", colour=True)
    assert "\x1b[" in coloured
    for style in ("1;33", "1;34", "1", "0"):
        coloured = coloured.replace(f"\x1b[{style}m", "")
    assert coloured == plain


def test_hostile_text_stays_text() -> None:
    evil = "\x1b]0;owned\x07\r\u2066\u2028\ud800"
    item = Diagnostic(
        code="DV040", message=f"{evil}\nerror", span=Span(evil, 1, 1), label=evil, notes=(evil,), helps=(evil,)
    )
    text = render_text([item], lambda path: evil)
    assert not any(c in text for c in "\x1b\x07\r\u2066\u2028\ud800")
    assert "\nerror" not in text
    text.encode()


def test_show_keeps_what_people_write() -> None:
    assert show("naïve 日本 a`b") == "naïve 日本 a`b"
