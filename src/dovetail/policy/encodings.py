"""Encodings: text behind pointers whose types do not say so.

In: types, the rule `text`.  Out: the pointer to characters that such a type is.
Must not know: how characters are converted.

    "sqlite3_column_text" = { text = "utf-8" }        # const unsigned char*: ended by a null
    "sqlite3_*16" = { text = "utf-16" }               # const void*: ended by a null of two bytes

UTF-8 is what pointers to bytes are; under a glob it does not speak of `const void*`, which may be anything. UTF-16 is
`const void*` and pointers to numbers of two bytes.
"""

from __future__ import annotations

from dovetail.model import Type, TypeKind
from dovetail.policy.rules import View

BYTES = ("unsigned char", "signed char")
UNITS = ("short", "unsigned short")
CHARACTERS = {"utf-8": "char", "utf-16": "char16_t", "utf-16-le": "char16_t", "utf-16-be": "char16_t"}
ORDERS = {"utf-16-le": "-1", "utf-16-be": "1"}
"""What Python's decoder calls them."""


def retype(type_: Type, view: View, *, result: bool = False) -> Type | None:
    """`const char16_t*` for a `const void*`; None where the rule does not speak of the type."""
    encoding, target = view.rule.text, type_.target
    if (
        encoding is None
        or (encoding in ORDERS and not result)
        or type_.kind is not TypeKind.POINTER
        or target is None
        or not (target.const or (result and "text" not in view.loose))
    ):
        return None
    narrow = encoding == "utf-8"
    spoken = target.bare in (BYTES if narrow else UNITS)
    untyped = target.kind is TypeKind.VOID and not (narrow and "text" in view.loose)
    if not spoken and not untyped:
        return None
    name = CHARACTERS[encoding]
    character = Type(
        kind=TypeKind.CHAR, written=f"const {name}", canonical=f"const {name}", const=True, size=1 if narrow else 2
    )
    text = f"const {name} *"
    return Type(kind=TypeKind.POINTER, written=text, canonical=text, size=8, target=character)
