"""Pointees: containers of pointers to numbers, read through by rule.

In: a result type, its rule `as`.  Out: how it is given: a dict or list of the numbers as they are then.
Must not know: who owns the numbers. The rule says that they are there.

    const std::map<std::string, double*>& vars() const;    "Parser::vars" = { as = "dict" }    # dict[str, float | None]
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import plan
from dovetail.convert import TABLE, Refusal, Use, take_apart
from dovetail.model import Type, TypeKind
from dovetail.plan import Return
from dovetail.policy.draft import Draft
from dovetail.policy.rules import View
from dovetail.policy.values import find_conversion

HEADER = "dovetail/convert/pointees.h"
NUMBERS = (TypeKind.BOOL, TypeKind.INTEGER, TypeKind.FLOAT)
LAYOUTS = {"dict": ("mapping", Return.DICT), "list": ("sequence", Return.LIST)}


def read_pointees(draft: Draft, type_: Type, view: View) -> tuple[plan.Result, str] | None:
    """The result and what wraps the call; None where it is no such container, or no rule asks."""
    family, how = LAYOUTS.get(view.rule.as_ or "", ("", Return.NONE))
    core, _ = take_apart(type_)
    row = TABLE.get(core.declaration or "")
    elements = [each for each in core.arguments if isinstance(each, Type)]
    pointee = elements[-1].target if elements and elements[-1].kind is TypeKind.POINTER else None
    if row is None or row.name != family or pointee is None or pointee.kind not in NUMBERS or pointee.volatile:
        return None
    number = replace(pointee, const=False, canonical=pointee.bare)
    parts = [find_conversion(draft, each, Use.ELEMENT) for each in (*elements[:-1], number)]
    gives = [part.gives for part in parts if not isinstance(part, Refusal)]
    headers = {header for part in parts if not isinstance(part, Refusal) for header in part.headers}
    if len(gives) < len(parts):
        return None
    annotation = f"{how.value}[{', '.join((*gives[:-1], f'{gives[-1]} | None'))}]"
    value = plan.Value(
        cpp=core.bare,
        converter=family,
        takes="",
        gives=annotation,
        headers=tuple(sorted({row.header, HEADER, "dovetail/convert/optional.h", *headers})),
    )
    return plan.Result(how=how, value=value, annotation=annotation), "dovetail::read_pointees({call})"
