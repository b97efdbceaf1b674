"""Stream operators: `out << x` is `str(x)`, `in >> x` is `x.read_from(file)`.

In: the parameters of a free `operator<<` or `operator>>` whose left operand is a stream.  Out: a placement, or why not.
Must not know: how Python's files become streams (the runtime does).

`read_from` changes the object and gives it back, so that `Vec().read_from(file)` makes one of what the file says. What
does not read as one is a `ValueError`.
"""

from __future__ import annotations

from dovetail import model
from dovetail.convert import Passing, strip, take_apart
from dovetail.model import Param, Type
from dovetail.policy.draft import ClassDraft
from dovetail.policy.placement import Placement, Unplaced

OUTPUT = ("std::basic_ostream", "std::ostream")
INPUT = ("std::basic_istream", "std::istream")
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


def place_stream(symbol: str, right: ClassDraft | None, params: tuple[Param, ...]) -> Placement | Unplaced:
    """`params`: the stream and the operand."""
    passing = take_apart(params[1].type)[1]
    if right is None:
        return Unplaced(code="DV036", reason="a stream operator without a bound class on its right")
    if not is_narrow(params[0]):
        return Unplaced(code="DV040", reason="a stream of wide characters")
    if symbol == "<<" and strip(params[0].type).declaration in OUTPUT:
        if passing not in (Passing.VALUE, Passing.CONST_REFERENCE):
            return Unplaced(code="DV089", reason="printing what must not be const is no `str()`")
        return Placement(owner=right, names=(), expression="", params=(), const=True, prints=True)
    if symbol == ">>" and strip(params[0].type).declaration in INPUT and passing is Passing.REFERENCE:
        return Placement(
            owner=right,
            names=("read_from",),
            expression="dovetail::read_object({0}, {self})",
            params=params[:1],
            in_place=True,
        )
    return Unplaced(code="DV089", reason=f"Python has no counterpart of this `{symbol}`")
