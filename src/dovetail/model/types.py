"""A C++ type as the compiler sees it: structure for deciding, spellings for writing.

In: built by `parse`.  Out: `Type`, immutable and comparable.
Must not know: Python types, conversions, clang.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import final


class TypeKind(enum.Enum):
    """The shape of a type; everything else about it is in the fields of `Type`."""

    VOID = "void"
    BOOL = "bool"
    CHAR = "char"  # char, wchar_t, char8_t, char16_t, char32_t: text, not numbers
    INTEGER = "integer"  # also signed char and unsigned char
    FLOAT = "float"
    NULLPTR = "nullptr"
    ENUM = "enum"
    RECORD = "record"  # class, struct, union, or an instantiation of a template
    POINTER = "pointer"
    LVALUE_REFERENCE = "lvalue reference"
    RVALUE_REFERENCE = "rvalue reference"
    ARRAY = "array"
    FUNCTION = "function"
    MEMBER_POINTER = "member pointer"
    DEPENDENT = "dependent"  # names a template parameter: only inside templates
    OTHER = "other"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """One C++ type.

    `const std::vector<lib::Row> &` is a LVALUE_REFERENCE to a const RECORD whose `declaration` is
    `std::vector` and whose `arguments` are `(lib::Row,)`. Default template arguments are left out.
    """

    kind: TypeKind
    written: str
    """As the header spells it (often unqualified: for people, never for emitted code)."""
    canonical: str
    """Fully qualified and valid in emitted code; typedefs resolved."""
    const: bool = False
    volatile: bool = False
    size: int | None = None
    """Bytes; None for incomplete, dependent and void types."""
    signed: bool | None = None
    """For INTEGER, CHAR and ENUM (of the underlying type)."""
    target: Type | None = None
    """What a pointer or reference refers to; the element of an array; the result of a function."""
    extent: int | None = None
    """Number of elements of an ARRAY, also of a parameter, which is a POINTER; None where unknown (`int[]`)."""
    declaration: str | None = None
    """Qualified name of the enum, record or template without arguments: `std::vector`, `lib::Row`."""
    arguments: tuple[Type | str, ...] = ()
    """Template arguments: types, or the text of a value (`"4"` in `std::array<int, 4>`)."""
    parameters: tuple[Type, ...] = ()
    """Parameters of a FUNCTION."""
    variadic: bool = False
    alias: str | None = None
    """Qualified name of the typedef by which it was written (`lib::Paths`), where there was one."""
    complete: bool = True
    """False for a record that is only declared in these headers."""

    @property
    def bare(self) -> str:
        """The canonical spelling without top-level const and volatile: `lib::Row` of `const lib::Row`."""
        text = self.canonical
        for word in ("const ", "volatile "):
            if self.kind is not TypeKind.POINTER and text.startswith(word):
                text = text[len(word) :]
        return text


NO_TYPE = Type(kind=TypeKind.VOID, written="void", canonical="void")
