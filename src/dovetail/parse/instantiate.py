"""Instantiations of the user's class and function templates: which ones there are.

In: the module without them, listed spellings such as `lib::Box<int>`.  Out: `Instantiated`.
Must not know: how the members of an instantiation are found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from dovetail.diagnostics import Sink, Span
from dovetail.model import Access, Function, Instantiation, Module, Type, TypeKind
from dovetail.parse import clang, names, types
from dovetail.parse.clang import CursorKind
from dovetail.parse.declarations import Found
from dovetail.parse.deduce import read_deduced
from dovetail.parse.finals import open_finals
from dovetail.parse.functions import read_span
from dovetail.parse.listed import read_listed_classes, without_arguments
from dovetail.parse.listed_functions import read_listed_functions
from dovetail.parse.members import Instantiated, Plan, Work, plan_of, read_members
from dovetail.parse.probes import Probe, ask
from dovetail.parse.request import Listed
from dovetail.parse.undeduced import settle_results

_ROUNDS: Final = 6
_MOST: Final = 400


def instantiate(module: Module, found: Found, listed: Sequence[Listed], work: Work, sink: Sink) -> Instantiated:
    """Reads the instantiations that the API uses, those that it asks for explicitly, and the listed ones.

    What they use in turn is read too, for a few rounds: `Box<Box<…>>` may go on for ever. Function templates whose
    arguments the types found so far settle come after them, and do not start another round of their own.
    """
    patterns = frozenset(
        found.templates[key].qualified
        for key, cursor in found.template_cursors.items()
        if cursor.kind is CursorKind.CLASS_TEMPLATE
    )
    wanted = {names.record_name(cursor): read_span(cursor, work.reader) for cursor in found.explicit}
    wanted.update(_uses(module, patterns))
    wanted.update(read_listed_classes(listed, module, work, sink))
    known = {item.qualified for item in module.classes}
    _read_closure(wanted, known, patterns, work)
    read_listed_functions(listed, module, found, work, sink)
    read_deduced(module, found, work)
    result = work.result
    functions = (*result.functions, *result.methods, *result.constructors)
    _read_closure(_uses(Module(headers=(), functions=functions), patterns), known, patterns, work)
    return result


def _read_closure(wanted: Mapping[str, Span], known: set[str], patterns: frozenset[str], work: Work) -> None:
    """Reads the wanted ones and what these use; those beyond the last round are only named."""
    result = work.result
    for _ in range(_ROUNDS):
        fresh = {spelling: span for spelling, span in wanted.items() if spelling not in known}
        if not fresh or len(known) > _MOST:
            break
        known.update(fresh)
        before = len(result.classes)
        _read_round(fresh, work)
        result.classes[before:] = settle_results(result.classes[before:], work)
        known.update(item.qualified for item in result.classes)
        later = Module(headers=(), classes=tuple(result.classes[before:]), aliases=tuple(result.aliases))
        wanted = _uses(later, patterns)
    for spelling, span in wanted.items():
        if spelling not in known:
            template = without_arguments(spelling)
            result.instantiations.append(Instantiation(spelling=spelling, template=template, span=span))


def _uses(module: Module, patterns: frozenset[str]) -> dict[str, Span]:
    """Instantiations of the user's templates in what is not private, each with where it is first used."""
    found: dict[str, Span] = {}

    def look(type_: Type, span: Span) -> None:
        for part in types.walk(type_):
            if part.kind is TypeKind.RECORD and part.declaration in patterns and part.bare.endswith(">"):
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
    read_members([plan for plan in plans if not plan.final], wanted, work)
    finals = [plan for plan in plans if plan.final]
    opened = open_finals(work) if finals else None
    if opened is not None:
        read_members(finals, wanted, opened)
    else:
        work.give_up({plan.spelling: wanted[plan.spelling] for plan in finals}, "the template is final")
