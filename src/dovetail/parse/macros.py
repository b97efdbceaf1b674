"""Macros that stand for a constant.

In: macro definitions.  Out: `model.Macro` for those whose expansion is a constant expression of a plain type.
Must not know: other declarations.
"""

from __future__ import annotations

from collections.abc import Iterable

from dovetail.model import Macro
from dovetail.parse import clang
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.functions import Reader, read_span, read_value
from dovetail.parse.probes import Precompiled, Probe, ask
from dovetail.parse.source import split
from dovetail.parse.types import Types


def read_macros(cursors: Iterable[Cursor], reader: Reader, headers: Precompiled) -> tuple[Macro, ...]:
    """Values of the macros, in header order. Guards and those that are no expressions are left out."""
    named = {clang.spelling(cursor): cursor for cursor in cursors if _may_be_value(cursor, reader)}
    if not named:
        return ()
    probe = Probe()
    lines = {}
    for index, name in enumerate(named):
        # In parentheses first: an expansion with a semicolon must not become two declarations. But what is in
        # parentheses, clang does not evaluate where it is a string.
        checked = probe.add(f"const auto dovetail_checked_{index} = ({name});")
        probe.add(f"const auto dovetail_macro_{index} = {name};")
        lines[f"dovetail_macro_{index}"] = (checked, name)
    answer = ask(probe, headers)
    if answer is None or answer.broken:
        return ()
    types = Types()
    found = []
    for cursor in answer.top:
        line, name = lines.get(clang.spelling(cursor), (0, ""))
        if cursor.kind is not CursorKind.VAR_DECL or not line or line in answer.refused:
            continue
        value = read_value(clang.evaluate(cursor), types.read(cursor.type))
        if value is not None:
            definition = named[name]
            place = clang.place(definition)
            comment = reader.sources.file(place.path).comment_beside(place.line)
            found.append(Macro(name=name, value=value, span=read_span(definition, reader), comment=comment))
    return tuple(found)


def _may_be_value(cursor: Cursor, reader: Reader) -> bool:
    start, end = clang.extent(cursor)
    text = reader.sources.file(start.path).slice(start.offset, end.offset)
    tokens = [token.text for token in split(text.replace("\\\n", " ").replace("\\\r\n", " "))][1:]
    depth = 0
    for token in tokens:
        depth += (token in "([{") - (token in ")]}")
        if depth < 0 or (depth == 0 and token in (",", ";")):
            return False
    return bool(tokens)
