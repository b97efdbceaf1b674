"""A module as a plain library: functions with C signatures, and which Python stands over them where there is no C API.

In: decided by policy, for PyPy.  Out: read by emitters.  Must not know: cffi, how Python or C++ text is laid out.

Every record here says how something of the plan crosses: numbers as they are, text as bytes with their number, objects
by their address, and what is made of several values (`std::optional`, `std::pair`, `std::variant`) packed into bytes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import final

from dovetail.diagnostics import NO_SPAN, Span
from dovetail.plan.records import Accessor, Class, Constant, Container, Enum, Function, Overload, Raised, Return


class Form(enum.Enum):
    """How a value crosses."""

    NONE = "none"  # of a result: nothing; the function says whether it failed
    SELF = "self"  # of a result: the object itself
    NUMBER = "number"
    BOOL = "bool"  # an int, 0 or 1
    CHAR = "char"
    ENUM = "enum"  # the integer below it
    TEXT = "text"  # bytes and their number; as a result a block
    PATH = "path"  # the same, and Python has a path
    OBJECT = "object"  # of a class or container: by its address; as a result by value, a new one
    SHARED = "shared"  # what holds the object, beside its address
    UNIQUE = "unique"  # an object that is handed over
    SPAN = "span"  # an address and a number of elements
    PACKED = "packed"  # bytes and their number; as a result a block
    POINTER = "pointer"  # within what is packed: an object by its address


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlainValue:
    form: Form
    cpp: str = ""
    """The C++ type without const, reference or pointer."""
    c: str = ""
    """The C type of a number or of what is below an enum."""
    path: str = ""
    """Python path of the class, container or enum."""
    mark: str = ""
    """How C++ has it: "" by value, `&`, `*` or `&&`."""
    const: bool = False
    nullable: bool = False
    """A pointer that may be null; of a span: C++ writes to its elements."""
    strict: bool = True
    """Of an enum: it refuses a plain int."""
    kind: str = ""
    """Of what is packed: `optional`, `variant`, `pair`, `tuple`, `list`, `complex`. Of a shared result how C++ gives
    it, where it is no shared_ptr: by `value`, or as a pointer (`own`)."""
    parts: tuple[PlainValue, ...] = ()
    """Of what is packed."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlainParam:
    name: str
    """An identifier of C++ and Python."""
    positional: bool
    """It goes by position alone."""
    value: PlainValue
    takes: str
    """As the stub has it, for messages."""
    items: bool = False
    """A container, which may be made of what Python iterates over."""
    literal: str = ""
    """A default that Python can have itself: `1.5`, `Mode.fast`, `None`; an enumerator by its Python path."""
    fallback: str | None = None
    """C++ for a default that Python cannot have; "": C++ alone fills it in. None: there is none."""
    kept_by: str = ""

    @property
    def optional(self) -> bool:
        return bool(self.literal) or self.fallback is not None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlainCall:
    """One C++ function with a C signature."""

    symbol: str
    expression: str
    """As `plan.Overload.expression`."""
    params: tuple[PlainParam, ...]
    result: PlainValue
    how: Return = Return.VALUE
    receiver: str = ""
    """The C++ class whose objects it is called on; "" without self."""
    const: bool = True
    noexcept: bool = False
    release_gil: bool = False
    inside: bool = False
    """It gives a part of the object, which is const where the object is."""
    made: bool = False
    """The expression of a constructor gives a pointer to a new object."""
    lent: bool = False
    """The result may point into self."""
    cpp: str = ""
    span: Span = NO_SPAN
    overload: Overload | None = None
    """None: it is part of a container or of an iterator."""

    @property
    def masked(self) -> bool:
        """A first argument says which of the others were given."""
        return any(param.fallback is not None for param in self.params)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlainFunction:
    """A Python callable."""

    function: Function
    calls: tuple[PlainCall, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlainAccessor:
    accessor: Accessor
    read: PlainCall
    write: PlainCall | None
    direct: bool = False
    """A number at a fixed place: it is read and written where it lies."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlainClass:
    record: Class
    constructors: PlainFunction | None
    methods: tuple[PlainFunction, ...]
    accessors: tuple[PlainAccessor, ...]
    element: PlainCall | None = None
    """What an iterator over the object gives; `{self}` is the iterator."""
    protocols: tuple[tuple[str, PlainCall], ...] = ()
    """Special methods that the class has without methods of C++: `__str__`, `__hash__`."""
    shared: bool = False
    """Something takes or gives it by `std::shared_ptr`: so that is how its objects are held."""
    apart: bool = False
    """In a bound class derived from it, it is not where the object begins."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlainContainer:
    record: Container
    protocol: str
    """`sequence`, `mapping` or `set`."""
    calls: tuple[tuple[str, PlainCall], ...]
    """By the method of the Python class that each is."""
    element: PlainValue
    """Of a mapping its values."""
    key: PlainValue | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRaised:
    record: Raised
    methods: tuple[PlainFunction, ...]
    accessors: tuple[PlainAccessor, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """All that has C signatures. Names and documentation are those of the plan."""

    enums: tuple[Enum, ...]
    classes: tuple[PlainClass, ...]
    containers: tuple[PlainContainer, ...]
    raised: tuple[PlainRaised, ...]
    functions: tuple[PlainFunction, ...]
    constants: tuple[tuple[Constant, PlainCall | None], ...]
    """None: it has a literal."""
    variables: tuple[tuple[str, PlainAccessor], ...]
    """With their scopes."""
