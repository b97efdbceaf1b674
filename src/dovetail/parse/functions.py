"""Functions: free ones, methods, constructors, operators, conversions.

In: cursors of functions.  Out: `model.Function`.
Must not know: classes' other members, probes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, final

from dovetail.diagnostics import Span
from dovetail.model import NO_TYPE, Access, Default, Function, FunctionKind, Param, RefQualifier, Type, TypeKind
from dovetail.parse import clang, names
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.source import Sources, after_equals, fold
from dovetail.parse.types import Types

FUNCTIONS: Final = (
    CursorKind.FUNCTION_DECL,
    CursorKind.CXX_METHOD,
    CursorKind.CONSTRUCTOR,
    CursorKind.CONVERSION_FUNCTION,
)
_ACCESS: Final = {"PROTECTED": Access.PROTECTED, "PRIVATE": Access.PRIVATE}
_NULLABLE: Final = re.compile(r"\b_Nullable\b")
_MACRO_BODY: Final = re.compile(r"\)[\s\\\w]*\{")
_MARK: Final = "dovetail: "


@final
@dataclass(slots=True)
class Reader:
    """What reading the declarations of one unit shares."""

    sources: Sources
    types: Types
    bodies: set[str] = field(default_factory=set)
    """USRs of functions whose body stands outside of their class, or behind an earlier declaration."""
    macros: dict[str, str] = field(default_factory=dict)
    """Definitions of the user's macros: a function may come out of one."""
    default_cursors: dict[int, Cursor] = field(default_factory=dict)
    """Where a default argument was read: by the id of its record, which `defaults` keeps alive."""
    defaults: list[tuple[Default, Type]] = field(default_factory=list)
    far_bodies: set[str] | None = None
    """The same for the whole unit, headers that are not bound included; found when somebody asks."""
    dependent: bool = False
    """Members of a class template's instantiation: their initialisers must not be evaluated, nor patterns mangled."""


def read_access(cursor: Cursor) -> Access:
    return _ACCESS.get(cursor.access_specifier.name, Access.PUBLIC)


def read_span(cursor: Cursor, reader: Reader) -> Span:
    place = clang.place(cursor)
    return reader.sources.span(place.path, place.line, place.column, len(clang.spelling(cursor)))


def read_annotations(children: list[Cursor]) -> tuple[str, ...]:
    texts = [clang.spelling(child) for child in children if child.kind is CursorKind.ANNOTATE_ATTR]
    return tuple(text.removeprefix(_MARK).strip() for text in texts if text.startswith(_MARK))


def read_comment(cursor: Cursor, reader: Reader, *, trailing: bool = False) -> str:
    """The comment of a declaration. An ordinary one (`//`) counts only directly above, or with `trailing` behind."""
    text = clang.raw_comment(cursor)
    is_doc = text.startswith(("///", "//!", "/**", "/*!"))
    if not any(sign.isalnum() for sign in text) or (is_doc and re.search(r"[@\\]file\b", text)):
        return ""
    start, end = clang.comment_extent(cursor)
    first, last = clang.extent(cursor)
    if start.path != first.path:
        return text if is_doc else ""
    file = reader.sources.file(start.path)
    if start.offset >= last.offset:
        # Behind the declaration, and nothing else between: clang gives it to each one on the line.
        alone = not file.slice(last.offset, start.offset).strip(" \t\r\n,;")
        return text if alone and (is_doc or trailing) else ""
    return text if is_doc or file.gap_is_tight(end.offset, first.offset) else ""


def read_function(
    cursor: Cursor,
    reader: Reader,
    kind: FunctionKind,
    *,
    scope: str | None = None,
    class_name: str = "",
    access: Access | None = None,
    implicit: bool = False,
) -> Function:
    """One function. `scope` and `access` as given (for `using Base::f`), else those of the declaration itself."""
    children = clang.children(cursor)
    kinds = {child.kind for child in children}
    inner = names.scope_of(cursor) if scope is None else scope
    returns = NO_TYPE if kind is FunctionKind.CONSTRUCTOR else reader.types.read(cursor.result_type)
    name = _name(cursor, kind, class_name, returns)
    words = _declarator(clang.pretty(cursor))
    specifiers = _specifiers(words, name)
    defaulted = cursor.is_default_method() or bool(re.search(r"= default\b", words))
    member = kind not in (FunctionKind.FREE, FunctionKind.FRIEND)
    inline = has_body(cursor, reader) or _has_body_elsewhere(cursor, reader)
    return Function(
        name=name,
        qualified=f"{inner}::{name}" if inner else name,
        scope=inner,
        kind=kind,
        params=read_params(cursor, children, reader),
        returns=returns,
        span=read_span(cursor, reader),
        access=read_access(cursor) if access is None else access,
        const=member and cursor.is_const_method(),
        virtual=member and cursor.is_virtual_method(),
        pure=member and cursor.is_pure_virtual_method(),
        override=member and clang.overrides(cursor),
        final=CursorKind.CXX_FINAL_ATTR in kinds,
        deleted=bool(re.search(r"= delete\b", words)),
        defaulted=defaulted,
        explicit=member and "explicit" in specifiers,
        noexcept=_is_noexcept(cursor),
        variadic=clang.type_kind(cursor.type) == "FUNCTIONPROTO" and cursor.type.is_function_variadic(),
        constexpr=bool(specifiers & {"constexpr", "consteval"}),
        implicit=implicit,
        ref_qualifier=_ref_qualifier(cursor) if member else RefQualifier.NONE,
        inline=inline,
        undefined=inline and not defaulted and is_undefined(cursor, reader),
        calls=read_calls(cursor, reader) if member and cursor.is_virtual_method() else (),
        mangled=clang.mangled(cursor),
        deprecated=clang.deprecation(cursor),
        comment=read_comment(cursor, reader),
        annotations=read_annotations(children),
        constraint=_constraint(words),
    )


def _name(cursor: Cursor, kind: FunctionKind, class_name: str, returns: Type) -> str:
    if kind is FunctionKind.CONSTRUCTOR:
        return class_name or clang.spelling(cursor.semantic_parent)
    if kind is FunctionKind.CONVERSION:
        # A pointer to a function can only be named through its typedef here.
        plain = returns.alias if returns.alias and "(" in returns.canonical else returns.canonical
        return f"operator {plain}"
    return clang.spelling(cursor)


def _declarator(text: str) -> str:
    """A pretty-printed declaration without its body."""
    depth = 0
    for match in re.finditer(r'"(?:\\.|[^"\\])*"|[(){}]', text):
        sign = match.group()
        if sign == "{" and depth == 0:
            return text[: match.start()]
        depth += (sign in ("(", "{")) - (sign in (")", "}"))
    return text


def _specifiers(words: str, name: str) -> frozenset[str]:
    """The words in front of the name."""
    end = words.find(f"{name}(")
    head = re.sub(r"\[\[.*?\]\]|__attribute__\(\(.*?\)\)", " ", words[: end if end >= 0 else None], flags=re.DOTALL)
    return frozenset(re.findall(r"\w+", head))


def _constraint(words: str) -> str:
    match = re.search(r"\)[^()]*?\brequires\b\s*(.+)$", words, re.DOTALL)
    return fold(match.group(1)) if match else ""


def _is_noexcept(cursor: Cursor) -> bool:
    match cursor.exception_specification_kind.name:
        case "BASIC_NOEXCEPT" | "DYNAMIC_NONE" | "NOTHROW":
            return True
        case "COMPUTED_NOEXCEPT":
            # Before C++17 the canonical type does not hold it: then it counts as throwing, which is always safe.
            return clang.type_spelling(cursor.type.get_canonical()).endswith(" noexcept")
        case _:
            return False


def _ref_qualifier(cursor: Cursor) -> RefQualifier:
    match cursor.type.get_ref_qualifier().name:
        case "LVALUE":
            return RefQualifier.LVALUE
        case "RVALUE":
            return RefQualifier.RVALUE
        case _:
            return RefQualifier.NONE


def has_body(cursor: Cursor, reader: Reader) -> bool:
    """A body (or = default, = delete) belongs to this very declaration. Clang has no bodies: it skips them."""
    if clang.is_inlined(cursor) or cursor.is_definition():
        return True
    if is_written(cursor, reader):
        _, end = clang.extent(cursor)
        return reader.sources.file(end.path).has_body_at(end.offset)
    # Out of a macro: its body stands in the macro's definition. What follows the macro's use is something else.
    place = clang.place(cursor)
    word = reader.sources.file(place.path).word_at(place.offset)
    return _MACRO_BODY.search(reader.macros.get(word, "")) is not None


def is_undefined(cursor: Cursor, reader: Reader) -> bool:
    """It is `inline`, ends without a body, and no header of the unit has one behind its class."""
    if reader.dependent or not clang.is_inlined(cursor) or not is_written(cursor, reader):
        return False
    _, end = clang.extent(cursor)
    ended = reader.sources.file(end.path).ends_at(end.offset)
    if not ended or clang.usr(cursor) in reader.bodies:
        return False
    if reader.far_bodies is None:
        reader.far_bodies = set(_find_bodies(clang.unit_of(cursor), reader))
    return clang.usr(cursor) not in reader.far_bodies


def _find_bodies(scope: Cursor, reader: Reader) -> Iterator[str]:
    """USRs of the functions that are defined outside of classes."""
    for child in clang.children(scope):
        if child.kind in (CursorKind.NAMESPACE, CursorKind.LINKAGE_SPEC, CursorKind.UNEXPOSED_DECL):
            yield from _find_bodies(child, reader)
        elif child.kind in FUNCTIONS and is_written(child, reader):
            _, end = clang.extent(child)
            if reader.sources.file(end.path).has_body_at(end.offset):
                yield clang.usr(child)


def read_calls(cursor: Cursor, reader: Reader) -> tuple[str, ...]:
    """What the body of a virtual function calls, where it belongs to this declaration."""
    _, end = clang.extent(cursor)
    file = reader.sources.file(end.path)
    here = is_written(cursor, reader) and file.has_body_at(end.offset)
    return file.calls_after(end.offset) if here else ()


def _has_body_elsewhere(cursor: Cursor, reader: Reader) -> bool:
    """Behind its class or its first declaration; of an instantiation, where its template's is."""
    pattern = clang.pattern(cursor) if reader.dependent else None
    return any(clang.usr(one) in reader.bodies for one in (cursor, pattern) if one is not None)


def read_params(cursor: Cursor, children: list[Cursor], reader: Reader) -> tuple[Param, ...]:
    as_written = is_written(cursor, reader)
    parameters = clang.parameters(cursor, children)
    return tuple(_read_param(child, reader, as_written=as_written) for child in parameters)


def is_written(cursor: Cursor, reader: Reader) -> bool:
    """The name stands where clang says: the declaration does not come out of a macro."""
    place = clang.place(cursor)
    word = re.match(r"~?\w*", clang.spelling(cursor))
    name = word.group().encode() if word else b""
    return reader.sources.file(place.path).data.startswith(name, place.offset)


def _read_param(cursor: Cursor, reader: Reader, *, as_written: bool) -> Param:
    children = clang.children(cursor)
    type_ = reader.types.read_param(cursor.type)
    return Param(
        name=clang.spelling(cursor),
        type=type_,
        default=_read_default(cursor, type_, reader, as_written=as_written),
        annotations=(*read_annotations(children), *_read_nullability(cursor, type_, reader)),
    )


def _read_nullability(cursor: Cursor, type_: Type, reader: Reader) -> tuple[str, ...]:
    """`nullable` of `Row* _Nullable row`. Other compilers do not know the word, so that most write it as a macro."""
    if type_.kind is not TypeKind.POINTER:
        return ()
    start, end = clang.extent(cursor)
    words = re.findall(r"\w+", reader.sources.file(start.path).slice(start.offset, end.offset))
    said = any(_NULLABLE.search(reader.macros.get(word, word)) for word in words)
    return ("nullable",) if said else ()


def _read_default(cursor: Cursor, type_: Type, reader: Reader, *, as_written: bool) -> Default | None:
    if as_written:
        start, end = clang.extent(cursor)
        file = reader.sources.file(start.path)
        text = after_equals(file.slice(start.offset, file.argument_end(end.offset)))
    else:
        text = None if reader.dependent else after_equals(clang.pretty(cursor))
    if not text:
        return None
    value = None if reader.dependent else read_value(clang.evaluate(cursor), type_)
    null = type_.kind in (TypeKind.POINTER, TypeKind.MEMBER_POINTER) and (
        text in ("nullptr", "NULL", "0", "{}", "nullptr_t()") or (isinstance(value, int) and value == 0)
    )
    default = Default(text=text, value=None if null else value, null=null)
    reader.defaults.append((default, type_))
    reader.default_cursors[id(default)] = cursor
    return default


def read_value(value: int | float | bytes | None, type_: Type) -> int | float | str | bool | None:
    """A constant in Python's terms; None where the type is not that of a plain value."""
    shape = type_
    while shape.kind in (TypeKind.LVALUE_REFERENCE, TypeKind.RVALUE_REFERENCE) and shape.target is not None:
        shape = shape.target
    match shape.kind:
        case TypeKind.BOOL:
            return None if value is None or isinstance(value, bytes) else bool(value)
        case TypeKind.CHAR:
            return chr(value) if isinstance(value, int) and 0 <= value < 0xD800 else None
        case TypeKind.INTEGER | TypeKind.ENUM:
            return value if isinstance(value, int) else None
        case TypeKind.FLOAT:
            if not isinstance(value, (int, float)):
                return None
            return _shortest(float(value)) if shape.bare == "float" else float(value)
        case TypeKind.POINTER | TypeKind.ARRAY:
            plain = shape.target is not None and shape.target.bare == "char"
            return _decode(value) if plain and isinstance(value, bytes) else None
        case _:
            return None


def _shortest(value: float) -> float:
    """The number with the fewest digits that is the same `float`: 0.001, where its exact value is 0.00100000004749."""
    for digits in range(1, 10):
        short = float(f"{value:.{digits}g}")
        try:
            if struct.pack("f", short) == struct.pack("f", value):
                return short
        except OverflowError:
            break
    return value


def _decode(value: bytes) -> str | None:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return None
