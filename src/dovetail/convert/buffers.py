"""Buffers: spans of numbers and of plain structs, which borrow whatever has the buffer protocol.

In: names of templates.  Out: rows.  Must not know: formats (the runtime compares them).
"""

from __future__ import annotations

from dataclasses import replace

from dovetail.convert.records import Answer, Conversion, Converter, Passing, Refusal, Request, Use, check_passing
from dovetail.model import Type, TypeKind


def answer_span(request: Request, row: Converter) -> Answer:
    """`span<const double>` takes any buffer of doubles, `span<double>` a writable one; a result is a NumPy array."""
    if refusal := check_passing(request, row):
        return refusal
    element = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    if element is None or request.names.find_format(element) is None:
        return answer_made(request, row, element)
    if request.use is Use.ELEMENT:
        return Refusal(code="DV040", reason=f"nobody would own the memory behind `{request.core.written}`")
    found = request.find(replace(element, const=False, canonical=element.bare))
    made = element.const and element.kind not in (TypeKind.BOOL, TypeKind.CHAR) and not isinstance(found, Refusal)
    return Conversion(
        cpp=request.type.canonical,
        converter=row.name,
        takes=f"Buffer | Iterable[{found.takes}]" if made and not isinstance(found, Refusal) else "Buffer",
        gives="numpy.ndarray",
        headers=tuple(sorted({row.header, *find_headers(request, element)})),
        views=True,
    )


def answer_made(request: Request, row: Converter, element: Type | None) -> Answer:
    """`span<const std::string>`: elements that lie in no buffer are made for the call, of what can be iterated over."""
    refusal = Refusal(code="DV040", reason=f"the elements of `{request.core.written}` are neither numbers nor plain")
    if element is None or not element.const or request.use is not Use.TAKE:
        return refusal
    found = request.find(replace(element, const=False, canonical=element.bare))
    if isinstance(found, Refusal) or found.views or found.transfers:
        return found if isinstance(found, Refusal) else refusal
    return Conversion(
        cpp=request.type.canonical,
        converter=row.name,
        takes=f"Iterable[{found.takes}]",
        gives="",
        headers=tuple(sorted({row.header, *found.headers})),
        views=True,
        callbacks=found.callbacks,
    )


def answer_grid(request: Request, element: Type) -> Answer:
    """`mdspan<const double, …>` and what is like it: buffers in, NumPy arrays out."""
    if request.names.find_format(element) is None:
        return Refusal(code="DV040", reason=f"the elements of `{request.core.written}` are neither numbers nor plain")
    allowed = (Passing.VALUE, Passing.CONST_REFERENCE, Passing.RVALUE)
    given = request.use is Use.GIVE and request.passing is Passing.REFERENCE
    if request.passing not in allowed and not given:
        return Refusal(code="DV041", reason=f"`{request.type.written}` may be an output")
    if request.use is Use.ELEMENT:
        return Refusal(code="DV040", reason=f"nobody would own the memory behind `{request.core.written}`")
    return Conversion(
        cpp=request.type.canonical,
        converter="span",
        takes="Buffer",
        gives="numpy.ndarray",
        headers=("dovetail/convert/mdspan.h",),
        views=True,
    )


def find_headers(request: Request, element: Type) -> tuple[str, ...]:
    """Those of the elements, which may be taken one by one as well."""
    found = request.find(element)
    return () if isinstance(found, Refusal) else found.headers


RECORDS = (
    Converter(
        name="span",
        matches=("std::span",),
        header="dovetail/convert/span.h",
        passing=frozenset({Passing.VALUE, Passing.CONST_REFERENCE, Passing.RVALUE}),
        special=answer_span,
    ),
)
