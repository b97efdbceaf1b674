"""Arrays: what names say, what rules say, what does not fit, and the rules that the report suggests."""

import pytest
from hand_models import BOOL, CHAR, DOUBLE, INT, class_, cptr, function, method, plan_of, ptr

from dovetail.config import Rule
from dovetail.diagnostics import Sink
from dovetail.model import Param
from dovetail.policy.arrays import Extent, Spec, names_agree, read_spec
from dovetail.report.summary import fold_advice, render_skipped


def named(name, type_, **more):
    return Param(name=name, type=type_, **more)


def expressions(plan):
    return {f.name: [o.expression for o in f.overloads] for f in plan.functions}


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("data[n]", Spec(name="data", extents=(Extent(text="n"),))),
        (" data [ n ] ", Spec(name="data", extents=(Extent(text="n"),))),
        ("m[rows, cols]", Spec(name="m", extents=(Extent(text="rows"), Extent(text="cols")))),
        (
            "m[h:pitch bytes, 3]",
            Spec(name="m", extents=(Extent(text="h", apart="pitch", in_bytes=True), Extent(text="3"))),
        ),
        ("return[size() * 3]", Spec(name="return", extents=(Extent(text="size() * 3"),))),
        ("first..last", Spec(name="first", last="last")),
        ("data", None),
        ("words[]", Spec(name="words")),
        ("data[n", None),
        ("data[n]; system()", None),
    ],
)
def test_words(text, spec):
    assert read_spec(text) == spec


@pytest.mark.parametrize(
    ("pointer", "length", "byte_text_unsigned", "agree"),
    [
        ("data", "size", (True, True, True), True),
        ("key", "key_len", (True, True, True), True),
        ("key", "keylen", (True, True, False), True),
        ("keyData", "keyDataSize", (True, True, True), True),
        ("pszText", "nText", (True, True, False), False),
        ("s", "n", (True, True, True), True),
        ("s", "n", (True, True, False), False),  # how often?
        ("text", "count", (True, True, True), False),
        ("name", "size", (True, True, True), False),  # of what it names
        ("values", "count", (False, False, False), True),
        ("values", "nbytes", (False, False, True), False),
        ("matrix", "n", (False, False, True), False),  # n by n?
        ("p", "n", (False, False, True), False),
        ("data", "flags", (True, False, True), False),
        ("", "size", (True, False, True), False),
    ],
)
def test_names(pointer, length, byte_text_unsigned, agree):
    byte, text, unsigned = byte_text_unsigned
    assert names_agree(pointer, length, byte=byte, text=text, unsigned=unsigned) is agree


def test_what_is_not_const_needs_a_name():
    params = [named("buffer", ptr(CHAR)), named("size", INT)]
    plan = plan_of(functions=[function("read", params, INT), function("take_over", params, INT)])
    assert expressions(plan) == {"read": ["lib::read({0}, {0.extent:0})"]}


def test_rules_and_their_absence():
    data = [named("p", cptr(DOUBLE)), named("m", INT), named("deep", BOOL)]
    text = [named("text", cptr(CHAR)), named("len", INT)]
    functions = [function("mean", data, DOUBLE), function("count", text, INT)]
    rules = [Rule(selector="mean", array=("p[m]",)), Rule(selector="count", array=())]
    assert expressions(plan_of(functions=functions, rules=rules)) == {
        "mean": ["lib::mean({0}, {0.extent:0}, {1})"],
        "count": ["lib::count({0}, {1})"],
    }
    assert expressions(plan_of(functions=functions)) == {"count": ["lib::count({0}, {0.extent:0})"]}


def test_a_length_in_front():
    params = [named("n", INT), named("p", cptr(DOUBLE)), named("q", cptr(DOUBLE))]
    plan = plan_of(functions=[function("dot", params, DOUBLE)], rules=[Rule(selector="dot", array=("p[n]", "q[n]"))])
    assert expressions(plan) == {"dot": ["lib::dot({0.extent:0}, {0}, {1.like:0})"]}


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("nothing[n]", "`array` names `nothing`, which is no parameter"),
        ("p[k]", "`k` is no parameter that is an integer"),
        ("p[deep]", "`deep` is no parameter that is an integer"),
        ("n[n]", "C++ has no array of plain elements in `int`"),
        ("p..n", "`n` is no pointer of the same type"),
        ("p[n:n]", "only rows"),
        ("p[0]", "an extent of 0"),
        ("p", "`p` is no array"),
        ("return[n]", "points to no plain elements"),
    ],
)
def test_what_does_not_fit(word, reason):
    sink = Sink()
    params = [named("p", cptr(DOUBLE)), named("n", INT), named("deep", BOOL)]
    functions = [function("mean", params, DOUBLE), function("plain", params[1:], DOUBLE)]
    selector = "plain" if word.startswith("return") else "mean"
    plan_of(sink, functions=functions, rules=[Rule(selector=selector, array=(word,))])
    assert [d.code for d in sink.errors if d.code != "DV003"] == ["DV022"]
    assert reason in sink.errors[0].message


def test_a_glob_passes_over_what_it_does_not_suit():
    sink = Sink()
    good = function("mean", [named("p", cptr(DOUBLE)), named("m", INT)], DOUBLE)
    other = function("scale", [named("by", DOUBLE)], DOUBLE)
    plan = plan_of(sink, functions=[good, other], rules=[Rule(selector="*", array=("p[m]",))])
    assert set(expressions(plan)) == {"mean", "scale"}
    assert not sink.errors


def test_rules_are_suggested():
    signal = class_(
        "lib::Signal",
        methods=(
            method("lib::Signal", "size", [], INT, const=True),
            method("lib::Signal", "samples", [], cptr(DOUBLE), const=True),
            method("lib::Signal", "load", [named("p", cptr(DOUBLE)), named("rows", INT), named("cols", INT)], INT),
        ),
    )
    hopeless = function("plot", [named("p", cptr(DOUBLE)), named("flags", INT)], INT)
    plan = plan_of(classes=[signal], functions=[hopeless])
    advised = {s.cpp.partition("(")[0]: s.advice.line for s in plan.skipped if s.advice}
    assert advised == {
        "lib::Signal::samples": '"Signal::samples" = { array = ["return[size()]"] }',
        "lib::Signal::load": '"Signal::load" = { array = ["p[rows, cols]"] }',
    }
    (line,) = fold_advice(list(plan.skipped))
    assert line == '"Signal::*" = { array = ["return[size()]", "p[rows, cols]"] }'
    assert line in render_skipped(plan, every=False)
    rules = [
        Rule(selector="Signal::samples", array=("return[size()]",)),
        Rule(selector="Signal::load", array=("p[rows, cols]",)),
    ]
    settled = plan_of(classes=[signal], functions=[hopeless], rules=rules)
    assert settled.counts.callables_bound == plan.counts.callables_bound + 2
