"""Outputs by rule: one function, a glob for many, `*` for all; and the rules that the report suggests."""

from hand_models import (
    BOOL,
    CHAR,
    DOUBLE,
    INT,
    STRING,
    class_,
    cptr,
    cref,
    function,
    method,
    plan_of,
    ptr,
    record,
    ref,
)

from dovetail.config import Rule
from dovetail.diagnostics import Sink
from dovetail.model import Param, Traits
from dovetail.report.summary import fold_advice, render_skipped

ROW = class_("lib::Row")


def named(name, type_):
    return Param(name=name, type=type_)


def element(*methods):
    return class_("lib::Element", methods=methods)


QUERIES = element(
    method("lib::Element", "queryInt", [named("name", cptr(CHAR)), named("value", ptr(INT))], BOOL, const=True),
    method("lib::Element", "queryText", [named("text", ref(DOUBLE)), named("deep", BOOL)], BOOL, const=True),
    method("lib::Element", "queryRow", [named("row", ptr(ptr(ROW.type)))], BOOL, const=True),
    method("lib::Element", "queryName", [named("value", cptr(CHAR))], BOOL, const=True),
    method("lib::Element", "queryBuffer", [named("value", ptr(CHAR))], BOOL, const=True),
)


def annotations(plan, path="Element"):
    (found,) = [c for c in plan.classes if c.name == path]
    return {m.name: m.overloads[0].result.annotation for m in found.methods}


def test_a_glob_passes_over_what_it_does_not_suit():
    sink = Sink()
    rule = Rule(selector="*query*", out=("value", "text", "row"))
    plan = plan_of(sink, classes=[ROW, QUERIES], rules=[rule])
    assert annotations(plan) == {
        "queryInt": "tuple[bool, int]",
        "queryText": "tuple[bool, float]",
        "queryRow": "tuple[bool, Row | None]",
        "queryName": "bool",
    }
    assert not sink.errors


def test_a_star_is_every_output():
    plan = plan_of(classes=[ROW, QUERIES], rules=[Rule(selector="Element::*", out=("*",))])
    assert annotations(plan) == annotations(
        plan_of(classes=[ROW, QUERIES], rules=[Rule(selector="*", out=("value", "text", "row"))])
    )
    plan = plan_of(classes=[ROW, QUERIES], rules=[Rule(selector="Element::queryInt", out=("*",))])
    assert "queryInt" in annotations(plan)


def test_one_name_must_suit():
    sink = Sink()
    plan_of(sink, classes=[ROW, QUERIES], rules=[Rule(selector="Element::queryName", out=("value",))])
    plan_of(sink, classes=[ROW, QUERIES], rules=[Rule(selector="Element::queryInt", out=("nothing",))])
    assert [d.code for d in sink.errors] == ["DV012", "DV012"]


def test_outputs_of_text_may_be_null():
    found = method("lib::Element", "query", [named("value", ptr(cptr(CHAR)))], BOOL)
    plan = plan_of(classes=[element(found)], rules=[Rule(selector="Element::query", out=("value",), returns="own")])
    assert annotations(plan) == {"query": "tuple[bool, str | None]"}
    assert not plan.classes[0].methods[0].overloads[0].params[0].owns


def test_rules_are_suggested_and_folded():
    free = function("split", [named("text", cref(STRING)), named("count", ref(INT))], BOOL)
    hopeless = function("fill", [named("count", ref(INT)), named("buffer", ptr(CHAR))], BOOL)
    plan = plan_of(classes=[ROW, QUERIES], functions=[free, hopeless])
    advised = {s.cpp.partition("(")[0]: s.advice.line for s in plan.skipped if s.advice}
    assert advised == {
        "lib::Element::queryInt": '"Element::queryInt" = { out = ["value"] }',
        "lib::Element::queryText": '"Element::queryText" = { out = ["text"] }',
        "lib::Element::queryRow": '"Element::queryRow" = { out = ["row"] }',
        "lib::split": '"split" = { out = ["count"] }',
    }
    lines = fold_advice(list(plan.skipped))
    assert sorted(lines) == ['"Element::*" = { out = ["value", "text", "row"] }', '"split" = { out = ["count"] }']
    assert all(line in render_skipped(plan, every=False) for line in lines)
    rules = [Rule(selector="Element::*", out=("value", "text", "row")), Rule(selector="split", out=("count",))]
    settled = plan_of(classes=[ROW, QUERIES], functions=[free, hopeless], rules=rules)
    assert settled.counts.callables_bound == plan.counts.callables_bound + len(advised)


def test_opaque_handles_cannot_be_deleted():
    handle = class_("lib::Handle", complete=False, type=record("lib::Handle"), traits=Traits())
    take = function("open", [named("made", ptr(ptr(handle.type)))], BOOL)
    plan = plan_of(classes=[handle], functions=[take], rules=[Rule(selector="open", out=("made",), returns="own")])
    assert plan.functions[0].overloads[0].params[0].owns is False
