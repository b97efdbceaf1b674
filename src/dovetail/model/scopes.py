"""Qualified names: their parts, and those that authors do not mean as an interface.

In: qualified C++ names.  Out: parts, whether one is private by its name.
Must not know: declarations.
"""

from __future__ import annotations

PRIVATE = frozenset({"detail", "details", "impl", "internal", "internals", "priv"})


def is_private(qualified: str) -> bool:
    """A namespace, or something in one, that its author does not mean as an interface."""
    return any(
        part in PRIVATE or part.startswith("__") or part.endswith(("_detail", "_impl", "_internal"))
        for part in split(qualified)
    )


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
