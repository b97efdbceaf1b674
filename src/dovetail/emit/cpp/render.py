"""The files of a module.

In: `plan.Module`.  Out: `File` records.  Must not know: how any piece is written.

One translation unit, or above a number of wrappers several with a shared internal header, which compile in parallel:
classes of one inheritance tree stay together, functions of the module itself are cut into runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import final

from dovetail.emit.cpp.accessors import write_accessor, write_accessor_table
from dovetail.emit.cpp.classes import write_class, write_used_class
from dovetail.emit.cpp.constants import write_constant, write_static_constant
from dovetail.emit.cpp.containers import container_row
from dovetail.emit.cpp.context import Context, all_overloads, all_virtuals, make_context
from dovetail.emit.cpp.enums import write_enum_values
from dovetail.emit.cpp.exceptions import write_exception, write_translation
from dovetail.emit.cpp.functions import write_function, write_method_table
from dovetail.emit.cpp.literals import comment, quote
from dovetail.emit.cpp.module import (
    PRAGMA,
    Rows,
    render_banner,
    render_entry,
    render_includes,
    write_declarations,
    write_tables,
)
from dovetail.emit.cpp.natives import write_natives
from dovetail.emit.cpp.typed import write_typed
from dovetail.emit.files import File
from dovetail.emit.writer import Writer
from dovetail.plan import Class, Function, Module, Raised, Variable

SPLIT_ABOVE = 300
"""Wrappers in one translation unit."""
PART = 350
"""Wrappers in each of several."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is written into one translation unit; `write` also adds its rows."""

    weight: int
    write: Callable[[Writer, Rows], None]


def render(plan: Module) -> tuple[File, ...]:
    """All files, the main one first."""
    split = sum(1 for _ in all_overloads(plan)) > SPLIT_ABOVE
    context = make_context(plan, split=split)
    needs = Writer()
    _collect_needs(needs, plan)
    rows = Rows(types=["" for _ in plan.classes] + [container_row(record) for record in plan.containers])
    pieces = [*_class_pieces(context), *_scope_pieces(context), *_native_pieces(context)]
    parts = []
    for group in _cut(pieces) if split else [pieces]:
        body = needs.part()
        for piece in group:
            piece.write(body, rows)
        parts.append(body)
    name = plan.name.rpartition(".")[2]
    head, tail = needs.part(), needs.part()
    if plan.thrown:
        write_translation(head, context)
    _write_tail(tail, context, rows)
    beginning = _render_beginning(context, needs)
    if not split:
        return (File(f"{name}.cpp", _render_unit(context, beginning, [head, *parts, tail], entry=True)),)
    # The first include is one that may be precompiled: it cannot be within another.
    opening = "#define DOVETAIL_COMPACT 1\n#include <dovetail/core/module.h>\n"
    include = f'{render_banner(plan)}\n{opening}#include "{name}_internal.h"\n'
    # The tables alone would cost a compiler run in which nearly all is reading headers.
    main = File(f"{name}.cpp", _render_unit(context, include, [head, parts[0], tail], entry=True))
    once = beginning.replace("\n", "\n#pragma once\n", 1)
    internal = File(f"{name}_internal.h", once + _render_shared(context))
    units = [
        File(f"{name}_{number}.cpp", _render_unit(context, include, [part]))
        for number, part in enumerate(parts[1:], start=1)
    ]
    return (main, internal, *units)


def _collect_needs(out: Writer, plan: Module) -> None:
    for overload in all_overloads(plan):
        for param in overload.params:
            out.needs(*param.value.headers)
        if overload.result.value is not None:
            out.needs(*overload.result.value.headers)
    for virtual in all_virtuals(plan):
        values = [param.value for param in virtual.params]
        values += [virtual.result] if virtual.result is not None else []
        out.needs(*(header for value in values for header in value.headers))
    for constant in plan.constants:
        out.needs(*constant.value.headers)
    for container in plan.containers:
        out.needs(*container.headers)
    if plan.enums:
        out.needs("dovetail/convert/enums.h")
    if plan.inner:
        out.needs("dovetail/core/inner.h")


def _render_beginning(context: Context, needs: Writer) -> str:
    """Includes and declarations."""
    declarations = needs.part()
    write_declarations(declarations, context)
    out = Writer()
    out.raw(render_banner(context.plan))
    for line in render_includes(context.plan, needs.needed):
        out.raw(line)
    out.gap()
    for line in PRAGMA:
        out.raw(line)
    out.gap()
    out.add(declarations)
    return out.text()


def _render_unit(context: Context, beginning: str, bodies: list[Writer], *, entry: bool = False) -> str:
    out = Writer()
    out.line(f"namespace {context.namespace} {{")
    for body in bodies:
        out.gap()
        out.add(body)
    out.gap()
    out.line(f"}}  // namespace {context.namespace}")
    if entry:
        out.gap()
        out.line(render_entry(context))
    return f"{beginning}\n{out.text()}"


def _render_shared(context: Context) -> str:
    """What the tables of the main file need from the other ones."""
    out = Writer()
    with out.block(f"\nnamespace {context.namespace}", closing=f"}}  // namespace {context.namespace}"):
        out.lines(*context.shared)
    return out.text()


def _cut(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces in their order, in as few groups as hold about PART, of about the same weight."""
    total = sum(piece.weight for piece in pieces)
    share = total / max(2, round(total / PART))
    groups: list[list[Piece]] = [[]]
    weight = 0
    for piece in pieces:
        if groups[-1] and weight + piece.weight / 2 > share:
            groups.append([])
            weight = 0
        groups[-1].append(piece)
        weight += piece.weight
    return groups


def _class_pieces(context: Context) -> list[Piece]:
    """Classes with those that they derive from: what a derived class inherits is called directly."""
    order = {context.path_of(record): place for place, record in enumerate(context.plan.classes)}
    families: dict[str, list[str]] = {}
    for path in order:
        joined = [path]
        for base in context.index.ancestors(path):
            if families[base] is not joined:
                joined = [*families[base], *(each for each in joined if each not in families[base])]
                families.update(dict.fromkeys(joined, joined))
        families.update(dict.fromkeys(joined, joined))
    distinct = {id(family): sorted(family, key=order.__getitem__) for family in families.values()}
    return [
        _family_piece(context, [context.plan.classes[order[path]] for path in family], order)
        for family in distinct.values()
    ]


def _family_piece(context: Context, family: list[Class], order: dict[str, int]) -> Piece:
    def write(out: Writer, rows: Rows) -> None:
        specials: dict[str, dict[str, str]] = {}
        for record in family:
            write_row = write_used_class if record.module else partial(write_class, specials=specials)
            row = write_row(out, context, record)
            if context.split:
                name = f"{context.base_of(record)}_row"
                context.declare(f"extern const dovetail::TypeRow {name};")
                out.line(f"constexpr dovetail::TypeRow {name} = {row};")
                row = name
            rows.types[order[context.path_of(record)]] = row

    return Piece(weight=sum(_weight(record) for record in family), write=write)


def _weight(record: Class) -> int:
    functions = [*record.methods, *([record.constructors] if record.constructors is not None else ())]
    return sum(len(function.overloads) for function in functions) + 2 * len(record.accessors)


def _native_pieces(context: Context) -> list[Piece]:
    """Native functions are a fraction of a wrapper's work."""
    plan = context.plan
    objects = len(plan.native_classes) + len(plan.native_sequences) + len(plan.native_containers)
    count = len(plan.natives) + objects + 4 * len(plan.ufuncs)
    return [Piece(weight=count // 8, write=lambda out, _: write_natives(out, context))] if count else []


def _scope_pieces(context: Context) -> list[Piece]:
    """Functions and variables: of the module itself in runs, of each submodule in one piece."""
    pieces = []
    for path in ("", *context.index.submodules):
        functions = [f for f in context.plan.functions if f.scope == path and not f.ufunc]
        variables = [variable for variable in context.plan.variables if variable.scope == path]
        runs = [functions]
        if context.split and not path:
            runs = [functions[at : at + PART] for at in range(0, len(functions), PART)] or [[]]
        for number, run in enumerate(runs):
            last = number == len(runs) - 1
            pieces.append(_scope_piece(context, path, run, variables if last else []))
    return pieces


def _scope_piece(context: Context, path: str, functions: list[Function], variables: list[Variable]) -> Piece:
    stem = f"{path.replace('.', '_')}_" if path else ""
    docs = {submodule.path: submodule.doc for submodule in context.plan.submodules}

    def write(out: Writer, rows: Rows) -> None:
        if not (functions or variables or path):
            return
        out.gap()
        out.raw(comment(f"---- {path or 'functions'}"))
        methods = [write_function(out, context, function, None) for function in functions]
        accessors = [write_accessor(out, context, variable.accessor, None) for variable in variables]
        tables = ["nullptr", "nullptr"]
        if methods:
            tables[0] = context.identifiers.make(f"{stem}functions")
            context.declare(f"extern PyMethodDef {tables[0]}[];")
            write_method_table(out, tables[0], methods, context.linkage)
            write_typed(out, context, tables[0], functions)
        if accessors:
            tables[1] = context.identifiers.make(f"{stem}variables")
            context.declare(f"extern PyGetSetDef {tables[1]}[];")
            write_accessor_table(out, tables[1], accessors, context.linkage)
        doc = quote(docs[path]) if docs.get(path) else "nullptr"
        rows.scopes.append(f"{{{quote(path)}, {doc}, {', '.join(tables)}}},")

    return Piece(weight=len(functions) + 2 * len(variables), write=write)


def _write_tail(out: Writer, context: Context, rows: Rows) -> None:
    """Exceptions, constants, enums, and the tables of the module."""
    plan = context.plan
    rows.exceptions = [write_exception(out, context, record) for record in plan.raised]
    rows.constants = [write_constant(out, context, record) for record in plan.constants]
    owners: tuple[Class | Raised, ...] = (*plan.classes, *plan.raised)
    rows.constants += [
        write_static_constant(out, context, context.path_of(owner), accessor)
        for owner in owners
        for accessor in owner.accessors
        if accessor.static and accessor.write is None
    ]
    rows.enums = [write_enum_values(out, context, record) for record in plan.enums]
    write_tables(out, context, rows)
