"""Enums: IntEnum, or IntFlag where the operators say that it is a set of flags.

In: selected enums.  Out: `plan.Enum` records; enumerators of unnamed enums become constants.
Must not know: who uses them.

Enumerators of an unscoped enum are also attributes of the enclosing scope, as in C++.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import model, plan
from dovetail.model import is_private
from dovetail.policy.documentation import clean
from dovetail.policy.draft import Draft
from dovetail.policy.names import enumerator_name, escape, unique
from dovetail.policy.values import builtin


def decide_enums(draft: Draft) -> None:
    """Pass: enums and the constants of unnamed ones."""
    for enum_ in draft.enum_models.values():
        alias = draft.published.get(enum_.qualified)
        taken_in = enum_.scope not in draft.paths and is_private(enum_.scope)
        scope = "" if taken_in and alias is None else draft.paths.get(alias.scope if alias else enum_.scope)
        if scope is None:
            continue
        if not enum_.name or "(" in enum_.name:
            add_constants(draft, enum_, scope)
            continue
        view = draft.rules.view(enum_.qualified, "", enum_.annotations, enum_.scope, enum_.span)
        taken = draft.taken.setdefault(scope, set())
        name = unique(escape(view.rule.rename or (alias.name if alias else enum_.name)), taken)
        exported = not enum_.scoped and alias is None and not any(escape(e.name) in taken for e in enum_.enumerators)
        if exported:
            taken.update(escape(e.name) for e in enum_.enumerators)
        made = make_enum(enum_, name, scope)
        draft.enums[enum_.qualified] = replace(
            made, exported=exported, nested=(alias.scope if alias else enum_.scope) in draft.classes
        )


def make_enum(enum_: model.Enum, name: str, scope: str) -> plan.Enum:
    used: set[str] = set()
    return plan.Enum(
        name=name,
        scope=scope,
        cpp=enum_.qualified,
        base="IntFlag" if enum_.flags else "IntEnum",
        enumerators=tuple(
            plan.Enumerator(
                name=unique(enumerator_name(e.name), used),
                value=e.value,
                cpp=f"{enum_.qualified if enum_.scoped else enum_.scope}::{e.name}",
                doc=clean(e.comment),
            )
            for e in enum_.enumerators
        ),
        scoped=enum_.scoped,
        span=enum_.span,
        signed=bool(enum_.underlying.signed),
        size=enum_.underlying.size or 4,
        doc=clean(enum_.comment),
    )


def add_constants(draft: Draft, enum_: model.Enum, scope: str) -> None:
    """`enum { kMax = 8 };`: attributes of the scope."""
    taken = draft.taken.setdefault(scope, set())
    for enumerator in enum_.enumerators:
        value = builtin("long long", "int", "integer")
        draft.constants.append(
            plan.Constant(
                name=unique(escape(enumerator.name), taken),
                scope=scope,
                cpp=f"static_cast<long long>({enum_.scope}::{enumerator.name})",
                annotation="int",
                value=value,
                literal=enumerator.value,
                span=enum_.span,
                doc=clean(enumerator.comment),
            )
        )
