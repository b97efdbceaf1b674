"""Qualified names.

In: cursors.  Out: names as emitted code can spell them; inline namespaces are left out, as clang does in its types.
Must not know: the model.
"""

from __future__ import annotations

from typing import Final

from dovetail.parse import clang
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.source import split_arguments

RECORDS: Final = (CursorKind.CLASS_DECL, CursorKind.STRUCT_DECL, CursorKind.UNION_DECL)
TEMPLATES: Final = (CursorKind.CLASS_TEMPLATE, CursorKind.CLASS_TEMPLATE_PARTIAL_SPECIALIZATION)
UNNAMED_NAMESPACE: Final = "(unnamed)"


def is_unnamed(name: str) -> bool:
    """It is clang's description of something without a name: `(unnamed struct at shapes.h:3:1)`."""
    return not name or "(unnamed " in name or "(anonymous " in name or "(lambda at" in name


def qualified(cursor: Cursor) -> str:
    """`lib::Row::at` of any declaration; with template arguments only in the names of enclosing instantiations."""
    name = clang.spelling(cursor)
    if cursor.kind in RECORDS and is_unnamed(name):
        return record_name(cursor)
    if cursor.kind is CursorKind.ENUM_DECL and is_unnamed(name) and (member := through_member(cursor)):
        return member
    scope = scope_of(cursor)
    return f"{scope}::{name}" if scope else name


def scope_of(cursor: Cursor) -> str:
    """The qualified name of what encloses a declaration: "" for the global namespace."""
    parent = cursor.semantic_parent
    while parent is not None:
        kind = parent.kind
        if kind is CursorKind.NAMESPACE:
            name = clang.spelling(parent)
            if not name:
                return _join(scope_of(parent), UNNAMED_NAMESPACE)
            if not clang.is_inline_namespace(parent):
                return _join(scope_of(parent), name)
        elif kind in RECORDS:
            return record_name(parent)
        elif kind in TEMPLATES:
            return _join(scope_of(parent), clang.spelling(parent))
        elif kind is CursorKind.ENUM_DECL and not is_unnamed(clang.spelling(parent)):
            return qualified(parent)
        parent = parent.semantic_parent
    return ""


def scope_inside(namespace: Cursor) -> str:
    """The name of an unnamed namespace: valid nowhere, for reports."""
    return _join(scope_of(namespace), UNNAMED_NAMESPACE)


def record_name(cursor: Cursor) -> str:
    """The valid spelling of a class with template arguments where it has some; of an unnamed one, its scope."""
    spelling = clang.type_spelling(cursor.type.get_canonical())
    if is_unnamed(spelling) or is_unnamed(clang.spelling(cursor)):
        return through_member(cursor) or scope_of(cursor) if is_unnamed(clang.spelling(cursor)) else spelling
    count = cursor.type.get_num_template_arguments()
    if count > 0 and clang.pattern(cursor) is not None and cursor.is_definition():
        # An explicit specialisation is spelled as its declaration does: `convert<Node>`. Defaults are left out there.
        types = [cursor.type.get_template_argument_type(index) for index in range(count)]
        if all(clang.type_kind(type_) != "INVALID" for type_ in types):
            texts = [clang.type_spelling(type_.get_canonical()) for type_ in types]
            written = split_arguments(spelling)
            if len(written) <= len(texts) and written != texts[: len(written)]:
                return f"{spelling.partition('<')[0]}<{', '.join(texts[: len(written)])}>"
    return spelling


def through_member(record: Cursor) -> str:
    """What an unnamed class or enum is called where a member or variable is of it: `decltype(lib::Row::place)`."""
    member = find_member(record)
    if member is None:
        return ""
    found, type_ = qualified(member), member.type.get_canonical()
    while clang.type_kind(type_) in ("CONSTANTARRAY", "POINTER"):
        array = clang.type_kind(type_) == "CONSTANTARRAY"
        found = f"{found}[0]" if array else f"*{found}"
        type_ = type_.get_array_element_type() if array else type_.get_pointee()
    return f"decltype({found})" if found == qualified(member) else f"::std::remove_reference_t<decltype({found})>"


def member_type_name(record: Cursor) -> str:
    """After the member, for Python: `Place` of `place`; "" where there is none."""
    member = find_member(record) if is_unnamed(clang.spelling(record)) else None
    if member is None:
        return ""
    name = clang.spelling(member)
    made = "".join(word[:1].upper() + word[1:] for word in name.split("_"))
    return f"{made}Type" if made == name else made or name


def find_member(record: Cursor) -> Cursor | None:
    """The member or variable behind the definition of an unnamed class or enum."""
    parent = record.lexical_parent or record.semantic_parent
    if clang.is_lifted(record) or parent is None:
        return None
    for child in clang.children(parent):
        if child.kind not in (CursorKind.FIELD_DECL, CursorKind.VAR_DECL) or is_unnamed(clang.spelling(child)):
            continue
        type_ = child.type.get_canonical()
        while clang.type_kind(type_) in ("CONSTANTARRAY", "POINTER"):
            array = clang.type_kind(type_) == "CONSTANTARRAY"
            type_ = type_.get_array_element_type() if array else type_.get_pointee()
        if type_.get_declaration() == record and not type_.is_const_qualified():
            return child
    return None


def _join(scope: str, name: str) -> str:
    return f"{scope}::{name}" if scope else name
