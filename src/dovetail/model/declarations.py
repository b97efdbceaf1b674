"""Declarations as headers spell them.

In: built by `parse`.  Out: `Module` and what it holds; all immutable, all in header order.
Must not know: Python names, what is bound and what is not.

Every `name` is the unqualified C++ name, every `qualified` is without template arguments unless the
record is an instantiation (`lib::Box<int>`). `scope` is the qualified name of what encloses it ("" for global).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import final

from dovetail.diagnostics import NO_SPAN, Span
from dovetail.model.types import Type


class Access(enum.Enum):
    PUBLIC = "public"
    PROTECTED = "protected"
    PRIVATE = "private"


class FunctionKind(enum.Enum):
    FREE = "free"
    METHOD = "method"
    STATIC = "static"
    CONSTRUCTOR = "constructor"
    CONVERSION = "conversion"  # operator T()
    FRIEND = "friend"  # declared only inside a class; found by argument-dependent lookup


WITHOUT_SELF = (FunctionKind.FREE, FunctionKind.STATIC, FunctionKind.FRIEND)
"""Called on no object."""


class RefQualifier(enum.Enum):
    NONE = ""
    LVALUE = "&"
    RVALUE = "&&"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """A default argument."""

    text: str
    """The source text after `=`, white space folded: `Mode::fast`, `{}`, `std::nullopt`."""
    value: int | float | str | bool | None = None
    """Its value where the compiler could evaluate it; None where not."""
    null: bool = False
    """It is a null pointer (`nullptr`, `NULL`, `0` for a pointer)."""
    cpp: str | None = None
    """An expression with the same value that is valid at namespace scope, or None: `4`, `lib::Mode(2)`."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    name: str
    """Empty for an unnamed parameter."""
    type: Type
    default: Default | None = None
    annotations: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function, method, constructor, operator or conversion. Overloads are separate records."""

    name: str
    """`area`, `operator+`, `operator bool`; a constructor has the name of its class."""
    qualified: str
    scope: str
    kind: FunctionKind
    params: tuple[Param, ...]
    returns: Type
    span: Span
    access: Access = Access.PUBLIC
    const: bool = False
    virtual: bool = False
    pure: bool = False
    override: bool = False
    final: bool = False
    deleted: bool = False
    defaulted: bool = False
    explicit: bool = False
    noexcept: bool = False
    variadic: bool = False
    constexpr: bool = False
    implicit: bool = False
    """Not written in the header: a constructor or method that the class has from `using Base::f`, or by default."""
    ref_qualifier: RefQualifier = RefQualifier.NONE
    inline: bool = False
    """A body is in the headers, so no library needs to export it."""
    undefined: bool = False
    """Declared `inline`, and no header has its body: nothing that calls it can be linked."""
    calls: tuple[str, ...] = ()
    """Names that the body of a virtual function calls, where it stands at the declaration. Only as far as words go."""
    mangled: str = ""
    """The linker's name; "" where it has none."""
    deprecated: str | None = None
    """The text of [[deprecated]] ("" without one); None where it is not deprecated."""
    comment: str = ""
    """The documentation comment as written, with its comment marks."""
    annotations: tuple[str, ...] = ()
    """What DOVETAIL(...) said of it."""
    template_arguments: tuple[Type | str, ...] = ()
    """Of an instantiation of a function template."""
    deduced: bool = False
    """Callers need not write the template arguments: they follow from the parameters."""
    implied: bool = False
    """Template arguments were written, and would follow from the parameters as well."""
    pattern: Span = NO_SPAN
    """Of a deduced instantiation: where its template is declared first."""
    constraint: str = ""
    """The text of its requires-clause."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A data member, static or not."""

    name: str
    qualified: str
    scope: str
    type: Type
    span: Span
    access: Access = Access.PUBLIC
    static: bool = False
    mutable: bool = False
    constexpr: bool = False
    bit_width: int | None = None
    offset: int | None = None
    """Bytes from the start of the object; None for statics, bit-fields and dependent layouts."""
    has_default: bool = False
    """It has a default member initialiser."""
    value: int | float | str | bool | None = None
    """Of a constant static member."""
    inline: bool = True
    """False for a static member that needs a definition in a library."""
    mangled: str = ""
    anonymous_path: tuple[str, ...] = ()
    """It is reached through unnamed unions or structs; here for diagnostics, C++ needs no path."""
    deprecated: str | None = None
    comment: str = ""
    annotations: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    type: Type
    access: Access = Access.PUBLIC
    virtual: bool = False
    offset: int | None = None
    """Bytes from the start of the object; None where it is not fixed (virtual) or not known."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What the standard type traits say, read by the probe. Access counts: a private one is False."""

    default_constructible: bool = False
    copy_constructible: bool = False
    move_constructible: bool = False
    copy_assignable: bool = False
    move_assignable: bool = False
    destructible: bool = False
    aggregate: bool = False
    abstract: bool = False
    polymorphic: bool = False
    virtual_destructor: bool = False
    final: bool = False
    standard_layout: bool = False
    trivially_copyable: bool = False
    equality_comparable: bool = False
    hashable: bool = False
    """std::hash<T> is usable."""
    nothrow_move_constructible: bool = False
    trivially_destructible: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class, struct or union; or an instantiation of a class template with its members substituted."""

    name: str
    qualified: str
    """For an instantiation with arguments: `lib::Box<int>`. Always a valid C++ spelling."""
    scope: str
    type: Type
    span: Span
    traits: Traits = Traits()
    bases: tuple[Base, ...] = ()
    constructors: tuple[Function, ...] = ()
    methods: tuple[Function, ...] = ()
    """All others but the destructor: static, operators, conversions, friends declared inside; also
    what `using Base::f` brings in. Of every access: policy decides."""
    fields: tuple[Field, ...] = ()
    destructor: Function | None = None
    """None: C++ makes one."""
    aggregate_fields: tuple[str, ...] = ()
    """Names in initialisation order where `traits.aggregate`."""
    union: bool = False
    access: Access = Access.PUBLIC
    """Of a nested class in its scope."""
    complete: bool = True
    template: str | None = None
    """Qualified name of the template of which it is an instantiation."""
    defaults: tuple[Type | str, ...] = ()
    """Template arguments that the template's defaults give, behind those of `type`."""
    size: int | None = None
    align: int | None = None
    key_function: str | None = None
    """Mangled name of the first virtual function without a body in the headers that is not pure: the library that
    defines it also holds the vtable and type_info. None: they are emitted wherever used."""
    typeinfo: str = ""
    """Mangled name of its type_info."""
    deprecated: str | None = None
    comment: str = ""
    annotations: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Enumerator:
    name: str
    value: int
    comment: str = ""
    deprecated: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Enum:
    name: str
    """"" for an unnamed enum: its enumerators are constants of the scope."""
    qualified: str
    scope: str
    scoped: bool
    underlying: Type
    enumerators: tuple[Enumerator, ...]
    span: Span
    flags: bool = False
    """operator| and operator& on it give the enum back: it is a set of flags."""
    access: Access = Access.PUBLIC
    deprecated: str | None = None
    comment: str = ""
    annotations: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A namespace-scope variable or constant."""

    name: str
    qualified: str
    scope: str
    type: Type
    span: Span
    constexpr: bool = False
    value: int | float | str | bool | None = None
    inline: bool = False
    """Defined in the headers (also const with internal linkage)."""
    mangled: str = ""
    deprecated: str | None = None
    comment: str = ""
    annotations: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """An object-like macro whose expansion is a constant expression."""

    name: str
    value: int | float | str | bool
    span: Span
    comment: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TypeAlias:
    """`using Paths = std::vector<std::string>;` or the typedef of the same meaning."""

    name: str
    qualified: str
    scope: str
    type: Type
    span: Span
    access: Access = Access.PUBLIC
    comment: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A class or function template pattern: bound only through instantiations."""

    name: str
    qualified: str
    scope: str
    kind: str
    """`class`, `function`, `method` or `alias`."""
    parameters: tuple[str, ...]
    span: Span
    access: Access = Access.PUBLIC


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Instantiation:
    """A template instantiation that the API uses (or that was listed) without being a class of its own here."""

    spelling: str
    template: str
    span: Span


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A declaration that parse saw and could not turn into a record: reported, never dropped silently."""

    name: str
    kind: str
    reason: str
    span: Span


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnConversion:
    """A specialisation of `dovetail::convert`: the header converts the type itself."""

    type: Type
    takes: str | None
    """Annotation of what `take` accepts, "" where none is given; None without a `take`."""
    gives: str | None
    span: Span


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """Everything that the named headers declare. Order is that of the headers."""

    headers: tuple[str, ...]
    """As given: what emitted code includes."""
    files: tuple[str, ...] = ()
    """Every file of the user's that was read (also by #include): what a rebuild depends on."""
    namespaces: tuple[str, ...] = ()
    """Qualified names, in order of first appearance."""
    classes: tuple[Class, ...] = ()
    """Outer before nested, base before derived; instantiations last."""
    enums: tuple[Enum, ...] = ()
    functions: tuple[Function, ...] = ()
    """Free functions and operators at namespace scope."""
    variables: tuple[Variable, ...] = ()
    macros: tuple[Macro, ...] = ()
    calling_macros: tuple[str, ...] = ()
    """Names of the macros with parameters: wherever such a name stands before a parenthesis, it is no function."""
    aliases: tuple[TypeAlias, ...] = ()
    templates: tuple[Template, ...] = ()
    instantiations: tuple[Instantiation, ...] = ()
    conversions: tuple[OwnConversion, ...] = ()
    unread: tuple[Unread, ...] = ()
    comment: str = ""
    """The file comment of the first header (`@file`), if any."""
    namespace_comments: dict[str, str] = field(default_factory=dict)
