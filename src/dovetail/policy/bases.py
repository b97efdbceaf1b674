"""Bases: which classes a Python class derives from, and how an object is seen as each of them.

In: selected classes with their names.  Out: `ClassDraft.bases`, `casts`, `lenders`; notes on what is no base.
Must not know: members.

A public base that is bound is a Python base; through a public base that is not bound, the bound ones behind it are.
Python wants one order of all bases (C3); where C++ has none to offer, the last ones are no Python bases.
A base that an object has twice converts neither in C++ nor in Python: which one would be meant?

    struct Left : Top {}; struct Right : Top {}; struct Bottom : Left, Right {};   // Bottom has two Tops
    struct Left : virtual Top {}; ...                                              // one Top: found by a cast
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

from dovetail import model, plan
from dovetail.model import Access
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.std_exceptions import STD_EXCEPTIONS


@final
@dataclass(slots=True, kw_only=True)
class Reached:
    """What is known of one class above another, over all paths to it."""

    objects: set[tuple[str, ...]] = field(default_factory=set)
    """Which of its objects: the path from the last virtual base on. More than one: it is ambiguous."""
    offset: int | None = None
    virtual: bool = False


def decide_bases(draft: Draft) -> None:
    """Pass: Python bases, how they are reached, and who lends members."""
    classes = (*draft.model.classes, *(entry.model for entry in draft.used))
    draft.known.update({c.type.bare: c for c in classes} | {c.qualified: c for c in classes})
    made: dict[str, type] = {}
    for entry in (*draft.used, *draft.all_classes()):
        _decide(draft, entry, made)


def _decide(draft: Draft, entry: ClassDraft, made: dict[str, type]) -> None:
    if entry.cpp in made:
        return
    direct, entry.lenders = split(draft, entry)
    for base in direct:
        _decide(draft, base, made)
    found = reach(draft.known, entry.model)
    above = {b.cpp for each in direct for b in _above(draft, each)}
    direct = [b for b in direct if b.cpp not in above and len(found[b.cpp].objects) == 1]
    order = _in_one_order(draft, entry, [*direct, *std_bases(draft, entry, direct)], made)
    entry.bases = [_upcast(base, found[base.cpp]) for base in order if isinstance(base, ClassDraft)]
    entry.builtins = tuple(base for base in order if isinstance(base, str))
    entry.lenders = [each for each in entry.lenders if len(found[each.qualified].objects) == 1]
    if not entry.raised:
        _decide_casts(draft, entry, found)


def find_model(known: dict[str, model.Class], base: model.Base) -> model.Class | None:
    return known.get(base.type.bare) or known.get(base.type.declaration or "")


def reach(known: dict[str, model.Class], class_: model.Class) -> dict[str, Reached]:
    """All that an object of the class is, whoever may see it."""
    found: dict[str, Reached] = {}

    def walk(at: model.Class, path: tuple[str, ...], offset: int | None, virtual: bool) -> None:
        for base in at.bases:
            above = find_model(known, base)
            if above is None:
                continue
            inner = (above.qualified,) if base.virtual else (*path, above.qualified)
            entry = found.setdefault(above.qualified, Reached())
            entry.objects.add(inner)
            entry.virtual |= virtual or base.virtual
            fixed = not entry.virtual and offset is not None and base.offset is not None
            entry.offset = (offset or 0) + (base.offset or 0) if fixed else None
            walk(above, inner, entry.offset, entry.virtual)

    walk(class_, (class_.qualified,), 0, False)
    return found


def split(draft: Draft, entry: ClassDraft) -> tuple[list[ClassDraft], list[model.Class]]:
    """The nearest bound public bases, in order; and those without a Python class, which lend their members."""
    direct: list[ClassDraft] = []
    lenders: list[model.Class] = []
    queue = [b for b in entry.model.bases if b.access is Access.PUBLIC]
    while queue:
        base = queue.pop(0)
        bound = draft.find_class(base.type)
        above = find_model(draft.known, base)
        if bound is not None and bound.raised == entry.raised:
            if bound not in direct and bound is not entry:
                direct.append(bound)
        elif above is not None and above not in lenders:
            lenders.append(above)
            queue = [*(b for b in above.bases if b.access is Access.PUBLIC), *queue]
    return direct, lenders


def std_bases(draft: Draft, entry: ClassDraft, direct: list[ClassDraft]) -> tuple[str, ...]:
    """The Python classes of the std exceptions that an exception derives from, past those of its bound bases; or the
    one that a rule says."""
    if not entry.raised:
        return ()
    if entry.view.rule.base:
        return (entry.view.rule.base,)
    names = [b.type.declaration or b.type.bare for c in (entry.model, *entry.lenders) for b in c.bases]
    found = [STD_EXCEPTIONS.get(name, "RuntimeError") for name in names if name.startswith("std::")]
    special = [name for name in found if name != "RuntimeError"]
    return tuple(dict.fromkeys(special)) if special else () if direct else ("RuntimeError",)


def _above(draft: Draft, entry: ClassDraft) -> Iterator[ClassDraft]:
    for base in entry.bases:
        yield draft.classes[base.cpp]
        yield from _above(draft, draft.classes[base.cpp])


def _upcast(base: ClassDraft, reached: Reached) -> plan.Upcast:
    return plan.Upcast(base=base.path, cpp=base.cpp, offset=reached.offset, virtual=reached.virtual)


def _in_one_order(
    draft: Draft, entry: ClassDraft, direct: list[ClassDraft | str], made: dict[str, type]
) -> list[ClassDraft | str]:
    """As many of the bases as Python can put in one order; the others lend their members. Python itself is asked."""
    kept = list(direct)
    while True:
        types = [getattr(builtins, b) if isinstance(b, str) else made[b.cpp] for b in kept]
        # What another base is already.
        kept = [b for b, own in zip(kept, types, strict=True) if not any(issubclass(t, own) for t in types if t != own)]
        types = [getattr(builtins, b) if isinstance(b, str) else made[b.cpp] for b in kept]
        try:
            made[entry.cpp] = type(entry.name, tuple(types), {})
        except TypeError:
            dropped = kept.pop()
            name = dropped if isinstance(dropped, str) else dropped.cpp
            if not isinstance(dropped, str):
                entry.lenders.append(dropped.model)
            reason = (
                f"`{name}` is no Python base of it: Python has no one order, or no one layout, for all of its bases"
            )
            if not entry.module:
                draft.skip(entry.cpp, "class", "DV035", reason, entry.model.span, counts=False)
        else:
            return kept


def _decide_casts(draft: Draft, entry: ClassDraft, found: dict[str, Reached]) -> None:
    """How each bound base is reached, where not all begin where the object does."""
    above = list({id(each): each for each in _above(draft, entry)}.values())
    twice = [each for each in above if len(found[each.cpp].objects) > 1]
    for each in twice:
        reason = f"it has more than one `{each.cpp}`, and converts to none of them"
        if not entry.module:
            draft.skip(entry.cpp, "class", "DV085", reason, entry.model.span, counts=False)
    entry.ambiguous = tuple(each.path for each in twice)
    casts = [_upcast(each, found[each.cpp]) for each in above if each not in twice]
    if len(entry.bases) > 1 or twice or any(cast.offset != 0 for cast in casts):
        entry.casts = tuple(casts)


def member_names(class_: model.Class) -> set[str]:
    return {method.name for method in class_.methods} | {field.name for field in class_.fields}


def find_lent(draft: Draft, entry: ClassDraft) -> dict[str, str]:
    """Names of members -> the class above that declares them. What two branches declare is ambiguous, and in none."""
    declared: dict[str, list[model.Class]] = {}
    for qualified in reach(draft.known, entry.model) if entry.lenders else ():
        class_ = draft.known[qualified]
        for name in member_names(class_):
            declared.setdefault(name, []).append(class_)
    found = {}
    for name, classes in declared.items():
        hidden = {above for class_ in classes for above in reach(draft.known, class_)}
        nearest = [class_.qualified for class_ in classes if class_.qualified not in hidden]
        if len(nearest) == 1:
            found[name] = nearest[0]
    return found
