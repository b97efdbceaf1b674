"""Qualified names.

In: cursors.  Out: names as emitted code can spell them; inline namespaces are left out, as clang does in its types.
Must not know: the model.
"""

from __future__ import annotations

from typing import Final

from dovetail.parse import clang
from dovetail.parse.clang import Cursor, CursorKind

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
        return scope_of(cursor)
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


def record_name(cursor: Cursor) -> str:
    """The valid spelling of a class with template arguments where it has some; of an unnamed one, its scope."""
    spelling = clang.type_spelling(cursor.type.get_canonical())
    if is_unnamed(spelling) or is_unnamed(clang.spelling(cursor)):
        return scope_of(cursor) if is_unnamed(clang.spelling(cursor)) else spelling
    for word in ("struct ", "class ", "union ", "enum "):
        spelling = spelling.removeprefix(word)
    return spelling


def _join(scope: str, name: str) -> str:
    return f"{scope}::{name}" if scope else name
