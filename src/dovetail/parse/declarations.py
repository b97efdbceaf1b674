"""The walk over a unit: which declarations there are, each once, in header order.

In: the unit's cursor and the own files.  Out: `Found`, cursors sorted by what they declare.
Must not know: how a declaration is read.

Only own files are entered, and of those only namespaces, linkage blocks and classes: a walk over everything that the
standard library declares would cost a hundred times more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, final

from dovetail.model import Template, Unread
from dovetail.parse import clang, names
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.conversions import NAMESPACE, is_conversion
from dovetail.parse.functions import Reader, has_body, read_access, read_span
from dovetail.parse.locate import Include
from dovetail.parse.names import RECORDS
from dovetail.parse.source import fold

_DEEPEST: Final = 100
_FUNCTIONS: Final = (CursorKind.FUNCTION_DECL, CursorKind.CXX_METHOD, CursorKind.CONSTRUCTOR, CursorKind.DESTRUCTOR)
_TYPEDEFS: Final = (CursorKind.TYPEDEF_DECL, CursorKind.TYPE_ALIAS_DECL)
_TEMPLATES: Final = {
    CursorKind.CLASS_TEMPLATE: "class",
    CursorKind.FUNCTION_TEMPLATE: "function",
    CursorKind.TYPE_ALIAS_TEMPLATE_DECL: "alias",
}
_PARAMETERS: Final = (
    CursorKind.TEMPLATE_TYPE_PARAMETER,
    CursorKind.TEMPLATE_NON_TYPE_PARAMETER,
    CursorKind.TEMPLATE_TEMPLATE_PARAMETER,
)


@final
@dataclass(slots=True)
class Found:
    """Cursors by USR; a definition replaces a declaration in its place."""

    classes: dict[str, Cursor] = field(default_factory=dict)
    declared: dict[str, Cursor] = field(default_factory=dict)
    enums: dict[str, Cursor] = field(default_factory=dict)
    functions: dict[str, Cursor] = field(default_factory=dict)
    used: list[tuple[Cursor, Cursor]] = field(default_factory=list)
    """(target, using-declaration) at namespace scope."""
    variables: dict[str, Cursor] = field(default_factory=dict)
    aliases: dict[str, Cursor] = field(default_factory=dict)
    friends: dict[str, tuple[str, Cursor]] = field(default_factory=dict)
    """(USR of the class, function)."""
    templates: dict[str, Template] = field(default_factory=dict)
    template_cursors: dict[str, Cursor] = field(default_factory=dict)
    macros: dict[str, Cursor] = field(default_factory=dict)
    calling: set[str] = field(default_factory=set)
    """Names of macros with parameters."""
    namespaces: dict[str, str] = field(default_factory=dict)
    """Qualified name and comment."""
    conversions: dict[str, Cursor] = field(default_factory=dict)
    """Specialisations of `dovetail::convert`."""
    explicit: list[Cursor] = field(default_factory=list)
    """Explicit instantiations: `extern template class Box<int>;`."""
    specialised: list[str] = field(default_factory=list)
    """Explicit specialisations and instantiations of function templates: `lib::name_of<int>`."""
    unread: list[Unread] = field(default_factory=list)
    own: frozenset[str] = frozenset()
    """Paths of the user's files."""


def read_includes(top: list[Cursor], reader: Reader) -> list[Include]:
    found = []
    for cursor in top:
        if cursor.kind is CursorKind.INCLUSION_DIRECTIVE:
            place = clang.place(cursor)
            target = clang.included_file(cursor)
            _, end = clang.extent(cursor)
            text = reader.sources.file(place.path).slice(place.offset, end.offset)
            if target:
                found.append(Include(source=place.path, target=target, quoted=not text.rstrip().endswith(">")))
    return found


def find_declarations(top: list[Cursor], own: frozenset[str], reader: Reader) -> Found:
    found = Found(own=own)
    preprocessing = (CursorKind.INCLUSION_DIRECTIVE, CursorKind.MACRO_INSTANTIATION)
    for cursor in top:
        kind = cursor.kind
        if kind in preprocessing or clang.place(cursor).path not in own:
            continue
        if kind is CursorKind.MACRO_DEFINITION:
            start, end = clang.extent(cursor)
            name = clang.spelling(cursor)
            reader.macros[name] = reader.sources.file(start.path).slice(start.offset, end.offset)
            if clang.is_plain_macro(cursor):
                found.macros[name] = cursor
            elif not name.startswith("_"):
                found.calling.add(name)
        else:
            _enter(cursor, found, reader, 0)
    for key in found.classes:
        found.declared.pop(key, None)
    for key in found.functions:
        found.friends.pop(key, None)
    return found


def _enter(cursor: Cursor, found: Found, reader: Reader, depth: int) -> None:
    kind = cursor.kind
    if depth > _DEEPEST:
        _unread(cursor, kind.name.lower(), "nested too deeply", found, reader)
    elif kind is CursorKind.NAMESPACE:
        _enter_namespace(cursor, found, reader, depth)
    elif kind is CursorKind.LINKAGE_SPEC:
        _enter_all(cursor, found, reader, depth)
    elif kind in RECORDS:
        _enter_class(cursor, found, reader, depth)
    elif kind is CursorKind.ENUM_DECL:
        _enter_enum(cursor, found)
    elif kind in _FUNCTIONS or kind is CursorKind.CONVERSION_FUNCTION:
        _enter_function(cursor, found, reader)
    elif kind is CursorKind.VAR_DECL:
        if cursor.semantic_parent.kind not in (*RECORDS, *names.TEMPLATES):
            found.variables.setdefault(clang.usr(cursor), cursor)
    elif kind in _TYPEDEFS:
        _enter_typedef(cursor, found)
    elif kind in _TEMPLATES:
        _enter_template(cursor, found, reader)
    elif kind is CursorKind.USING_DECLARATION:
        targets = [
            target
            for child in clang.children(cursor)
            if child.kind is CursorKind.OVERLOADED_DECL_REF
            for target in clang.overloads(child)
        ]
        found.used.extend((target, cursor) for target in targets)
    elif kind is CursorKind.UNEXPOSED_DECL:
        _enter_unexposed(cursor, found, reader, depth)


def _enter_namespace(cursor: Cursor, found: Found, reader: Reader, depth: int) -> None:
    name = clang.spelling(cursor)
    if not name:
        _unread(cursor, "namespace", "unnamed namespace: no other file can name what is in it", found, reader)
        return
    qualified = names.qualified(cursor)
    if qualified == "std":
        return
    if not clang.is_inline_namespace(cursor) and qualified != NAMESPACE:
        text = clang.raw_comment(cursor)
        comment = text if text.startswith(("///", "//!", "/**", "/*!")) and "file" not in text[:12] else ""
        found.namespaces[qualified] = found.namespaces.get(qualified) or comment
    _enter_all(cursor, found, reader, depth)


def _enter_all(cursor: Cursor, found: Found, reader: Reader, depth: int) -> None:
    """What stands in an own block; a header may be included there that is nobody's own: `extern "C" { #include … }`."""
    for child in clang.children(cursor):
        if clang.place(child).path in found.own:
            _enter(child, found, reader, depth + 1)


def _enter_class(cursor: Cursor, found: Found, reader: Reader, depth: int) -> None:
    if names.is_unnamed(clang.spelling(cursor)) and not names.through_member(cursor):
        # Members of an unnamed class belong to the class around it, unless a member of that is of the class.
        for child in clang.children(cursor):
            if child.kind in RECORDS or child.kind is CursorKind.ENUM_DECL:
                _enter(child, found, reader, depth + 1)
        return
    if is_conversion(cursor, names.scope_of(cursor)):
        if cursor.is_definition():
            found.conversions[clang.usr(cursor)] = cursor
        return
    if names.scope_of(cursor).partition("::")[0] == "std":
        return  # a specialisation such as std::hash<Row>: what it gives Row, the probes see
    if cursor.type.get_num_template_arguments() > 0 and not _is_specialisation(cursor, reader):
        found.explicit.append(cursor)
        return
    key = clang.usr(cursor)
    if not cursor.is_definition():
        definition = cursor.get_definition()
        if definition is None:
            found.declared.setdefault(key, cursor)
        return
    if key in found.classes:
        return
    found.classes[key] = cursor
    for child in clang.children(cursor):
        kind = child.kind
        if kind is CursorKind.FRIEND_DECL:
            _enter_friend(child, key, found, reader)
        elif kind in RECORDS or kind in _TYPEDEFS or kind in _TEMPLATES or kind is CursorKind.ENUM_DECL:
            _enter(child, found, reader, depth + 1)


def _is_specialisation(cursor: Cursor, reader: Reader) -> bool:
    """`template <> class Box<int> {…}` has members of its own; `template class Box<int>;` only asks for them."""
    start, end = clang.extent(cursor)
    text = reader.sources.file(start.path).slice(start.offset, min(end.offset, start.offset + 400))
    return re.match(r"template\s*<\s*>", text) is not None


def _enter_friend(cursor: Cursor, key: str, found: Found, reader: Reader) -> None:
    for child in clang.children(cursor):
        if child.kind is CursorKind.FUNCTION_DECL:
            found.friends.setdefault(clang.usr(child), (key, child))
        elif child.kind is CursorKind.FUNCTION_TEMPLATE:
            _enter_template(child, found, reader)


def _enter_enum(cursor: Cursor, found: Found) -> None:
    if cursor.is_definition() or cursor.get_definition() is None:
        found.enums.setdefault(clang.usr(cursor), cursor)


def _enter_function(cursor: Cursor, found: Found, reader: Reader) -> None:
    key = clang.usr(cursor)
    parent = cursor.semantic_parent
    inside = parent is not None and parent.kind in (*RECORDS, *names.TEMPLATES)
    if inside and parent.kind in RECORDS and (spelling := _method_specialisation(cursor, reader)):
        found.specialised.append(spelling)
    elif inside or key in found.functions:
        # The record is made from the first declaration; here may be the body.
        if has_body(cursor, reader):
            reader.bodies.add(key)
    elif cursor.get_num_template_arguments() >= 0:
        if spelling := _specialisation(cursor):
            found.specialised.append(spelling)
    elif cursor.kind is CursorKind.FUNCTION_DECL and not clang.spelling(cursor).startswith("<"):
        found.functions[key] = cursor


def _specialisation(cursor: Cursor) -> str:
    """How a call names `template <> std::string name_of<int>()`; "" where its arguments have no names."""
    arguments = []
    for index in range(cursor.get_num_template_arguments()):
        match clang.argument_kind(cursor, index):
            case "TYPE":
                arguments.append(clang.type_spelling(cursor.get_template_argument_type(index).get_canonical()))
            case "INTEGRAL":
                arguments.append(str(cursor.get_template_argument_value(index)))
            case _:
                return ""
    return f"{names.qualified(cursor)}<{', '.join(arguments)}>" if arguments else ""


def _method_specialisation(cursor: Cursor, reader: Reader) -> str:
    """`lib::Node::as<int>` of `template <> int Node::as<int>() const`. Libclang does not know the arguments."""
    start, end = clang.extent(cursor)
    text = reader.sources.file(start.path).slice(start.offset, min(end.offset, start.offset + 400))
    name = re.escape(clang.spelling(cursor))
    found = re.match(rf"template\s*<\s*>[^({{;]*::\s*{name}\s*(<[^()]*>)\s*\(", text)
    return f"{names.qualified(cursor)}{found[1]}" if found else ""


def _enter_typedef(cursor: Cursor, found: Found) -> None:
    target = cursor.underlying_typedef_type.get_canonical()
    declaration = target.get_declaration()
    same = clang.spelling(declaration) == clang.spelling(cursor)
    if not same or names.scope_of(declaration) != names.scope_of(cursor):
        found.aliases.setdefault(clang.usr(cursor), cursor)


def _enter_template(cursor: Cursor, found: Found, reader: Reader) -> None:
    key = clang.usr(cursor)
    name = clang.spelling(cursor)
    if name.startswith("<") or (cursor.kind is CursorKind.CLASS_TEMPLATE and cursor.lexical_parent is None):
        return
    if cursor.kind is CursorKind.FUNCTION_TEMPLATE and has_body(cursor, reader):
        reader.bodies.add(key)
    parent = cursor.semantic_parent
    inside = parent is not None and parent.kind in (*RECORDS, *names.TEMPLATES)
    if inside and cursor.lexical_parent is not None and cursor.lexical_parent.kind not in (*RECORDS, *names.TEMPLATES):
        return  # a member template defined outside of its class
    if inside and parent.kind in names.TEMPLATES:
        return  # a member of a template pattern
    if key not in found.templates:
        qualified = names.qualified(cursor)
        kind = _TEMPLATES[cursor.kind]
        found.templates[key] = Template(
            name=re.sub(r"<.*", "", name) if kind == "class" else name,
            qualified=qualified,
            scope=names.scope_of(cursor),
            kind="method" if inside and kind == "function" else kind,
            parameters=read_parameters(cursor, reader),
            span=read_span(cursor, reader),
            access=read_access(cursor),
        )
    if key not in found.template_cursors or cursor.is_definition():
        found.template_cursors[key] = cursor


def read_parameters(cursor: Cursor, reader: Reader) -> tuple[str, ...]:
    """The template parameters as written: `class T`, `int N = 4`."""
    found = []
    for child in clang.children(cursor):
        if child.kind in _PARAMETERS:
            start, end = clang.extent(child)
            found.append(fold(reader.sources.file(start.path).slice(start.offset, end.offset)))
    return tuple(found)


def _enter_unexposed(cursor: Cursor, found: Found, reader: Reader, depth: int) -> None:
    if clang.spelling(cursor) and clang.pretty(cursor).startswith("template"):
        _unread(cursor, "template", "variable templates are not read", found, reader)
        return
    for child in clang.children(cursor):
        if child.kind.is_declaration():
            _enter(child, found, reader, depth + 1)


def _unread(cursor: Cursor, kind: str, reason: str, found: Found, reader: Reader) -> None:
    name = names.qualified(cursor) if clang.spelling(cursor) else names.scope_inside(cursor)
    record = Unread(name=name, kind=kind, reason=reason, span=read_span(cursor, reader))
    if record not in found.unread:
        found.unread.append(record)
