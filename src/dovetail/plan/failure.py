"""How a call says by its result that it failed.

In: decided by policy.  Out: read by emitters.  Must not know: rules, the runtime.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """`{outcome}` is what C++ returned; `{0}`, `{self}` … stand for what they do in the expression of the call."""

    error: str
    """Python path of the exception, one of `Module.raised`."""
    test: str
    """C++ that is true where the call failed."""
    code: str
    """C++ for the exception's `code`: a number."""
    messages: tuple[str, ...] = ()
    """C++ that gives the text as a C string; the first that gives any says it."""
    drops: bool = False
    """The result says nothing else: Python does not see it."""
    wrap: str = "{call}"
    """What becomes of a result that is no failure."""
