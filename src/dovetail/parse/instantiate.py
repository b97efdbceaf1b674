"""Instantiations of the user's class and function templates, members substituted.

In: spellings such as `lib::Box<int>`.  Out: `model.Class` (with nested classes, enums and aliases), `model.Function`.
Must not know: why they are wanted.

libclang does not visit the members of an instantiation. A probe class that derives from it and names each member in a
using-declaration shows them: clang lists the declarations that such a name stands for, with the arguments in place.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, final

from dovetail.diagnostics import NO_SPAN, Sink, Span
from dovetail.model import (
    Access,
    Base,
    Class,
    Enum,
    Field,
    Function,
    FunctionKind,
    Instantiation,
    Module,
    Template,
    Type,
    TypeAlias,
    TypeKind,
    Unread,
)
from dovetail.parse import clang, names, types
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.classes import (
    method_kind,
    plain_name,
    read_class,
    read_enum,
    read_field,
    read_initialised,
    read_static_field,
    used,
)
from dovetail.parse.declarations import Found, read_parameters
from dovetail.parse.functions import (
    FUNCTIONS,
    Reader,
    read_access,
    read_annotations,
    read_comment,
    read_function,
    read_span,
)
from dovetail.parse.names import RECORDS
from dovetail.parse.probes import NAMESPACE, Precompiled, Probe, ask
from dovetail.parse.source import fold
from dovetail.parse.types import Types, split_arguments

_MEMBERS: Final = (
    CursorKind.CXX_METHOD,
    CursorKind.FUNCTION_TEMPLATE,
    CursorKind.FIELD_DECL,
    CursorKind.VAR_DECL,
    CursorKind.TYPE_ALIAS_DECL,
    CursorKind.TYPEDEF_DECL,
    CursorKind.ENUM_DECL,
    CursorKind.USING_DECLARATION,
    *RECORDS,
)
_PARAMETERS: Final = (CursorKind.TEMPLATE_TYPE_PARAMETER, CursorKind.TEMPLATE_NON_TYPE_PARAMETER)


@final
@dataclass(slots=True)
class Instantiated:
    """What instantiations brought."""

    classes: list[Class] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    aliases: list[TypeAlias] = field(default_factory=list)
    templates: list[Template] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    methods: list[Function] = field(default_factory=list)
    """Listed instantiations of method templates; their scope is a class that was read already."""
    unread: list[Unread] = field(default_factory=list)
    instantiations: list[Instantiation] = field(default_factory=list)
    """Those that are no class here: of the standard library, or deeper than is read."""
    readers: list[Reader] = field(default_factory=list)


_ROUNDS: Final = 6
_MOST: Final = 400


def instantiate(
    module: Module, found: Found, reader: Reader, listed: Sequence[str], headers: Precompiled, sink: Sink
) -> Instantiated:
    """Reads the instantiations that the API uses, those that it asks for explicitly, and the listed ones.

    What they use in turn is read too, for a few rounds: `Box<Box<…>>` may go on for ever.
    """
    result = Instantiated()
    patterns = {
        found.templates[key].qualified: cursor
        for key, cursor in found.template_cursors.items()
        if cursor.kind is CursorKind.CLASS_TEMPLATE
    }
    wanted = {names.record_name(cursor): read_span(cursor, reader) for cursor in found.explicit}
    wanted.update(_uses(module, frozenset(patterns)))
    wanted.update(_check_listed(listed, module, result, headers, reader, sink))
    known = {item.qualified for item in module.classes}
    for _ in range(_ROUNDS):
        fresh = {spelling: span for spelling, span in wanted.items() if spelling not in known}
        if not fresh or len(known) > _MOST:
            break
        known.update(fresh)
        before = len(result.classes)
        _read_round(fresh, result, reader, headers)
        known.update(item.qualified for item in result.classes)
        later = Module(headers=(), classes=tuple(result.classes[before:]), aliases=tuple(result.aliases))
        wanted = _uses(later, frozenset(patterns))
    for spelling, span in wanted.items():
        if spelling not in known:
            result.instantiations.append(Instantiation(spelling=spelling, template=_without(spelling), span=span))
    return result


def _without(spelling: str) -> str:
    return spelling.partition("<")[0]


def _uses(module: Module, patterns: frozenset[str]) -> dict[str, Span]:
    """Instantiations of the user's templates in what is not private, each with where it is first used."""
    found: dict[str, Span] = {}

    def look(type_: Type, span: Span) -> None:
        for part in types.walk(type_):
            if part.kind is TypeKind.RECORD and part.declaration in patterns and part.arguments:
                found.setdefault(part.bare, span)

    def look_at(function: Function) -> None:
        if function.access is not Access.PRIVATE and not function.deleted:
            for type_ in (function.returns, *(param.type for param in function.params)):
                look(type_, function.span)

    for function in module.functions:
        look_at(function)
    for item in module.classes:
        for base in item.bases:
            look(base.type, item.span)
        for function in (*item.constructors, *item.methods):
            look_at(function)
        for member in item.fields:
            if member.access is not Access.PRIVATE:
                look(member.type, member.span)
    for variable in module.variables:
        look(variable.type, variable.span)
    for alias in module.aliases:
        if alias.access is not Access.PRIVATE:
            look(alias.type, alias.span)
    return found


def _check_listed(
    listed: Sequence[str], module: Module, result: Instantiated, headers: Precompiled, reader: Reader, sink: Sink
) -> dict[str, Span]:
    """Sorts the listed spellings: those of functions are read, those of classes given back by canonical spelling."""
    templates = {item.qualified: item for item in module.templates}
    classes: dict[str, Template | None] = {}
    functions: dict[str, Template] = {}
    for spelling in dict.fromkeys(listed):
        template = templates.get(_without(spelling).removeprefix("::").strip())
        if template is not None and template.kind in ("function", "method"):
            functions[spelling] = template
        elif template is not None or spelling.removeprefix("::").startswith("std::"):
            classes[spelling] = template
        else:
            near = difflib.get_close_matches(_without(spelling), templates, n=3)
            sink.report(
                "DV010",
                f"no template of that name: `{spelling}`",
                helps=(f"did you mean {' or '.join(f'`{name}<…>`' for name in near)}?",) if near else (),
            )
    _read_functions(functions, result, headers, reader, sink)
    return _resolve(classes, result, headers, reader, sink)


def _resolve(
    listed: dict[str, Template | None], result: Instantiated, headers: Precompiled, reader: Reader, sink: Sink
) -> dict[str, Span]:
    if not listed:
        return {}
    probe = Probe()
    lines = {
        f"dovetail_alias_{index}": (probe.add(f"using dovetail_alias_{index} = {spelling};"), spelling)
        for index, spelling in enumerate(listed)
    }
    answer = ask(probe, headers)
    if answer is None:
        return {}
    found: dict[str, Span] = {}
    seen: set[str] = set()
    kinds = Types()
    for cursor in answer.top:
        line, spelling = lines.get(clang.spelling(cursor), (0, ""))
        if not line or line in answer.refused:
            continue
        type_ = kinds.read(cursor.underlying_typedef_type)
        template = listed[spelling]
        if type_.kind is TypeKind.RECORD and type_.declaration is not None:
            seen.add(spelling)
            if template is None or type_.declaration.startswith("std::"):
                one = Instantiation(spelling=type_.bare, template=type_.declaration, span=NO_SPAN)
                result.instantiations.append(one)
            else:
                found[type_.bare] = template.span
    for line, spelling in lines.values():
        if spelling not in seen:
            reason = answer.refused.get(line, "it does not name a class")
            sink.report("DV012", f"cannot instantiate `{spelling}`", notes=(f"clang: {reason}",))
    return found


def _read_functions(
    listed: dict[str, Template], result: Instantiated, headers: Precompiled, reader: Reader, sink: Sink
) -> None:
    if not listed:
        return
    probe = Probe()
    lines = {
        f"dovetail_function_{index}": (probe.add(f"auto dovetail_function_{index} = &{spelling};"), spelling)
        for index, spelling in enumerate(listed)
    }
    answer = ask(probe, headers)
    if answer is None:
        return
    inner = _reader(reader, result)
    seen: set[str] = set()
    for cursor in answer.top:
        line, spelling = lines.get(clang.spelling(cursor), (0, ""))
        target = _first_reference(cursor) if line and line not in answer.refused else None
        if target is None:
            continue
        seen.add(spelling)
        arguments = _function_arguments(target, inner)
        scope = names.scope_of(target)
        if listed[spelling].kind == "function":
            function = read_function(target, inner, FunctionKind.FREE, scope=scope)
        else:
            function = read_function(target, inner, method_kind(target), scope=scope)
        texts = ", ".join(part if isinstance(part, str) else part.canonical for part in arguments)
        named = replace(function, qualified=f"{function.qualified}<{texts}>", template_arguments=arguments)
        (result.functions if listed[spelling].kind == "function" else result.methods).append(named)
    for line, spelling in lines.values():
        if spelling not in seen:
            reason = answer.refused.get(line, "it does not name one function")
            sink.report("DV012", f"cannot instantiate `{spelling}`", listed[spelling].span, notes=(f"clang: {reason}",))


def _first_reference(cursor: Cursor) -> Cursor | None:
    for child in clang.children(cursor):
        if child.kind is CursorKind.DECL_REF_EXPR:
            target = child.referenced
            return target if target is not None and target.kind in FUNCTIONS else None
        found = _first_reference(child)
        if found is not None:
            return found
    return None


def _function_arguments(target: Cursor, reader: Reader) -> tuple[Type | str, ...]:
    found: list[Type | str] = []
    for index in range(max(target.get_num_template_arguments(), 0)):
        type_ = target.get_template_argument_type(index)
        if clang.type_kind(type_) == "INVALID":
            found.append(str(target.get_template_argument_value(index)))
        else:
            found.append(reader.types.read(type_))
    return tuple(found)


def _reader(outer: Reader, result: Instantiated) -> Reader:
    """Types belong to their unit; sources are shared."""
    reader = Reader(outer.sources, Types(), dependent=True)
    result.readers.append(reader)
    return reader


def _read_round(wanted: dict[str, Span], result: Instantiated, outer: Reader, headers: Precompiled) -> None:
    """Two probes: the first finds each pattern, the second names its members."""
    probe = Probe()
    lines: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for index, spelling in enumerate(wanted):
        name = f"dovetail_alias_{index}"
        lines[name] = spelling
        # sizeof makes clang choose between the template and its partial specialisations.
        numbers[spelling] = probe.add(
            f"using {name} = {spelling}; enum : unsigned long {{ {name}_size = sizeof({name}) }};"
        )
    answer = ask(probe, headers)
    if answer is None:
        _give_up(wanted, "libclang gave up", result)
        return
    plans: list[_Plan] = []
    for cursor in answer.top:
        spelling = lines.get(clang.spelling(cursor), "")
        if not spelling or cursor.kind is not CursorKind.TYPE_ALIAS_DECL or numbers[spelling] in answer.refused:
            continue
        type_ = cursor.underlying_typedef_type.get_canonical()
        pattern = clang.pattern(type_.get_declaration())
        if pattern is not None:
            plans.append(_plan(spelling, pattern, outer))
    missing = {spelling: span for spelling, span in wanted.items() if spelling not in {plan.spelling for plan in plans}}
    for spelling, span in missing.items():
        _give_up({spelling: span}, answer.refused.get(numbers[spelling], "no pattern was found"), result)
    usable = [plan for plan in plans if not plan.final]
    _give_up({plan.spelling: wanted[plan.spelling] for plan in plans if plan.final}, "the template is final", result)
    _read_members(usable, wanted, result, outer, headers)


def _give_up(spellings: dict[str, Span], reason: str, result: Instantiated) -> None:
    for spelling, span in spellings.items():
        result.unread.append(Unread(name=spelling, kind="class", reason=reason, span=span))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What to ask about one instantiation."""

    spelling: str
    pattern: Cursor
    scope: str
    """Namespace of the template, where names of its declaration are found."""
    parameters: tuple[tuple[str, str], ...]
    """(name, declaration) that give the template's parameters their arguments."""
    names: tuple[str, ...]
    constructors: frozenset[int]
    """Offsets of the constructors that are written."""
    conversions: tuple[str, ...]
    bases: tuple[tuple[str, Access, bool], ...]
    """(text, access, virtual)."""
    final: bool


def _plan(spelling: str, pattern: Cursor, reader: Reader) -> _Plan:
    children = clang.children(pattern)
    members: dict[str, None] = {}
    conversions: dict[str, None] = {}
    bases = []
    for child in children:
        name = clang.spelling(child)
        if child.kind is CursorKind.CONVERSION_FUNCTION:
            conversions[_conversion_text(child, reader)] = None
        elif child.kind is CursorKind.CXX_BASE_SPECIFIER:
            text = re.sub(r"^((virtual|public|protected|private)\s+)*", "", _text(child, reader))
            bases.append((text, read_access(child), clang.is_virtual_base(child)))
        elif child.kind in _MEMBERS and name and not names.is_unnamed(name):
            members[name] = None
        elif child.kind in RECORDS and clang.is_lifted(child):
            members.update((clang.spelling(item), None) for item in clang.children(child) if clang.spelling(item))
    plain = plain_name(pattern)
    members.pop(plain, None)
    return _Plan(
        spelling=spelling,
        pattern=pattern,
        scope=_namespace(pattern),
        parameters=_parameters(spelling, pattern, reader),
        names=tuple(name for name in members if "<" not in name or name.startswith("operator")),
        constructors=frozenset(
            clang.place(child).offset
            for child in children
            if child.kind in (CursorKind.CONSTRUCTOR, CursorKind.FUNCTION_TEMPLATE)
        ),
        conversions=tuple(conversions),
        bases=tuple(bases),
        final=any(child.kind is CursorKind.CXX_FINAL_ATTR for child in children),
    )


def _namespace(cursor: Cursor) -> str:
    parent = cursor.semantic_parent
    while parent is not None and parent.kind is not CursorKind.NAMESPACE:
        parent = parent.semantic_parent
    return (
        names.qualified(parent)
        if parent is not None and not clang.is_inline_namespace(parent)
        else (names.scope_of(parent) if parent is not None else "")
    )


def _text(cursor: Cursor, reader: Reader) -> str:
    start, end = clang.extent(cursor)
    return fold(reader.sources.file(start.path).slice(start.offset, end.offset))


def _conversion_text(cursor: Cursor, reader: Reader) -> str:
    """`operator T*` as the header writes it."""
    start = clang.place(cursor)
    _, end = clang.extent(cursor)
    text = fold(reader.sources.file(start.path).slice(start.offset, end.offset))
    return text[: text.index("(")].strip() if "(" in text else text


def _parameters(spelling: str, pattern: Cursor, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Declarations under which texts of the pattern mean what they mean in the instantiation. Not for packs."""
    if pattern.kind is not CursorKind.CLASS_TEMPLATE:
        return ()
    arguments = split_arguments(spelling)
    texts = read_parameters(pattern, reader)
    parameters = [child for child in clang.children(pattern) if child.kind in _PARAMETERS]
    found = []
    for parameter, text, argument in zip(parameters, texts, arguments, strict=False):
        name = clang.spelling(parameter)
        if "..." in text or not name:
            break
        if parameter.kind is CursorKind.TEMPLATE_TYPE_PARAMETER:
            found.append((name, f"using {name} = {argument};"))
        else:
            found.append((name, f"static constexpr decltype({argument}) {name} = {argument};"))
    return tuple(found)


def _read_members(
    plans: Sequence[_Plan], wanted: dict[str, Span], result: Instantiated, outer: Reader, headers: Precompiled
) -> None:
    if not plans:
        return
    probe = Probe()
    lines: dict[int, tuple[int, str]] = {}
    for index, plan in enumerate(plans):
        _write_questions(probe, plan, index, lines)
    answer = ask(probe, headers, private=True)
    if answer is None or answer.broken:
        _give_up({plan.spelling: wanted[plan.spelling] for plan in plans}, "libclang gave up", result)
        return
    inner = _reader(outer, result)
    spaces = dict(_probe_spaces(answer.top))
    for index, plan in enumerate(plans):
        space = spaces.get(index)
        if space is None:
            _give_up({plan.spelling: wanted[plan.spelling]}, "it cannot be derived from", result)
            continue
        _read_instantiation(plan, space, result, inner, outer)
    for line, (index, name) in lines.items():
        if line in answer.refused:
            plan = plans[index]
            span = wanted[plan.spelling]
            unread = Unread(name=f"{plan.spelling}::{name}", kind="member", reason=answer.refused[line], span=span)
            result.unread.append(unread)


def _write_questions(probe: Probe, plan: _Plan, index: int, lines: dict[int, tuple[int, str]]) -> None:
    opening = "".join(f"namespace {name} {{ " for name in plan.scope.split("::") if name)
    probe.add(f"{opening}namespace {NAMESPACE}_{index} {{")
    probe.add(f"using dovetail_class = {plan.spelling};")
    for _, text in plan.parameters:
        probe.add(text)
    for place, (text, _, _) in enumerate(plan.bases):
        lines[probe.add(f"using dovetail_base_{place} = {text};")] = (index, text)
    probe.add("struct dovetail_members : dovetail_class {")
    if plan.constructors:
        probe.add("using dovetail_class::dovetail_class;")
    for name in (*plan.names, *plan.conversions):
        lines[probe.add(f"using dovetail_class::{name};")] = (index, name)
    probe.add("};")
    for name in plan.names:
        # Nested classes are instantiated when their size is asked for; other members refuse, which says nothing.
        if re.fullmatch(r"\w+", name):
            probe.add(f"enum : unsigned long {{ dovetail_{name}_size = sizeof(dovetail_class::{name}) }};")
    probe.add("}" * (len([name for name in plan.scope.split("::") if name]) + 1))


def _probe_spaces(top: Sequence[Cursor]) -> list[tuple[int, Cursor]]:
    found: list[tuple[int, Cursor]] = []
    for cursor in top:
        if cursor.kind is CursorKind.NAMESPACE:
            name = clang.spelling(cursor)
            if name.startswith(f"{NAMESPACE}_"):
                found.append((int(name.rpartition("_")[2]), cursor))
            else:
                found.extend(_probe_spaces(clang.children(cursor)))
    return found


def _read_instantiation(plan: _Plan, space: Cursor, result: Instantiated, reader: Reader, outer: Reader) -> None:
    children = {clang.spelling(child): child for child in clang.children(space)}
    type_ = children["dovetail_class"].underlying_typedef_type.get_canonical()
    declaration = type_.get_declaration()
    members: list[Cursor] = []
    for child in clang.children(children["dovetail_members"]):
        if child.kind is CursorKind.USING_DECLARATION:
            members.extend(used(child))
    unique = {clang.usr(member): member for member in members}
    members = sorted(unique.values(), key=lambda cursor: (clang.place(cursor).path, clang.place(cursor).offset))
    name = plain_name(plan.pattern)
    bases = []
    for place, (_, access, virtual) in enumerate(plan.bases):
        alias = children.get(f"dovetail_base_{place}")
        if alias is not None:
            base = reader.types.read(alias.underlying_typedef_type.get_canonical())
            bases.append(Base(type=base, access=access, virtual=virtual))
    constructors, methods, fields_ = _sort_members(members, plan, declaration, name, result, reader)
    read = reader.types.read(type_)
    pattern_children = clang.children(plan.pattern)
    align = type_.get_align()
    result.classes.append(
        Class(
            name=name,
            qualified=plan.spelling,
            scope=names.scope_of(declaration),
            type=read,
            span=read_span(plan.pattern, outer),
            bases=tuple(bases),
            constructors=constructors,
            methods=methods,
            fields=fields_,
            aggregate_fields=() if bases else read_initialised(plan.pattern, pattern_children),
            union=declaration.kind is CursorKind.UNION_DECL,
            access=read_access(plan.pattern),
            template=_template_name(plan.pattern, plan.spelling),
            size=read.size,
            align=align if align > 0 else None,
            deprecated=clang.deprecation(plan.pattern),
            comment=read_comment(plan.pattern, outer),
            annotations=read_annotations(pattern_children),
        )
    )


def _template_name(pattern: Cursor, spelling: str) -> str:
    """Of a partial specialisation, too, the name without arguments."""
    return re.sub(r"<.*", "", names.qualified(pattern)) or _without(spelling)


def _sort_members(
    members: list[Cursor], plan: _Plan, declaration: Cursor, name: str, result: Instantiated, reader: Reader
) -> tuple[tuple[Function, ...], tuple[Function, ...], tuple[Field, ...]]:
    constructors: list[Function] = _default_constructors(plan, name, reader)
    methods: list[Function] = []
    fields_: list[Field] = []
    scope = plan.spelling
    for member in members:
        kind = member.kind
        implicit = names.scope_of(member) != scope
        if kind is CursorKind.CONSTRUCTOR:
            if clang.place(member).offset in plan.constructors or implicit:
                constructors.append(
                    read_function(member, reader, FunctionKind.CONSTRUCTOR, scope=scope, class_name=name)
                )
        elif kind in (CursorKind.CXX_METHOD, CursorKind.CONVERSION_FUNCTION):
            methods.append(read_function(member, reader, method_kind(member), scope=scope, implicit=implicit))
        elif kind is CursorKind.FIELD_DECL:
            fields_.append(read_field(member, declaration, reader, scope, ()))
        elif kind is CursorKind.VAR_DECL:
            fields_.append(read_static_field(member, reader, scope))
        else:
            _read_nested(member, scope, result, reader)
    constructors.sort(key=lambda function: (function.span.path, function.span.line, function.span.column))
    return tuple(constructors), tuple(methods), tuple(fields_)


def _default_constructors(plan: _Plan, name: str, reader: Reader) -> list[Function]:
    """A using-declaration does not bring the constructor without parameters: the pattern's says all there is to say."""
    found = []
    for child in clang.children(plan.pattern):
        if child.kind is CursorKind.CONSTRUCTOR:
            parameters = [part for part in clang.children(child) if part.kind is CursorKind.PARM_DECL]
            if not parameters:
                pattern_reader = Reader(reader.sources, Types(), dependent=True)
                found.append(
                    read_function(child, pattern_reader, FunctionKind.CONSTRUCTOR, scope=plan.spelling, class_name=name)
                )
    return found


def _read_nested(member: Cursor, scope: str, result: Instantiated, reader: Reader) -> None:
    name = clang.spelling(member)
    if member.kind in RECORDS:
        if member.is_definition() and clang.children(member):
            result.classes.append(read_class(member, reader, []))
    elif member.kind is CursorKind.ENUM_DECL:
        result.enums.append(read_enum(member, reader))
    elif member.kind in (CursorKind.TYPEDEF_DECL, CursorKind.TYPE_ALIAS_DECL):
        result.aliases.append(
            TypeAlias(
                name=name,
                qualified=f"{scope}::{name}",
                scope=scope,
                type=reader.types.read(member.underlying_typedef_type),
                span=read_span(member, reader),
                access=read_access(member),
                comment=read_comment(member, reader, trailing=True),
            )
        )
    elif member.kind is CursorKind.FUNCTION_TEMPLATE:
        result.templates.append(
            Template(
                name=name,
                qualified=f"{scope}::{name}",
                scope=scope,
                kind="method",
                parameters=read_parameters(member, reader),
                span=read_span(member, reader),
                access=read_access(member),
            )
        )
