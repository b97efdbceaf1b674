"""What rules make a class do: records of a plan, one for each protocol.

In: decided by policy.  Out: read by emitters.  Must not know: the runtime.

Members are called by their Python names, so that what a Python subclass overrides is what is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A value of an object: an attribute, or a method without arguments."""

    name: str
    """The attribute or method."""
    label: str
    """What the value is called."""
    call: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """`with x:` calls `enter` (if any), gives x, and calls `leave` at its end."""

    leave: str
    enter: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pickle:
    """An object is made again from its parts: by the constructor, or by the static method `parse`."""

    parts: tuple[Part, ...]
    parse: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stepping:
    """`async for` calls `step` in the executor of the loop, until it gives None; `flagged`: until the first of the
    tuple that it gives is false."""

    step: str
    gives: str
    flagged: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """All of them; empty where no rule asks."""

    context: Context | None = None
    pickle: Pickle | None = None
    shown: tuple[Part, ...] = ()
    """What the repr shows."""
    match: tuple[str, ...] = ()
    """`__match_args__`, where they are not the fields of an aggregate."""
    stepping: Stepping | None = None


NO_CONDUCT = Conduct()
