"""Time: durations, time points, dates.

In: names of templates.  Out: rows.  Must not know: time zones (the runtime's).
"""

from __future__ import annotations

from dataclasses import replace

from dovetail.convert.families import answer_template
from dovetail.convert.records import Answer, Converter, Refusal, Request
from dovetail.model import Type

HEADER = "dovetail/convert/chrono.h"


def answer_time_point(request: Request, row: Converter) -> Answer:
    """Only the system clock has an epoch that Python knows; on others it is the time since theirs."""
    found = answer_template(request, row)
    clock = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    if isinstance(found, Refusal) or (clock is not None and "system_clock" in clock.canonical):
        return found
    return replace(found, takes="datetime.timedelta", gives="datetime.timedelta")


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
    Converter(
        name="date",
        matches=("std::chrono::year_month_day",),
        takes="datetime.date",
        gives="datetime.date",
        header=HEADER,
    ),
)
