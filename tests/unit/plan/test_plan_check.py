"""Every invariant is noticed when it breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dovetail.diagnostics import Span
from dovetail.plan import (
    Call,
    Class,
    Constant,
    Counts,
    DefaultValue,
    Function,
    Hold,
    Module,
    Overload,
    Param,
    PlanError,
    Raised,
    Result,
    Return,
    Upcast,
    Value,
    check,
    dump,
)

INT = Value(cpp="int", converter="integer", takes="int", gives="int")
ROW = Value(cpp="const lib::Row &", converter="class", takes="Row", gives="Row")
SPAN = Span("include/lib.h", 3, 1)
GIVES_INT = Result(how=Return.VALUE, value=INT, annotation="int")


def overload(*params: Param, expression: str = "", result: Result = GIVES_INT, call: Call = Call.FUNCTION) -> Overload:
    text = expression or f"lib::f({', '.join(f'{{{i}}}' for i in range(len(params)))})"
    return Overload(cpp="lib::f(int)", call=call, expression=text, params=params, result=result, span=SPAN)


def function(*overloads: Overload, name: str = "f", scope: str = "") -> Function:
    return Function(name=name, scope=scope, overloads=overloads, cpp="lib::f")


ROW_CLASS = Class(
    name="Row",
    scope="",
    cpp="lib::Row",
    span=SPAN,
    hold=Hold.INLINE,
    constructors=function(
        overload(expression="lib::Row()", result=Result(how=Return.NONE), call=Call.CONSTRUCTOR),
        name="__init__",
        scope="Row",
    ),
)


def module(*functions: Function, **parts: object) -> Module:
    return Module(name="lib", includes=("include/lib.h",), functions=functions, **{"classes": (ROW_CLASS,), **parts})  # type: ignore[arg-type]


A = Param(name="a", value=INT)


def test_a_sound_plan_passes():
    made = module(function(overload(A, Param(name="row", value=ROW))))
    check(made)
    assert "def f(a: int <- int, row: Row <- const lib::Row &) -> int = lib::f({0}, {1})  @ lib.h:3" in dump(made)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (module(function(overload(A)), function(overload(A))), "stands 2 times"),
        (module(function(overload(A), name="class")), "no Python name"),
        (module(function(overload(A), scope="nowhere")), "is no module"),
        (module(function(overload(A, expression="lib::f()"))), "does not use"),
        (module(function(overload(A, expression="{self}.f({0})"))), "has no self"),
        (module(function(overload(A, A))), "two parameters"),
        (module(function(overload(A, Param(name="", value=INT)))), "positional-only"),
        (
            module(function(overload(replace(A, default=DefaultValue(python="1")), Param(name="b", value=INT)))),
            "required parameter",
        ),
        (module(function(overload(Param(name="a", value=replace(INT, takes="Hidden"))))), "names nothing"),
        (module(function(overload(A, result=replace(GIVES_INT, annotation="Other")))), "names nothing"),
        (module(function(overload(A, result=replace(GIVES_INT, value=None)))), "without agreeing"),
        (module(classes=(replace(ROW_CLASS, constructors=None),)), "reason"),
        (module(classes=(replace(ROW_CLASS, bases=(Upcast(base="Base", cpp="lib::Base", offset=0),)),)), "base"),
        (module(classes=(replace(ROW_CLASS, fields=("x",)),)), "no attribute"),
        (module(classes=(replace(ROW_CLASS, scope="inner"),)), "does not exist"),
        (
            module(raised=(Raised(name="E", scope="", cpp="lib::E", base="Gone", message="{self}.what()"),)),
            "does not exist",
        ),
        (
            module(constants=(Constant(name="Row", scope="", cpp="lib::Row", annotation="int", value=INT),)),
            "stands 2 times",
        ),
        (
            module(counts=Counts(callables_bound=1, callables=3, classes=0, enums=0, fields_bound=0, fields=0)),
            "do not make 3",
        ),
    ],
)
def test_broken_plans(broken, words):
    with pytest.raises(PlanError, match=words):
        check(broken)
