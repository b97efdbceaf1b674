"""The text to which a span points.

In: a path as spans spell it.  Out: its text, or None.  Must not know: what is shown of it.
"""

from __future__ import annotations

import os
from pathlib import Path


def read_source(path: str | os.PathLike[str]) -> str | None:
    """None for what cannot be read, a name that no file can have included: a finding is printed all the same."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None
