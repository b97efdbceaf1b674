"""nlohmann::json as the Python values that JSON stands for.

In: names of templates.  Out: rows.  Must not know: how values are walked (the runtime's).

Values, not a class: a Python user expects what `json.loads` gives, and passes a dict. So nothing is shared: a reference
gives a copy, and what C++ writes to a `json&` parameter comes back as a result, as with text.
"""

from __future__ import annotations

from dovetail.convert.records import Answer, Conversion, Converter, Passing, Refusal, Request, Use

HEADER = "dovetail/library/nlohmann_json.h"
NAMES = ("nlohmann::basic_json", "nlohmann::json", "nlohmann::ordered_json")
TAKES = "Mapping[str, Any] | Sequence[Any] | str | bytes | float | None"


def answer_json(request: Request, row: Converter) -> Answer:
    given = request.use is Use.GIVE
    if request.passing in (Passing.POINTER, Passing.CONST_POINTER):
        return Refusal(code="DV040", reason=f"`{request.type.written}` does not say how many values it points to")
    if request.passing is Passing.REFERENCE and not given:
        return Refusal(code="DV041", reason=f"`{request.type.written}` may be an output: a rule `out` says so")
    return Conversion(cpp=request.type.canonical, converter=row.name, takes=TAKES, gives="Any", headers=(HEADER,))


RECORDS = (Converter(name="json", matches=NAMES, library="nlohmann", special=answer_json),)
