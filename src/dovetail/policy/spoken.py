"""Spoken operators: those that no special method stands for, and that are functions in Python, under a name of theirs.

In: free operators.  Out: the name, or why there is none.  Must not know: conversions of types.

    constexpr day operator""_d(unsigned long long d) noexcept;      # d(5): what C++ writes as 5_d
    std::ostream& operator<<(std::ostream& s, const Path& p);       # print_to(s, p), where Path has no class in Python

A suffix loses the underscore, which C++ asks of everybody but itself, and which is private in Python. Of the literals
for text that differ in their characters alone, the one of `char` is bound: they read the same.
"""

from __future__ import annotations

from dovetail import model
from dovetail.convert import Refusal, strip
from dovetail.model import FunctionKind, TypeKind
from dovetail.policy.draft import Draft
from dovetail.policy.streams import OUTPUT, is_narrow

LITERAL = 'operator""'
PRINT = "print_to"
FREE = (FunctionKind.FREE, FunctionKind.FRIEND)


def spoken_name(draft: Draft, function: model.Function) -> str:
    """The name in Python; "" for what is no such operator."""
    if is_literal(function):
        return function.name[len(LITERAL) :].strip().lstrip("_")
    return PRINT if prints_value(draft, function) else ""


def is_literal(function: model.Function) -> bool:
    return function.name.startswith(LITERAL)


def prints_value(draft: Draft, function: model.Function) -> bool:
    """`out << value`, of a value that has no class whose `str()` this could be."""
    if function.kind not in FREE or function.name != "operator<<" or len(function.params) != 2 or function.deduced:
        return False
    stream, value = function.params
    written = strip(stream.type).declaration in OUTPUT and is_narrow(stream)
    return written and draft.find_class(strip(value.type)) is None


def refuse_spoken(draft: Draft, function: model.Function) -> Refusal | None:
    """A literal of wide text, beside one of `char` or alone."""
    if not is_literal(function) or not function.params or is_plain(function):
        return None
    for other in draft.model.functions:
        if other.qualified == function.qualified and other is not function and is_plain(other):
            return Refusal(code="DV037", reason="the literal of `char` reads the same")
    return Refusal(code="DV089", reason="a literal of wide characters")


def is_plain(function: model.Function) -> bool:
    """Its text is of `char`, or it has none."""
    target = function.params[0].type.target
    return target is None or target.kind is not TypeKind.CHAR or target.bare == "char"
