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
COMPLEX = {8: "Zf", 16: "Zd", 32: "Zg"}
EXCHANGE = "dovetail/convert/exchange.h"


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
    buffer = find_buffer(draft, type_, converter) if inner else None
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
        headers=tuple(sorted({*headers, EXCHANGE})) if buffer else headers,
        protocol=converter.protocol,
        buffer=buffer,
        copyable=all(is_copyable(draft, i) for i in inner[: len(elements)]),
        scope=scope,
        span=span,
        module=draft.container_modules.get(type_.bare, ""),
    )
    draft.containers[type_.bare] = container
    return container


def find_buffer(draft: Draft, type_: Type, converter: Converter) -> str | None:
    """What the elements of a contiguous container are, in one format; a `vector<bool>` has none."""
    inner = next((a for a in type_.arguments if isinstance(a, Type)), None)
    bits = converter.container == "vector" and inner is not None and inner.kind is TypeKind.BOOL
    if converter.container not in CONTIGUOUS or inner is None or bits:
        return None
    extent = type_.arguments[1] if converter.container == "array" and len(type_.arguments) > 1 else "1"
    return buffer_format(draft, inner) if extent != "0" else None


class _Named:
    def __init__(self, bare: str, path: str) -> None:
        self.bare, self.path = bare, path


def _known_classes(draft: Draft) -> list[_Named]:
    return [_Named(key, entry.path) for key, entry in draft.classes.items()]


SHARING = frozenset({"std::shared_ptr", "std::weak_ptr", "std::reference_wrapper", "std::function", "std::span"})


def is_copyable(draft: Draft, type_: Type) -> bool:
    """`vector<unique_ptr<T>>` claims to be copyable: only the elements tell."""
    core = strip(type_)
    if core.declaration in SHARING:
        return True
    if core.declaration == "std::unique_ptr":
        return False
    entry = draft.find_class(core)
    if entry is not None:
        return entry.model.traits.copy_constructible
    return all(is_copyable(draft, a) for a in core.arguments if isinstance(a, Type))


def buffer_format(draft: Draft, type_: Type) -> str | None:
    """The struct format of an element: `d`, `(3)d`, `T{i:id:4xd:weight:}`; None where it is not plain."""
    extents, inner = take_extents(type_)
    text = single_format(draft, inner)
    return f"({','.join(map(str, extents))}){text}" if text is not None and extents else text


def take_extents(type_: Type) -> tuple[list[int], Type]:
    """The extents of an array of arrays, `std::array` or not, and what it is made of in the end."""
    extents: list[int] = []
    while True:
        inner, extent = type_.target, type_.extent if type_.kind is TypeKind.ARRAY else None
        if type_.declaration == "std::array" and len(type_.arguments) == 2:
            first, second = type_.arguments
            inner = first if isinstance(first, Type) else None
            extent = int(second) if isinstance(second, str) and second.isdigit() else None
        if not extent or inner is None:
            return extents, type_
        extents.append(extent)
        type_ = inner


def single_format(draft: Draft, type_: Type) -> str | None:
    if type_.kind is TypeKind.INTEGER and type_.size in INTEGERS:
        code = INTEGERS[type_.size]
        return code if type_.signed else code.upper()
    if type_.kind is TypeKind.FLOAT and type_.size in FLOATS:
        return FLOATS[type_.size]
    if type_.kind is TypeKind.BOOL:
        return "?"
    if type_.kind is TypeKind.CHAR and type_.bare == "char":
        return "c"
    if type_.declaration == "std::byte":
        return "B"
    if type_.declaration == "std::complex" and type_.size in COMPLEX:
        return COMPLEX[type_.size]
    if type_.kind is TypeKind.RECORD:
        entry = draft.find_class(type_)
        return find_record_format(draft, entry) if entry is not None else None
    return None


def find_record_format(draft: Draft, entry: ClassDraft) -> str | None:
    """Remembered: emitted code says it once for each struct."""
    if entry.cpp not in draft.formats:
        draft.formats[entry.cpp] = record_format(draft, entry)
    return draft.formats[entry.cpp]


def record_format(draft: Draft, entry: ClassDraft) -> str | None:
    """The format of a plain struct: all fields public, plain and at known offsets."""
    class_ = entry.model
    plain = class_.traits.standard_layout and class_.traits.trivially_copyable
    fields = [f for f in class_.fields if not f.static]
    if not plain or class_.union or class_.bases or not fields or class_.size is None:
        return None
    parts, at, packed = [], 0, False
    last: tuple[int, str] | None = None
    for field in sorted(fields, key=lambda f: f.offset or 0):
        code = field_format(draft, field.type)
        size = field.type.size
        if code is None or size is None or field.offset is None or field.access is not Access.PUBLIC:
            return None
        if "union" in field.anonymous_path and (field.offset, code) == last:
            # Another name of the same number, as `r` of `x`.
            continue
        if field.offset < at or field.bit_width is not None:
            return None
        parts.append(f"{pad(field.offset - at)}{code}:{field.name}:")
        last = field.offset, code
        packed = packed or field.offset % natural_alignment(draft, field.type) != 0
        at = field.offset + size
    packed = packed or class_.size % max(natural_alignment(draft, f.type) for f in fields) != 0
    # What is packed lies where the native alignment of the format language would not have it.
    return f"T{{{'^' if packed else ''}{''.join(parts)}{pad(class_.size - at)}}}"


def field_format(draft: Draft, type_: Type) -> str | None:
    """Also what is no element by itself: an enum as the integer that it is, text of a fixed size."""
    extents, inner = take_extents(type_)
    if inner.kind is TypeKind.ENUM and inner.size in INTEGERS and inner.declaration != "std::byte":
        code = INTEGERS[inner.size] if inner.signed else INTEGERS[inner.size].upper()
    elif inner.kind is TypeKind.CHAR and inner.bare == "char" and extents and type_.kind is TypeKind.ARRAY:
        code = f"{extents.pop()}s"
    else:
        found = single_format(draft, inner)
        if found is None:
            return None
        code = found
    return f"({','.join(map(str, extents))}){code}" if extents else code


def natural_alignment(draft: Draft, type_: Type) -> int:
    _, inner = take_extents(type_)
    entry = draft.find_class(inner) if inner.kind is TypeKind.RECORD else None
    if entry is not None:
        return max((natural_alignment(draft, f.type) for f in entry.model.fields if not f.static), default=1)
    size = inner.size or 1
    return size // 2 if inner.declaration == "std::complex" else size


def pad(count: int) -> str:
    return f"{count}x" if count > 1 else "x" * count
