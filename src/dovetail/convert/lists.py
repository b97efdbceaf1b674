"""What C gives a callback as several arguments, or as a pointer and nothing else: lists, and bytes with a length.

In: the names of the runtime's carriers.  Out: rows.  Must not know: of which arguments they are made.
"""

from __future__ import annotations

from dovetail.convert.records import Answer, Conversion, Converter, Refusal, Request, Use
from dovetail.model import Type


def answer_listed(request: Request, row: Converter) -> Answer:
    """`(int n, T** values)`: a tuple of what T* gives."""
    element = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    found = request.find_as(element, Use.GIVE) if element is not None else None
    if found is None or isinstance(found, Refusal):
        return found or Refusal(code="DV040", reason=f"no conversion for `{request.type.written}`")
    gives = f"{found.gives} | None" if found.pointer else found.gives
    return Conversion(
        cpp=request.type.canonical,
        converter=row.name,
        takes=f"tuple[{gives}, ...]",
        gives=f"tuple[{gives}, ...]",
        headers=tuple(sorted({row.header, *found.headers})),
    )


def answer_bytes(request: Request, row: Converter) -> Answer:
    return Conversion(
        cpp=request.type.canonical, converter=row.name, takes="bytes", gives="bytes", headers=(row.header,)
    )


RECORDS = (
    Converter(
        name="listed",
        matches=("dovetail::Listed",),
        header="dovetail/convert/listed.h",
        special=answer_listed,
        only=Use.GIVE,
    ),
    Converter(
        name="given bytes",
        matches=("dovetail::Bytes",),
        header="dovetail/convert/arrays.h",
        special=answer_bytes,
        only=Use.GIVE,
    ),
)
