"""Directions: outputs that the header's own documentation names.

In: Doxygen comments of a function and its overloads.  Out: "out" or "inout" of a parameter, or nothing.
Must not know: rules, how outputs cross the border.

    /// @param[out] lat2  latitude of point 2 (degrees)
    double Direct(double lat1, double& lat2) const;           # Direct(lat1: float) -> tuple[float, float]

What `@param[out]` says is said by the library, and a reference is then one number. A pointer may still be an array: it
is one number, enum or handle only where the text says so (`whether`, `the number of`, `the address where … is stored`).
An overload without a comment means by a parameter what another one says of the same name and type.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from dovetail import model
from dovetail.convert import Passing, take_apart
from dovetail.policy.draft import Draft

COMMAND = re.compile(
    r"[@\\]param\s*\[\s*(in\s*,\s*out|inout|out\s*,\s*in|out)\s*\]\s*(\w+(?:\s*,\s*\w+)*)(.*)", re.DOTALL
)
NEXT = re.compile(
    r"[@\\](?:t?param|returns?|result|exception|throws?|note|sa|see|warning|deprecated|brief|pre|post|b?since)\b"
)
SINGLE = re.compile(
    r"(?i)[\s*/!:-]*(?:is\s+|will\s+be\s+)?(?:set\s+to\s+|receives\s+|returns\s+)?"
    r"(?:whether|(?:the\s+)?(?:total\s+)?(?:number|count)\s+of|how\s+(?:many|much)|true\s+(?:if|where))\b"
)
STORED = re.compile(r"(?i)\b(?:address|location|pointer|variable|handle)\b")
SEVERAL = re.compile(
    r"(?i)\b(?:arrays?|buffers?|vectors?|lists?|elements|values|numbers|points|coordinates|bytes|characters|string|"
    r"handles|pointers|addresses|variables|locations|"
    r"matri(?:x|ces)|tables?|entries|items|size\s+of|at\s+least|length|kept|stored\s+pointer|later|callback)\b"
)


def find_direction(draft: Draft, function: model.Function, param: model.Param) -> str:
    """ "out", "inout", or "" where no comment says it."""
    passing = take_apart(param.type)[1]
    if not param.name or passing not in (Passing.REFERENCE, Passing.POINTER):
        return ""
    for each in (function, *overloads_of(draft, function)):
        same = any(p.name == param.name and p.type.canonical == param.type.canonical for p in each.params)
        said = read_directions(each.comment).get(param.name) if same and each.comment else None
        if said is not None:
            return said[0] if passing is Passing.REFERENCE or is_single(said[1]) else ""
    return ""


def is_single(text: str) -> bool:
    """What is said of a pointer speaks of one thing."""
    return bool(SINGLE.match(text)) or (bool(STORED.search(text)) and not SEVERAL.search(text))


def overloads_of(draft: Draft, function: model.Function) -> Sequence[model.Function]:
    """Those of its name that a comment stands above."""
    if draft.commented is None:
        draft.commented = {}
        members = (f for c in draft.model.classes for f in (*c.constructors, *c.methods))
        for each in (*draft.model.functions, *members):
            if each.comment:
                draft.commented.setdefault(each.qualified, []).append(each)
    return draft.commented.get(function.qualified, ())


def read_directions(comment: str) -> dict[str, tuple[str, str]]:
    """By parameter: the direction, and what is said of it."""
    found: dict[str, tuple[str, str]] = {}
    starts = [match.start() for match in NEXT.finditer(comment)]
    for start, end in pairwise([*starts, len(comment)]):
        if match := COMMAND.match(comment[start:end]):
            way = "out" if match[1] == "out" else "inout"
            for name in match[2].split(","):
                found[name.strip()] = (way, match[3])
    return found
