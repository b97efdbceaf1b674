"""Buffers: spans of numbers, which borrow whatever has the buffer protocol.

In: names of templates.  Out: rows.  Must not know: formats (the runtime compares them).
"""

from __future__ import annotations

from dovetail.convert.records import Answer, Conversion, Converter, Passing, Refusal, Request, Use, check_passing
from dovetail.model import Type, TypeKind

NUMBERS = (TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.BOOL, TypeKind.CHAR)


def answer_span(request: Request, row: Converter) -> Answer:
    """`span<const double>` takes any buffer of doubles, `span<double>` a writable one; a result is a NumPy array."""
    if refusal := check_passing(request, row):
        return refusal
    element = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    byte = element is not None and element.declaration == "std::byte"
    if element is None or (element.kind not in NUMBERS and not byte):
        return Refusal(code="DV040", reason=f"the elements of `{request.core.written}` are not numbers")
    if request.use is Use.ELEMENT:
        return Refusal(code="DV040", reason=f"nobody would own the memory behind `{request.core.written}`")
    return Conversion(
        cpp=request.type.canonical,
        converter=row.name,
        takes="Buffer",
        gives="numpy.ndarray",
        headers=(row.header,),
        views=True,
    )


RECORDS = (
    Converter(
        name="span",
        matches=("std::span",),
        header="dovetail/convert/span.h",
        passing=frozenset({Passing.VALUE, Passing.CONST_REFERENCE, Passing.RVALUE}),
        special=answer_span,
    ),
)
