"""`std::initializer_list`: what stands in braces in C++ is a list in Python.

In: the name of the template.  Out: its row.  Must not know: where the elements lie during a call (the runtime's).
"""

from __future__ import annotations

from dovetail.convert.families import join_headers
from dovetail.convert.records import Answer, Conversion, Converter, Refusal, Request, Use, check_passing, merge
from dovetail.model import Type

NAME = "std::initializer_list"


def answer_list(request: Request, row: Converter) -> Answer:
    """Elements are made for the call: they may look into Python objects, which live as long. A list of lists too."""
    if refusal := check_passing(request, row):
        return refusal
    element = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    if element is None:
        return Refusal(code="DV040", reason=f"no conversion for `{request.core.written}`")
    found = request.find_as(element, Use.TAKE if element.declaration == NAME else Use.ELEMENT)
    if isinstance(found, Refusal):
        return found
    if found.transfers:
        return Refusal(code="DV040", reason=f"C++ could not take elements of `{request.core.written}` over")
    return Conversion(
        cpp=request.type.canonical,
        converter=row.name,
        takes=f"Iterable[{found.takes}]",
        gives="",
        headers=join_headers(row, (found,)),
        views=found.views,
        callbacks=merge(found.callbacks),
    )


RECORDS = (
    Converter(
        name="braces", matches=(NAME,), header="dovetail/convert/braces.h", inner=1, only=Use.TAKE, special=answer_list
    ),
)
