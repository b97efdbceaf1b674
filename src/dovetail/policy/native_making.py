"""Objects that are made for compiled code: by constructors, by methods, and by ranges.

In: classes of the plan, and values that are given.  Out: constructors as functions; how an object is given.
Must not know: other functions.

What has a default for each parameter is made of none, too: compiled code fills no defaults in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dovetail import plan
from dovetail.plan import NativeKind, NativeValue
from dovetail.policy.native_values import Types, find_made, find_value


def find_makers(record: plan.Class) -> Iterator[plan.Overload]:
    """In the order of the constructors."""
    if record.constructors is None or record.abstract:
        return
    result = plan.Result(how=plan.Return.VALUE, value=_value(record))
    overloads = record.constructors.overloads
    for overload in overloads:
        if overload.made or not overload.expression.startswith(record.cpp):
            continue
        yield replace(overload, result=result)
        alone = all(other.params for other in overloads) and all(param.default for param in overload.params)
        if alone:
            empty = f"{record.cpp}()" if overload.expression.startswith(f"{record.cpp}(") else f"{record.cpp}{{{{}}}}"
            yield replace(overload, result=result, params=(), expression=empty)


def _value(record: plan.Class) -> plan.Value:
    path = f"{record.scope}.{record.name}".lstrip(".")
    return plan.Value(cpp=record.cpp, converter="class", takes=path, gives=path)


_PLAIN = frozenset({NativeKind.PLAIN, NativeKind.BOOL, NativeKind.ENUM, NativeKind.REFERENCE, NativeKind.POINTER})
_IN_RANGES = _PLAIN | {NativeKind.NUMBER, NativeKind.VALUE, NativeKind.MADE, NativeKind.LENT}


def find_own(value: plan.Value, types: Types, *, lent: bool) -> NativeValue | None:
    """An object that the caller has alone: a constructor's, which may be changed, or one that looks into its giver."""
    found = find_value(value, types, result=True)
    if found is None or found.kind not in (NativeKind.VALUE, NativeKind.MADE):
        return None
    target = types[found.target]
    if found.kind is NativeKind.VALUE and lent:
        return found
    assert not isinstance(target, plan.Enum)
    return find_made(target, NativeKind.LENT if lent else NativeKind.MADE)


def find_range_element(record: plan.Class, types: Types) -> NativeValue | None:
    """What a loop over an object gives; None: it is no range, or compiled code cannot have its elements."""
    if record.iterates is None or plan.Protocol.ITERATE not in record.protocols:
        return None
    found = find_value(record.iterates, types, result=True)
    if found is not None and found.kind is NativeKind.MADE:
        found = find_own(record.iterates, types, lent=record.iterate_lent)
    return found if found is not None and found.kind in _IN_RANGES else None
