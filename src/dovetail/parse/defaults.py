"""Default arguments as expressions that are valid anywhere.

In: the defaults that were read, with their cursors.  Out: the same with `cpp` and literal values, by the identity of
the record.
Must not know: the functions they belong to.

A default is written in the scope of its function: `kMax`, `Mode::fast`, `{}`. Names are qualified by what clang
resolved them to; then a probe compiles the result at namespace scope. It counts as the same expression only if it
compiles and refers to the same declarations in the same order.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Final

from dovetail.model import Default, Type, TypeKind
from dovetail.parse import clang, names
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.functions import Reader, read_value
from dovetail.parse.probes import Precompiled, Probe, ask
from dovetail.parse.source import Token, split
from dovetail.parse.types import Types

_REFERENCES: Final = (
    CursorKind.DECL_REF_EXPR,
    CursorKind.TYPE_REF,
    CursorKind.TEMPLATE_REF,
    CursorKind.NAMESPACE_REF,
    CursorKind.MEMBER_REF_EXPR,
)
_LITERAL: Final = re.compile(r"""(?:u8|[uUL])?(?:R"|"|')|\.?\d""")
_USER_SUFFIX: Final = re.compile(r"""["'\d.]_\w*$""")
_SCALARS: Final = (TypeKind.BOOL, TypeKind.CHAR, TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.ENUM)
_TEXT: Final = re.compile(r'"(?:\\.|[^"\\])*"(?:\s*"(?:\\.|[^"\\])*")*$')


@dataclass(frozen=True, slots=True)
class _Candidate:
    default: Default
    type: Type
    text: str
    """What to try at namespace scope."""
    references: tuple[str, ...]


def prove(reader: Reader, headers: Precompiled) -> dict[int, Default]:
    """The completed defaults by `id` of the incomplete ones."""
    found: dict[int, Default] = {}
    candidates: list[_Candidate] = []
    for default, type_ in reader.defaults:
        plain = _plain(default, type_)
        if plain is not None:
            found[id(default)] = replace(default, cpp=plain)
            continue
        candidate = _candidate(default, type_, reader.default_cursors[id(default)], reader)
        if candidate is not None:
            candidates.append(candidate)
    found.update(_try(candidates, headers))
    return found


def _value_type(type_: Type) -> Type:
    while type_.kind in (TypeKind.LVALUE_REFERENCE, TypeKind.RVALUE_REFERENCE) and type_.target is not None:
        type_ = type_.target
    return type_


def _plain(default: Default, type_: Type) -> str | None:
    """A value that needs no proof: its spelling follows from the value and the type."""
    shape = _value_type(type_)
    value = default.value
    if default.null:
        return "nullptr"
    match shape.kind:
        case TypeKind.BOOL if isinstance(value, bool):
            return "true" if value else "false"
        case TypeKind.ENUM if isinstance(value, int) and not names.is_unnamed(shape.canonical):
            return f"static_cast<{shape.bare}>({_integer(value)})"
        case TypeKind.INTEGER if isinstance(value, int):
            return _integer(value) if shape.bare == "int" else f"static_cast<{shape.bare}>({_integer(value)})"
        case TypeKind.FLOAT if isinstance(value, float) and math.isfinite(value):
            # Hexadecimal digits are exact in every floating type.
            text = repr(value) if "e" not in repr(value) or shape.bare == "double" else value.hex()
            return text if shape.bare == "double" else f"static_cast<{shape.bare}>({text})"
        case TypeKind.CHAR if isinstance(value, str) and len(value) == 1:
            return f"static_cast<{shape.bare}>({ord(value)})"
        case _:
            return None


def _integer(value: int) -> str:
    if value > 0x7FFF_FFFF_FFFF_FFFF:
        return f"{value}ull"
    if value == -0x8000_0000_0000_0000:
        return "(-9223372036854775807ll - 1)"
    return str(value) if -0x8000_0000 < value < 0x8000_0000 else f"{value}ll"


def _candidate(default: Default, type_: Type, cursor: Cursor, reader: Reader) -> _Candidate | None:
    tokens = split(default.text)
    shape = _value_type(type_)
    if not tokens or names.is_unnamed(shape.canonical) or "\ufffd" in default.text:
        return None
    if default.text.startswith("{"):
        if shape.kind is not TypeKind.RECORD:
            return None
        default_text = f"{shape.bare}{{0}}"
    else:
        default_text = "{0}"
    if all(_LITERAL.match(token.text) and not _USER_SUFFIX.search(token.text) for token in tokens):
        return _Candidate(default, type_, default.text, ())
    if reader.dependent:
        return None
    references = _references(cursor)
    rewritten = _qualify(default.text, tokens, references)
    if rewritten is None:
        return None
    used = tuple(clang.usr(target) for _, _, target in references)
    text = default_text.replace("{0}", rewritten)
    return _Candidate(default, type_, text, used)


def _references(cursor: Cursor) -> list[tuple[int, str, Cursor]]:
    """(offset, name, declaration) of what the default argument itself names."""
    start, _ = clang.extent(cursor)
    place = clang.place(cursor)
    found: list[tuple[int, str, Cursor]] = []
    # Children of a parameter are first the references of its type, then the default expression.
    expressions = [child for child in clang.children(cursor) if child.kind.is_expression()]
    for expression in expressions[-1:]:
        _collect(expression, found)
    return [item for item in found if item[0] >= max(start.offset, place.offset)]


def _collect(cursor: Cursor, found: list[tuple[int, str, Cursor]]) -> None:
    if cursor.kind in _REFERENCES:
        target = cursor.referenced
        if target is not None:
            found.append((clang.place(cursor).offset, clang.spelling(target), target))
    for child in clang.children(cursor):
        _collect(child, found)


def _qualify(text: str, tokens: list[Token], references: list[tuple[int, str, Cursor]]) -> str | None:
    """The text with the first name of each chain (`a::b::c`) qualified; None where a name was not resolved."""
    by_name: dict[str, Cursor] = {}
    for _, name, target in references:
        key = re.sub(r"<.*", "", name.split(" ")[-1].split("::")[-1])
        by_name.setdefault(key, target)
    parts: list[str] = []
    position = 0
    previous = ""
    for index, token in enumerate(tokens):
        parts.append(text[position : token.offset])
        position = token.offset + len(token.text)
        follower = tokens[index + 1].text if index + 1 < len(tokens) else ""
        replacement = token.text
        if token.is_name and previous not in ("::", ".", "->") and not _LITERAL.match(token.text):
            target = by_name.get(token.text)
            if target is not None:
                replacement = _name_of(target, token.text)
            elif follower == "::":
                return None
        parts.append(replacement)
        previous = token.text
    return "".join([*parts, text[position:]])


def _name_of(target: Cursor, written: str) -> str:
    if target.kind is CursorKind.CONSTRUCTOR:
        target = target.semantic_parent
    if target.kind in (CursorKind.PARM_DECL, CursorKind.TEMPLATE_TYPE_PARAMETER):
        return written
    if target.kind in names.RECORDS:
        return names.record_name(target)
    return names.qualified(target)


def _try(candidates: list[_Candidate], headers: Precompiled) -> dict[int, Default]:
    if not candidates:
        return {}
    probe = Probe()
    lines: dict[str, tuple[int, _Candidate]] = {}
    for index, item in enumerate(candidates):
        name = f"dovetail_default_{index}"
        line = probe.add(f"void {name}({_parameter(item.type)} = {item.text});")
        lines[name] = (line, item)
        shape = _value_type(item.type)
        if _TEXT.match(item.default.text):
            probe.add(f"const char* const {name}_value = {item.default.text};")
        elif shape.kind in _SCALARS:
            probe.add(f"const {shape.bare} {name}_value = {item.text};")
    answer = ask(probe, headers)
    if answer is None or answer.broken:
        return {}
    found: dict[int, Default] = {}
    types = Types()
    values = {
        clang.spelling(cursor): read_value(clang.evaluate(cursor), types.read(cursor.type))
        for cursor in answer.top
        if cursor.kind is CursorKind.VAR_DECL and clang.place(cursor).line not in answer.refused
    }
    for cursor in answer.top:
        name = clang.spelling(cursor)
        if cursor.kind is not CursorKind.FUNCTION_DECL or name not in lines:
            continue
        line, item = lines[name]
        default = item.default
        value = default.value if default.value is not None else values.get(f"{name}_value")
        proven = line not in answer.refused and _same(cursor, item)
        found[id(default)] = replace(default, value=value, cpp=item.text if proven else None)
    return found


def _parameter(type_: Type) -> str:
    """A parameter declaration of any type, without placing the name inside of it."""
    return f"__typeof__({type_.canonical})" if type_.kind is TypeKind.POINTER else type_.canonical


def _same(function: Cursor, item: _Candidate) -> bool:
    parameters = [child for child in clang.children(function) if child.kind is CursorKind.PARM_DECL]
    if not parameters:
        return False
    now = tuple(clang.usr(target) for _, _, target in _references(parameters[0]))
    # Qualifying adds references to namespaces and classes: those that were there must still be, in order.
    remaining = iter(now)
    return all(any(key == other for other in remaining) for key in item.references)
