"""Rules and annotations: which declaration a selector means, what wins, what is refused."""

import pytest
from hand_models import INT, STRING, class_, const, cref, function, method, module, plan_of, record, vector

from dovetail.config import Rule
from dovetail.diagnostics import Sink, Span
from dovetail.policy.rules import is_glob, normalise, read_annotations


def names(*rules, functions=("f", "g"), **more):
    made = plan_of(functions=[function(n, [], INT, **more) for n in functions], rules=list(rules))
    return [f.name for f in made.functions]


@pytest.mark.parametrize("selector", ["f", "lib::f", "::lib::f", "f()", "lib::f( )", "lib::?"])
def test_selectors(selector):
    assert names(Rule(selector=selector, skip=True), functions=("f", "other")) == ["other"]


def test_parameter_lists_single_out_an_overload():
    functions = [function("f", [INT]), function("f", [cref(STRING), INT])]
    rule = Rule(selector="f(const std::basic_string<char>&, int)", rename="g")
    made = plan_of(functions=functions, rules=[rule])
    assert [f.name for f in made.functions] == ["f", "g"]


def test_the_more_specific_rule_wins_then_the_later():
    assert names(Rule(selector="f", skip=False), Rule(selector="*", skip=True)) == ["f"]
    assert names(Rule(selector="f", rename="a"), Rule(selector="f", rename="b")) == ["b", "g"]


def test_stars_in_types_and_operators_are_no_globs():
    assert not is_glob("lib::f(Row*, const Row*)")
    assert not is_glob("V::operator*")
    assert is_glob("detail::*")
    assert is_glob("get*Name")
    assert normalise(" lib::f( const  Row & , int )") == "lib::f(const Row&,int)"


def test_selector_that_matches_nothing():
    sink = Sink()
    span = Span("pyproject.toml", 12, 1)
    plan_of(sink, functions=[function("area", [])], rules=[Rule(selector="arae", skip=True, span=span)])
    (found,) = sink.errors
    assert (found.code, found.span, found.helps) == ("DV010", span, ("did you mean `area`?",))


def test_skip_and_style_reach_inside():
    row = class_("lib::Row", methods=(method("lib::Row", "getHTTPName", [INT], INT, const=True),))
    made = plan_of(classes=[row], rules=[Rule(selector="Row", names="snake_case")])
    assert made.classes[0].methods[0].name == "get_http_name"
    assert plan_of(classes=[row], rules=[Rule(selector="lib", skip=True)]).classes == ()


def test_annotations():
    sink = Sink()
    said = read_annotations(('release_gil, returns = "own"', "keeps(a, b)", "as = list", "skip"), sink)
    assert said == {"release_gil": True, "returns": "own", "keeps": ("a", "b"), "as_": "list", "skip": True}
    assert read_annotations(('rename = "to"',), sink) == {"rename": "to"}
    assert not sink.diagnostics
    read_annotations(("returns = maybe",), sink)
    read_annotations(("frobnicate",), sink)
    assert [d.code for d in sink.errors] == ["DV013", "DV013"]
    made = plan_of(functions=[function("f", [], annotations=('rename = "there"',))])
    assert made.functions[0].name == "there"


def test_scopes():
    inner = function("g", [], scope="lib::inner")
    made = plan_of(
        functions=[function("f", []), inner, function("h", [], scope=""), function("i", [], scope="lib::detail")],
        namespaces=("lib", "lib::inner", "lib::detail", "lib::empty"),
    )
    assert {(f.scope, f.name) for f in made.functions} == {("", "f"), ("inner", "g"), ("", "h")}
    assert [s.path for s in made.submodules] == ["inner"]
    assert [f.overloads[0].expression for f in made.functions] == ["lib::f()", "lib::inner::g()", "::h()"]
    assert made.counts.callables == 3


def test_several_outermost_namespaces_are_submodules():
    made = plan_of(
        functions=[function("f", [], scope="a"), function("f", [], scope="b::c")], namespaces=("a", "b", "b::c")
    )
    assert [(f.scope, f.name) for f in made.functions] == [("a", "f"), ("b.c", "f")]
    assert [s.path for s in made.submodules] == ["a", "b", "b.c"]


def test_unknown_namespace():
    sink = Sink()
    plan_of(sink, functions=[function("f", [])], namespace="library")
    assert "DV012" in [d.code for d in sink.errors]


def test_nothing_to_bind():
    sink = Sink()
    plan_of(sink)
    assert [d.code for d in sink.errors] == ["DV003"]
    assert module().headers == ("lib.h",)


def test_names_that_are_no_python_names():
    made = plan_of(classes=[class_("lib::None")], functions=[function("lambda", [])])
    assert (made.classes[0].name, made.functions[0].name) == ("None_", "lambda_")


def test_const_elements_keep_one_container():
    made = plan_of(functions=[function("f", [vector(INT)]), function("g", [], const(vector(INT)))])
    assert [c.cpp for c in made.containers] == ["std::vector<int>"]
    assert record("std::vector", INT).canonical == "std::vector<int>"
