"""Instantiating function templates by calling them: clang decides what a call means.

In: templates, and the types of the arguments.  Out: `model.Function` of each instantiation that is meant.
Must not know: why these arguments.

The only way to what C++ cannot name: instantiations of constructor templates, friends that only their arguments find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, final

from dovetail.model import Access, Class, FunctionKind, Template, Type
from dovetail.parse import clang, names
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.classes import method_kind, plain_name
from dovetail.parse.functions import Reader, read_function
from dovetail.parse.members import Work
from dovetail.parse.names import RECORDS
from dovetail.parse.probes import NAMESPACE, Probe, ask

INSIDE: Final = (FunctionKind.METHOD, FunctionKind.STATIC, FunctionKind.CONSTRUCTOR)
TYPE_PARAMETER: Final = CursorKind.TEMPLATE_TYPE_PARAMETER
PARAMETERS: Final = (
    TYPE_PARAMETER,
    CursorKind.TEMPLATE_NON_TYPE_PARAMETER,
    CursorKind.TEMPLATE_TEMPLATE_PARAMETER,
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A function template that can be called."""

    cursor: Cursor
    kind: FunctionKind
    template: Template

    @property
    def name(self) -> str:
        """Without arguments, which a constructor has in its spelling."""
        name = clang.spelling(self.cursor)
        return name if name.startswith("operator") else re.sub(r"<.*", "", name, flags=re.DOTALL)

    @property
    def parameters(self) -> list[Cursor]:
        return [child for child in clang.children(self.cursor) if child.kind is CursorKind.PARM_DECL]

    @property
    def template_parameters(self) -> list[Cursor]:
        return [child for child in clang.children(self.cursor) if child.kind in PARAMETERS]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    pattern: Pattern
    arguments: tuple[str, ...]
    """Types of the arguments; fewer than parameters where defaults are left to C++."""
    bound: Mapping[str, str]
    """What parameters of the template stand for, by name: the types above may be written with these names."""


def read_pattern(cursor: Cursor, template: Template, classes: Mapping[str, Class]) -> Pattern | None:
    """None where the call could not be written: in a class that is not read, or for a conversion."""
    parent, lexical = cursor.semantic_parent, cursor.lexical_parent
    if template.access is not Access.PUBLIC or clang.spelling(cursor).startswith("operator "):
        return None
    if parent is not None and parent.kind in (*RECORDS, *names.TEMPLATES):
        if template.scope not in classes or classes[template.scope].access is not Access.PUBLIC:
            return None
        constructs = clang.is_constructor_template(cursor)
        kind = FunctionKind.CONSTRUCTOR if constructs else method_kind(cursor)
    else:
        hidden = lexical is not None and lexical.kind in (*RECORDS, *names.TEMPLATES)
        kind = FunctionKind.FRIEND if hidden else FunctionKind.FREE
    return Pattern(cursor=cursor, kind=kind, template=template)


def read_calls(calls: Sequence[Call], work: Work) -> dict[int, str]:
    """Reads what each call instantiates, each instantiation once; gives clang's reasons for those that it refuses."""
    if not calls:
        return {}
    probe = Probe()
    lines = [_write_call(probe, call, index) for index, call in enumerate(calls)]
    answer = ask(probe, work.headers, private=True)
    if answer is None or answer.broken:
        return dict.fromkeys(range(len(calls)), "libclang gave up")
    callers = dict(_find_callers(answer.top))
    reader = work.new_reader()
    refused: dict[int, str] = {}
    for index, call in enumerate(calls):
        caller = callers.get(index)
        if caller is None or lines[index] in answer.refused:
            refused[index] = answer.refused.get(lines[index], "it cannot be called")
            continue
        target = _find_target(caller, call.pattern)
        if target is None:
            refused[index] = "the call means another function"
        elif clang.usr(target) not in work.called:
            work.called.add(clang.usr(target))
            _add(target, call, reader, work)
    return refused


def _write_call(probe: Probe, call: Call, index: int) -> int:
    pattern = call.pattern
    space = _namespace(pattern.cursor)
    make = f"{NAMESPACE}_make_{index}"
    values = ", ".join(f"{make}<{text}>()" for text in call.arguments)
    match pattern.kind:
        case FunctionKind.CONSTRUCTOR:
            expression = f"(void)new {pattern.template.scope}({values})"
        case FunctionKind.STATIC:
            expression = f"{pattern.template.scope}::{pattern.name}({values})"
        case FunctionKind.METHOD:
            const = "const " if pattern.cursor.is_const_method() else ""
            expression = f"{make}<{const}{pattern.template.scope} &>().{pattern.name}({values})"
        case FunctionKind.FRIEND:
            expression = f"{pattern.name}({values})"
        case _:
            expression = f"::{space}::{pattern.name}({values})" if space else f"::{pattern.name}({values})"
    typenames = {clang.spelling(one) for one in pattern.template_parameters if one.kind is TYPE_PARAMETER}
    local = "".join(
        f"using {name} = {text}; " if name in typenames else f"static constexpr decltype({text}) {name} = {text}; "
        for name, text in call.bound.items()
    )
    parts = [part for part in space.split("::") if part]
    opening = "".join(f"namespace {part} {{ " for part in parts)
    return probe.add(
        f"{opening}namespace {NAMESPACE}_{index} {{ template <class dovetail_type> dovetail_type {make}() noexcept; "
        f"inline void call() {{ {local}{expression}; }} }}{'}' * len(parts)}"
    )


def _namespace(cursor: Cursor) -> str:
    parent = cursor.semantic_parent
    while parent is not None and parent.kind in (*RECORDS, *names.TEMPLATES):
        parent = parent.semantic_parent
    if parent is None or parent.kind is not CursorKind.NAMESPACE:
        return ""
    return names.scope_of(parent) if clang.is_inline_namespace(parent) else names.qualified(parent)


def _find_callers(top: Sequence[Cursor]) -> Iterator[tuple[int, Cursor]]:
    for cursor in top:
        if cursor.kind is not CursorKind.NAMESPACE:
            continue
        inner = clang.children(cursor)
        name = clang.spelling(cursor)
        if name.startswith(f"{NAMESPACE}_"):
            yield from ((int(name.rpartition("_")[2]), one) for one in inner if clang.spelling(one) == "call")
        else:
            yield from _find_callers(inner)


def _find_target(cursor: Cursor, pattern: Pattern) -> Cursor | None:
    """The instantiation that is called, where it is one of this very template."""
    for child in clang.children(cursor):
        if child.kind is CursorKind.CALL_EXPR:
            target = child.referenced
            template = clang.pattern(target) if target is not None else None
            if template is not None and _is_same(template, pattern.cursor):
                return target
        found = _find_target(child, pattern)
        if found is not None:
            return found
    return None


def _is_same(one: Cursor, other: Cursor) -> bool:
    return clang.usr(one) == clang.usr(other) or clang.place(one) == clang.place(other)


def _add(target: Cursor, call: Call, reader: Reader, work: Work) -> None:
    pattern, template = call.pattern, call.pattern.template
    constructs = pattern.kind is FunctionKind.CONSTRUCTOR
    class_name = plain_name(pattern.cursor.semantic_parent) if constructs else ""
    function = read_function(target, reader, pattern.kind, scope=template.scope, class_name=class_name)
    arguments = read_template_arguments(target, reader) or tuple(call.bound.values())
    found = replace(function, template_arguments=arguments, deduced=True, access=template.access, pattern=template.span)
    if constructs:
        work.result.constructors.append(found)
    else:
        (work.result.methods if pattern.kind in INSIDE else work.result.functions).append(found)


def read_template_arguments(target: Cursor, reader: Reader) -> tuple[Type | str, ...]:
    """Libclang knows those of functions, not those of methods."""
    found: list[Type | str] = []
    for index in range(max(target.get_num_template_arguments(), 0)):
        kind = clang.argument_kind(target, index)
        if kind == "TYPE":
            found.append(reader.types.read(target.get_template_argument_type(index)))
        elif kind == "INTEGRAL":
            found.append(str(target.get_template_argument_value(index)))
    return tuple(found)
