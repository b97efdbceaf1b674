"""Native signatures: what C and Cython, Numba and SciPy see of a callable.

In: decided by policy.  Out: read by emitters.  Must not know: which consumer reads what.

A native function has numbers, enums and pointers to bound classes alone, never throws, and needs no GIL. One that may
fail returns `failure` then, with a Python exception set; `ambiguous` says that this may be a result, too.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import final

from dovetail.diagnostics import NO_SPAN, Span


class NativeKind(enum.Enum):
    """How a native value becomes the C++ one, and back."""

    PLAIN = "plain"  # the same
    BOOL = "bool"  # an int, 0 or 1
    ENUM = "enum"  # the integer below it
    POINTER = "pointer"  # an object, by its address
    REFERENCE = "reference"  # an object, by its address: never null
    NOTHING = "nothing"  # void
    DONE = "done"  # of a void function that may fail: int, 0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeValue:
    kind: NativeKind
    cpp: str
    """The C++ type in the native signature: `int`, `const lib::Row*`."""
    spelling: str
    """As Cython spells it, to the letter: capsules are compared by it: `int`, `lib::Row const *`."""
    target: str = ""
    """C++ name of the enum or class behind it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeParam:
    name: str
    """"" where the header gives none."""
    value: NativeValue


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Native:
    """One C++ function with its native signature."""

    name: str
    """Its key in `__pyx_capi__`, an identifier: `inc`, `detail_inc`, `Row_at`, `Row_at_2` (the second overload)."""
    path: str
    """The Python callable in the module: `inc`, `detail.inc`, `Row.at`."""
    number: int = 1
    """Which of the path's native signatures it is; further ones have it in their names."""
    params: tuple[NativeParam, ...]
    """Those of C++; self is not among them."""
    result: NativeValue
    expression: str
    """As `plan.Overload.expression`."""
    receiver: NativeValue | None = None
    """Of a method: self."""
    failure: str = ""
    """What it returns where an exception is set, as C++ and as Cython spell it; "": it cannot fail."""
    ambiguous: bool = False
    """It may return `failure` without an exception."""
    span: Span = NO_SPAN

    @property
    def signature(self) -> str:
        """As Cython spells it: `double (lib::Row const *, int)`."""
        values = [p.value for p in self.params]
        given = [self.receiver, *values] if self.receiver is not None else values
        space = "" if self.result.spelling.endswith("*") else " "
        return f"{self.result.spelling}{space}({', '.join(v.spelling for v in given) or 'void'})"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeField:
    name: str
    """The C++ member."""
    value: NativeValue
    offset: int | None
    """Bytes from the start of the object, where fixed."""
    const: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeClass:
    """A class whose objects native functions take: each Python object gives its address."""

    name: str
    """As an identifier: `Row`, `detail_Row`."""
    path: str
    cpp: str
    fields: tuple[NativeField, ...] = ()
    """Public members with native values."""
    constructors: tuple[tuple[NativeParam, ...], ...] = ()
    """Parameters of those that have native ones alone."""
