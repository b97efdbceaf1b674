"""The structs of Arrow's C data and stream interfaces as the capsules that consumers of Arrow expect.

In: names of structs.  Out: rows.  Must not know: what is in an array.

Results alone: the struct moves into the capsule, which releases it if nobody takes it. The headers declare the structs
themselves, as Arrow's specification wants it (`struct ArrowArrayStream`); there is no library of that name.
"""

from __future__ import annotations

from dovetail.convert.records import Answer, Conversion, Converter, Passing, Refusal, Request, Use

HEADER = "dovetail/library/arrow_structs.h"
NAMES = ("ArrowSchema", "ArrowArray", "ArrowArrayStream")


def answer_struct(request: Request, row: Converter) -> Answer:
    if request.use is Use.GIVE and request.passing in (Passing.VALUE, Passing.RVALUE):
        return Conversion(cpp=request.core.bare, converter=row.name, takes="object", gives="object", headers=(HEADER,))
    reason = f"`{request.type.written}` has one owner: only a function that returns it by value hands it to Python"
    return Refusal(code="DV040", reason=reason)


RECORDS = (Converter(name="arrow struct", matches=NAMES, special=answer_struct),)
