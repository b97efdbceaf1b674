"""Types: clang's into the model's.

In: a libclang type.  Out: `model.Type`; each type of a unit is read once.
Must not know: declarations other than their names.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, final

from dovetail.model import Type, TypeKind
from dovetail.parse import clang, names
from dovetail.parse.clang import ClangType, Cursor
from dovetail.parse.source import split_arguments

_SCALARS: Final = {
    "VOID": (TypeKind.VOID, None),
    "BOOL": (TypeKind.BOOL, None),
    "CHAR_S": (TypeKind.CHAR, True),
    "CHAR_U": (TypeKind.CHAR, False),
    "WCHAR": (TypeKind.CHAR, None),
    "CHAR16": (TypeKind.CHAR, False),
    "CHAR32": (TypeKind.CHAR, False),
    "SCHAR": (TypeKind.INTEGER, True),
    "SHORT": (TypeKind.INTEGER, True),
    "INT": (TypeKind.INTEGER, True),
    "LONG": (TypeKind.INTEGER, True),
    "LONGLONG": (TypeKind.INTEGER, True),
    "INT128": (TypeKind.INTEGER, True),
    "UCHAR": (TypeKind.INTEGER, False),
    "USHORT": (TypeKind.INTEGER, False),
    "UINT": (TypeKind.INTEGER, False),
    "ULONG": (TypeKind.INTEGER, False),
    "ULONGLONG": (TypeKind.INTEGER, False),
    "UINT128": (TypeKind.INTEGER, False),
    "HALF": (TypeKind.FLOAT, None),
    "FLOAT": (TypeKind.FLOAT, None),
    "DOUBLE": (TypeKind.FLOAT, None),
    "LONGDOUBLE": (TypeKind.FLOAT, None),
    "FLOAT128": (TypeKind.FLOAT, None),
    "NULLPTR": (TypeKind.NULLPTR, None),
}
_REFERRING: Final = {
    "POINTER": TypeKind.POINTER,
    "LVALUEREFERENCE": TypeKind.LVALUE_REFERENCE,
    "RVALUEREFERENCE": TypeKind.RVALUE_REFERENCE,
}
_ARRAYS: Final = ("CONSTANTARRAY", "INCOMPLETEARRAY", "VARIABLEARRAY", "DEPENDENTSIZEDARRAY")
_FUNCTIONS: Final = ("FUNCTIONPROTO", "FUNCTIONNOPROTO")
_DEPENDENT: Final = ("UNEXPOSED", "DEPENDENT")
_DEEPEST: Final = 40


@final
@dataclass(slots=True)
class Types:
    """Reads the types of one unit."""

    known: dict[tuple[int, int], Type] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    """Qualified names of typedefs by USR."""
    declared: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Name and completeness of records by USR."""

    def read(self, type_: ClangType, depth: int = 0) -> Type:
        key = clang.type_key(type_)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._read(type_, depth)
        return found

    def read_param(self, type_: ClangType) -> Type:
        """As a parameter: an array or function there is a pointer."""
        found = self.read(type_)
        if found.kind is TypeKind.ARRAY and found.target is not None:
            space = "" if found.target.kind is TypeKind.POINTER else " "
            canonical = f"{found.target.canonical}{space}*"
            return Type(
                kind=TypeKind.POINTER,
                written=found.written,
                canonical=canonical,
                size=8,
                target=found.target,
                extent=found.extent,
            )
        if found.kind is TypeKind.FUNCTION:
            canonical = found.canonical.replace("(", "(*)(", 1)
            return Type(kind=TypeKind.POINTER, written=found.written, canonical=canonical, size=8, target=found)
        return found

    def _read(self, type_: ClangType, depth: int) -> Type:
        canonical = type_.get_canonical()
        spelling = clang.type_spelling(canonical)
        size = canonical.get_size()
        base = Type(
            kind=TypeKind.OTHER,
            written=clang.type_spelling(type_),
            canonical=spelling,
            const=canonical.is_const_qualified(),
            volatile=canonical.is_volatile_qualified(),
            size=size if size > 0 else None,
        )
        if depth > _DEEPEST:
            return base
        inner, alias = self._without_sugar(type_)
        if alias is not None:
            base = replace(base, alias=alias)
        kind = clang.type_kind(canonical)
        if clang.type_kind(inner) != kind and kind not in ("RECORD",):
            inner = canonical
        if kind in _SCALARS:
            shape, signed = _SCALARS[kind]
            return replace(base, kind=shape, signed=signed, size=None if kind == "VOID" else base.size)
        if kind in _REFERRING:
            target = self.read(inner.get_pointee(), depth + 1)
            base = _respell(base, target, kind)
            shape = _REFERRING[kind]
            return replace(base, kind=shape, target=target, size=base.size if shape is TypeKind.POINTER else None)
        if kind in _ARRAYS:
            extent = canonical.element_count if kind == "CONSTANTARRAY" else None
            element = self.read(inner.get_array_element_type(), depth + 1)
            if names.is_unnamed(base.canonical):
                base = replace(base, canonical=f"{element.canonical}[{'' if extent is None else extent}]")
            return replace(base, kind=TypeKind.ARRAY, extent=extent, target=element)
        if kind in _FUNCTIONS:
            return self._read_function(base, inner, depth)
        if kind == "ENUM":
            return self._read_enum(base, canonical)
        if kind == "RECORD":
            return self._read_record(base, inner, canonical, depth)
        if kind == "MEMBERPOINTER":
            return replace(base, kind=TypeKind.MEMBER_POINTER, target=self.read(inner.get_pointee(), depth + 1))
        if base.canonical.removeprefix("const ").removeprefix("volatile ") == "char8_t":
            return replace(base, kind=TypeKind.CHAR, signed=False)
        if kind in _DEPENDENT:
            return replace(base, kind=TypeKind.DEPENDENT, size=None)
        return base

    def _without_sugar(self, type_: ClangType) -> tuple[ClangType, str | None]:
        """The type under its typedefs, written template arguments kept; and the outermost typedef's name."""
        alias: str | None = None
        for _ in range(_DEEPEST):
            kind = clang.type_kind(type_)
            if kind == "ELABORATED":
                type_ = type_.get_named_type()
            elif kind == "TYPEDEF":
                declaration = type_.get_declaration()
                if alias is None:
                    alias = self._alias(declaration)
                type_ = declaration.underlying_typedef_type
            else:
                break
        return type_, alias

    def _alias(self, declaration: Cursor) -> str:
        key = clang.usr(declaration)
        if key not in self.aliases:
            self.aliases[key] = names.qualified(declaration)
        return self.aliases[key]

    def _read_function(self, base: Type, inner: ClangType, depth: int) -> Type:
        if clang.type_kind(inner) == "FUNCTIONNOPROTO":
            parameters: tuple[Type, ...] = ()
        else:
            parameters = tuple(self.read(item, depth + 1) for item in inner.argument_types())
        return replace(
            base,
            kind=TypeKind.FUNCTION,
            size=None,
            target=self.read(inner.get_result(), depth + 1),
            parameters=parameters,
            variadic=clang.type_kind(inner) == "FUNCTIONPROTO" and inner.is_function_variadic(),
        )

    def _read_enum(self, base: Type, canonical: ClangType) -> Type:
        declaration = canonical.get_declaration()
        underlying = declaration.enum_type
        signed = self.read(underlying).signed if clang.type_kind(underlying) != "INVALID" else None
        name = names.qualified(declaration)
        if names.is_unnamed(base.canonical) and not names.is_unnamed(name):
            base = replace(base, canonical=f"{'const ' if base.const else ''}{name}")
        return replace(base, kind=TypeKind.ENUM, declaration=name, signed=signed)

    def _read_record(self, base: Type, inner: ClangType, canonical: ClangType, depth: int) -> Type:
        declaration = canonical.get_declaration()
        key = clang.usr(declaration)
        if key not in self.declared:
            self.declared[key] = (names.qualified(declaration), _is_complete(declaration))
        name, complete = self.declared[key]
        if names.is_unnamed(base.canonical):
            member = names.is_unnamed(clang.spelling(declaration)) and names.through_member(declaration)
            if not member:
                return replace(base, kind=TypeKind.RECORD, complete=complete)
            words = f"{'const ' if base.const else ''}{'volatile ' if base.volatile else ''}"
            canonical = f"{words}{member}"
            return replace(base, kind=TypeKind.RECORD, canonical=canonical, declaration=member, complete=complete)
        arguments = self._read_arguments(base.bare, inner, canonical, depth)
        texts = [part if isinstance(part, str) else part.canonical for part in arguments]
        if texts != split_arguments(base.bare):
            # Clang spells an explicit specialisation as its declaration does: `convert<Node>`.
            words = f"{'const ' if base.const else ''}{'volatile ' if base.volatile else ''}"
            base = replace(base, canonical=f"{words}{name}<{', '.join(texts)}>")
        return replace(base, kind=TypeKind.RECORD, declaration=name, arguments=arguments, complete=complete)

    def _read_arguments(
        self, spelling: str, inner: ClangType, canonical: ClangType, depth: int
    ) -> tuple[Type | str, ...]:
        """As many as the canonical spelling shows, since clang leaves out there what the defaults give."""
        texts = split_arguments(spelling)
        found: list[Type | str] = []
        written = max(inner.get_num_template_arguments(), 0)
        for index, text in enumerate(texts):
            exact = canonical.get_template_argument_type(index)
            if clang.type_kind(exact) == "INVALID":
                found.append(text)
                continue
            argument = self.read(exact, depth + 1)
            if index < written:
                sugared = inner.get_template_argument_type(index)
                if clang.type_kind(sugared) != "INVALID":
                    as_written = self.read(sugared, depth + 1)
                    argument = as_written if as_written.canonical == argument.canonical else argument
            found.append(argument)
        return tuple(found)


_SIGNS: Final = {"POINTER": "*", "LVALUEREFERENCE": "&", "RVALUEREFERENCE": "&&"}


def _respell(base: Type, target: Type, kind: str) -> Type:
    """The canonical spelling again, where that of the target was corrected."""
    if target.canonical in base.canonical or ("(" in base.canonical and not names.is_unnamed(base.canonical)):
        return base
    words = f"{' const' if base.const else ''}{' volatile' if base.volatile else ''}"
    space = "" if target.canonical.endswith(("*", "&")) else " "
    return replace(base, canonical=f"{target.canonical}{space}{_SIGNS[kind]}{words.strip()}")


def _is_complete(declaration: Cursor) -> bool:
    if declaration.get_definition() is not None:
        return True
    pattern = clang.pattern(declaration)
    return pattern is not None and pattern.get_definition() is not None


def find_unnamed(type_: Type, cpp: str) -> Type:
    """A field's type: one without a name gets a spelling through the field, `decltype(lib::Row::place)`."""
    if (type_.kind is TypeKind.RECORD and type_.declaration is None) or names.is_unnamed(type_.canonical):
        return replace(type_, canonical=f"decltype({cpp})")
    return type_


def walk(type_: Type) -> list[Type]:
    """The type and all types in it."""
    found = [type_]
    for part in (type_.target, *type_.arguments, *type_.parameters):
        if isinstance(part, Type):
            found.extend(walk(part))
    return found
