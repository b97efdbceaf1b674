"""Qualified names: their parts, and those that authors do not mean as an interface.

In: qualified C++ names.  Out: parts, whether one is private by its name.
Must not know: declarations.
"""

from __future__ import annotations

import re

PRIVATE = frozenset({"detail", "details", "impl", "internal", "internals", "priv"})


_THROUGH = re.compile(r"(?:::std::remove_reference_t<decltype\(\**([\w:]+)(?:\[0\])*\)>)|decltype\(([\w:]+)\)")


def is_private(qualified: str) -> bool:
    """A namespace, or something in one, that its author does not mean as an interface."""
    return any(
        part in PRIVATE or part.startswith("__") or part.endswith(("_detail", "_impl", "_internal"))
        for part in split(unwrap(qualified))
    )


def unwrap(qualified: str) -> str:
    """The member for its unnamed type: `lib::Row::place::x` of `decltype(lib::Row::place)::x`."""
    found = _THROUGH.sub(lambda match: match[1] or match[2], qualified)
    return found if found == qualified else unwrap(found)


def split(qualified: str) -> list[str]:
    """Parts of a qualified name; `::` inside template arguments does not count."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(qualified):
        depth += (char in "<(") - (char in ">)")
        if depth == 0 and qualified.startswith("::", index):
            parts.append(qualified[start:index])
            start = index + 2
    parts.append(qualified[start:])
    return [p for p in parts if p]
