"""Comparisons that the compiler declares: `operator<=>(const T&) const = default` brings `==` with it.

In: class drafts with their operators.  Out: `__eq__` where C++ has one that no header spells.
Must not know: how operators are placed.

A `<=>` with a body brings no `==`; an aggregate without any compares by its fields (`protocols`).
"""

from __future__ import annotations

from dovetail import model, plan
from dovetail.convert import strip
from dovetail.model import Access
from dovetail.plan import Call, Return
from dovetail.policy.draft import Bucket, Candidate, ClassDraft, Draft
from dovetail.policy.values import builtin


def decide_comparisons(draft: Draft) -> None:
    """Pass: implicit `==`."""
    for entry in draft.own_classes():
        function = find_defaulted(entry)
        if function is None or not entry.model.traits.equality_comparable or has_own_equal(entry):
            continue
        bucket = entry.methods.setdefault(
            "__eq__", Bucket(name="__eq__", scope=entry.path, cpp=f"{entry.cpp}::operator==")
        )
        overload = make_equal(entry, function)
        bucket.candidates.append(Candidate(function=None, overload=overload, cpp=overload.cpp))


def find_defaulted(entry: ClassDraft) -> model.Function | None:
    """The defaulted `<=>` with another of the class."""
    return next(
        (
            m
            for m in entry.model.methods
            if m.name == "operator<=>" and m.defaulted and m.access is Access.PUBLIC and compares_own(m, entry)
        ),
        None,
    )


def has_own_equal(entry: ClassDraft) -> bool:
    return any(m.name == "operator==" and compares_own(m, entry) for m in entry.model.methods)


def compares_own(function: model.Function, entry: ClassDraft) -> bool:
    return bool(function.params) and strip(function.params[-1].type).bare in (entry.cpp, entry.model.type.bare)


def make_equal(entry: ClassDraft, function: model.Function) -> plan.Overload:
    value = plan.Value(cpp=f"const {entry.cpp} &", converter="class", takes=entry.path, gives=entry.path)
    boolean = builtin("bool", "bool", "bool")
    return plan.Overload(
        cpp=f"{entry.cpp}::operator==(const {entry.cpp} &) const",
        call=Call.METHOD,
        expression="{self} == {0}",
        params=(plan.Param(name="", value=value),),
        result=plan.Result(how=Return.VALUE, value=boolean, annotation="bool"),
        span=function.span,
    )
