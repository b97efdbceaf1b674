"""Time: durations and points on the system clock.

In: names of templates.  Out: rows.  Must not know: time zones (the runtime's).
"""

from __future__ import annotations

from dovetail.convert.families import answer_template
from dovetail.convert.records import Answer, Converter, Refusal, Request
from dovetail.model import Type

HEADER = "dovetail/convert/chrono.h"


def answer_time_point(request: Request, row: Converter) -> Answer:
    """Only the system clock has an epoch that Python knows."""
    clock = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    if clock is None or "system_clock" not in clock.canonical:
        return Refusal(code="DV040", reason=f"`{request.core.written}` has no epoch that Python knows")
    return answer_template(request, row)


RECORDS = (
    Converter(
        name="duration",
        matches=("std::chrono::duration",),
        takes="datetime.timedelta",
        gives="datetime.timedelta",
        header=HEADER,
    ),
    Converter(
        name="time point",
        matches=("std::chrono::time_point",),
        takes="datetime.datetime",
        gives="datetime.datetime",
        header=HEADER,
        special=answer_time_point,
    ),
)
