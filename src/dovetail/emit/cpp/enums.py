"""Enums: tables from which the runtime makes IntEnum and IntFlag classes at import.

In: `plan.Enum`.  Out: `BoundEnum<>` specialisations, tables of values, rows of the module's table.
Must not know: functions.
"""

from __future__ import annotations

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.literals import quote
from dovetail.emit.writer import Writer
from dovetail.plan import Enum


def write_bound_enum(out: Writer, context: Context, record: Enum) -> None:
    out.gap()
    with out.block(f"template <> struct dovetail::BoundEnum<{record.cpp}>", closing="};"):
        out.line(f"static constexpr int slot = {context.namespace}::Enums::{context.base_of(record)};")
        out.line(f"static constexpr const char* name = {quote(record.name)};")
        out.line(f"static constexpr bool scoped = {'true' if record.scoped else 'false'};")
        out.line(f"static constexpr bool flags = {'true' if record.base == 'IntFlag' else 'false'};")


def write_enum_values(out: Writer, context: Context, record: Enum) -> str:
    """The table of values; gives the enum's row."""
    base = context.base_of(record)
    values = "{}"
    if record.enumerators and not record.module:
        values = context.identifiers.make(f"{base}_values")
        out.gap()
        with out.block(f"static const dovetail::EnumValue {values}[] =", closing="};"):
            for enumerator in record.enumerators:
                out.line(f"{{{quote(enumerator.name)}, {spell_value(enumerator.value)}}},")
    flags, unsigned, exported = (
        "true" if said else "false" for said in (record.base == "IntFlag", not record.signed, record.exported)
    )
    if record.module:
        path = f"{record.scope}.{record.name}"[len(record.module) + 1 :]
        texts = ", ".join(quote(text) for text in ("", path, ""))
        return f"{{Enums::{base}, {texts}, {flags}, {unsigned}, {exported}, {{}}, {quote(record.module)}}},"
    texts = ", ".join(quote(text) for text in (record.scope, record.name, record.doc))
    return f"{{Enums::{base}, {texts}, {flags}, {unsigned}, {exported}, {values}}},"


def spell_value(value: int) -> str:
    """A long long; of an unsigned 64-bit number its bits."""
    if value > 2**63 - 1:
        value -= 2**64
    if value == -(2**63):
        return "-9223372036854775807LL - 1"
    return str(value) if -(2**31) <= value < 2**31 else f"{value}LL"
