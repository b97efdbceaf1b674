"""Functions with `...`: what is printed as finished text, what a rule lists."""

from dataclasses import replace

import pytest
from hand_models import CHAR, INT, VOID, cptr, function, plan_of, ptr

from dovetail.config import Rule
from dovetail.diagnostics import Sink
from dovetail.model import Param

TEXT = cptr(CHAR)


def variadic(name, *types):
    return replace(function(name, [*types]), variadic=True)


def expression_of(made):
    return made.functions[0].overloads[0].expression.rpartition("::")[2]


@pytest.mark.parametrize("name", ["format", "fmt", "zFormat"])
def test_a_format_takes_finished_text(name):
    made = plan_of(functions=[variadic("log", INT, Param(name=name, type=TEXT))])
    assert expression_of(made) == 'log({0}, "%s", {1})'
    assert [p.name for p in made.functions[0].overloads[0].params] == ["a", "text"]


def test_printf_is_known_by_its_name():
    assert expression_of(plan_of(functions=[variadic("my_printf", TEXT)])) == 'my_printf("%s", {0})'
    made = plan_of(functions=[variadic("my_snprintf", ptr(CHAR), INT, TEXT)])
    assert expression_of(made) == 'my_snprintf({0}, {0.extent:0}, "%s", {1})'


@pytest.mark.parametrize(
    "given",
    [
        variadic("log", TEXT),
        variadic("my_sscanf", TEXT, Param(name="format", type=TEXT)),
        variadic("log", Param(name="format", type=ptr(CHAR))),
        variadic("my_printf", ptr(VOID)),
    ],
    ids=["any text", "scanf", "not const", "void"],
)
def test_others_are_listed(given):
    made = plan_of(functions=[given])
    assert [s.code for s in made.skipped] == ["DV030"]


def test_a_rule_lists_the_arguments():
    rules = [Rule(selector="f", varargs=("unsigned long n", "const char *name", "int*old"), out=("old",))]
    made = plan_of(functions=[variadic("f", INT)], rules=rules)
    assert expression_of(made) == "f({0}, {1}, {2}, &{3})"
    params = made.functions[0].overloads[0].params
    assert [(p.name, p.value.cpp) for p in params[1:]] == [
        ("n", "unsigned long"),
        ("name", "const char *"),
        ("old", "int"),
    ]
    rules = [Rule(selector="f", varargs=())]
    assert expression_of(plan_of(functions=[variadic("f", INT)], rules=rules)) == "f({0})"


@pytest.mark.parametrize("text", ["Row r", "float x", "short n", "const int n", "char c", "int **p", ""])
def test_what_cannot_be_an_argument_is_reported(text):
    sink = Sink()
    made = plan_of(functions=[variadic("f", INT)], rules=[Rule(selector="f", varargs=(text,))], sink=sink)
    assert "DV012" in {d.code for d in sink.diagnostics}
    assert [s.code for s in made.skipped] == ["DV030"]
