"""The files of a module.

In: `plan.Module`.  Out: `File` records.  Must not know: how any piece is written.

One translation unit, or above a number of wrappers several with a shared internal header: classes of one inheritance
tree stay together, functions are cut into runs.
"""

from __future__ import annotations

from dovetail.emit.cpp.accessors import write_accessor, write_accessor_table
from dovetail.emit.cpp.classes import write_class
from dovetail.emit.cpp.constants import write_constant, write_static_constant
from dovetail.emit.cpp.containers import container_row
from dovetail.emit.cpp.context import Context, all_overloads, make_context
from dovetail.emit.cpp.enums import write_enum_values
from dovetail.emit.cpp.exceptions import write_exception, write_translation
from dovetail.emit.cpp.functions import MethodRow, write_function, write_method_table
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
from dovetail.emit.files import File
from dovetail.emit.writer import Writer
from dovetail.plan import Module

SPLIT_ABOVE = 300
"""Wrappers in one translation unit."""


def render(plan: Module) -> tuple[File, ...]:
    """All files, the main one first."""
    context = make_context(plan, split=False)
    out = Writer()
    _collect_needs(out, plan)
    declarations = out.part()
    write_declarations(declarations, context)
    body = out.part()
    rows = Rows()
    if plan.raised:
        write_translation(body, context)
    specials: dict[str, dict[str, str]] = {}
    for record in plan.classes:
        rows.types.append(write_class(body, context, record, specials))
    rows.types += [container_row(record) for record in plan.containers]
    rows.exceptions = [write_exception(body, context, record) for record in plan.raised]
    rows.scopes = _write_scopes(body, context)
    rows.constants = [write_constant(body, context, record) for record in plan.constants]
    owners = (*plan.classes, *plan.raised)
    rows.constants += [
        write_static_constant(body, context, context.path_of(owner), accessor)
        for owner in owners
        for accessor in owner.accessors
        if accessor.static and accessor.write is None
    ]
    rows.enums = [write_enum_values(body, context, record) for record in plan.enums]
    write_tables(body, context, rows)
    out.raw(render_banner(plan))
    for line in render_includes(plan, out.needed):
        out.raw(line)
    out.gap()
    for line in PRAGMA:
        out.raw(line)
    out.gap()
    out.add(declarations)
    out.gap()
    out.line(f"namespace {context.namespace} {{")
    out.gap()
    out.add(body)
    out.gap()
    out.line(f"}}  // namespace {context.namespace}")
    out.gap()
    out.line(render_entry(context))
    return (File(f"{plan.name.rpartition('.')[2]}.cpp", out.text()),)


def _collect_needs(out: Writer, plan: Module) -> None:
    for overload in all_overloads(plan):
        for param in overload.params:
            out.needs(*param.value.headers)
        if overload.result.value is not None:
            out.needs(*overload.result.value.headers)
    for constant in plan.constants:
        out.needs(*constant.value.headers)
    for container in plan.containers:
        out.needs(*container.headers)
    if plan.enums:
        out.needs("dovetail/convert/enums.h")


def _write_scopes(out: Writer, context: Context) -> list[str]:
    """Functions and variables of the module and of each submodule; gives the rows, outer before inner."""
    plan = context.plan
    docs = {submodule.path: submodule.doc for submodule in plan.submodules}
    found = []
    for path in ("", *context.index.submodules):
        functions = [function for function in plan.functions if function.scope == path]
        variables = [variable for variable in plan.variables if variable.scope == path]
        stem = f"{path.replace('.', '_')}_" if path else ""
        if functions or variables:
            out.gap()
            out.raw(comment(f"---- {path or 'functions'}"))
        methods: list[MethodRow] = [write_function(out, context, function, None) for function in functions]
        accessors = [write_accessor(out, context, variable.accessor, None) for variable in variables]
        tables = []
        for kind, rows in (("functions", methods), ("variables", accessors)):
            tables.append(context.identifiers.make(f"{stem}{kind}") if rows else "nullptr")
        if methods:
            write_method_table(out, tables[0], methods)
        if accessors:
            write_accessor_table(out, tables[1], accessors)
        doc = quote(docs[path]) if docs.get(path) else "nullptr"
        if methods or accessors or path:
            found.append(f"{{{quote(path)}, {doc}, {tables[0]}, {tables[1]}}},")
    return found
