"""Smart pointers to bound classes: transparent, Python sees the object.

In: names of templates.  Out: rows.  Must not know: where objects live.
"""

from __future__ import annotations

from dovetail.convert.records import Answer, Conversion, Converter, Passing, Refusal, Request, Use
from dovetail.model import Type, TypeKind

HEADER = "dovetail/convert/pointers.h"
SHOWN = "dovetail/convert/shown.h"


def answer_smart_pointer(request: Request, row: Converter) -> Answer:
    """A unique_ptr is given away or taken over, or shown by `const&`; a shared_ptr or weak_ptr shares."""
    target = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    if target is None or target.kind is not TypeKind.RECORD:
        return Refusal(code="DV040", reason=f"`{request.core.written}` does not hold a class")
    if row.name == "unique" and len(request.core.arguments) > 1:
        return Refusal(code="DV040", reason=f"`{request.core.written}` has a deleter of its own")
    known = request.names.find_class(target)
    if isinstance(known, Refusal):
        return known
    if not known.complete:
        return Refusal(code="DV044", reason=f"`{target.bare}` is only declared: nobody here can delete it")
    unique = row.name == "unique"
    if unique and request.use is Use.ELEMENT:
        return Refusal(code="DV036", reason=f"`{request.core.written}` inside another type")
    if unique and request.passing is Passing.CONST_REFERENCE and request.use is Use.TAKE:
        # C++ looks through it: the object stays Python's.
        return Conversion(
            cpp=f"dovetail::Shown<{request.core.bare}>",
            converter="shown",
            takes=known.path,
            gives=known.path,
            headers=(SHOWN,),
            views=True,
        )
    writes = request.passing in (Passing.REFERENCE, Passing.POINTER, Passing.CONST_POINTER)
    if writes and request.use is not Use.GIVE:
        return Refusal(code="DV041", reason=f"`{request.type.written}` may be an output")
    return Conversion(
        cpp=request.type.canonical,
        converter=row.name,
        # What takes an object over has use for one: an empty unique_ptr is what C++ code dereferences unchecked.
        takes=known.path if unique else f"{known.path} | None",
        gives=f"{known.path} | None",
        headers=(row.header,),
        transfers=unique,
    )


RECORDS = (
    Converter(name="unique", matches=("std::unique_ptr",), header=HEADER, special=answer_smart_pointer),
    Converter(name="shared", matches=("std::shared_ptr",), header=HEADER, special=answer_smart_pointer),
    Converter(name="weak", matches=("std::weak_ptr",), header=HEADER, special=answer_smart_pointer),
)
