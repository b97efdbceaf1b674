"""Shapes: what the arguments that C gives a callback are for one another.

In: a callback among parameters, the rules `array` and `text`.  Out: the signature that Python sees, with the C++ that
makes its arguments of C's; DV045.  Must not know: how callables are called.

    "sqlite3_exec" = { array = ["callback(#3[#2], #4[#2])"] }      # (void*, int n, char** values, char** names)
    "XML_Set*ElementHandler" = { array = ["*(#3[])"] }             # … (void*, const char* name, const char** atts)
    "on_data" = { array = ["f(#1[#2])"] }                          # (const void* data, int size)

Places count from one, with the user data; types of callbacks seldom name their parameters. `#3[#2]` is as long as the
second says, `#3[]` ends with a null. Pointers to objects, text and numbers are a tuple, bytes are bytes, `char` is
text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

from dovetail import model
from dovetail.convert import Refusal
from dovetail.model import Type, TypeKind
from dovetail.policy.callbacks import signature_of_pointer
from dovetail.policy.encodings import retype
from dovetail.policy.rules import View

SHAPE = re.compile(r"\s*(\*|#?\w+)\s*\((.*)\)\s*$")
PLACE = re.compile(r"\s*#(\d+)\s*\[\s*(?:#(\d+))?\s*\]\s*$")
BYTES = Type(kind=TypeKind.RECORD, written="bytes", canonical="dovetail::Bytes", declaration="dovetail::Bytes")
SINGLE = ("unsigned char", "signed char", "std::byte")
NUMBERS = (TypeKind.BOOL, TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.ENUM)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An argument that Python gets."""

    type: Type
    places: tuple[int, ...]
    """Which of C's it is made of."""

    @property
    def cpp(self) -> str:
        return f"dovetail::Seen<{self.type.canonical}, {', '.join(str(place) for place in self.places)}>"


def find_shape(
    params: Sequence[model.Param], index: int, view: View, *, data: int | None = None
) -> tuple[Seen, ...] | Refusal | None:
    """None: Python sees what C gives. `data`: the place of user data, which it never sees."""
    signature = signature_of_pointer(params[index].type)
    if signature is None:
        return None
    arrays = read_places(params, index, view)
    lengths = {length for length in arrays.values() if length is not None}
    found: list[Seen] = []
    changed = False
    for place, type_ in enumerate(signature.parameters):
        if place == data or place in lengths:
            continue
        length = arrays.get(place)
        made = see_array(type_, view, counted=length is not None) if place in arrays else retype(type_, view)
        if place in arrays and (made is None or (length is not None and not is_count(signature.parameters, length))):
            if "array" in view.loose:
                return None
            return Refusal(code="DV045", reason=f"`{type_.written}` of the callback is no array of that length")
        changed = changed or made is not None
        places = (place,) if length is None else (place, length)
        found.append(Seen(type=made or type_, places=places))
    return tuple(found) if changed else None


def is_count(parameters: Sequence[Type], place: int) -> bool:
    return place < len(parameters) and parameters[place].kind is TypeKind.INTEGER


def read_places(params: Sequence[model.Param], index: int, view: View) -> dict[int, int | None]:
    """By the place of the pointer: that of its length, None where a null ends it."""
    found: dict[int, int | None] = {}
    for text in view.rule.array or ():
        shape = SHAPE.match(text)
        if shape is None or shape[1] not in ("*", params[index].name, f"#{index + 1}"):
            continue
        for word in shape[2].split(","):
            place = PLACE.match(word)
            if place is not None:
                found[int(place[1]) - 1] = int(place[2]) - 1 if place[2] else None
    return found


def see_array(type_: Type, view: View, *, counted: bool) -> Type | None:
    """What Python gets of a pointer with a length, or with a null at its end."""
    target = type_.target
    if type_.kind is not TypeKind.POINTER or target is None or target.volatile:
        return None
    text = retype(type_, view)
    character = text.target if text is not None else target
    if character is not None and character.kind is TypeKind.CHAR:
        return view_of(character) if counted else text
    if target.kind is TypeKind.VOID or target.bare in SINGLE:
        return BYTES if counted else None
    if target.kind is TypeKind.POINTER and target.target is not None:
        return list_of(replace(target, const=False, canonical=f"{target.target.canonical} *"))
    return list_of(replace(target, const=False, canonical=target.bare)) if counted and target.kind in NUMBERS else None


def view_of(character: Type) -> Type:
    plain = replace(character, const=False, canonical=character.bare)
    text = f"std::basic_string_view<{plain.canonical}>"
    return Type(
        kind=TypeKind.RECORD, written=text, canonical=text, declaration="std::basic_string_view", arguments=(plain,)
    )


def list_of(element: Type) -> Type:
    text = f"dovetail::Listed<{element.canonical}>"
    return Type(
        kind=TypeKind.RECORD, written=text, canonical=text, declaration="dovetail::Listed", arguments=(element,)
    )
