"""What a code means, at length.

In: a code.  Out: Markdown.  Must not know: who asks.
"""

from __future__ import annotations

import difflib

from dovetail.diagnostics.codes import CODES


def explain(code: str) -> str:
    """The page of a code: what it says, why, an example, what to do. KeyError names the nearest for an unknown one."""
    wanted = code.strip().upper()
    if wanted not in CODES:
        near = [known for known in CODES if wanted and known.startswith(wanted)]
        near = near or difflib.get_close_matches(wanted, CODES, n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise KeyError(f"no diagnostic has the code {wanted!r}{hint}")
    row = CODES[wanted]
    return f"{row.code} ({row.severity.value}): {row.title}\n\n{row.text.strip()}\n"
