"""Flat classes: values that compiled code has as their bytes alone.

In: class drafts, and what is given by value.  Out: the C++ names of flat classes.  Must not know: native signatures.

    for (Item item : row.items()) …      // an Items and each Item are some bytes in registers, not objects on the heap

A class that ranges give, or that looks into the object which gave it, is flat where nobody can tell one copy of it from
another: it is copied and ended by nothing at all, small, no method changes it, and nothing that it gives may point into
it. What it points at lies elsewhere, unless it has a part of that very type. (A pointer to characters that is cast from
`this` is not seen.)
"""

from __future__ import annotations

from collections.abc import Iterator

from dovetail import model
from dovetail.convert import strip
from dovetail.model import Access, FunctionKind, Type, TypeKind
from dovetail.policy.draft import Draft
from dovetail.policy.lending import POINTERS, VIEWS, find_facts, parts_of
from dovetail.policy.ranges import element_of

_LARGEST, _WIDEST = 64, 16
_RANGE = frozenset({"begin", "end", "cbegin", "cend", "rbegin", "rend", "crbegin", "crend"})


def find_flat(draft: Draft) -> frozenset[str]:
    """The C++ names of those that something here gives."""
    given = set(_given(draft))
    return frozenset(e.cpp for e in draft.own_classes() if e.cpp in given and not e.raised and is_flat(draft, e.model))


def _given(draft: Draft) -> Iterator[str]:
    for entry in draft.own_classes():
        if entry.iterates is not None:
            yield entry.iterates.cpp
        for bucket in entry.methods.values():
            for candidate in bucket.candidates:
                result = candidate.overload.result
                if result.lent and result.value is not None:
                    yield result.value.cpp


def is_flat(draft: Draft, class_: model.Class) -> bool:
    traits = class_.traits
    if not (traits.trivially_copyable and traits.trivially_destructible and traits.destructible and class_.complete):
        return False
    if (class_.size or _LARGEST + 1) > _LARGEST or (class_.align or _WIDEST + 1) > _WIDEST or class_.union:
        return False
    inside = set(_inside(draft, class_.type, class_))
    shown = [f.type for f in class_.fields if f.access is Access.PUBLIC and not f.static]
    if any(each.kind in (TypeKind.RECORD, TypeKind.ARRAY) or not _stays(draft, each, inside) for each in shown):
        return False
    return all(_is_harmless(draft, class_, m, inside) for m in class_.methods)


def _is_harmless(draft: Draft, class_: model.Class, method: model.Function, inside: set[str]) -> bool:
    """It changes no object, and gives nothing that may lie in one."""
    usual = method.access is Access.PUBLIC and not method.deleted
    if not usual or method.kind not in (FunctionKind.METHOD, FunctionKind.CONVERSION) or method.name == "operator=":
        return True
    if not method.const:
        twins = (m for m in class_.methods if m.name == method.name and m.const and len(m.params) == len(method.params))
        return next(twins, None) is not None
    if method.name in _RANGE and not method.params:
        element = element_of(draft.model, method.returns)
        return element is None or _stays(draft, element, inside)
    return _stays(draft, method.returns, inside)


def _inside(draft: Draft, given: Type, class_: model.Class | None, depth: int = 8) -> Iterator[str]:
    """The types of an object and of all its parts."""
    if depth == 0:
        return
    if given.kind is TypeKind.ARRAY and given.target is not None:
        yield from _inside(draft, given.target, find_facts(draft, given.target), depth - 1)
        return
    yield given.bare
    arguments = [a for a in given.arguments if isinstance(a, Type)]
    for part in parts_of(class_) if class_ is not None else arguments:
        yield from _inside(draft, part, find_facts(draft, part), depth - 1)


def _stays(draft: Draft, given: Type, inside: set[str], depth: int = 8) -> bool:
    """What a result points at is no part of the object."""
    if given.kind in (*POINTERS, TypeKind.RVALUE_REFERENCE):
        return given.target is None or _lies_elsewhere(given.target, inside)
    if given.kind is TypeKind.ARRAY:
        return given.target is None or _stays(draft, given.target, inside, depth - 1)
    if given.kind is not TypeKind.RECORD:
        return True
    arguments = [a for a in given.arguments if isinstance(a, Type)]
    if given.declaration in VIEWS:
        return all(_lies_elsewhere(each, inside) for each in arguments)
    class_ = find_facts(draft, given)
    if depth == 0 or (class_ is None and not (given.declaration or "").startswith("std::")):
        return False
    parts = parts_of(class_) if class_ is not None else arguments
    return all(_stays(draft, part, inside, depth - 1) for part in parts)


def _lies_elsewhere(target: Type, inside: set[str]) -> bool:
    return target.kind is not TypeKind.VOID and strip(target).bare not in inside and target.bare not in inside
