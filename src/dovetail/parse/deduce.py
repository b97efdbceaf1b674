"""Function templates whose arguments the types of the API settle: `dot(const Vec<T>&, const Vec<T>&)`.

In: the module with its instantiations.  Out: functions, methods and constructors in `Instantiated`.
Must not know: how the members of a class are found; listed instantiations.

A template is instantiated by itself where a parameter is a class template with arguments left open (`const Vec<T>&`,
`const std::vector<T>&`) and the API has such types: for each of these. Streams of `char` count as types of every API:
what a template writes to any stream can be written to those. A parameter that is `T` alone says nothing:
any type would do. Each set of arguments is asked for by a call: clang then decides which overload is meant, and
constraints, defaults and deduced results count as they do in C++. What clang refuses is no instantiation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from dovetail.model import Access, Function, Module, Type, TypeKind, is_private
from dovetail.parse import clang, names, types
from dovetail.parse.calls import TYPE_PARAMETER, Call, Pattern, read_calls, read_pattern
from dovetail.parse.clang import ClangType, Cursor, CursorKind
from dovetail.parse.declarations import Found
from dovetail.parse.members import Work
from dovetail.parse.source import split_arguments

_MOST: Final = 64
"""Sets of arguments of one template."""
_MOST_MIXED: Final = 16
"""Beyond it only those are taken whose types are all the same: `mixed(Vec<T>, Vec<U>)` of ten types is not worth a
hundred overloads."""
_MOST_CALLS: Final = 1500
"""Of all templates together: a library of expression templates asks for more, and has no use for them in Python."""
_REFERRING: Final = {"POINTER": "*", "LVALUEREFERENCE": "&", "RVALUEREFERENCE": "&&"}
_OPEN: Final = re.compile(r"type-parameter-\d+-(\d+)")
_CV: Final = re.compile(r"^(const |volatile )+")

_CHAR: Final = Type(kind=TypeKind.CHAR, written="char", canonical="char", size=1, signed=True)


def _of_char(template: str, *more: Type) -> Type:
    text = f"{template}<char>"
    return Type(kind=TypeKind.RECORD, written=text, canonical=text, declaration=template, arguments=(_CHAR, *more))


_STREAMS: Final = tuple(
    _of_char(name, _of_char("std::char_traits")) for name in ("std::basic_ostream", "std::basic_istream")
)

Bound = dict[str, str]
"""What open arguments stand for: `type-parameter-0-0` or the name of a value; and the type of each such parameter."""
Fitting = dict[str, list[tuple[str, Bound]]]
"""By the canonical spelling of a parameter's type."""


def read_deduced(module: Module, found: Found, work: Work) -> None:
    given = _collect(module, work)
    classes = {item.qualified: item for item in (*module.classes, *work.result.classes)}
    sources = [
        *((item, found.template_cursors[key]) for key, item in found.templates.items()),
        *work.result.templates_inside,
    ]
    calls: list[Call] = []
    known: Fitting = {}
    for template, cursor in sources:
        if cursor.kind is CursorKind.FUNCTION_TEMPLATE:
            pattern = None if is_private(template.qualified) else read_pattern(cursor, template, classes)
            more = list(_find_calls(pattern, given, known)) if pattern is not None else []
            if len(calls) + len(more) <= _MOST_CALLS:
                calls.extend(more)
    read_calls(calls, work)


def _collect(module: Module, work: Work) -> dict[str, dict[str, Type]]:
    """Instantiations of templates, the standard library's too, that public declarations mention: by template."""
    found: dict[str, dict[str, Type]] = {one.declaration or "": {one.bare: one} for one in _STREAMS}

    def look(type_: Type) -> None:
        for part in types.walk(type_):
            template = part.kind is TypeKind.RECORD and part.bare.endswith(">")
            if template and part.declaration and not is_private(part.bare):
                found.setdefault(part.declaration, {}).setdefault(part.bare, part)

    def look_at(function: Function) -> None:
        if function.access is Access.PUBLIC and not function.deleted:
            for type_ in (function.returns, *(param.type for param in function.params)):
                look(type_)

    for function in module.functions:
        look_at(function)
    for item in (*module.classes, *work.result.classes):
        if item.access is Access.PUBLIC:
            look(item.type)
            for function in (*item.constructors, *item.methods):
                look_at(function)
            for member in item.fields:
                if member.access is Access.PUBLIC:
                    look(member.type)
    for alias in module.aliases:
        if alias.access is Access.PUBLIC:
            look(alias.type)
    return found


def _find_fitting(core: ClangType, given: Mapping[str, Mapping[str, Type]], known: Fitting) -> list[tuple[str, Bound]]:
    """Types of the API that fit a parameter, and what each settles. Libraries of templates spell the same parameter
    thousands of times, so each spelling is matched once."""
    text = clang.type_spelling(core)
    if text not in known:
        candidates = given.get(names.qualified(core.get_declaration()), {}).values()
        known[text] = [(one.bare, alone) for one in candidates if (alone := _match(core, one, {})) is not None]
    return known[text]


def _find_calls(pattern: Pattern, given: Mapping[str, Mapping[str, Type]], known: Fitting) -> Iterator[Call]:
    """One for each way to fill the open parameters with types of the API."""
    drivers = [parameter for parameter in pattern.parameters if _is_open(_core(parameter.type)[0])]
    found: list[Bound] = [{}] if drivers else []
    for driver in drivers:
        core = _core(driver.type)[0].get_canonical()
        fitting = _find_fitting(core, given, known)
        key = _key(driver)
        found = [
            {**bound, **alone, key: spelling}
            for bound in found
            for spelling, alone in fitting
            if all(bound.get(name, text) == text for name, text in alone.items())
        ]
        if len(found) > _MOST:
            found = _alike(found)
    for bound in found if len(found) <= _MOST_MIXED else _alike(found):
        call = _fill(pattern, bound)
        if call is not None:
            yield call


def _alike(found: list[Bound]) -> list[Bound]:
    same = [bound for bound in found if len({text for name, text in bound.items() if _OPEN.fullmatch(name)}) <= 1]
    return same[:_MOST]


def _key(parameter: Cursor) -> str:
    return f"parameter {clang.place(parameter).offset}"


def _core(type_: ClangType) -> tuple[ClangType, str]:
    """What a reference or pointer refers to, and its sign."""
    canonical = type_.get_canonical()
    sign = _REFERRING.get(clang.type_kind(canonical), "")
    return (canonical.get_pointee(), sign) if sign else (canonical, "")


def _is_open(type_: ClangType) -> bool:
    return clang.type_kind(type_) == "UNEXPOSED" and type_.get_num_template_arguments() > 0


def _match(pattern: ClangType, given: Type, bound: Bound) -> Bound | None:
    """`bound` with what `given` adds; None where the pattern does not fit it."""
    text = _CV.sub("", clang.type_spelling(pattern))
    if _OPEN.fullmatch(text):
        return _bind(text, given.bare if pattern.is_const_qualified() else given.canonical, bound)
    if clang.type_kind(pattern) in _REFERRING:
        if given.target is None or clang.type_kind(pattern) != given.kind.name.replace("_", ""):
            return None
        return _match(pattern.get_pointee(), given.target, bound)
    if clang.type_kind(pattern) != "UNEXPOSED":
        return bound if text == given.bare else None
    if not _is_open(pattern) or names.qualified(pattern.get_declaration()) != given.declaration:
        return None  # `typename T::type`, of which nothing follows; or another template
    for index, (written, argument) in enumerate(zip(split_arguments(text), given.arguments, strict=False)):
        if written.endswith("..."):
            return bound  # a pack: clang deduces it
        more = _match_argument(pattern.get_template_argument_type(index), written, argument, bound)
        if more is None:
            return None
        bound = more
    return bound


def _match_argument(pattern: ClangType, written: str, argument: Type | str, bound: Bound) -> Bound | None:
    if clang.type_kind(pattern) != "INVALID":
        return _match(pattern, argument, bound) if isinstance(argument, Type) else None
    value = argument if isinstance(argument, str) else argument.canonical
    if re.fullmatch(r"[A-Za-z_]\w*", written) and written not in ("true", "false"):
        return _bind(written, value, bound)
    return bound if written == value else None


def _bind(name: str, value: str, bound: Bound) -> Bound | None:
    return {**bound, name: value} if bound.get(name, value) == value else None


def _fill(pattern: Pattern, bound: Bound) -> Call | None:
    """None where an argument depends on what the others do not settle."""
    # The depth counts enclosing templates, which an instantiation no longer has.
    by_number = {match[1]: text for name, text in bound.items() if (match := _OPEN.fullmatch(name))}
    settled: dict[str, str] = {}
    unsettled: set[str] = set()
    for number, parameter in enumerate(pattern.template_parameters):
        name = clang.spelling(parameter)
        value = by_number.get(str(number)) if parameter.kind is TYPE_PARAMETER else bound.get(name)
        if name and value is not None:
            settled[name] = value
        elif name:
            unsettled.add(name)
    arguments: list[str] = []
    for parameter in pattern.parameters:
        core, sign = _core(parameter.type)
        if _is_open(core):
            const = "const " if core.is_const_qualified() else ""
            arguments.append(f"{const}{bound[_key(parameter)]} {sign}".rstrip())
            continue
        text = clang.type_spelling(parameter.type)
        if "..." in text or unsettled.intersection(re.findall(r"\w+", text)):
            if "..." in text or _has_default(parameter):
                break
            return None
        arguments.append(text)
    return Call(pattern=pattern, arguments=tuple(arguments), bound=settled)


def _has_default(parameter: Cursor) -> bool:
    return any(child.kind.is_expression() for child in clang.children(parameter))
