"""Assembly: the draft frozen into a plan.

In: a draft after all passes.  Out: `plan.Module`.  Must not know: any decision; it only writes them down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePath

from dovetail import model, plan
from dovetail.policy.documentation import clean
from dovetail.policy.draft import Bucket, ClassDraft, Draft
from dovetail.policy.exceptions import keep_callable, make_raised
from dovetail.policy.failures import make_errors
from dovetail.policy.flat import find_flat
from dovetail.policy.identity import Identity, find_identity
from dovetail.policy.layout import find_layout, find_unbound
from dovetail.policy.names import unique
from dovetail.policy.natives import add_natives
from dovetail.policy.raw_natives import find_raw_natives
from dovetail.policy.report import count
from dovetail.policy.threads import lock_accessors, lock_methods
from dovetail.policy.ufuncs import decide_ufuncs
from dovetail.policy.used import mentioned_types
from dovetail.policy.virtuals import freeze_virtuals, has_own_memory


def assemble(draft: Draft) -> plan.Module:
    """The plan, in the model's order: bases before derived, outer before nested."""
    identity = find_identity(draft)
    flat, unbound = find_flat(draft), find_unbound(draft)
    raised = [c for c in (*draft.used, *draft.all_classes()) if c.raised]
    functions = [freeze(b, draft.taken.setdefault(b.scope, set())) for b in draft.functions.values() if b.candidates]
    made = plan.Module(
        name=draft.settings.name,
        includes=draft.model.headers,
        doc=clean(draft.model.comment) or clean(draft.model.namespace_comments.get(draft.namespace, "")),
        submodules=tuple(draft.submodules),
        enums=tuple(draft.enums.values()),
        classes=tuple(
            freeze_class(draft, c, identity, flat, unbound)
            for c in (*(u for u in draft.used if not u.raised), *draft.own_classes())
        ),
        containers=tuple(draft.containers.values()),
        formats=tuple((cpp, text) for cpp, text in draft.formats.items() if text is not None),
        raised=(*(freeze_raised(draft, c) for c in raised), *make_errors(draft)),
        functions=tuple(functions),
        constants=tuple(draft.constants),
        variables=tuple(draft.variables),
        aliases=tuple(draft.aliases),
        skipped=_in_reading_order(draft),
        counts=count(draft),
        hidden_by=find_hiding(draft.model),
        foreign=tuple(sorted(draft.foreign)),
    )
    made = without_unused(made) if draft.used or draft.container_modules else made
    made = decide_ufuncs(draft, made)
    return add_natives(made, find_raw_natives(draft)) if draft.settings.native else made


def find_hiding(module: model.Module) -> tuple[str, ...]:
    """`gzgetc` is a function and a macro; the wrapper of `deflateInit_` is named like the macro that calls it."""
    names = {each.name for each in module.functions} | {each.name for each in module.classes}
    names |= {method.name for each in module.classes for method in each.methods}
    names |= {name.strip("_") for name in names}
    return tuple(name for name in module.calling_macros if name in names)


def without_unused(module: plan.Module) -> plan.Module:
    """Types of other modules stay where something here needs them."""
    needed = mentioned_types(module)

    def stays(record: plan.Class | plan.Container | plan.Enum | plan.Raised) -> bool:
        return not record.module or f"{record.scope}.{record.name}" in needed

    return replace(
        module,
        enums=tuple(filter(stays, module.enums)),
        classes=tuple(filter(stays, module.classes)),
        containers=tuple(filter(stays, module.containers)),
        raised=tuple(filter(stays, module.raised)),
    )


def freeze(bucket: Bucket, taken: set[str]) -> plan.Function:
    return plan.Function(
        name=unique(bucket.name, taken),
        scope=bucket.scope,
        overloads=tuple(c.overload for c in bucket.candidates),
        cpp=bucket.cpp,
        reflected=bucket.reflected,
        ends=bucket.ends,
        awaits=bucket.awaits,
    )


def freeze_raised(draft: Draft, entry: ClassDraft) -> plan.Raised:
    methods = freeze_methods(draft, entry, keep_callable(entry.methods).values())
    return make_raised(draft, entry, freeze_constructors(entry), methods)


def freeze_constructors(entry: ClassDraft) -> plan.Function | None:
    found = entry.constructors if entry.constructors and entry.constructors.candidates else None
    return freeze(found, set()) if found else None


def freeze_methods(draft: Draft, entry: ClassDraft, buckets: Iterable[Bucket]) -> tuple[plan.Function, ...]:
    taken = draft.taken.setdefault(entry.path, set())
    return tuple(freeze(b, taken) for b in buckets if b.candidates)


def freeze_class(
    draft: Draft,
    entry: ClassDraft,
    identity: Identity,
    flat: frozenset[str],
    unbound: Mapping[str, model.Class],
) -> plan.Class:
    class_, traits = entry.model, entry.model.traits
    constructors = freeze_constructors(entry)
    methods = lock_methods(draft, entry, freeze_methods(draft, entry, entry.methods.values()))
    usable = traits.destructible and not traits.abstract and not entry.destroy
    return plan.Class(
        name=entry.name,
        scope=entry.scope,
        cpp=entry.cpp,
        span=class_.span,
        hold=entry.hold,
        bases=tuple(entry.bases),
        casts=entry.casts,
        ambiguous=entry.ambiguous,
        constructors=constructors,
        no_constructor="" if constructors else entry.no_constructor,
        methods=methods,
        accessors=lock_accessors(entry),
        protocols=tuple(p for p in plan.Protocol if p in entry.protocols),
        iterates=entry.iterates,
        iterate_const=entry.iterate_const,
        iterate_lent=entry.iterate_lent,
        fields=entry.fields,
        copyable=traits.copy_constructible and usable,
        movable=traits.move_constructible and usable,
        subclassable=not traits.final,
        abstract=traits.abstract,
        tracked=entry.tracked if entry.module else entry.path in identity.tracked,
        element=entry.path in identity.elements,
        polymorphic=traits.polymorphic,
        derived=identity.derived.get(entry.cpp, ()),
        template=entry.template,
        arguments=entry.arguments,
        defaults=entry.defaults,
        spellings=entry.spellings,
        deprecated=class_.deprecated,
        doc=clean(class_.comment),
        nested=entry.nested,
        conduct=entry.conduct,
        destroy=entry.destroy,
        forwards=entry.forwards,
        opaque=not class_.complete,
        module=entry.module,
        virtuals=freeze_virtuals(entry, methods),
        flat=entry.cpp in flat,
        own_memory=bool(entry.slots) and has_own_memory(draft, class_),
        size=class_.size,
        layout=find_layout(class_, unbound),
    )


def _in_reading_order(draft: Draft) -> tuple[plan.Skipped, ...]:
    """By file as the headers were read, then by place: the same wherever the headers lie."""
    order = {path: index for index, path in enumerate(draft.model.files)}

    def place(item: plan.Skipped) -> tuple[int, str, int, int, str]:
        path = item.span.path
        return order.get(path, len(order)), PurePath(path).name, item.span.line, item.span.column, item.cpp

    return tuple(sorted(draft.skipped, key=place))
