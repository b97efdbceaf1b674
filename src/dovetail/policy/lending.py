"""Lending: values that look into the object which gave them, such as iterators, handles and views.

In: the types of results, classes of the model.  Out: whether a value may look elsewhere; `Result.lent`.
Must not know: how anything is kept alive.

    xml_node first_child() const;          // struct xml_node { xml_node_struct* root; }: it looks into the document

A class that holds pointers, references or views looks elsewhere, and so does one with such a field or base, and a
container, an optional, a pair or a tuple of these. Not so a class whose own destructor is what ends its objects: it
owns what it points to.
`returns = "own"` or `"copy"` says that a value stands by itself.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import TABLE, Passing, take_apart
from dovetail.model import Type, TypeKind
from dovetail.plan import Return
from dovetail.policy.draft import Draft
from dovetail.policy.rules import View

POINTERS = (TypeKind.POINTER, TypeKind.LVALUE_REFERENCE)
VIEWS = ("std::span", "std::basic_string_view", "std::string_view", "std::reference_wrapper")

WRAPPERS = ("std::optional", "std::pair", "std::tuple", "std::variant", "std::expected")
"""What they hold lies in them."""


def lend(draft: Draft, function: model.Function, result: plan.Result, view: View) -> plan.Result:
    """The result of a method, marked where it may look into self."""
    looks = result.how is Return.VALUE and looks_elsewhere(draft, function.returns)
    return replace(result, lent=True) if looks and view.rule.returns is None else result


def looks_elsewhere(draft: Draft, given: Type) -> bool:
    """A result by value that is an object in Python, of a class or a container, or may have some in it."""
    core, passing = take_apart(given)
    if passing not in (Passing.VALUE, Passing.RVALUE) or core.kind is not TypeKind.RECORD:
        return False
    row = TABLE.get(core.declaration or "")
    elements = [a for a in core.arguments if isinstance(a, Type)]
    if core.declaration in WRAPPERS:
        return any(looks_elsewhere(draft, e) for e in elements)
    if row is None or not row.container:
        return points_elsewhere(draft, core)
    return any(points_to_class(draft, e) or points_elsewhere(draft, e) for e in elements)


def points_to_class(draft: Draft, element: Type) -> bool:
    target = element.target if element.kind is TypeKind.POINTER else None
    return target is not None and draft.find_class(target) is not None


def points_elsewhere(draft: Draft, given: Type, depth: int = 8) -> bool:
    """A class that holds pointers or references which are not its own."""
    if given.kind is not TypeKind.RECORD or depth == 0:
        return False
    class_ = find_facts(draft, given)
    if given.declaration in WRAPPERS:
        parts = [a for a in given.arguments if isinstance(a, Type)]
    else:
        parts = parts_of(class_) if class_ is not None else []
    if any(points_elsewhere(draft, part, depth - 1) for part in parts):
        return True
    owner = class_ is not None and frees_itself(draft, class_)
    return not owner and any(p.kind in POINTERS or p.declaration in VIEWS for p in parts)


def find_facts(draft: Draft, given: Type) -> model.Class | None:
    """A class of the model, also one that is not bound: what is in a private namespace points as well."""
    entry = draft.find_class(given)
    return entry.model if entry is not None else draft.known.get(given.bare)


def parts_of(class_: model.Class) -> list[Type]:
    return [*(f.type for f in class_.fields if not f.static), *(b.type for b in class_.bases)]


def frees_itself(draft: Draft, class_: model.Class) -> bool:
    """Its destructor does something that those of its fields and bases do not."""
    if class_.traits.trivially_destructible:
        return False
    records = [p for p in parts_of(class_) if p.kind is TypeKind.RECORD and p.declaration not in VIEWS]
    known = [draft.find_class(p) for p in records]
    return all(entry is not None and entry.model.traits.trivially_destructible for entry in known)
