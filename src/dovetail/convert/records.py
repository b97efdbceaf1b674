"""The records of a conversion, and what a family of conversions is made of.

In: nothing (plain records).  Out: `Converter` rows, `Conversion` or `Refusal` answers, the `Names` a search needs.
Must not know: the plan, rules, how emitted code looks.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, final

from dovetail.model import Type, TypeKind


class Passing(enum.Enum):
    """How a type stands in a signature, once its reference or pointer is taken off."""

    VALUE = "value"
    CONST_REFERENCE = "const reference"
    REFERENCE = "reference"
    RVALUE = "rvalue reference"
    POINTER = "pointer"
    CONST_POINTER = "pointer to const"


class Use(enum.Enum):
    """Which way a value goes."""

    TAKE = "take"  # Python to C++: a parameter
    GIVE = "give"  # C++ to Python: a result
    ELEMENT = "element"  # inside a container, a pair, an optional …: both ways, held by value


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No conversion: the diagnostic code, and the reason in one line."""

    code: str
    reason: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A signature of callables that cross the border, as messages about them say it."""

    cpp: str
    """`double (int)`."""
    result: str = ""
    """What a Python callable must return: `float`; "" where none is taken."""
    doc: str = ""
    """The docstring of a C++ one in Python: `function(arg0: int, /) -> float`; "" where none is given."""
    taken: tuple[str, ...] = ()
    """Python paths of the classes whose objects it takes over, as results or as arguments."""


def merge(*groups: tuple[Callback, ...]) -> tuple[Callback, ...]:
    """One of each signature, with what any of them says."""
    found: dict[str, Callback] = {}
    for each in (callback for group in groups for callback in group):
        known = found.get(each.cpp, each)
        found[each.cpp] = Callback(
            cpp=each.cpp,
            result=known.result or each.result,
            doc=known.doc or each.doc,
            taken=tuple(dict.fromkeys((*known.taken, *each.taken))),
        )
    return tuple(found.values())


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """How one type crosses the border: `takes` and `gives` are Python annotations."""

    cpp: str
    converter: str
    takes: str
    gives: str
    headers: tuple[str, ...] = ()
    shared: bool = False
    """C++ object and Python object are one: a class or a container, which a reference can borrow."""
    pointer: bool = False
    """Null is possible."""
    transfers: bool = False
    """An argument is taken over by C++."""
    inner: tuple[str, ...] = ()
    """What the elements give, for containers: `list[int]` of a vector of int."""
    opaque: bool = False
    """The class is only declared: it can be neither copied nor deleted."""
    ended: bool = False
    """A function of the library ends objects of the class."""
    views: bool = False
    """The C++ side points into the Python object: it must not be stored."""
    holds: bool = False
    """The C++ value keeps what it needs of Python alive by itself."""
    empty: bool = False
    """None is one of its values."""
    callbacks: tuple[Callback, ...] = ()
    """Signatures of the callables in it."""

    @property
    def leans(self) -> bool:
        """Where C++ stores it, the Python object must live as long."""
        return (self.pointer or self.views) and not self.holds


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A bound class: its Python path and what can be done with its values."""

    path: str
    copyable: bool
    movable: bool
    complete: bool = True
    """False: it is only declared, and nothing but references and pointers can be made of it."""
    ended: bool = False
    """A function of the library ends its objects."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What a conversion of the user's own takes and gives, as annotations; "" for a way that it does not go."""

    takes: str
    gives: str


class Names(Protocol):
    """What a search must ask of the module being decided."""

    def find_own(self, type_: Type) -> Own | None:
        """The conversion that a header of the user's has for the type."""

    def find_class(self, type_: Type) -> Known | Refusal:
        """The bound class that a RECORD names."""

    def find_enum(self, type_: Type) -> str | Refusal:
        """The Python path of the enum that an ENUM names."""

    def find_grid(self, type_: Type) -> Type | None:
        """The element of a class that is like `std::mdspan`, None for all others."""

    def find_format(self, type_: Type) -> str | None:
        """The struct format of an element of a buffer: `d`, `(3)d`, `T{i:id:}`; None where it is not plain."""

    def gives_objects(self) -> bool:
        """Whether a `void*` of C may be an object of Python that it keeps."""

    def name_container(
        self, type_: Type, converter: Converter, elements: tuple[Conversion, ...], headers: tuple[str, ...]
    ) -> str | Refusal:
        """The Python path of a container type; the first request makes it part of the module."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A type with its reference or pointer taken off, on its way to a converter."""

    type: Type
    """As it stands in the signature."""
    core: Type
    """Without reference and pointer."""
    passing: Passing
    use: Use
    names: Names
    find: Callable[[Type], Conversion | Refusal]
    """Finds the conversion of an inner type."""
    find_as: Callable[[Type, Use], Conversion | Refusal]
    """The same for a part of a signature, which goes one way."""


Answer = Conversion | Refusal

BY_VALUE = frozenset({Passing.VALUE, Passing.CONST_REFERENCE, Passing.RVALUE})
BY_ANY = frozenset(Passing)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Converter:
    """One row of the table: which types, which annotations, which runtime header.

    `takes` and `gives` are templates over the inner conversions: `Iterable[{0}]`, `{0} | None`.
    """

    name: str
    matches: tuple[str | TypeKind, ...]
    """Names of templates and classes (`std::vector`), or kinds of type."""
    takes: str = ""
    gives: str = ""
    header: str = ""
    inner: int = 0
    """How many template arguments are types to be converted; -1: all of them."""
    container: str = ""
    """The runtime's name of the container template; "" where it is no container."""
    protocol: str = ""
    """collections.abc class of a container."""
    passing: frozenset[Passing] = BY_VALUE
    special: Callable[[Request, Converter], Answer] | None = None
    """Decides instead of the templates, where structure matters."""
    only: Use | None = None
    """The one way in which the type is converted, where there is only one."""
    library: str = ""
    """The folder, as an #include writes it, of a library other than the standard one to which the type belongs."""


def check_passing(request: Request, row: Converter) -> Refusal | None:
    """The refusal that a way of passing deserves, or None where the row allows it."""
    if request.passing in row.passing:
        return None
    given = request.use is Use.GIVE
    if given and request.passing is Passing.REFERENCE:
        return None
    if request.passing in (Passing.REFERENCE, Passing.POINTER) and not given:
        return Refusal(code="DV041", reason=f"`{request.type.written}` may be an output: a rule `out` says so")
    return Refusal(code="DV023", reason=f"`{request.type.written}` does not say how many elements it points to")
