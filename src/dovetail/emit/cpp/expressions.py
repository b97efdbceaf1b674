"""C++ expressions of the plan with their places filled in.

In: `{self}.at({0})` and what stands for self and each argument.  Out: `it->at(index.get())`.
Must not know: where the arguments come from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PLACE = re.compile(r"\{(self|\d+)(?:\.(\w+)(?::([\w ]+))?)?\}")


def fill(expression: str, arguments: Sequence[str], receiver: str = "it") -> str:
    """`receiver` is a pointer. Doubled braces are single ones in C++: `lib::Row{{{0}, {1}}}` is `lib::Row{a, b}`."""
    pieces: list[str] = []
    end = 0
    for place in _PLACE.finditer(expression):
        pieces.append(_braces(expression[end : place.start()]))
        end = place.end()
        if place[1] != "self":
            pieces.append(_member(arguments, place))
        elif expression.startswith(".", end):
            pieces.append(f"{receiver}->")
            end += 1
        else:
            alone = expression.startswith(("[", "(", "-", "+"), end) or expression[: place.start()].endswith("/")
            pieces.append(f"(*{receiver})" if alone else f"*{receiver}")
    pieces.append(_braces(expression[end:]))
    return "".join(pieces)


def _braces(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _member(arguments: Sequence[str], place: re.Match[str]) -> str:
    """What else an argument gives than itself: `{0.end}`, `{0.extent:1}`, `{1.like:0}`, `{0.destructor}`."""
    given, member, more = arguments[int(place[1])], place[2], place[3]
    if not member:
        return given
    variable = given.partition(".")[0]  # a callback brings its user data along
    if member == "like":
        return f"{variable}.like({arguments[int(more)].removesuffix('.get()')})"
    return f"{variable}.{member}<{more}>()" if more else f"{variable}.{member}()"


def uses_self(expression: str) -> bool:
    return "{self}" in expression


def shorten(expression: str, count: int) -> str:
    """Only the first `count` arguments; the rest is left to C++. Arguments stand last, in order."""
    return re.sub(rf"(?:, )?[&*]?\{{(?:{_from(expression, count)})(?:\.[\w: ]+)?\}}", "", expression)


def _from(expression: str, count: int) -> str:
    places = sorted({int(place[1]) for place in _PLACE.finditer(expression) if place[1] != "self"})
    return "|".join(str(place) for place in places if place >= count) or "none"
