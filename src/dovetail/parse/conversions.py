"""Conversions of the user's own: specialisations of `dovetail::convert`.

In: their cursors.  Out: `model.OwnConversion`.  Must not know: what Python makes of the annotations.
"""

from __future__ import annotations

from typing import Final

from dovetail.model import OwnConversion, Type
from dovetail.parse import clang
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.functions import Reader, read_span

TEMPLATE: Final = "convert"
NAMESPACE: Final = "dovetail"


def is_conversion(cursor: Cursor, scope: str) -> bool:
    """`template <> struct dovetail::convert<T>`."""
    return (
        scope == NAMESPACE
        and clang.spelling(cursor).partition("<")[0] == TEMPLATE
        and cursor.type.get_num_template_arguments() == 1
    )


def read_conversion(cursor: Cursor, reader: Reader) -> OwnConversion | None:
    """None where its argument is no type."""
    argument = reader.types.read(cursor.type.get_template_argument_type(0))
    if not isinstance(argument, Type) or not argument.canonical:
        return None
    texts: dict[str, str] = {}
    methods: set[str] = set()
    for child in clang.children(cursor):
        name = clang.spelling(child)
        if child.kind is CursorKind.VAR_DECL:
            value = clang.evaluate(child)
            texts[name] = value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
        elif child.kind in (CursorKind.CXX_METHOD, CursorKind.FUNCTION_TEMPLATE):
            methods.add(name)
    annotation = texts.get("annotation", "")
    return OwnConversion(
        type=argument,
        takes=texts.get("takes", annotation) if "take" in methods else None,
        gives=texts.get("gives", annotation) if "give" in methods else None,
        span=read_span(cursor, reader),
    )
