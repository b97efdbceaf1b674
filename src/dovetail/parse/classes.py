"""Classes and enums: their members, bases, layout.

In: cursors of definitions.  Out: `model.Class` without what only probes know (traits, base offsets, type_info),
`model.Enum`.
Must not know: which declarations are the user's, instantiation of templates.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dovetail.model import (
    Access,
    Base,
    Class,
    Enum,
    Enumerator,
    Field,
    Function,
    FunctionKind,
    Type,
)
from dovetail.parse import clang, names
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.functions import (
    Reader,
    has_body,
    read_access,
    read_annotations,
    read_comment,
    read_function,
    read_span,
    read_value,
)
from dovetail.parse.names import RECORDS
from dovetail.parse.types import find_unnamed

_TYPEDEFS: Final = (CursorKind.TYPEDEF_DECL, CursorKind.TYPE_ALIAS_DECL)
_METHODS: Final = {
    CursorKind.CONSTRUCTOR: FunctionKind.CONSTRUCTOR,
    CursorKind.CONVERSION_FUNCTION: FunctionKind.CONVERSION,
}


def method_kind(cursor: Cursor) -> FunctionKind:
    found = _METHODS.get(cursor.kind)
    if found is not None:
        return found
    if cursor.kind is CursorKind.FUNCTION_DECL:
        return FunctionKind.FREE
    return FunctionKind.STATIC if cursor.is_static_method() else FunctionKind.METHOD


def read_class(cursor: Cursor, reader: Reader, friends: list[Cursor]) -> Class:
    """A class from its definition. `friends` are the functions that only it declares."""
    children = clang.children(cursor)
    qualified = names.record_name(cursor)
    scope = names.scope_of(cursor)
    name = plain_name(cursor)
    constructors: list[Function] = []
    methods: list[Function] = []
    destructor: Function | None = None
    for child in children:
        if child.kind is CursorKind.USING_DECLARATION:
            for target in used(child):
                function = read_used(target, child, reader, qualified, name)
                if function is not None:
                    (constructors if function.kind is FunctionKind.CONSTRUCTOR else methods).append(function)
        elif child.kind is CursorKind.CONSTRUCTOR:
            constructors.append(
                read_function(child, reader, FunctionKind.CONSTRUCTOR, scope=qualified, class_name=name)
            )
        elif child.kind in (CursorKind.CXX_METHOD, CursorKind.CONVERSION_FUNCTION):
            methods.append(read_function(child, reader, method_kind(child), scope=qualified))
        elif child.kind is CursorKind.DESTRUCTOR:
            destructor = read_function(child, reader, FunctionKind.METHOD, scope=qualified)
    methods.extend(read_function(friend, reader, FunctionKind.FRIEND) for friend in friends)
    fields = read_fields(cursor, children, reader, qualified, ())
    type_ = reader.types.read(cursor.type)
    align = cursor.type.get_align()
    return Class(
        name=name,
        qualified=qualified,
        scope=scope,
        type=type_,
        span=read_span(cursor, reader),
        bases=read_bases(children, reader),
        constructors=tuple(constructors),
        methods=tuple(methods),
        destructor=destructor,
        fields=fields,
        aggregate_fields=read_initialised(cursor, children),
        union=cursor.kind is CursorKind.UNION_DECL,
        access=read_access(cursor),
        template=_template(cursor),
        size=type_.size,
        align=align if align > 0 else None,
        key_function=read_key_function(children, reader),
        deprecated=clang.deprecation(cursor),
        comment=read_comment(cursor, reader),
        annotations=read_annotations(children),
    )


def read_declared_class(cursor: Cursor, reader: Reader) -> Class:
    """A class that the headers only declare."""
    return Class(
        name=plain_name(cursor),
        qualified=names.record_name(cursor),
        scope=names.scope_of(cursor),
        type=reader.types.read(cursor.type),
        span=read_span(cursor, reader),
        union=cursor.kind is CursorKind.UNION_DECL,
        access=read_access(cursor),
        complete=False,
        comment=read_comment(cursor, reader),
        annotations=read_annotations(clang.children(cursor)),
    )


def plain_name(cursor: Cursor) -> str:
    """The name without template arguments; of an unnamed class `Place`, after the member `place` which is of it."""
    made = names.member_type_name(cursor)
    return made or re.sub(r"<.*", "", clang.spelling(cursor), flags=re.DOTALL)


def _template(cursor: Cursor) -> str | None:
    pattern = clang.pattern(cursor)
    return names.qualified(pattern) if pattern is not None and cursor.type.get_num_template_arguments() > 0 else None


def read_bases(children: list[Cursor], reader: Reader) -> tuple[Base, ...]:
    return tuple(
        Base(
            type=reader.types.read(child.type),
            access=read_access(child),
            virtual=clang.is_virtual_base(child),
        )
        for child in children
        if child.kind is CursorKind.CXX_BASE_SPECIFIER
    )


def used(declaration: Cursor) -> list[Cursor]:
    """What a using-declaration names, in header order."""
    found = [
        target
        for child in clang.children(declaration)
        if child.kind is CursorKind.OVERLOADED_DECL_REF
        for target in clang.overloads(child)
    ]
    return sorted(found, key=lambda target: (clang.place(target).path, clang.place(target).offset))


def read_used(target: Cursor, using: Cursor, reader: Reader, scope: str, class_name: str) -> Function | None:
    """A function that a class has from a base by `using Base::f` or `using Base::Base`."""
    if target.kind is CursorKind.CONSTRUCTOR:
        # One with defaults for all its parameters is inherited: only the call without arguments is not.
        empty = target.is_default_constructor() and not list(target.get_arguments())
        if target.is_copy_constructor() or target.is_move_constructor() or empty:
            return None
        # Inherited constructors keep the access that they have in the base.
        return read_function(
            target, reader, FunctionKind.CONSTRUCTOR, scope=scope, class_name=class_name, implicit=True
        )
    if target.kind in (CursorKind.CXX_METHOD, CursorKind.CONVERSION_FUNCTION):
        return read_function(target, reader, method_kind(target), scope=scope, access=read_access(using), implicit=True)
    return None


def read_fields(
    owner: Cursor, children: list[Cursor], reader: Reader, scope: str, path: tuple[str, ...]
) -> tuple[Field, ...]:
    """Data members, those of unnamed unions and structs lifted to where C++ finds them. `owner` gives the offsets."""
    found: list[Field] = []
    for child in children:
        if child.kind is CursorKind.FIELD_DECL and clang.spelling(child):
            found.append(read_field(child, owner, reader, scope, path))
        elif child.kind is CursorKind.VAR_DECL:
            found.append(read_static_field(child, reader, scope))
        elif child.kind in RECORDS and clang.is_lifted(child):
            access = read_access(child)
            inner = read_fields(owner, clang.children(child), reader, scope, (*path, lifted_word(child)))
            found.extend(inner if access is Access.PUBLIC else (replace(each, access=access) for each in inner))
        elif child.kind is CursorKind.USING_DECLARATION:
            for target in used(child):
                if target.kind is CursorKind.FIELD_DECL:
                    found.append(read_field(target, owner, reader, scope, path))
    return tuple(found)


def read_field(
    cursor: Cursor, owner: Cursor, reader: Reader, scope: str, path: tuple[str, ...], *, written: Cursor | None = None
) -> Field:
    """`written`: the declaration in the pattern, where `cursor` stands for a lifted member of an instantiation."""
    name = clang.spelling(cursor)
    cpp = f"{scope}::{name}"
    bits = owner.type.get_offset(name)
    type_ = reader.types.read(cursor.type)
    cursor = written or cursor
    is_bits = cursor.is_bitfield()
    place = clang.place(cursor)
    _, end = clang.extent(cursor)
    rest = reader.sources.file(place.path).slice(place.offset + len(name.encode()), end.offset)
    children = clang.children(cursor)
    return Field(
        name=name,
        qualified=cpp,
        scope=scope,
        type=find_unnamed(type_, cpp),
        span=read_span(cursor, reader),
        access=read_access(cursor),
        mutable=cursor.is_mutable_field(),
        bit_width=cursor.get_bitfield_width() if is_bits else None,
        offset=bits // 8 if bits >= 0 and not is_bits else None,
        has_default="=" in rest or "{" in rest,
        deprecated=clang.deprecation(cursor),
        comment=read_comment(cursor, reader, trailing=True),
        annotations=read_annotations(children),
        anonymous_path=path,
    )


def lifted_members(children: list[Cursor]) -> Iterator[tuple[Cursor, Access, tuple[str, ...]]]:
    """The fields in unnamed unions and structs, with the access and the kinds of what they are in."""
    for child in children:
        if child.kind in RECORDS and clang.is_lifted(child):
            path, access, inner = (lifted_word(child),), read_access(child), clang.children(child)
            found = [(each, access, path) for each in inner if each.kind is CursorKind.FIELD_DECL]
            yield from (each for each in found if clang.spelling(each[0]))
            yield from ((member, access, path + deeper) for member, _, deeper in lifted_members(inner))


def lifted_word(record: Cursor) -> str:
    return "union" if record.kind is CursorKind.UNION_DECL else "struct"


def read_static_field(cursor: Cursor, reader: Reader, scope: str) -> Field:
    name = clang.spelling(cursor)
    type_ = find_unnamed(reader.types.read(cursor.type), f"{scope}::{name}")
    constexpr = is_constexpr(cursor)
    return Field(
        name=name,
        qualified=f"{scope}::{name}",
        scope=scope,
        type=type_,
        span=read_span(cursor, reader),
        access=read_access(cursor),
        static=True,
        constexpr=constexpr,
        value=read_constant(cursor, type_, reader, constexpr=constexpr),
        inline=reader.dependent or is_defined(cursor),
        mangled=clang.mangled(cursor),
        deprecated=clang.deprecation(cursor),
        comment=read_comment(cursor, reader, trailing=True),
        annotations=read_annotations(clang.children(cursor)),
    )


def is_constexpr(cursor: Cursor) -> bool:
    words = re.split(r"[=({]", clang.pretty(cursor), maxsplit=1)[0]
    return re.search(r"\bconstexpr\b", words) is not None


def is_defined(cursor: Cursor) -> bool:
    return cursor.is_definition() or cursor.get_definition() is not None


def read_constant(cursor: Cursor, type_: Type, reader: Reader, *, constexpr: bool) -> int | float | str | bool | None:
    """The value of a constant; of a mutable variable, none."""
    if reader.dependent or not (type_.const or constexpr):
        return None
    return read_value(clang.evaluate(cursor), type_)


def read_initialised(cursor: Cursor, children: list[Cursor]) -> tuple[str, ...]:
    """Names of the members that braces would initialise, in order. None with bases: their elements come first."""
    if any(child.kind is CursorKind.CXX_BASE_SPECIFIER for child in children):
        return ()
    found: list[tuple[str, ...]] = []
    for child in children:
        if child.kind is CursorKind.FIELD_DECL and clang.spelling(child):
            found.append((clang.spelling(child),))
        elif child.kind in RECORDS and clang.is_lifted(child):
            found.append(read_initialised(child, clang.children(child)))
    # Of a union, braces initialise the first member only: all of it, where it is an unnamed struct.
    return tuple(itertools.chain(*(found[:1] if cursor.kind is CursorKind.UNION_DECL else found)))


def read_key_function(children: list[Cursor], reader: Reader) -> str | None:
    for child in children:
        virtual = child.kind in (CursorKind.CXX_METHOD, CursorKind.DESTRUCTOR, CursorKind.CONVERSION_FUNCTION)
        if not virtual or not child.is_virtual_method() or child.is_pure_virtual_method():
            continue
        if has_body(child, reader) or clang.usr(child) in reader.bodies:
            continue
        return clang.mangled(child)
    return None


def read_enum(cursor: Cursor, reader: Reader) -> Enum:
    spelling = clang.spelling(cursor)
    made = names.member_type_name(cursor)
    unnamed = names.is_unnamed(spelling) and not made
    scope = names.scope_of(cursor)
    name = made or ("" if unnamed else spelling)
    underlying = reader.types.read(cursor.enum_type)
    children = clang.children(cursor)
    enumerators = tuple(
        Enumerator(
            name=clang.spelling(child),
            value=clang.enum_value(child, signed=underlying.signed is not False),
            comment=read_comment(child, reader, trailing=True),
            deprecated=clang.deprecation(child),
        )
        for child in children
        if child.kind is CursorKind.ENUM_CONSTANT_DECL
    )
    return Enum(
        name=name,
        qualified=scope if unnamed else names.qualified(cursor),
        scope=scope,
        scoped=cursor.is_scoped_enum(),
        underlying=underlying,
        enumerators=enumerators,
        span=read_span(cursor, reader),
        access=read_access(cursor),
        deprecated=clang.deprecation(cursor),
        comment=read_comment(cursor, reader),
        annotations=read_annotations(children),
    )
