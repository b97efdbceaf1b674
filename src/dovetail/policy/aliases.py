"""Aliases: second names that headers give to classes, enums and containers.

In: `using` and `typedef` names.  Out: `plan.Alias`.  Must not know: names that became the only one.
"""

from __future__ import annotations

from dovetail import plan
from dovetail.convert import strip
from dovetail.model import Access, is_private
from dovetail.policy.draft import Draft
from dovetail.policy.names import escape


def decide_aliases(draft: Draft) -> None:
    """Pass: every public alias of something that is bound."""
    for alias in draft.model.aliases:
        scope = draft.paths.get(alias.scope)
        if scope is None or is_private(alias.scope) or alias.access is not Access.PUBLIC:
            continue
        # Of a class, `typedef T* pointer` says what that is to T; elsewhere it may be the only name of a handle.
        type_ = alias.type if alias.scope in draft.classes else strip(alias.type)
        target = find_target(draft, type_.bare, type_.declaration or "")
        name = escape(alias.name)
        path = f"{scope}.{name}" if scope else name
        taken = draft.taken.setdefault(scope, set())
        owner = draft.classes.get(alias.scope)
        members = owner.methods if owner else {}
        if target in ("", path) or name in taken or name in members or (scope, name) in draft.functions:
            continue
        if draft.rules.view(alias.qualified, "", (), alias.scope).rule.skip:
            continue
        taken.add(name)
        draft.aliases.append(plan.Alias(name=name, scope=scope, target=target, span=alias.span))


def find_target(draft: Draft, bare: str, declaration: str) -> str:
    entry = draft.classes.get(bare)
    if entry is not None:
        return entry.path
    enum_ = draft.enums.get(declaration) or draft.enums.get(bare)
    found = enum_ or draft.containers.get(bare)
    if found is None:
        return ""
    return f"{found.scope}.{found.name}" if found.scope else found.name
