"""Headers on which clang would never end.

In: the text of a header.  Out: the line from which it is not worth trying.  Must not know: what it declares.

Clang reads `A<A<A<…` without the closing brackets twice at each depth: sixteen take a third of a second, thirty-two all
memory there is. A header that closes what it opens is no burden at any depth.
"""

from __future__ import annotations

import re
from typing import Final

_DEEPEST: Final = 14
_OPENING: Final = re.compile(rb"(?:\b\w{1,200}\s{0,9}<\s{0,9}){%d,}" % _DEEPEST)
_END: Final = re.compile(rb"[;{]")


def find_open_nesting(data: bytes) -> int | None:
    """The line (from 1) on which template arguments nest deeply and are not closed before the declaration ends."""
    for match in _OPENING.finditer(data):
        end = _END.search(data, match.end())
        declared = data[match.start() : end.start() if end else len(data)]
        if declared.count(b"<") - declared.count(b">") >= _DEEPEST:
            return data.count(b"\n", 0, match.start()) + 1
    return None
