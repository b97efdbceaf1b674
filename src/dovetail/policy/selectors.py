"""Selectors: every rule must speak of something.

In: the model, rules.  Out: DV010 for a selector that matches nothing.  Must not know: what rules say.
"""

from __future__ import annotations

from dovetail import model
from dovetail.policy.draft import Draft
from dovetail.policy.rules import signature_of, template_of


def names_of(module: model.Module) -> list[str]:
    """Everything that a selector may name."""
    names = [*module.namespaces]
    functions = list(module.functions)
    for class_ in module.classes:
        names.append(class_.qualified)
        functions += [*class_.constructors, *class_.methods]
        names += [f.qualified for f in class_.fields]
    for function in functions:
        names += [function.qualified, signature_of(function)]
    for group in (module.enums, module.variables, module.aliases, module.templates):
        names += [d.qualified for d in group]
    names += [f"{e.qualified}::{v.name}" for e in module.enums for v in e.enumerators]
    names += [m.name for m in module.macros]
    names += [template_of(name) for name in names if "<" in name]
    return names + [u.name for u in module.unread]


def decide_selectors(draft: Draft) -> None:
    """Pass: every rule must speak of something."""
    draft.rules.check_selectors(names_of(draft.model))
