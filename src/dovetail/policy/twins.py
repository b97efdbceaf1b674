"""Twins: overloads that differ in const alone, of which Python can only mean the const one.

In: a function that was refused, its overloads.  Out: DV037 in place of the refusal.
Must not know: why it was refused.

    const char* skip_space(const char* p);    char* skip_space(char* p);

C++ code that wants to write to the text calls the second one. Python's text cannot be written to, and the first one
says the same of it.
"""

from __future__ import annotations

import re

from dovetail import model
from dovetail.convert import Refusal
from dovetail.model import Access
from dovetail.policy.arrays import siblings
from dovetail.policy.draft import Draft
from dovetail.policy.rules import signature_of


def find_twin(draft: Draft, function: model.Function) -> Refusal | None:
    """The overload that takes as const what this one might write to."""
    for other in siblings(draft, function):
        if other is function or other.deleted or other.access is not Access.PUBLIC or other.kind is not function.kind:
            continue
        if len(other.params) != len(function.params) or without_const(other.returns) != without_const(function.returns):
            continue
        pairs = [(mine.type, its.type) for mine, its in zip(function.params, other.params, strict=True)]
        alike = all(without_const(mine) == without_const(its) for mine, its in pairs)
        if alike and all(mine == its or reads_text(its) for mine, its in pairs):
            return Refusal(code="DV037", reason=f"`{signature_of(other)}` reads the same text")
    return None


def without_const(type_: model.Type) -> str:
    return re.sub(r"\bconst\b|\s", "", type_.canonical)


def reads_text(type_: model.Type) -> bool:
    target = type_.target
    return target is not None and target.const and target.bare == "char"
