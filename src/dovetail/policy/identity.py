"""Identity: which classes must be found again by address, which live in containers, what a base pointer may be.

In: a draft with all overloads.  Out: `Identity`.  Must not know: how the registry works.

A class is tracked if something hands out references or pointers to it or to a base of it, or if it or a base has fields
that hold callables, as these may hold the object. So what derives from a tracked class is tracked, as Python wants of
classes that its collector knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from dovetail import plan
from dovetail.plan import Hold, Pass, Return
from dovetail.policy.classes import ancestors
from dovetail.policy.draft import ClassDraft, Draft

FIXED = frozenset({"array"})
SMART = frozenset({"unique", "shared", "weak"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    tracked: frozenset[str]
    """Python paths."""
    elements: frozenset[str]
    derived: dict[str, tuple[str, ...]]
    """C++ names of bound derived classes by that of the base, most derived first."""


def find_identity(draft: Draft) -> Identity:
    family: dict[str, set[str]] = {}
    depth: dict[str, int] = {}
    derived: dict[str, list[ClassDraft]] = {}
    tracked: set[str] = set()
    for entry in (*(used for used in draft.used if not used.raised), *draft.own_classes()):
        above = ancestors(draft, entry)
        if entry.tracked or any(base.tracked for base in above):
            tracked.add(entry.path)
        if draft.settings.shared and not entry.module:
            tracked.add(entry.path)
        depth[entry.cpp] = len(above)
        for base in above:
            family.setdefault(base.path, set()).add(entry.path)
            if base.model.traits.polymorphic and has_type_info(draft, entry):
                derived.setdefault(base.cpp, []).append(entry)
    for path in (*lent_paths(draft), *keepers(draft)):
        tracked |= {path} | family.get(path, set())
    for result in results(draft):
        if result.value is None:
            continue
        handed = result.how in (Return.BORROW, Return.OWN) or result.value.converter in SMART
        if handed:
            path = result.value.gives.removesuffix(" | None")
            tracked |= {path} | family.get(path, set())
    for entry in draft.own_classes():
        if entry.iterates is not None and entry.iterates.converter == "class":
            tracked |= {entry.iterates.gives} | family.get(entry.iterates.gives, set())
    for entry in draft.own_classes():
        if any(is_callable_field(a) for a in entry.accessors):
            tracked |= {entry.path} | family.get(entry.path, set())
    outputs = {p.value.gives for o in overloads(draft) for p in o.params if p.out and p.value.converter == "class"}
    for path in outputs:
        tracked |= {path} | family.get(path, set())
    elements = {
        e.gives for c in draft.containers.values() if c.kind not in FIXED for e in c.elements if e.converter == "class"
    }
    return Identity(
        tracked=frozenset(tracked),
        elements=frozenset(elements),
        derived={
            cpp: tuple(e.cpp for e in sorted(entries, key=lambda e: -depth[e.cpp])) for cpp, entries in derived.items()
        },
    )


def is_callable_field(accessor: plan.Accessor) -> bool:
    """What a Python callable can be stored in."""
    value = accessor.read.result.value
    return not accessor.static and value is not None and "std::function<" in value.cpp and accessor.write is not None


def keepers(draft: Draft) -> Iterator[str]:
    """Classes whose objects keep Python objects that may lead back to them, so that the collector must look: what
    overrides return, and objects of classes that Python derives from."""
    derivable = {entry.path for entry in draft.own_classes() if entry.slots}
    for entry in draft.own_classes():
        if any(s.virtual.kept and s.virtual.result and s.virtual.result.converter == "class" for s in entry.slots):
            yield entry.path
        for bucket in (*entry.methods.values(), *([entry.constructors] if entry.constructors else ())):
            kept = (p.value.takes for c in bucket.candidates for p in c.overload.params if p.kept_by == "self")
            if any(takes.removesuffix(" | None") in derivable for takes in kept):
                yield entry.path


def all_virtuals(draft: Draft) -> Iterator[plan.Virtual]:
    """What Python overrides, in every class."""
    for entry in draft.own_classes():
        yield from (slot.virtual for slot in entry.slots)


def lent_paths(draft: Draft) -> set[str]:
    """Python paths of the classes to whose objects overrides get references."""
    given = (p.value for v in all_virtuals(draft) for p in v.params if p.how in (Pass.GIVE, Pass.GET))
    return {value.gives.removesuffix(" | None") for value in given if value.converter == "class"}


def has_type_info(draft: Draft, entry: ClassDraft) -> bool:
    """`dynamic_cast` needs the type_info, which a library may keep to itself."""
    class_ = entry.model
    hidden = draft.exports is not None and class_.key_function is not None and class_.typeinfo not in draft.exports
    return class_.traits.polymorphic and not hidden


def overloads(draft: Draft) -> Iterator[plan.Overload]:
    """All callables; constructors too."""
    for entry in draft.own_classes():
        for bucket in (*entry.methods.values(), *([entry.constructors] if entry.constructors else ())):
            yield from (c.overload for c in bucket.candidates)
    for bucket in draft.functions.values():
        yield from (c.overload for c in bucket.candidates)


def results(draft: Draft) -> Iterator[plan.Result]:
    yield from (o.result for o in overloads(draft))
    for entry in draft.own_classes():
        yield from (a.read.result for a in entry.accessors)
    yield from (v.accessor.read.result for v in draft.variables)


def values(draft: Draft) -> Iterator[plan.Value]:
    """What crosses the border by itself, and the elements of containers."""
    yield from (p.value for o in overloads(draft) for p in o.params)
    yield from (r.value for r in results(draft) if r.value is not None)
    for virtual in all_virtuals(draft):
        yield from (p.value for p in virtual.params)
        if virtual.result is not None:
            yield virtual.result
    yield from (e for container in draft.containers.values() for e in container.elements)


def settle_holds(draft: Draft) -> None:
    """Pass: what C++ takes over by unique_ptr and cannot be moved must be on the heap from the start."""
    taken = {p.value.takes.removesuffix(" | None") for o in overloads(draft) for p in o.params if p.transfers}
    for virtual in all_virtuals(draft):
        if virtual.result is not None and (virtual.owns or virtual.result.converter == "unique"):
            taken.add(virtual.result.takes.removesuffix(" | None"))
    taken |= {path for value in values(draft) for callback in value.callbacks for path in callback.taken}
    for entry in draft.own_classes():
        names = {entry.path, *(base.path for base in ancestors(draft, entry))}
        if names & taken and not entry.model.traits.move_constructible and entry.hold is Hold.INLINE:
            entry.hold = Hold.HEAP
