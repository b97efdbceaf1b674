"""Ranges: what an iterator of the headers or of the standard library gives.

In: the type of an iterator.  Out: the type of `*iterator`, and the classes that only ranges make public.
Must not know: how iteration is written.

The elements of a public range are public wherever their class is declared: yaml-cpp hands out `detail::iterator_value`.
"""

from __future__ import annotations

from dovetail.convert import Passing, strip, take_apart
from dovetail.model import Access, FunctionKind, Module, Type, TypeKind, is_private
from dovetail.policy.fields import reference_to

ITERATORS = ("__normal_iterator", "_iterator", "_Node_iterator", "__wrap_iter", "_const_iterator")


def find_elements(module: Module) -> set[str]:
    """Canonical names of the classes in private namespaces that public ranges consist of."""
    found: set[str] = set()
    for class_ in module.classes:
        if is_private(class_.qualified) or class_.access is not Access.PUBLIC:
            continue
        for method in class_.methods:
            ranged = method.name == "begin" and not method.params and method.kind is FunctionKind.METHOD
            element = element_of(module, method.returns) if ranged and method.access is Access.PUBLIC else None
            if element is not None:
                found.add(strip(element).bare)
    return {name for name in found if is_private(name)}


def element_of(module: Module, iterator: Type) -> Type | None:
    """What dereferencing an iterator gives; None where the headers do not say."""
    core, passing = take_apart(iterator)
    if passing in (Passing.POINTER, Passing.CONST_POINTER):
        return reference_to(core, False)
    owner = next((c for c in module.classes if core.bare in (c.type.bare, c.qualified)), None)
    if owner is not None:
        star = [m for m in owner.methods if m.name == "operator*" and not m.params and m.access is Access.PUBLIC]
        return star[0].returns if star else None
    inner = next((a for a in core.arguments if isinstance(a, Type)), None)
    if inner is None or not (core.declaration or "").startswith(("std::", "__gnu_cxx::")):
        return None
    if inner.kind is TypeKind.POINTER and inner.target is not None:
        return reference_to(inner.target, False)
    constant = "const_iterator" in (core.declaration or "")
    return reference_to(inner, constant) if any(i in (core.declaration or "") for i in ITERATORS) else None
