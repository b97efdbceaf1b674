"""Exports: what a header declares and no linked library defines would make the whole module fail at import.

In: mangled names, the symbols of the linked libraries.  Out: a yes or no per function.
Must not know: how symbols are read.

What is `inline` and has no body in any header is not looked for: no library has that either.
A constructor has two symbols (complete and base object); either will do. Virtual calls need no symbol of their own.
"""

from __future__ import annotations

from dovetail import model
from dovetail.policy.draft import Draft


def is_exported(draft: Draft, function: model.Function) -> bool:
    """True also where nothing is known: a module linked later may define it."""
    if function.undefined:
        return False
    if draft.exports is None or function.inline or not function.mangled or function.pure or function.defaulted:
        return True
    return is_standard(function.mangled) or any(name in draft.exports for name in symbol_names(function.mangled))


def is_c_function(draft: Draft, function: model.Function) -> bool:
    """What the header declares as C++, a library or source has as C."""
    free = function.kind is model.FunctionKind.FREE and not function.undefined
    return free and function.mangled != function.name and function.name in (draft.exports or ())


def is_complete(draft: Draft, function: model.Function) -> bool:
    """It can be called without being virtual: then its body is compiled here, and whatever that calls must be there."""
    return is_exported(draft, function) and not (set(function.calls) & hidden_names(draft))


def hidden_names(draft: Draft) -> frozenset[str]:
    """Names of functions that no linked library defines."""
    if draft.hidden is None:
        methods = (m for c in draft.model.classes for m in (*c.constructors, *c.methods))
        every = (*draft.model.functions, *methods)
        draft.hidden = frozenset(f.name for f in every if not is_exported(draft, f))
    return draft.hidden


def is_data_exported(draft: Draft, mangled: str, inline: bool) -> bool:
    return draft.exports is None or inline or not mangled or is_standard(mangled) or mangled in draft.exports


def is_standard(mangled: str) -> bool:
    """Of namespace std: every module links the standard library, also where it is made while linking, as zig does."""
    return mangled.startswith(("_ZSt", "_ZNSt", "_ZNKSt"))


def symbol_names(mangled: str) -> tuple[str, ...]:
    if "C2" in mangled:
        return (mangled, mangled.replace("C2", "C1", 1))
    if "C1" in mangled:
        return (mangled, mangled.replace("C1", "C2", 1))
    return (mangled,)
