"""Calls whose result says that they failed.

In: `plan.Failure`, the call.  Out: statements that return where it failed; the call expression that is left.
Must not know: what becomes of a success.
"""

from __future__ import annotations

from collections.abc import Sequence

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.expressions import fill
from dovetail.emit.cpp.literals import quote
from dovetail.emit.writer import Writer
from dovetail.plan import Overload

OUTCOME = "outcome"


def write_failure(
    out: Writer,
    context: Context,
    overload: Overload,
    call: str,
    *,
    passed: Sequence[str],
    ends: Sequence[str],
    leave: str,
) -> str:
    """`ends`: statements that end objects which a failed call has made; `leave`: how the function is left, with `{}`
    for what it returns. Gives the expression of the result, "" where it says nothing more."""
    failure = overload.failure
    if failure is None:
        return call
    out.needs("dovetail/core/failures.h")
    record = context.index.types[failure.error]
    name = quote(overload.cpp.partition("(")[0])

    def spell(text: str) -> str:
        return fill(text.replace("{outcome}", OUTCOME), passed)

    texts = ", ".join(spell(text) for text in failure.messages)
    slot = f"Exceptions::{context.base_of(record)}"
    raising = f"dovetail::raise_failure({slot}, {spell(failure.code)}, {name}, home, {{{texts}}})"
    out.line(f"const auto {OUTCOME} = {call};")
    with out.block(f"if ({spell(failure.test)})"):
        if ends:
            out.line(f"{raising};")
            out.lines(*ends)
            out.line(leave.format("nullptr"))
        else:
            out.line(leave.format(raising))
    return "" if failure.drops else spell(failure.wrap.replace("{call}", OUTCOME))
