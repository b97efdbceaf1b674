"""Virtual functions: which classes Python can derive from so that C++ calls it, and which functions it overrides.

In: selected classes with their bases.  Out: `ClassDraft.slots`, protected methods, `Draft.overridable`; DV080, DV081.
Must not know: how arguments and results cross (`overrides`).

A class can be derived from if it is polymorphic, not final, has a destructor that a derived class can call, is exported
with all its virtual functions, and if Python can override all that are pure. A C++ class is derived from each such
class that has a virtual function left to override; an object of it is made only where Python code derives.
What cannot be overridden is listed: DV080 for a function, DV081 for a class. A private virtual function that is not
pure cannot: nobody but the class itself can call C++'s own version, which is needed where Python does not override it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import final

from dovetail import model, plan
from dovetail.convert import Refusal
from dovetail.model import Access, FunctionKind, TypeKind
from dovetail.policy.draft import Candidate, ClassDraft, Draft, Slot
from dovetail.policy.exports import is_complete
from dovetail.policy.functions import attempt
from dovetail.policy.identity import has_type_info
from dovetail.policy.names import style
from dovetail.policy.overrides import decide_override
from dovetail.policy.rules import View, signature_of

Key = tuple[str, tuple[str, ...], bool, str]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The last override of a virtual function, seen from a class that has it."""

    function: model.Function
    base: str
    """The class that declares it."""
    access: Access
    ambiguous: bool = False
    """Two bases have one of their own."""


def decide_virtuals(draft: Draft) -> None:
    """Pass: what Python overrides in each class."""
    for entry in draft.own_classes():
        if not entry.model.traits.polymorphic or entry.model.union or not entry.model.complete:
            continue
        found = collect(entry.model, draft.known)
        reason = refuse_class(draft, entry, found)
        refused: list[tuple[model.Function, Refusal]] = []
        slots: list[Slot] = []
        if not reason:
            slots, refused = decide_slots(draft, entry, found)
            stuck = [f for f, _ in refused if f.pure]
            if stuck:
                why = next(r.reason for f, r in refused if f.pure)
                reason = f"it cannot override `{signature_of(stuck[0])}`: {why}"
        if reason:
            report_class(draft, entry, found, reason)
            continue
        own = [(f, r) for f, r in refused if f.scope == entry.cpp]
        for function, refusal in own:
            draft.skip(signature_of(function), "virtual", refusal.code, refusal.reason, function.span, counts=False)
        open_class(draft, entry, slots)


def decide_protected(draft: Draft) -> None:
    """Pass, after the methods: virtual functions that are not public are methods for Python's classes."""
    for entry in draft.own_classes():
        for slot in entry.slots:
            function = slot.function
            inherited = function.scope != entry.cpp and function.scope in draft.classes
            if slot.access is Access.PUBLIC or (inherited and function.pure):
                continue
            view = draft.rules.view(
                function.qualified, signature_of(function), function.annotations, function.scope, function.span
            )
            before = {id(c) for b in entry.methods.values() for c in b.candidates}
            keep = len(draft.containers)
            draft.uncounted.add((entry.path, id(function)))
            if attempt(draft, function, entry, view) is not None:
                draft.forget_containers(keep)
                continue
            for bucket in entry.methods.values():
                bucket.candidates = [c if id(c) in before else protect(c, slot) for c in bucket.candidates]


def protect(candidate: Candidate, slot: Slot) -> Candidate:
    overload = replace(
        candidate.overload, virtual=True, upcall=slot.virtual.base, pure=slot.function.pure, protected=True
    )
    return replace(candidate, overload=overload)


def collect(class_: model.Class, classes: dict[str, model.Class]) -> dict[Key, Found]:
    """The virtual functions of a class and its bases, each as its last override."""
    found: dict[Key, Found] = {}
    for base in class_.bases:
        above = classes.get(base.type.bare) or classes.get(base.type.declaration or "")
        for key, each in (collect(above, classes) if above is not None else {}).items():
            access = each.access if base.access is Access.PUBLIC else weaker(each.access, base.access)
            known = found.get(key)
            if known is not None and known.function is not each.function:
                found[key] = replace(known, ambiguous=True)
            else:
                found[key] = replace(each, access=access)
    for method in class_.methods:
        if method.kind not in (FunctionKind.METHOD, FunctionKind.CONVERSION):
            continue
        key = key_of(method)
        if method.implicit:  # from `using Base::f`
            if key in found:
                found[key] = replace(found[key], access=method.access)
        elif method.virtual or key in found:
            found[key] = Found(function=method, base=class_.qualified, access=method.access)
    return found


def key_of(function: model.Function) -> Key:
    params = tuple(p.type.canonical for p in function.params)
    return function.name, params, function.const, function.ref_qualifier.value


def weaker(own: Access, base: Access) -> Access:
    return base if base is Access.PRIVATE or own is Access.PUBLIC else own


def all_bases(class_: model.Class, classes: dict[str, model.Class]) -> Iterator[tuple[model.Base, model.Class | None]]:
    for base in class_.bases:
        above = classes.get(base.type.bare) or classes.get(base.type.declaration or "")
        yield base, above
        if above is not None:
            yield from all_bases(above, classes)


def refuse_class(draft: Draft, entry: ClassDraft, found: dict[Key, Found]) -> str:
    """Why Python cannot derive from a class; "" where it can."""
    class_ = entry.model
    end = class_.destructor
    if class_.traits.final:
        return "it is final"
    if end is not None and (end.access is Access.PRIVATE or end.deleted or end.final):
        return "a derived class could not be destroyed"
    if end is None and not class_.traits.destructible:
        return "it cannot be destroyed"
    if not has_type_info(draft, entry):
        return "its library keeps its type_info to itself"
    hidden = [f.function for f in found.values() if not f.function.pure]
    hidden += [end] if end is not None else []
    for function in hidden:
        if not is_complete(draft, function):
            return f"no linked library defines `{function.qualified}`, or what it calls"
    for base, above in all_bases(class_, draft.known):
        if base.virtual and not is_made_without_arguments(above):
            return f"its virtual base `{base.type.written}` would be made without arguments"
    pure = [f for f in found.values() if f.function.pure] or (end is not None and end.pure)
    if class_.traits.abstract and not pure:
        return "a base that these headers do not show has a pure virtual function"
    makers = [c for c in class_.constructors if c.access is not Access.PRIVATE and not c.deleted]
    if not makers and (class_.constructors or not has_implicit_constructor(class_, draft.known)):
        return "it has no constructor that a derived class could call"
    return ""


def is_made_without_arguments(above: model.Class | None) -> bool:
    """It has no other way to be made: then it does not matter which derived class makes it."""
    if above is None or (above.constructors and all(c.params for c in above.constructors)):
        return False
    copies = {f"{sign}{above.type.bare} {mark}" for sign in ("const ", "") for mark in ("&", "&&")}
    others = (c for c in above.constructors if c.params and c.params[0].type.canonical not in copies)
    return (above.traits.default_constructible or above.traits.abstract) and not any(others)


def has_implicit_constructor(class_: model.Class, classes: dict[str, model.Class]) -> bool:
    """Without arguments, for derived classes. Of an abstract class the type traits do not say."""
    if class_.constructors:
        return any(
            not any(p.default is None for p in c.params) and c.access is not Access.PRIVATE and not c.deleted
            for c in class_.constructors
        )
    if class_.traits.default_constructible:
        return True
    if not class_.traits.abstract and class_.traits.destructible:
        return False
    for field in class_.fields:
        of = classes.get(field.type.bare)
        reference = field.type.kind in (TypeKind.LVALUE_REFERENCE, TypeKind.RVALUE_REFERENCE)
        missing = reference or field.type.const or (of is not None and not of.traits.default_constructible)
        if missing and not field.static and not field.has_default:
            return False
    bases = [classes.get(b.type.bare) for b in class_.bases]
    return all(b is None or has_implicit_constructor(b, classes) for b in bases)


def report_class(draft: Draft, entry: ClassDraft, found: dict[Key, Found], reason: str) -> None:
    """What Python cannot derive from. A final class says so itself."""
    if entry.model.traits.abstract:
        entry.no_constructor = f"it is abstract, and Python cannot derive from it: {reason}"
    if found and not entry.model.traits.final:
        draft.skip(entry.cpp, "virtual", "DV081", reason, entry.model.span, counts=False)


def decide_slots(
    draft: Draft, entry: ClassDraft, found: dict[Key, Found]
) -> tuple[list[Slot], list[tuple[model.Function, Refusal]]]:
    slots: list[Slot] = []
    refused: list[tuple[model.Function, Refusal]] = []
    for each in found.values():
        function = each.function
        view = draft.rules.view(
            function.qualified, signature_of(function), function.annotations, function.scope, function.span
        )
        name = python_name(function, view)
        decided: plan.Virtual | Refusal
        if each.access is Access.PRIVATE and not function.pure:
            decided = Refusal(code="DV080", reason="it is private, so that C++'s own version cannot be called")
        elif each.ambiguous:
            decided = Refusal(code="DV080", reason="two bases have a function of this name")
        else:
            decided = decide_override(draft, function, view, name, each.base)
        if isinstance(decided, Refusal):
            refused.append((function, decided))
        else:
            slots.append(Slot(function=function, access=each.access, bucket=name, virtual=decided))
    return slots, refused


def python_name(function: model.Function, view: View) -> str:
    if function.name == "operator()":
        return "__call__"
    return view.rule.rename or style(function.name, view.rule.names)


def open_class(draft: Draft, entry: ClassDraft, slots: list[Slot]) -> None:
    """Python can derive from the class, even where it could not make an object of the class itself."""
    if not slots:
        return
    entry.slots = slots
    entry.no_constructor = ""
    bases = (above.qualified for _, above in all_bases(entry.model, draft.known) if above is not None)
    draft.overridable.update((entry.cpp, *bases))


def settle_virtuals(draft: Draft) -> None:
    """Pass, when constructors are known: without one there is nothing to derive from."""
    for entry in draft.own_classes():
        if not entry.slots or (entry.constructors is not None and entry.constructors.candidates):
            continue
        entry.slots = []
        for bucket in entry.methods.values():
            bucket.candidates = [c for c in bucket.candidates if not c.overload.protected]


def freeze_virtuals(entry: ClassDraft, methods: tuple[plan.Function, ...]) -> tuple[plan.Virtual, ...]:
    """With the names that methods got in the end."""
    buckets = [b for b in entry.methods.values() if b.candidates]
    final_names = {b.name: f.name for b, f in zip(buckets, methods, strict=True)}
    return tuple(replace(s.virtual, name=final_names.get(s.bucket, s.bucket)) for s in entry.slots)


def has_own_memory(draft: Draft, class_: model.Class) -> bool:
    """It, or a base, has operators new or delete, which derived classes would use."""
    family = (class_, *(above for _, above in all_bases(class_, draft.known) if above is not None))
    return any(m.name.startswith(("operator new", "operator delete")) for c in family for m in c.methods)
