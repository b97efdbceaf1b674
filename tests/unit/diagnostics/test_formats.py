"""Diagnostics for programs, and the pages of the codes."""

from __future__ import annotations

import json

import pytest

from dovetail.diagnostics import (
    CODES,
    Diagnostic,
    Sink,
    Span,
    Stopped,
    explain,
    render_concise,
    render_github,
    render_json,
)
from dovetail.diagnostics.explanations import EXPLANATIONS

ITEM = Diagnostic(
    code="DV021", message="has no owner", span=Span("a.h", 3, 5, 4), label="who?", notes=("why",), helps=("do\nthis",)
)


def test_concise_is_a_line_each() -> None:
    plain = Diagnostic(code="DV060", message="no\ncompiler")
    assert render_concise([ITEM, plain]) == ("a.h:3:5: warning[DV021]: has no owner\nerror[DV060]: no\\u{a}compiler\n")


def test_json_is_one_versioned_document() -> None:
    document = json.loads(render_json([ITEM, Diagnostic(code="DV060", message="\ud800")]))
    assert document["version"] == 1
    assert document["counts"] == {"error": 1, "warning": 1, "note": 0}
    assert document["diagnostics"][0] == {
        "code": "DV021",
        "severity": "warning",
        "title": CODES["DV021"].title,
        "message": "has no owner",
        "span": {"path": "a.h", "line": 3, "column": 5, "length": 4},
        "label": "who?",
        "notes": ["why"],
        "helps": ["do\nthis"],
    }
    assert document["diagnostics"][1]["span"] is None


def test_json_of_nothing() -> None:
    assert json.loads(render_json([]))["diagnostics"] == []


def test_github_commands() -> None:
    assert render_github([ITEM]) == (
        "::warning file=a.h,line=3,col=5,endColumn=9,title=DV021 returned pointer has no owner::"
        "has no owner (who?)%0Anote: why%0Ahelp: do%0Athis\n"
    )


def test_github_commands_cannot_be_injected() -> None:
    item = Diagnostic(code="DV040", message="100%\n::error::x\r\n", span=Span("a,b:c\n::.h", 1))
    text = render_github([item])
    assert text.count("\n") == 1
    assert text.startswith("::notice file=a%2Cb%3Ac%0A%3A%3A.h,line=1,title=")
    assert text.endswith("::100%25%0A::error::x%0A\n")


def test_every_code_is_explained() -> None:
    assert set(EXPLANATIONS) == set(CODES)
    for code, row in CODES.items():
        assert row.code == code
        assert row.title == row.title.strip().rstrip(".")
        assert len(row.text.split("\n")) >= 3, code


def test_explain() -> None:
    page = explain(" dv021 ")
    assert page.startswith("DV021 (warning): returned pointer has no owner\n\n")
    assert '"make_node" = { returns = "own" }' in page


def test_explain_an_unknown_code() -> None:
    with pytest.raises(KeyError, match="did you mean DV021"):
        explain("DV02")


def test_strict_turns_warnings_into_errors() -> None:
    sink = Sink(strict=True)
    sink.report("DV021", "x", Span("b.h", 1))
    sink.report("DV030", "y", Span("a.h", 1))
    assert [d.span.path for d in sink.diagnostics] == ["a.h", "b.h"]
    with pytest.raises(Stopped, match=r"b\.h:1: x") as stopped:
        sink.stop_on_errors()
    assert [d.code for d in stopped.value.diagnostics] == ["DV021"]


def test_an_unknown_code_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        Sink().report("DV999", "x")
