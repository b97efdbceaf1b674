"""Stream operators: `out << x` is `str(x)`, `in >> x` is `x.read_from(file)`.

In: the parameters of a free `operator<<` or `operator>>` whose left operand is a stream.  Out: a placement, or why not.
Must not know: how Python's files become streams (the runtime does).

Where `out << x` may change x, `str()` of an object that must not change is refused. `read_from` changes the object and
gives it back, so that `Vec().read_from(file)` makes one of what the file says. What does not read as one is a
`ValueError`.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import Passing, strip, take_apart
from dovetail.model import Param, Type
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.placement import Placement, Unplaced
from dovetail.policy.values import builtin

OUTPUT = ("std::basic_ostream", "std::ostream")
INPUT = ("std::basic_istream", "std::istream")
HEADER = "dovetail/convert/stream.h"
LASTING = "dovetail/convert/lasting_stream.h"
FILES = ("stream", "c file")
"""Conversions of Python files."""
LASTING_FILE = "dovetail/convert/lasting_file.h"
BOTH = ("std::basic_iostream", "std::iostream")


def is_stream(param: Param) -> bool:
    return strip(param.type).declaration in (*OUTPUT, *INPUT)


def is_narrow(param: Param) -> bool:
    return all(a.bare == "char" for a in strip(param.type).arguments if isinstance(a, Type))


def returns_argument(function: model.Function) -> bool:
    """It gives back the stream that it was given, for the next `<<`: nothing that Python would need."""
    core, passing = take_apart(function.returns)
    same = (p for p in function.params if strip(p.type).declaration == core.declaration)
    return passing is Passing.REFERENCE and core.declaration in (*OUTPUT, *INPUT, *BOTH) and any(same)


def make_lasting(value: plan.Value) -> plan.Value:
    """A stream or file of C that outlives the call, in the new object of a constructor or by a rule `keeps`."""
    header = LASTING_FILE if value.converter == "c file" else LASTING
    return replace(value, cpp=f"dovetail::Lasting<{value.cpp}>", headers=(*value.headers, header))


def place_stream(draft: Draft, function: model.Function, symbol: str, right: ClassDraft | None) -> Placement | Unplaced:
    """A stream on the left, and the class of the right operand, if it has one."""
    stream, operand = function.params
    passing = take_apart(operand.type)[1]
    if right is None:
        return Unplaced(code="DV036", reason="a stream operator without a bound class on its right")
    if not is_narrow(stream):
        return Unplaced(code="DV040", reason="a stream of wide characters")
    if symbol == "<<" and strip(stream.type).declaration in OUTPUT:
        if passing is Passing.VALUE and not right.model.traits.copy_constructible:
            return Unplaced(code="DV089", reason="printing needs a copy, and the class has none")
        if passing in (Passing.VALUE, Passing.CONST_REFERENCE):
            return Placement(owner=right, names=(), expression="", params=(), const=True, prints=True)
        return place_changing(draft, function, right, passing)
    if symbol == ">>" and strip(stream.type).declaration in INPUT and passing is Passing.REFERENCE:
        return Placement(
            owner=right,
            names=("read_from",),
            expression="dovetail::read_object({0}, {self})",
            params=(stream,),
            in_place=True,
        )
    return Unplaced(code="DV089", reason=f"Python has no counterpart of this `{symbol}`")


def place_changing(draft: Draft, function: model.Function, right: ClassDraft, passing: Passing) -> Placement | Unplaced:
    """`out << x` of an x that is not const: unless another one prints it as well."""
    others = {
        take_apart(f.params[1].type)[1]
        for f in (*draft.model.functions, *right.model.methods)
        if f.name == "operator<<" and len(f.params) == 2 and f is not function
        if is_stream(f.params[0]) and is_narrow(f.params[0]) and draft.find_class(strip(f.params[1].type)) is right
    }
    better = {Passing.VALUE, Passing.CONST_REFERENCE, *([Passing.REFERENCE] if passing is Passing.RVALUE else [])}
    if others & better:
        return Unplaced(code="DV037", reason="another `<<` prints the same", counts=False)
    if passing is not Passing.REFERENCE:
        return Unplaced(code="DV089", reason="printing what must be a temporary is no `str()`")
    text = builtin("std::string", "str", "text")
    return Placement(
        owner=right,
        names=("__str__",),
        expression="dovetail::printed({self})",
        params=(),
        value=replace(text, headers=(*text.headers, HEADER)),
    )
