"""Enums and classes that the module binds.

In: ENUM and RECORD types.  Out: rows that ask `Names`.  Must not know: which classes exist.
"""

from __future__ import annotations

from dovetail.convert.buffers import answer_grid
from dovetail.convert.records import Answer, Conversion, Converter, Passing, Refusal, Request, Use, check_passing
from dovetail.model import TypeKind

POINTERS = (Passing.POINTER, Passing.CONST_POINTER)


def answer_enum(request: Request, row: Converter) -> Answer:
    """A bound enum by its path; `std::byte` is a number."""
    if refusal := check_passing(request, row):
        return refusal
    if request.core.declaration == "std::byte":
        return Conversion(
            cpp=request.type.canonical, converter="byte", takes="int", gives="int", headers=("dovetail/convert/byte.h",)
        )
    path = request.names.find_enum(request.core)
    if isinstance(path, Refusal):
        return path
    return Conversion(cpp=request.type.canonical, converter="enum", takes=path, gives=path, headers=(row.header,))


def answer_class(request: Request, row: Converter) -> Answer:
    """A bound class: values need a copy or a move, references and pointers need nothing. What looks at arrays of
    several dimensions is no class in Python, but an array."""
    element = request.names.find_grid(request.core)
    if element is not None:
        return answer_grid(request, element)
    known = request.names.find_class(request.core)
    if isinstance(known, Refusal):
        return known
    by_value = request.passing is Passing.VALUE
    if request.use is Use.ELEMENT and not by_value:
        return Refusal(code="DV036", reason=f"`{request.type.written}` inside another type says nothing of its owner")
    if (by_value or request.passing is Passing.RVALUE) and not known.complete:
        return Refusal(code="DV044", reason=f"`{known.path}` is only declared")
    if (by_value or request.passing is Passing.RVALUE) and not (known.copyable or known.movable):
        return Refusal(code="DV047", reason=f"`{known.path}` can be neither copied nor moved")
    taken = request.use is Use.TAKE and (by_value or request.passing is Passing.RVALUE) and not known.copyable
    return Conversion(
        cpp=request.type.canonical,
        converter="class",
        takes=known.path,
        gives=known.path,
        shared=True,
        pointer=request.passing in POINTERS,
        transfers=taken,
        opaque=not known.complete,
        ended=known.ended,
    )


RECORDS = (
    Converter(name="enum", matches=(TypeKind.ENUM,), header="dovetail/convert/enums.h", special=answer_enum),
    Converter(name="class", matches=(TypeKind.RECORD,), special=answer_class),
)
