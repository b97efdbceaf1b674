"""Text: characters, strings, string views and C strings of every character type.

In: kinds and names of types.  Out: rows.  Must not know: encodings (the runtime's).

A `const char*` and a string_view point into the Python object for the length of the call; they cannot be elements.
"""

from __future__ import annotations

from dovetail.convert.records import BY_VALUE, Answer, Conversion, Converter, Passing, Refusal, Request, Use
from dovetail.model import Type, TypeKind

HEADER = "dovetail/convert/text.h"
WIDE = "dovetail/convert/wide.h"


def header_of(character: Type | str | None) -> str:
    """Narrow text has its own small header; the wide ones share one."""
    bare = character.bare if isinstance(character, Type) else "char"
    return HEADER if bare == "char" else WIDE


def answer_character(request: Request, row: Converter) -> Answer:
    """`char` is a one-character str; `const char*` is text."""
    core = request.core
    if request.passing in BY_VALUE or (request.passing is Passing.REFERENCE and request.use is Use.GIVE):
        return Conversion(
            cpp=request.type.canonical, converter="character", takes="str", gives="str", headers=(header_of(core),)
        )
    if request.passing is Passing.REFERENCE:
        return Refusal(code="DV041", reason=f"`{request.type.written}` may be an output: a rule `out` says so")
    if request.use is Use.ELEMENT:
        return Refusal(code="DV040", reason=f"nobody would own the text behind `{request.type.written}`")
    if request.passing is Passing.POINTER and request.use is Use.TAKE:
        return Refusal(code="DV041", reason=f"C++ may write into `{request.type.written}`, which has no length")
    narrow = core.bare == "char"
    return Conversion(
        cpp=request.type.canonical,
        converter="c string",
        takes="str | bytes" if narrow else "str",
        gives="str",
        headers=(header_of(core),),
        pointer=True,
        views=True,
    )


def answer_string(request: Request, row: Converter) -> Answer:
    """Strings are converted; a mutable one can only be an output."""
    character = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    headers = (header_of(character),)
    narrow = headers == (HEADER,)
    given = request.use is Use.GIVE
    views = row.name == "text view"
    if request.passing in (Passing.REFERENCE, Passing.POINTER) and not given:
        return Refusal(code="DV041", reason=f"`{request.type.written}` may be an output: a rule `out` says so")
    if request.passing is Passing.CONST_POINTER and not given:
        return Refusal(code="DV040", reason=f"`{request.type.written}` does not say how many strings it points to")
    return Conversion(
        cpp=request.type.canonical,
        converter=row.name,
        takes="str | bytes" if narrow else "str",
        gives="str",
        headers=headers,
        pointer=request.passing in (Passing.POINTER, Passing.CONST_POINTER),
        views=views,
    )


RECORDS = (
    Converter(name="character", matches=(TypeKind.CHAR,), special=answer_character),
    Converter(name="text", matches=("std::basic_string", "std::string", "std::wstring"), special=answer_string),
    Converter(name="text view", matches=("std::basic_string_view", "std::string_view"), special=answer_string),
)
