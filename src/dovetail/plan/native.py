"""Native signatures: what C and Cython, Numba and SciPy see of a callable.

In: decided by policy.  Out: read by emitters.  Must not know: which consumer reads what.

A native function has numbers, enums, text, arrays of numbers and pointers to bound classes and containers alone, never
throws, and needs no GIL. One that may fail returns `failure` then, with a Python exception set; `ambiguous` says that
this may be a result, too.
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
    NUMBER = "number"  # a result: one of several numbers, as a number that holds them all
    TEXT = "text"  # two: its bytes and their number; of a result the number is stored through a further argument
    SPAN = "span"  # an argument, two: the address of the first number and how many there are
    POINTER = "pointer"  # an object, by its address
    REFERENCE = "reference"  # an object, by its address: never null
    NOTHING = "nothing"  # void
    DONE = "done"  # of a void function that may fail: int, 0
    MADE = "made"  # a new object, which the caller deletes
    LENT = "lent"  # the same, and it may look into the object that has given it
    VALUE = "value"  # a flat object, which is stored through a last argument and may look there, too: int, 0
    HANDED = "handed"  # the same, and C++ gives a pointer, which may be null
    MADE_TEXT = "made text"  # new text, which the caller frees; its number of bytes as of TEXT
    MAYBE = "maybe"  # an optional number: int, 1 where it is stored through a further argument
    SEVERAL = "several"  # a pair or tuple of numbers, each stored through a further argument: int, 0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeValue:
    kind: NativeKind
    cpp: str
    """The C++ type in the native signature: `int`, `const lib::Row*`."""
    spelling: str
    """As Cython spells it, to the letter: capsules are compared by it: `int`, `lib::Row const *`."""
    target: str = ""
    """C++ name of the enum, class or container behind it; of text and spans how C++ has it: `std::string`,
    `const char*`, `std::span<const double>`, "" for a pointer beside its length; of a number the `std::variant` that it
    is of."""
    parts: tuple[NativeValue, ...] = ()
    """Of MAYBE and SEVERAL: what is stored."""
    count: str = "size_t"
    """Of a span: the C++ type of its length."""

    @property
    def spellings(self) -> list[str]:
        """What stands for an argument in the signature."""
        match self.kind:
            case NativeKind.TEXT:
                return [self.spelling, "size_t"]
            case NativeKind.SPAN:
                return [self.spelling, self.count]
            case _:
                return [self.spelling]

    @property
    def stored(self) -> list[str]:
        """Of a result: the further arguments."""
        if self.kind in (NativeKind.TEXT, NativeKind.MADE_TEXT):
            return ["size_t *"]
        if self.kind is NativeKind.VALUE:
            return [f"{self.target} *"]
        return [f"{part.spelling} *" for part in self.parts]

    @property
    def meaning(self) -> str:
        """What the spelling does not tell: `bool`, `text`, an enum, a reference (never null), who owns a result."""
        match self.kind:
            case NativeKind.BOOL | NativeKind.TEXT:
                null = " *" if self.target == "const char*" and self.kind is NativeKind.TEXT else ""
                return f"{self.kind.value}{null}"
            case NativeKind.ENUM:
                return self.target
            case NativeKind.REFERENCE:
                return f"{self.cpp.removesuffix('*').removeprefix('const ')}{' const' * self.const} &"
            case NativeKind.NOTHING | NativeKind.DONE:
                return "void"
            case NativeKind.SPAN:
                return f"{self.spelling.removesuffix('*').rstrip()} []"
            case NativeKind.MADE | NativeKind.HANDED:
                return f"own {self.target} {'&' if self.kind is NativeKind.MADE else '*'}"
            case NativeKind.LENT:
                return f"own lent {self.target} &"
            case NativeKind.VALUE:
                return f"value {self.target}"
            case NativeKind.MADE_TEXT:
                return "own text"
            case NativeKind.MAYBE:
                return f"optional<{self.parts[0].meaning}>"
            case NativeKind.SEVERAL:
                return f"tuple<{', '.join(part.meaning for part in self.parts)}>"
            case _:
                return self.spelling

    @property
    def const(self) -> bool:
        """An object that it points to cannot be changed."""
        return self.cpp.startswith("const ")


class NativeRole(enum.Enum):
    """What Python does with it."""

    CALL = "call"
    GET = "get"  # reads an attribute
    SET = "set"  # writes one


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
    """The Python callable in the module: `inc`, `detail.inc`, `Row.at`; of an attribute `Row.width`, or
    `Row.set_width` where it is written."""
    role: NativeRole = NativeRole.CALL
    number: int = 1
    """Which of the path's native signatures it is; further ones have it in their names."""
    params: tuple[NativeParam, ...]
    """Those of C++; self is not among them."""
    result: NativeValue
    expression: str
    """As `plan.Overload.expression`; behind the parameters come the lengths of spans without a `target`."""
    receiver: NativeValue | None = None
    """Of a method: self."""
    direct: str = ""
    """The C++ function that already is it: it has this very signature (of one that may fail but for `int` where C++ has
    void), and nothing is to be caught if it cannot fail."""
    bare: bool = False
    """It may fail, and nothing but the call of a function that is compiled elsewhere is in it: that one is offered
    as well, as it throws, to callers that catch."""
    failure: str = ""
    """What it returns where an exception is set, as C++ and as Cython spell it; "": it cannot fail."""
    ambiguous: bool = False
    """It may return `failure` without an exception."""
    span: Span = NO_SPAN

    @property
    def signature(self) -> str:
        """As Cython spells it: `double (lib::Row const *, int)`."""
        given = [spelling for p in self.params for spelling in p.value.spellings]
        if self.receiver is not None:
            given.insert(0, self.receiver.spelling)
        given += self.result.stored
        space = "" if self.result.spelling.endswith("*") else " "
        return f"{self.result.spelling}{space}({', '.join(given) or 'void'})"

    @property
    def meaning(self) -> str:
        """The same as C++ and Python have it, without self: `bool (lib::Row const &, text)`."""
        space = "" if self.result.meaning.endswith("*") else " "
        return f"{self.result.meaning}{space}({', '.join(p.value.meaning for p in self.params) or 'void'})"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeField:
    name: str
    """The C++ member."""
    python: str
    """Its name in Python."""
    value: NativeValue
    offset: int | None
    """Bytes from the start of the object, where fixed."""
    const: bool = False
    array: bool = False
    """An array of C, which Python sees as the `std::array` that `value` names."""


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
    bases: tuple[tuple[str, int], ...] = ()
    """C++ names of its bound bases, also theirs, and where they begin in the object."""
    lent: bool = False
    """Python may have const objects of it."""
    element: NativeValue | None = None
    """Of a range, which has `begin()` and `end()`: what `*begin()` gives."""
    element_const: bool = True
    """A const object is one, too."""
    layout: str = ""
    """As `plan.Class.layout`."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ufunc:
    """A NumPy ufunc."""

    name: str
    doc: str
    loops: tuple[Native, ...]
    """In the order in which NumPy looks for the first that takes its arguments: integers before floats, small before
    large."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeSequence:
    """A container whose elements lie side by side."""

    name: str
    """As an identifier: `VectorRow`."""
    path: str
    cpp: str
    spelling: str
    """As Cython spells it: `std::vector<lib::Row> ` (with the space)."""
    element: NativeValue
    """Of a class or container the kind is REFERENCE."""
    lent: bool = False
    """Python may have const objects of it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeContainer:
    """A container whose elements lie apart: compiled code asks C++ where they are."""

    name: str
    """As an identifier: `MapIntRow`."""
    path: str
    cpp: str
    spelling: str
    """As Cython spells it: `std::map<int,lib::Row> ` (with the space)."""
    kind: str
    """As `plan.Container.kind`."""
    key: NativeValue | None
    """None: its elements have no keys; of a set the key is the element."""
    element: NativeValue
    lent: bool = False
    """Python may have const objects of it."""
