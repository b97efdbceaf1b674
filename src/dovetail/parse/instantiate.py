"""Instantiations of the user's class and function templates: which ones there are.

In: the module without them, listed spellings such as `lib::Box<int>`.  Out: `Instantiated`.
Must not know: how the members of an instantiation are found.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from dovetail.diagnostics import NO_SPAN, Sink, Span
from dovetail.model import Access, Function, FunctionKind, Instantiation, Module, Template, Type, TypeKind
from dovetail.parse import clang, names, types
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.classes import method_kind
from dovetail.parse.declarations import Found
from dovetail.parse.functions import FUNCTIONS, Reader, read_function, read_span
from dovetail.parse.members import Instantiated, Plan, Work, plan_of, read_members
from dovetail.parse.probes import Probe, ask
from dovetail.parse.types import Types

_ROUNDS: Final = 6
_MOST: Final = 400


def instantiate(module: Module, found: Found, listed: Sequence[str], work: Work, sink: Sink) -> Instantiated:
    """Reads the instantiations that the API uses, those that it asks for explicitly, and the listed ones.

    What they use in turn is read too, for a few rounds: `Box<Box<…>>` may go on for ever.
    """
    result = work.result
    patterns = {
        found.templates[key].qualified: cursor
        for key, cursor in found.template_cursors.items()
        if cursor.kind is CursorKind.CLASS_TEMPLATE
    }
    wanted = {names.record_name(cursor): read_span(cursor, work.reader) for cursor in found.explicit}
    wanted.update(_uses(module, frozenset(patterns)))
    wanted.update(_check_listed(listed, module, work, sink))
    known = {item.qualified for item in module.classes}
    for _ in range(_ROUNDS):
        fresh = {spelling: span for spelling, span in wanted.items() if spelling not in known}
        if not fresh or len(known) > _MOST:
            break
        known.update(fresh)
        before = len(result.classes)
        _read_round(fresh, work)
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


def _check_listed(listed: Sequence[str], module: Module, work: Work, sink: Sink) -> dict[str, Span]:
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
    _read_functions(functions, work, sink)
    return _resolve(classes, work, sink)


def _resolve(listed: dict[str, Template | None], work: Work, sink: Sink) -> dict[str, Span]:
    if not listed:
        return {}
    probe = Probe()
    lines = {
        f"dovetail_alias_{index}": (probe.add(f"using dovetail_alias_{index} = {spelling};"), spelling)
        for index, spelling in enumerate(listed)
    }
    answer = ask(probe, work.headers)
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
                work.result.instantiations.append(one)
            else:
                found[type_.bare] = template.span
    for line, spelling in lines.values():
        if spelling not in seen:
            reason = answer.refused.get(line, "it does not name a class")
            sink.report("DV012", f"cannot instantiate `{spelling}`", notes=(f"clang: {reason}",))
    return found


def _read_functions(listed: dict[str, Template], work: Work, sink: Sink) -> None:
    if not listed:
        return
    probe = Probe()
    lines = {
        f"dovetail_function_{index}": (probe.add(f"auto dovetail_function_{index} = &{spelling};"), spelling)
        for index, spelling in enumerate(listed)
    }
    answer = ask(probe, work.headers)
    if answer is None:
        return
    inner = work.new_reader()
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
        (work.result.functions if listed[spelling].kind == "function" else work.result.methods).append(named)
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


def _read_round(wanted: Mapping[str, Span], work: Work) -> None:
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
    answer = ask(probe, work.headers)
    if answer is None:
        work.give_up(wanted, "libclang gave up")
        return
    plans: list[Plan] = []
    for cursor in answer.top:
        spelling = lines.get(clang.spelling(cursor), "")
        if not spelling or cursor.kind is not CursorKind.TYPE_ALIAS_DECL or numbers[spelling] in answer.refused:
            continue
        type_ = cursor.underlying_typedef_type.get_canonical()
        pattern = clang.pattern(type_.get_declaration())
        if pattern is not None:
            # A template declared ahead is found there; its members are in the definition.
            plans.append(plan_of(spelling, pattern.get_definition() or pattern, work.reader))
    missing = {spelling: span for spelling, span in wanted.items() if spelling not in {plan.spelling for plan in plans}}
    for spelling, span in missing.items():
        work.give_up({spelling: span}, answer.refused.get(numbers[spelling], "no pattern was found"))
    usable = [plan for plan in plans if not plan.final]
    work.give_up({plan.spelling: wanted[plan.spelling] for plan in plans if plan.final}, "the template is final")
    read_members(usable, wanted, work)
