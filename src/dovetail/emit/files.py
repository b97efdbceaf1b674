"""A generated file.

In: nothing.  Out: `File`.  Must not know: folders (the name is relative to the output folder), disks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True)
class File:
    """`name` has forward slashes and never climbs out: `shapes.cpp`, `shapes/detail.pyi`."""

    name: str
    text: str
