"""Containers: the runtime has the whole behaviour; emitted code says which C++ types there are.

In: `plan.Container`.  Out: `Bound<>` specialisations, formats of plain structs, rows of the module's table.
Must not know: protocols of containers.
"""

from __future__ import annotations

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.literals import quote
from dovetail.emit.writer import Writer
from dovetail.plan import Container


def write_bound_container(out: Writer, context: Context, record: Container) -> None:
    base = context.base_of(record)
    cpp = record.cpp
    out.needs(*record.headers)
    out.gap()
    if record.module:
        with out.block(f"template <> struct dovetail::Bound<{cpp}> : dovetail::UsedContainer", closing="};"):
            out.line(f"static constexpr int slot = {context.namespace}::Types::{base};")
            out.line(f"static constexpr const char* name = {quote(record.name)};")
        return
    with out.block(f"template <> struct dovetail::Bound<{cpp}> : dovetail::BoundContainer<{cpp}>", closing="};"):
        out.line(f"static constexpr int slot = {context.namespace}::Types::{base};")
        out.line(f"static constexpr const char* name = {quote(record.name)};")
        out.line(f"static constexpr const char* full_name = {quote(f'{context.plan.name}.{context.path_of(record)}')};")


def write_formats(out: Writer, formats: tuple[tuple[str, str], ...]) -> None:
    """The struct formats of plain structs that are elements of a buffer."""
    for cpp, text in formats:
        out.needs("dovetail/convert/format.h")
        out.gap()
        with out.block(f"template <> struct dovetail::ElementFormat<{cpp}>", closing="};"):
            out.line(f"static constexpr const char* text = {quote(text)};")


def container_row(record: Container) -> str:
    if record.module:
        path = f"{record.scope}.{record.name}"[len(record.module) + 1 :]
        return f"dovetail::used_container_row<{record.cpp}>({quote(record.module)}, {quote(path)})"
    return f"dovetail::container_row<{record.cpp}>({quote(record.scope)}, {quote(record.protocol)})"
