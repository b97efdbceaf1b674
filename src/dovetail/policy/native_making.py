"""Constructors as functions that compiled code calls.

In: a class of the plan.  Out: overloads that give an object by value.  Must not know: which of them have native forms.

What has a default for each parameter is made of none, too: compiled code fills no defaults in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dovetail import plan


def find_makers(record: plan.Class) -> Iterator[plan.Overload]:
    """In the order of the constructors."""
    if record.constructors is None or record.abstract:
        return
    result = plan.Result(how=plan.Return.VALUE, value=_value(record))
    overloads = record.constructors.overloads
    for overload in overloads:
        if overload.made or not overload.expression.startswith(record.cpp):
            continue
        yield replace(overload, call=plan.Call.FUNCTION, result=result)
        alone = all(other.params for other in overloads) and all(param.default for param in overload.params)
        if alone:
            empty = f"{record.cpp}()" if overload.expression.startswith(f"{record.cpp}(") else f"{record.cpp}{{{{}}}}"
            yield replace(overload, call=plan.Call.FUNCTION, result=result, params=(), expression=empty)


def _value(record: plan.Class) -> plan.Value:
    path = f"{record.scope}.{record.name}".lstrip(".")
    return plan.Value(cpp=record.cpp, converter="class", takes=path, gives=path)
