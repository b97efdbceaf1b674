"""Listed instantiations of function, method and constructor templates.

In: `Listed` records, classes read before.  Out: functions in `Instantiated`; DV010, DV012 at the rule.
Must not know: how the members of a class are found.

Of overloaded function templates each that takes the arguments is instantiated. Constructor templates, whose
instantiations C++ cannot name, are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

from dovetail.diagnostics import Sink, Span
from dovetail.model import FunctionKind, Module, Template, Type
from dovetail.parse import clang, names
from dovetail.parse.calls import Call, read_calls, read_pattern
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.classes import method_kind
from dovetail.parse.declarations import Found
from dovetail.parse.functions import FUNCTIONS, read_function
from dovetail.parse.listed import complete, is_for_all, new_probe, open_namespaces, report_unknown
from dovetail.parse.members import Work
from dovetail.parse.probes import ask
from dovetail.parse.request import Listed
from dovetail.parse.source import split_arguments

PARAMETERS = (CursorKind.TEMPLATE_TYPE_PARAMETER, CursorKind.TEMPLATE_NON_TYPE_PARAMETER)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One spelling that a rule asks for."""

    template: Template
    cursors: tuple[Cursor, ...]
    """The overloads of that name."""
    span: Span
    group: tuple[str, ...]
    """All spellings that the same words mean: one of them has to exist."""
    loose: bool
    """A glob or the header asks for it: what does not compile is passed over."""
    optional: bool
    """The header asks for it: what cannot even be named is passed over."""


def read_listed_functions(listed: Sequence[Listed], module: Module, found: Found, work: Work, sink: Sink) -> None:
    overloads: dict[str, list[Cursor]] = {}
    for key, one in found.templates.items():
        overloads.setdefault(one.qualified, []).append(found.template_cursors[key])
    for one, cursor in work.result.templates_inside:
        overloads.setdefault(one.qualified, []).append(cursor)
    templates = (*module.templates, *(one for one, _ in work.result.templates_inside))
    wanted: dict[str, Wanted] = {}
    for item in dict.fromkeys(listed):
        chosen = complete(item, templates)
        if not chosen and not item.optional and not item.text.strip().removeprefix("::").startswith("std::"):
            report_unknown(item, templates, sink)
        group = tuple(spelling for spelling, _ in chosen)
        for spelling, template in chosen:
            if template.kind in ("function", "method"):
                cursors = tuple(overloads.get(template.qualified, ()))
                if item.optional and spelling in wanted:
                    continue
                wanted[spelling] = Wanted(
                    template=template,
                    cursors=cursors,
                    span=item.span,
                    group=group,
                    loose=item.optional or is_for_all(item, templates),
                    optional=item.optional,
                )
    if wanted:
        refused = _read(wanted, module, work)
        for spelling, reason in refused.items():
            asked = wanted[spelling]
            if not asked.optional and spelling == asked.group[0] and all(each in refused for each in asked.group):
                span = asked.span if asked.span.path else asked.template.span
                sink.report("DV012", f"cannot instantiate `{spelling}`", span, notes=(f"clang: {reason}",))


def _read(wanted: Mapping[str, Wanted], module: Module, work: Work) -> dict[str, str]:
    """First by name alone; what that does not settle is asked for by the type of each overload. Reasons of refusal."""
    built = {key: one for key, one in wanted.items() if any(map(clang.is_constructor_template, one.cursors))}
    refused = _read_constructors(built, module, work)
    listed = {key: one for key, one in wanted.items() if key not in built}
    if not listed:
        return refused
    spaces = open_namespaces((one.template for one in listed.values()), module)
    reasons: dict[str, str] = {}
    plain = [(spelling, f"&{spelling}", "") for spelling in listed]
    left = {spelling: listed[spelling] for spelling in _ask_by_address(plain, listed, spaces, work, reasons)}
    cast = [(spelling, *each) for spelling, one in left.items() for each in _casts(spelling, one)]
    for spelling in _ask_by_address(cast, left, spaces, work, {}) if cast else left:
        refused[spelling] = reasons.get(spelling, "it does not name one function")
    return refused


def _read_constructors(wanted: Mapping[str, Wanted], module: Module, work: Work) -> dict[str, str]:
    classes = {item.qualified: item for item in (*module.classes, *work.result.classes)}
    calls: list[Call] = []
    spellings: list[str] = []
    for spelling, one in wanted.items():
        arguments = split_arguments(spelling)
        for cursor in one.cursors:
            pattern = read_pattern(cursor, one.template, classes)
            if pattern is not None:
                named = [clang.spelling(parameter) for parameter in pattern.template_parameters]
                types = tuple(clang.type_spelling(parameter.type) for parameter in pattern.parameters)
                bound = {name: text for name, text in zip(named, arguments, strict=False) if name}
                calls.append(Call(pattern=pattern, arguments=types, bound=bound))
                spellings.append(spelling)
    refused = read_calls(calls, work)
    taken = {spelling for index, spelling in enumerate(spellings) if index not in refused}
    reasons = {spellings[index]: reason for index, reason in refused.items()}
    return {spelling: reasons.get(spelling, "its class is not read") for spelling in wanted if spelling not in taken}


def _ask_by_address(
    questions: Sequence[tuple[str, str, str]],
    listed: Mapping[str, Wanted],
    spaces: tuple[str, ...],
    work: Work,
    reasons: dict[str, str],
) -> list[str]:
    """Reads what each (spelling, expression, declarations before it) names; the spellings that named nothing."""
    probe = new_probe(spaces)
    lines = {
        f"dovetail_function_{index}": (
            probe.add(
                f"{before.replace('dovetail_type', f'dovetail_type_{index}')} auto dovetail_function_{index} = "
                f"{expression.replace('dovetail_type', f'dovetail_type_{index}')};"
            ),
            spelling,
        )
        for index, (spelling, expression, before) in enumerate(questions)
    }
    aliases = {
        f"dovetail_argument_{index}": (text, probe.add(f"using dovetail_argument_{index} = {text};"))
        for index, text in enumerate(dict.fromkeys(text for each in listed for text in split_arguments(each)))
    }
    answer = ask(probe, work.headers)
    if answer is None:
        return list(listed)
    inner = work.new_reader()
    given: dict[str, Type] = {}
    for cursor in answer.top:
        text, line = aliases.get(clang.spelling(cursor), ("", 0))
        if line and line not in answer.refused:
            given[text] = inner.types.read(cursor.underlying_typedef_type.get_canonical())
    seen: set[str] = set()
    for cursor in answer.top:
        line, spelling = lines.get(clang.spelling(cursor), (0, ""))
        target = _first_reference(cursor) if line and line not in answer.refused else None
        if target is None:
            continue
        seen.add(spelling)
        arguments = _written_arguments(spelling, given)
        scope = names.scope_of(target)
        free = listed[spelling].template.kind == "function"
        function = read_function(target, inner, FunctionKind.FREE if free else method_kind(target), scope=scope)
        texts = ", ".join(part if isinstance(part, str) else part.canonical for part in arguments)
        named = replace(
            function,
            qualified=f"{function.qualified}<{texts}>",
            template_arguments=arguments,
            implied=_is_implied(target, len(arguments)),
        )
        if not listed[spelling].loose:
            work.listed[named.qualified] = listed[spelling].span
        (work.result.functions if free else work.result.methods).append(named)
    for line, spelling in lines.values():
        if line in answer.refused:
            reasons.setdefault(spelling, answer.refused[line])
    return [spelling for spelling in listed if spelling not in seen]


def _casts(spelling: str, one: Wanted) -> Iterator[tuple[str, str]]:
    """For each overload of the template: an expression that names it alone, and the alias that this needs."""
    arguments = split_arguments(spelling)
    for cursor in one.cursors:
        parameters = [child for child in clang.children(cursor) if child.kind in PARAMETERS]
        if len(parameters) != len(arguments):
            continue
        texts = []
        for parameter in parameters:
            kind = clang.type_spelling(parameter.type)
            typename = parameter.kind is CursorKind.TEMPLATE_TYPE_PARAMETER
            texts.append(f"{'typename' if typename else kind} {clang.spelling(parameter)}")
        alias = f"template <{', '.join(texts)}> using dovetail_type = {clang.type_spelling(cursor.type)};"
        method = one.template.kind == "method"
        space = names.scope_of(cursor.semantic_parent) if method else names.scope_of(cursor)
        before = f"namespace {space} {{ {alias} }}" if space else alias
        name = f"{space}::dovetail_type<{', '.join(arguments)}>" if space else f"dovetail_type<{', '.join(arguments)}>"
        pointer = f"{one.template.scope}::*" if method and not cursor.is_static_method() else "*"
        yield f"static_cast<{name} {pointer}>(&{spelling})", before


def _first_reference(cursor: Cursor) -> Cursor | None:
    """To a function: enumerators among the template's arguments are references too."""
    for child in clang.children(cursor):
        target = child.referenced if child.kind is CursorKind.DECL_REF_EXPR else None
        found = target if target is not None and target.kind in FUNCTIONS else _first_reference(child)
        if found is not None:
            return found
    return None


def _is_implied(target: Cursor, count: int) -> bool:
    """The parameters of the pattern name each of its first template parameters, and not as `typename T::type`."""
    pattern = clang.pattern(target)
    if pattern is None:
        return False
    children = clang.children(pattern)
    types = " ".join(clang.type_spelling(child.type) for child in children if child.kind is CursorKind.PARM_DECL)
    said = set(re.findall(r"\w+", re.sub(r"typename [\w:<>, ]+::\w+", "", types)))
    return said.issuperset(clang.spelling(child) for child in [c for c in children if c.kind in PARAMETERS][:count])


def _written_arguments(spelling: str, types: Mapping[str, Type]) -> tuple[Type | str, ...]:
    """As they were listed: C++ fills in the others, and libclang does not know all of them."""
    return tuple(types.get(text, text) for text in split_arguments(spelling))
