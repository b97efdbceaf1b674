"""Types of other modules: what a used module has bound is not bound again.

In: the model; what used modules share.  Out: the model without their declarations; `ClassDraft`s with `module`, enums
and names of containers.  Must not know: files, how the other module was built.

A declaration is another module's where it stands in one of that module's headers, or where that module has bound its
type. Of these, types are known by their path there (`a.Shape`), and everything else is left to that module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

from dovetail import model as facts
from dovetail import plan
from dovetail.diagnostics import NO_SPAN
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.enums import make_enum


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What one used module shares, and which of the files read here are its headers."""

    shared: plan.Shared
    files: frozenset[str] = frozenset()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Declarations that are another module's."""

    model: facts.Module
    """What is left."""
    classes: tuple[facts.Class, ...]
    enums: tuple[facts.Enum, ...]
    unbound: tuple[str, ...]
    types: Mapping[str, plan.SharedType]


def set_aside(module: facts.Module, used: Sequence[Used]) -> Aside:
    types = {each.cpp: each for one in used for each in one.shared.types}
    files = frozenset().union(*(one.files for one in used))
    classes = tuple(c for c in module.classes if c.qualified in types or c.type.bare in types)
    enums = tuple(e for e in module.enums if e.qualified in types)
    # What the other module knows by its declaration alone may be defined in any header, also in one of our own.
    defined = [c for c in classes if not c.template and not find_shared(types, c).opaque]
    files |= {c.span.path for c in defined} | {e.span.path for e in enums}
    shown = {id(d) for d in (*classes, *enums)}

    def own(path: str) -> bool:
        return path not in files

    return Aside(
        model=replace(
            module,
            classes=tuple(c for c in module.classes if id(c) not in shown and own(c.span.path)),
            enums=tuple(e for e in module.enums if id(e) not in shown and own(e.span.path)),
            functions=tuple(f for f in module.functions if own(f.span.path)),
            variables=tuple(v for v in module.variables if own(v.span.path)),
            macros=tuple(m for m in module.macros if own(m.span.path)),
            aliases=tuple(a for a in module.aliases if own(a.span.path)),
            templates=tuple(t for t in module.templates if own(t.span.path)),
            unread=tuple(u for u in module.unread if own(u.span.path)),
        ),
        classes=classes,
        enums=enums,
        unbound=tuple(c.qualified for c in module.classes if id(c) not in shown and not own(c.span.path)),
        types=types,
    )


def find_shared(types: Mapping[str, plan.SharedType], class_: facts.Class) -> plan.SharedType:
    return types.get(class_.qualified) or types[class_.type.bare]


def decide_used(draft: Draft, aside: Aside) -> None:
    """What the other modules have, into the draft: before any pass."""
    types = aside.types
    for class_ in aside.classes:
        shared = find_shared(types, class_)
        scope, _, name = f"{shared.module}.{shared.path}".rpartition(".")
        entry = ClassDraft(
            model=replace(class_, complete=False, traits=facts.Traits()) if shared.opaque else class_,
            name=name,
            scope=scope,
            module=shared.module,
            raised=shared.kind == "exception",
            hold=plan.Hold(shared.hold),
            tracked=shared.tracked,
            no_constructor="another module makes it",
        )
        draft.used.append(entry)
        for key in (class_.qualified, class_.type.bare):
            draft.classes.setdefault(key, entry)
            draft.paths.setdefault(key, entry.path)
    for enum_ in aside.enums:
        shared = types[enum_.qualified]
        scope, _, name = f"{shared.module}.{shared.path}".rpartition(".")
        draft.enums[enum_.qualified] = replace(make_enum(enum_, name, scope), module=shared.module)
    for shared in types.values():
        if shared.kind == "container":
            scope, _, name = f"{shared.module}.{shared.path}".rpartition(".")
            draft.container_names[shared.cpp] = (scope, name, NO_SPAN)
            draft.container_modules[shared.cpp] = shared.module
    for cpp in aside.unbound:
        draft.unbound.setdefault(cpp, ("DV046", f"`{cpp}` is not bound in the module that is used"))


def mentioned_types(module: plan.Module) -> frozenset[str]:
    """Paths of used types that something of the module's own needs: the others are not asked for at import."""
    records: tuple[plan.Class | plan.Container | plan.Enum | plan.Raised, ...]
    records = (*module.classes, *module.containers, *module.enums, *module.raised)
    paths = {f"{record.scope}.{record.name}": record for record in records if record.module}
    own = replace(
        module,
        classes=tuple(c for c in module.classes if not c.module),
        containers=tuple(c for c in module.containers if not c.module),
        enums=(),
        raised=tuple(r for r in module.raised if not r.module),
    )
    text = plan.dump(own)
    needed: set[str] = set()
    todo = [path for path in paths if path in text] + [
        path for path, record in paths.items() if record in module.raised
    ]
    while todo:
        path = todo.pop()
        if path in paths and path not in needed:
            needed.add(path)
            todo += _leads_to(paths[path], module)
    return frozenset(needed)


def _leads_to(record: plan.Class | plan.Container | plan.Enum | plan.Raised, module: plan.Module) -> list[str]:
    """Bases, and what a pointer to it may turn out to be."""
    match record:
        case plan.Class():
            derived = [f"{each.scope}.{each.name}" for each in module.classes if each.cpp in record.derived]
            return [*(cast.base for cast in (*record.bases, *record.casts)), *record.ambiguous, *derived]
        case plan.Raised():
            return [record.base, *record.more_bases]
        case plan.Container():
            return [element.gives for element in record.elements]
        case _:
            return []
