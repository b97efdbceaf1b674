"""Addresses: `void*`, which Python hands on and never looks into.

In: VOID behind a pointer.  Out: a row.  Must not know: lengths and user data that may stand beside it (policy does).

A `void*` from C++ is a capsule; only such a capsule, or None for null, goes where C++ wants a `void*`. So no text,
number or buffer is ever taken for memory of another kind. Where C keeps objects of Python as user data until it calls a
destructor, it gives them back as what they are. A `const void*` is memory that somebody reads: without its
length it is refused.
"""

from __future__ import annotations

from dovetail.convert.records import Answer, Conversion, Converter, Passing, Refusal, Request, Use
from dovetail.model import TypeKind


def answer_address(request: Request, row: Converter) -> Answer:
    plain = request.passing in (Passing.POINTER, Passing.CONST_POINTER) and request.type.kind is TypeKind.POINTER
    constant = request.passing is Passing.CONST_POINTER
    if not plain or constant or request.use is Use.ELEMENT:
        return Refusal(code="DV043", reason=f"`{request.type.written}` says nothing of what it points to")
    return Conversion(
        cpp="void *",
        converter=row.name,
        takes="CapsuleType | None",
        gives="Any" if request.use is Use.GIVE and request.names.gives_objects() else "CapsuleType | None",
        headers=(row.header,),
    )


RECORDS = (
    Converter(
        name="address",
        matches=(TypeKind.VOID,),
        header="dovetail/convert/address.h",
        special=answer_address,
    ),
)
