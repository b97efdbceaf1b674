"""Which classes Python can derive from, and which virtual functions it overrides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hand_models import INT, ORDINARY, VOID, class_, constructor, cref, function, method, plan_of, ptr, record, ref

from dovetail.config import Rule
from dovetail.diagnostics import Sink
from dovetail.model import Access, Base, Class, Function
from dovetail.plan import Class as Bound
from dovetail.plan import Module, Pass

PLAIN = replace(ORDINARY, polymorphic=True, virtual_destructor=True)
ABSTRACT = replace(PLAIN, abstract=True, default_constructible=False, copy_constructible=False)
SHAPE = record("lib::Shape")


def virtual(
    name: str, takes: list[Any] | None = None, gives: Any = VOID, *, owner: str = "lib::Shape", **more: Any
) -> Function:
    return method(owner, name, takes or [], gives, virtual=True, **more)


def shape(*methods: Function, **more: Any) -> Class:
    abstract = any(m.pure for m in methods)
    return class_("lib::Shape", traits=more.pop("traits", ABSTRACT if abstract else PLAIN), methods=methods, **more)


def bound(made: Module) -> Bound:
    return next(c for c in made.classes if c.cpp == "lib::Shape")


def skipped(made: Module, code: str) -> list[str]:
    return [s.reason for s in made.skipped if s.code == code]


def test_an_abstract_class_gets_its_implicit_constructor() -> None:
    made = plan_of(classes=[shape(virtual("area", [], INT, pure=True))])
    found = bound(made)
    assert found.constructors is not None
    assert [(v.name, v.base, v.annotation) for v in found.virtuals] == [("area", "", "int")]
    (area,) = found.methods
    assert area.overloads[0].virtual
    assert area.overloads[0].pure
    assert made.counts.callables == made.counts.callables_bound == 1


def test_what_stands_in_the_way_of_deriving() -> None:
    destructor = method("lib::Shape", "~Shape", [], virtual=True)
    area = virtual("area", [], INT)
    cases: list[tuple[Class, str]] = [
        (shape(area, destructor=replace(destructor, access=Access.PRIVATE)), "could not be destroyed"),
        (shape(virtual("f", [ptr(ptr(INT))], pure=True)), "it cannot override `lib::Shape::f(int * *)`: parameter `a`"),
        (shape(area, constructors=(constructor("lib::Shape", [], access=Access.PRIVATE),)), "no constructor"),
        (shape(area, traits=ABSTRACT), "a base that these headers do not show"),
    ]
    for one, reason in cases:
        made = plan_of(classes=[one])
        assert bound(made).virtuals == ()
        (found,) = skipped(made, "DV081")
        assert reason in found


def test_what_the_library_keeps_to_itself() -> None:
    hidden = function("dump", [INT], inline=False, mangled="_Z4dumpi")
    own = virtual("area", [], INT, inline=False, mangled="_ZN5Shape4areaEv")
    calls = virtual("show", [], INT, calls=("dump",))
    exports = frozenset({"_ZN5Shape4areaEv"})
    assert bound(plan_of(classes=[shape(own)], exports=exports)).virtuals
    for parts in (
        {"classes": [shape(own)], "exports": frozenset({"_Z1x"})},
        {"classes": [shape(calls)], "exports": exports},
    ):
        made = plan_of(functions=[hidden], **parts)
        assert bound(made).virtuals == ()
        assert "no linked library defines `lib::Shape::" in skipped(made, "DV081")[0]


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (virtual("f", [ref(INT)]), "parameter `a`: `int &` may be an output"),
        (virtual("f", [], access=Access.PRIVATE), "it is private"),
        (virtual("f", [], final=True), "it is final"),
        (virtual("f", [INT], variadic=True), "it takes C varargs"),
        (virtual("f", [], ref(INT)), "result: C++ may write through `int &`"),
        (virtual("f", [], cref(SHAPE), noexcept=True), "it is noexcept, and there is no `const lib::Shape &`"),
    ],
)
def test_what_cannot_be_overridden(one: Function, reason: str) -> None:
    made = plan_of(classes=[shape(one, virtual("other", [], INT))])
    assert [v.name for v in bound(made).virtuals] == ["other"]
    (found,) = skipped(made, "DV080")
    assert found.startswith(reason)


def test_who_frees_what_an_override_returns() -> None:
    make = virtual("make", [], ptr(SHAPE))
    sink = Sink()
    (found,) = bound(plan_of(sink, classes=[shape(make)])).virtuals
    assert (found.kept, found.owns) == (True, False)
    assert [f.code for f in sink.diagnostics] == ["DV082"]
    sink = Sink()
    rules = [Rule(selector="Shape::make", returns="own")]
    (found,) = bound(plan_of(sink, rules=rules, classes=[shape(make)])).virtuals
    assert (found.kept, found.owns) == (False, True)
    assert not sink.diagnostics


def test_outputs_by_rule() -> None:
    rules = [Rule(selector="Shape::read", out=("b",))]
    (found,) = bound(plan_of(rules=rules, classes=[shape(virtual("read", [INT, ref(INT)], INT))])).virtuals
    assert [p.how for p in found.params] == [Pass.GIVE, Pass.OUT]
    assert found.annotation == "tuple[int, int]"


def test_the_last_override_is_what_counts() -> None:
    base = shape(virtual("area", [], INT, pure=True), virtual("fixed", [], INT))
    derived = class_(
        "lib::Circle",
        traits=PLAIN,
        bases=(Base(type=SHAPE, offset=0),),
        methods=(
            virtual("area", [], INT, owner="lib::Circle", access=Access.PROTECTED),
            virtual("fixed", [], INT, owner="lib::Circle", final=True),
        ),
    )
    made = plan_of(classes=[base, derived])
    circle = made.classes[1]
    assert [(v.name, v.base) for v in circle.virtuals] == [("area", "lib::Circle")]
    (area,) = (m.overloads[0] for m in circle.methods if m.name == "area")
    assert area.protected
    assert area.upcall == "lib::Circle"
