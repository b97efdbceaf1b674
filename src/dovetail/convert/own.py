"""Conversions of the user's own: types for which a header specialises `dovetail::convert`.

In: a request, what the specialisation says.  Out: `Conversion` or `Refusal`.  Must not know: how the header spells it.

They go by value: what Python gives is made into an object for the call, and what C++ gives is copied.
"""

from __future__ import annotations

from dovetail.convert.records import Answer, Conversion, Own, Passing, Refusal, Request, Use

HEADER = "dovetail/convert/own.h"


def answer_own(request: Request, own: Own) -> Answer:
    written = request.type.written
    if request.passing in (Passing.POINTER, Passing.CONST_POINTER):
        return Refusal(code="DV040", reason=f"`{written}`: a conversion of your own makes values, no pointers")
    if request.passing is Passing.REFERENCE and request.use is not Use.GIVE:
        return Refusal(code="DV041", reason=f"`{written}` may be an output: a rule `out` says so")
    lacks = [
        word
        for word, has, uses in (
            ("take", own.takes, (Use.TAKE, Use.ELEMENT)),
            ("give", own.gives, (Use.GIVE, Use.ELEMENT)),
        )
        if not has and request.use in uses
    ]
    if lacks:
        return Refusal(code="DV040", reason=f"`dovetail::convert<{request.core.bare}>` has no `{lacks[0]}`")
    return Conversion(cpp=request.type.canonical, converter="own", takes=own.takes, gives=own.gives, headers=(HEADER,))
