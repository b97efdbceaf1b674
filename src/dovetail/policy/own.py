"""Conversions of the user's own: what the header says of them must be Python.

In: specialisations of `dovetail::convert`.  Out: `draft.own`, the names that annotations may use; DV018.
Must not know: how values are converted.

A type with a conversion of its own is not bound as a class or enum. Annotations name builtins, what `typing` and
`collections.abc` have, or something by its module: `decimal.Decimal`.
"""

from __future__ import annotations

import ast
import builtins
import collections.abc
import typing

from dovetail import model
from dovetail.convert import Own, is_known
from dovetail.policy.draft import Draft

FREE = frozenset({*dir(builtins), *typing.__all__, *collections.abc.__all__, "None"})


def decide_own(draft: Draft) -> None:
    """Pass: conversions of the header's own."""
    for each in draft.model.conversions:
        complaint = find_fault(each)
        if complaint:
            draft.sink.report("DV018", f"`dovetail::convert<{each.type.bare}>` {complaint}", each.span)
            continue
        draft.own[each.type.bare] = Own(takes=each.takes or "", gives=each.gives or "")
        for text in (each.takes, each.gives):
            draft.foreign |= set(names_in(text)) if text else set()


def find_fault(each: model.OwnConversion) -> str:
    if is_known(each.type):
        return "does not count: dovetail converts that type itself"
    if each.takes is None and each.gives is None:
        return "has neither a `take` nor a `give`"
    for text in (each.takes, each.gives):
        if text is None:
            continue
        if not text:
            return 'has no annotation: static constexpr const char* annotation = "…"'
        try:
            names = names_in(text)
        except SyntaxError:
            return f"has an annotation that is no Python: `{text}`"
        unknown = [name for name in names if "." not in name and name not in FREE]
        if unknown:
            return f"has an annotation with `{unknown[0]}`, which needs its module: `module.{unknown[0]}`"
    return ""


def names_in(text: str) -> list[str]:
    """Dotted names of an annotation: `dict[str, decimal.Decimal]` has three."""
    found: list[str] = []

    def visit(node: ast.AST) -> None:
        if isinstance(node, (ast.Name, ast.Attribute)):
            found.append(ast.unparse(node))
            return
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(text, mode="eval"))
    return found
