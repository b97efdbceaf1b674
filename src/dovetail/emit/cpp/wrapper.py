"""The records that a wrapper is written from.

In: the plan's functions and where they are called from.  Out: `Wrapper`, `Frame`.
Must not know: any C++ text beyond names and expressions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

from dovetail.emit.cpp.context import Context
from dovetail.emit.writer import Writer
from dovetail.plan import Call, Function, Overload


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """The object of a method. `exception`: it is held by a Python exception."""

    cpp: str
    element: bool = False
    exception: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The class or exception class that a function is a member of."""

    base: str
    """Identifier: `Shape`."""
    name: str
    """Python name, for messages."""
    receiver: Receiver


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """One overload of one callable, and the C++ function that is written for it."""

    context: Context
    function: Function
    overload: Overload
    owner: Owner | None
    name: str
    """Identifier of the C++ function."""

    def of(self, overload: Overload, name: str) -> Wrapper:
        return replace(self, overload=overload, name=name)

    @property
    def is_static(self) -> bool:
        return self.owner is None or self.overload.call in (Call.STATIC, Call.FUNCTION)

    @property
    def self_name(self) -> str:
        return "module" if self.is_static else "self"

    @property
    def home(self) -> str:
        """Where the state is found from."""
        if self.owner is None or self.is_static:
            return "dovetail::module_home(module)"
        return f"dovetail::{'exception' if self.owner.receiver.exception else 'instance'}_home(self)"

    @property
    def signature(self) -> str:
        return f"{self.name}_signature"

    @property
    def python_name(self) -> str:
        """As messages say it: `Shape.rename`."""
        return f"{self.owner.name}.{self.function.name}" if self.owner is not None else self.function.name


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a body stands."""

    name: str
    """The Python callable, for messages."""
    given: tuple[str, ...] = ()
    """The Python object of each parameter that is an argument: `v[0]`, `arg`, `other`."""
    required: int = 0
    """How many of them are always there; the others may be nullptr."""
    bad: Callable[[int, str], str] = lambda _, __: "nullptr"
    """The expression to return when argument k, given as an object, is refused."""
    signature: str = ""
    """What was bound to `v`; "" where arguments came otherwise."""
    receiver: Receiver | None = None
    failure: str = "nullptr"
    again: str = ""
    """The function that finds again what the body gives, for an element of a container."""
    body: Callable[[Writer, str], None] | None = None
    """Writes what is done with the call expression, where no object is returned."""

    def fail(self, raised: str) -> str:
        """`return` for an expression that has set an exception and is nullptr."""
        return f"return {raised};" if self.failure == "nullptr" else f"return dovetail::failed({raised});"


def make_wrapper(context: Context, function: Function, owner: Owner | None, name: str) -> Wrapper:
    return Wrapper(context=context, function=function, overload=function.overloads[0], owner=owner, name=name)
