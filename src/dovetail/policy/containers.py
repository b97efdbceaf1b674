"""Containers: each distinct std container that a signature uses is a Python type of its own.

In: container types as `convert` meets them, aliases of the header.  Out: `plan.Container` records.
Must not know: signatures.

The name is that of the header's alias (`using Paths = std::vector<std::string>` gives `Paths`), else it says what it
holds: `VectorInt`, `MapStringRow`, `VectorVectorDouble`. A container of numbers or of plain structs is a buffer.
"""

from __future__ import annotations

from dovetail import plan
from dovetail.convert import RECORDS, Conversion, Converter, strip
from dovetail.diagnostics import NO_SPAN
from dovetail.model import Access, Type, TypeKind
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.names import escape, noun, unique

TEMPLATES = frozenset(f"std::{row.container}" for row in RECORDS if row.container)
CONTIGUOUS = ("vector", "array")
INTEGERS = {1: "b", 2: "h", 4: "i", 8: "q"}
FLOATS = {4: "f", 8: "d", 16: "g"}


def decide_containers(draft: Draft) -> None:
    """Pass: aliases name containers before the first signature asks for one."""
    for alias in draft.model.aliases:
        core = strip(alias.type)
        scope = draft.paths.get(alias.scope)
        fits = core.kind is TypeKind.RECORD and core.declaration in TEMPLATES
        if scope is None or not fits or alias.access is not Access.PUBLIC or core is not alias.type:
            continue
        view = draft.rules.view(alias.qualified, "", (), alias.scope)
        name = escape(view.rule.rename or alias.name)
        if not view.rule.skip and core.bare not in draft.container_names and name not in draft.taken.get(scope, ()):
            draft.container_names[core.bare] = (scope, name, alias.span)
            draft.taken.setdefault(scope, set()).add(name)


def make_container(
    draft: Draft, type_: Type, converter: Converter, elements: tuple[Conversion, ...], headers: tuple[str, ...]
) -> plan.Container:
    """The record of a container met for the first time."""
    known = {c.bare: c.path for c in _known_classes(draft)}
    known.update({cpp: f"{e.scope}.{e.name}" for cpp, e in draft.enums.items()})
    known.update({cpp: c.name for cpp, c in draft.containers.items()})
    if type_.bare in draft.container_names:
        scope, name, span = draft.container_names[type_.bare]
    else:
        scope, span = "", NO_SPAN
        name = unique(noun(type_, known), draft.taken.setdefault("", set()))
    inner = tuple(a for a in type_.arguments if isinstance(a, Type))
    container = plan.Container(
        name=name,
        cpp=type_.bare,
        kind=converter.container,
        elements=tuple(
            plan.Value(
                cpp=e.cpp,
                converter=e.converter,
                takes=e.takes,
                gives=e.gives,
                headers=e.headers,
                callbacks=e.callbacks,
            )
            for e in elements
        ),
        headers=headers,
        protocol=converter.protocol,
        buffer=buffer_format(draft, inner[0]) if converter.container in CONTIGUOUS and inner else None,
        copyable=all(is_copyable(draft, i) for i in inner[: len(elements)]),
        scope=scope,
        span=span,
        module=draft.container_modules.get(type_.bare, ""),
    )
    draft.containers[type_.bare] = container
    return container


class _Named:
    def __init__(self, bare: str, path: str) -> None:
        self.bare, self.path = bare, path


def _known_classes(draft: Draft) -> list[_Named]:
    return [_Named(key, entry.path) for key, entry in draft.classes.items()]


def is_copyable(draft: Draft, type_: Type) -> bool:
    """`vector<unique_ptr<T>>` claims to be copyable: only the elements tell."""
    core = strip(type_)
    if core.declaration == "std::unique_ptr":
        return False
    entry = draft.find_class(core)
    if entry is not None:
        return entry.model.traits.copy_constructible
    return all(is_copyable(draft, a) for a in core.arguments if isinstance(a, Type))


def buffer_format(draft: Draft, type_: Type) -> str | None:
    """The struct format of an element: `d`, `T{i:id:4xd:weight:}`; None where it is not plain."""
    if type_.kind is TypeKind.INTEGER and type_.size in INTEGERS:
        code = INTEGERS[type_.size]
        return code if type_.signed else code.upper()
    if type_.kind is TypeKind.FLOAT and type_.size in FLOATS:
        return FLOATS[type_.size]
    if type_.kind is TypeKind.RECORD:
        entry = draft.find_class(type_)
        return record_format(draft, entry) if entry is not None else None
    return None


def record_format(draft: Draft, entry: ClassDraft) -> str | None:
    """The format of a plain struct: all fields public, plain and at known offsets."""
    class_ = entry.model
    plain = class_.traits.standard_layout and class_.traits.trivially_copyable
    fields = [f for f in class_.fields if not f.static]
    if not plain or class_.union or class_.bases or not fields or class_.size is None:
        return None
    parts, at = [], 0
    for field in sorted(fields, key=lambda f: f.offset or 0):
        # A bool has values that would not be valid in C++; `?` says so to NumPy.
        code = "?" if field.type.kind is TypeKind.BOOL else buffer_format(draft, field.type)
        size = field.type.size
        if code is None or size is None or field.offset is None or field.access is not Access.PUBLIC:
            return None
        if field.offset < at or field.bit_width is not None:
            return None
        parts.append(f"{pad(field.offset - at)}{code}:{field.name}:")
        at = field.offset + size
    return f"T{{{''.join(parts)}{pad(class_.size - at)}}}"


def pad(count: int) -> str:
    return f"{count}x" if count > 1 else "x" * count
