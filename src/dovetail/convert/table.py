"""The table of all conversions and the search through it.

In: a model type and `Names`.  Out: `Conversion` or `Refusal`.
Must not know: the plan, rules.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail.convert import (
    addresses,
    arrow,
    braces,
    buffers,
    callables,
    chrono,
    classes,
    eigen,
    json,
    lists,
    mappings,
    numbers,
    path,
    pointers,
    sequences,
    sets,
    streams,
    text,
    wrappers,
)
from dovetail.convert.families import answer
from dovetail.convert.own import answer_own
from dovetail.convert.records import Answer, Converter, Known, Names, Passing, Refusal, Request, Use
from dovetail.model import Type, TypeKind

RECORDS: tuple[Converter, ...] = (
    *numbers.RECORDS,
    *text.RECORDS,
    *classes.RECORDS,
    *sequences.RECORDS,
    *braces.RECORDS,
    *mappings.RECORDS,
    *sets.RECORDS,
    *wrappers.RECORDS,
    *pointers.RECORDS,
    *buffers.RECORDS,
    *chrono.RECORDS,
    *path.RECORDS,
    *streams.RECORDS,
    *callables.RECORDS,
    *addresses.RECORDS,
    *eigen.RECORDS,
    *json.RECORDS,
    *arrow.RECORDS,
    *lists.RECORDS,
)

TABLE: dict[str | TypeKind, Converter] = {key: row for row in RECORDS for key in row.matches}

LIBRARIES: tuple[str, ...] = tuple(dict.fromkeys(row.library for row in RECORDS if row.library))

REFUSED: dict[str | TypeKind, tuple[str, str]] = {
    TypeKind.MEMBER_POINTER: ("DV042", "`{0}` is a pointer to a member"),
    TypeKind.POINTER: ("DV045", "`{0}` may be an array, an output or an owner"),
    TypeKind.ARRAY: ("DV040", "`{0}` is a C array"),
    TypeKind.DEPENDENT: ("DV031", "`{0}` depends on template arguments"),
    TypeKind.OTHER: ("DV040", "no conversion for `{0}`"),
}
"""Types that no row converts, by what is left after a reference and a pointer are taken off."""


def find(type_: Type, names: Names, use: Use) -> Answer:
    """The conversion of a type as it stands in a signature."""
    core, _ = take_apart(type_)
    own = names.find_own(core)
    if own is not None and not (type_.volatile or core.volatile):
        return answer_own(make_request(type_, names, use), own)
    if refused := REFUSED.get(core.declaration or core.kind) or REFUSED.get(core.kind):
        code, reason = refused
        return Refusal(code=code, reason=reason.format(type_.written))
    if type_.volatile or core.volatile:
        return Refusal(code="DV040", reason=f"`{type_.written}` is volatile")
    row = TABLE.get(core.declaration or core.kind)
    if row is None or (row.library and isinstance(names.find_class(core), Known)):
        # A class of the module; also one of a library whose own headers are bound.
        row = TABLE[core.kind]
    return answer(make_request(type_, names, use), row)


def make_request(type_: Type, names: Names, use: Use) -> Request:
    core, passing = take_apart(type_)
    return Request(
        type=type_,
        core=core,
        passing=passing,
        use=use,
        names=names,
        find=lambda inner: find(inner, names, Use.ELEMENT),
        find_as=lambda inner, way: find(inner, names, way),
    )


def is_known(type_: Type) -> bool:
    """The table itself converts the type, whatever the module binds."""
    kinds = (TypeKind.RECORD, TypeKind.ENUM)
    return type_.kind not in kinds or (type_.declaration or "") in TABLE


def take_apart(type_: Type) -> tuple[Type, Passing]:
    """What is left without reference and pointer, and how it was passed."""
    target = type_.target
    if type_.kind is TypeKind.RVALUE_REFERENCE and target is not None:
        if target.kind is TypeKind.POINTER:
            return take_apart(target)
        return target, Passing.CONST_REFERENCE if target.const else Passing.RVALUE
    if type_.kind is TypeKind.LVALUE_REFERENCE and target is not None:
        if target.kind is TypeKind.POINTER and not target.const:
            return target, Passing.REFERENCE
        if target.kind is TypeKind.POINTER:
            return take_apart(target)
        return target, Passing.CONST_REFERENCE if target.const else Passing.REFERENCE
    if type_.kind is TypeKind.POINTER and target is not None:
        return target, Passing.CONST_POINTER if target.const else Passing.POINTER
    return type_, Passing.VALUE


def strip(type_: Type) -> Type:
    """A type without reference, pointer and top-level const: what a name is looked up by."""
    core, _ = take_apart(type_)
    return replace(core, const=False, canonical=core.bare) if core.const else core
