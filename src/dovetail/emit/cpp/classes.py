"""Classes: the functions of their members, and the tables that make the Python type.

In: `plan.Class`.  Out: `Bound<>` specialisation, functions, PyType_Spec, and the row for the module's table.
Must not know: how a member is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from dovetail.emit.cpp.accessors import write_accessor, write_accessor_table
from dovetail.emit.cpp.callables import callable_fields, write_callable_fields
from dovetail.emit.cpp.conduct import write_match
from dovetail.emit.cpp.constructors import construct_name, write_class_doc, write_constructors
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.functions import write_function, write_method_table
from dovetail.emit.cpp.literals import comment, quote
from dovetail.emit.cpp.operators import SPECIAL, Slots, write_operators
from dovetail.emit.cpp.protocols import FIELDS, write_protocols
from dovetail.emit.cpp.virtuals import write_derived
from dovetail.emit.cpp.wrapper import Owner, Receiver
from dovetail.emit.writer import Writer
from dovetail.plan import Call, Class, Hold, Protocol

HOLDING = {Hold.INLINE: "room", Hold.HEAP: "heap", Hold.NONE: "none"}


def write_bound(out: Writer, context: Context, record: Class) -> None:
    """What the runtime knows of a class, before any function uses it."""
    base, types = context.base_of(record), f"{context.namespace}::Types"
    out.gap()
    with out.block(f"template <> struct dovetail::Bound<{record.cpp}>", closing="};"):
        out.line(f"static constexpr int slot = {types}::{base};")
        out.line(f"static constexpr const char* name = {quote(record.name)};")
        if record.module:
            out.line("static constexpr bool foreign = true;")
        else:
            out.line(f"static constexpr PyMethodDef* methods = {context.namespace}::{base}_methods;")
        out.line(f"static constexpr bool tracked = {'true' if record.tracked else 'false'};")
        out.line(f"static constexpr dovetail::Holding holding = dovetail::Holding::{HOLDING[record.hold]};")
        if record.opaque:
            out.line("static constexpr bool opaque = true;")
        if is_adjusted(record):
            out.line("static constexpr bool adjusted = true;")
        if not record.copyable and not record.abstract and record.hold is not Hold.NONE:
            out.line("static constexpr bool copyable = false;")
        write_callable_fields(out, context, record)
        if record.derived:
            _write_most_derived(out, context, record, types)


def _write_most_derived(out: Writer, context: Context, record: Class, types: str) -> None:
    by_cpp = {each.cpp: each for each in context.plan.classes}
    with out.block(f"static dovetail::Found most_derived({record.cpp}* it) noexcept"):
        for cpp in record.derived:
            if cpp in by_cpp:
                found = f"{types}::{context.base_of(by_cpp[cpp])}"
                out.line(f"if (auto* derived = dynamic_cast<{cpp}*>(it)) return {{{found}, derived}};")
        out.line("return {slot, it};")


def is_adjusted(record: Class) -> bool:
    """One of its bound bases may lie at another address, or be one of two."""
    return any(cast.offset != 0 for cast in record.casts) or bool(record.ambiguous)


def ancestors(context: Context, record: Class) -> list[Class]:
    """All Python bases, nearest first."""
    found = [context.find_class(path) for path in context.index.ancestors(context.path_of(record))]
    return [above for above in found if above is not None]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Names of the tables of a class; "" where it has none."""

    accessors: str
    statics: str
    functions: str
    match: str


def _receiver(context: Context, record: Class) -> Receiver:
    return Receiver(cpp=record.cpp, element=context.path_of(record) in context.elements)


def write_class(out: Writer, context: Context, record: Class, specials: dict[str, dict[str, str]]) -> str:
    """All functions and tables of a class; gives its TypeRow. `specials`: functions of special methods, by path."""
    base = context.base_of(record)
    owner = Owner(base=base, name=record.name, receiver=_receiver(context, record))
    inherited: dict[str, str] = {}
    for above in reversed(ancestors(context, record)):
        inherited.update(specials.get(context.path_of(above), {}))
    out.gap()
    out.raw(comment(f"---- {record.cpp}"))
    out.gap()
    docstring = write_class_doc(out, record, base)
    if record.destroy:
        _write_destroy(out, record, base)
    if record.virtuals:
        write_derived(out, context, record)
    if docstring is not None:
        write_constructors(out, context, record, owner, docstring)
    plain = [method for method in record.methods if method.name not in SPECIAL]
    static = [method for method in plain if method.overloads[0].call in (Call.STATIC, Call.FUNCTION)]
    rows = [write_function(out, context, method, owner) for method in plain if method not in static]
    functions = [write_function(out, context, method, owner) for method in static]
    accessors = [write_accessor(out, context, a, owner) for a in record.accessors if not a.static]
    statics = [write_accessor(out, context, a, owner) for a in record.accessors if a.static and a.write is not None]
    slots = write_operators(out, context, record, owner, inherited)
    rows += write_protocols(out, context, record, owner, slots, inherited=inherited)
    specials[context.path_of(record)] = {**inherited, **slots.functions}
    write_method_table(out, f"{base}_methods", rows, linkage="")
    tables = Tables(
        accessors=f"{base}_accessors" if accessors else "",
        statics=f"{base}_statics" if statics else "",
        functions=f"{base}_functions" if functions else "",
        match=write_match(out, context, record) or _match_fields(context, record),
    )
    if accessors:
        write_accessor_table(out, tables.accessors, accessors)
    if statics:
        write_accessor_table(out, tables.statics, statics)
    if functions:
        write_method_table(out, tables.functions, functions)
    _write_slots(out, context, record, tables, slots)
    _write_bases(out, context, record)
    return _row(context, record, tables)


def _write_destroy(out: Writer, record: Class, base: str) -> None:
    """Ends an object that Python owns through a pointer."""
    out.needs("dovetail/core/handles.h")
    with out.block(f"void {base}_destroy(void* object) noexcept"):
        out.line(f"dovetail::end_quietly([=] {{ {record.destroy}(static_cast<{record.cpp}*>(object)); }});")
    out.gap()


def write_used_class(out: Writer, context: Context, record: Class) -> str:
    """The TypeRow of a class that another module has made."""
    _write_bases(out, context, record)
    base = context.base_of(record)
    lift = f"dovetail::move_to_heap<{record.cpp}>" if _is_lifted(context, record) else "nullptr"
    parts = [
        f"Types::{base}",
        f"Types::{context.bases[record.bases[0].base]}" if record.bases else "-1",
        '""',
        quote(context.path_of(record)[len(record.module) + 1 :]),
        "nullptr",
        "true" if record.tracked else "false",
        "0" if record.opaque else f"sizeof({record.cpp})",
        "nullptr",
        "nullptr",
        f"{base}_bases" if record.casts or record.ambiguous else "{}",
        lift,
        *("nullptr", "{}", "nullptr", "nullptr", "nullptr"),
        quote(record.module),
        f"sizeof(dovetail::Room<{record.cpp}>)",
    ]
    return f"{{{', '.join(parts)}}}"


def _write_slots(out: Writer, context: Context, record: Class, tables: Tables, slots: Slots) -> None:
    base, cpp = context.base_of(record), record.cpp
    rows = {"Py_tp_doc": f"const_cast<char*>({base}_doc)", "Py_tp_methods": f"{base}_methods"}
    if tables.accessors:
        rows["Py_tp_getset"] = tables.accessors
    functions = {"Py_tp_dealloc": f"dovetail::dealloc_of<{cpp}>()"}
    if record.constructors is not None:
        functions["Py_tp_new"] = f"dovetail::new_unready<{cpp}>"
        functions["Py_tp_init"] = f"dovetail::init<{cpp}, {construct_name(base)}>"
    else:
        functions["Py_tp_new"] = "dovetail::refuse_new"
    if record.tracked:
        holds = bool(callable_fields(context, record))
        functions["Py_tp_traverse"] = f"dovetail::traverse_callables<{cpp}>" if holds else "dovetail::traverse"
        functions["Py_tp_clear"] = f"dovetail::{'clear_callables' if holds else 'clear'}<{cpp}>"
    functions.update(slots.rows)
    out.gap()
    with out.block(f"static PyType_Slot {base}_slots[] =", closing="};"):
        for slot, value in rows.items():
            out.line(f"{{{slot}, {value}}},")
        for slot, function in functions.items():
            out.line(f"{{{slot}, reinterpret_cast<void*>({function})}},")
        out.line("{0, nullptr},")
    name = f"{context.plan.name}.{context.path_of(record)}"
    flags = f"dovetail::class_flags<{cpp}>({'true' if record.subclassable else 'false'})"
    size = f"sizeof(dovetail::Room<{cpp}>)"
    out.line(f"static PyType_Spec {base}_spec = {{{quote(name)}, {size}, 0, {flags}, {base}_slots}};")


def _write_bases(out: Writer, context: Context, record: Class) -> None:
    """How an object is seen as each of its bases, where that is not simply the same address as the one base."""
    if not record.casts and not record.ambiguous:
        return
    direct = {base.base for base in record.bases}
    out.gap()
    with out.block(f"static const dovetail::BaseRow {context.base_of(record)}_bases[] =", closing="};"):
        for cast in record.casts:
            function = f"dovetail::cast_to<{cast.cpp}, {record.cpp}>" if cast.offset != 0 else "nullptr"
            flags = ", ".join("true" if flag else "false" for flag in (cast.base in direct, cast.virtual))
            out.line(f"{{Types::{context.bases[cast.base]}, {function}, {flags}}},")
        for path in record.ambiguous:
            out.line(f"{{Types::{context.bases[path]}, dovetail::ambiguous_base, false, false}},")


def _row(context: Context, record: Class, tables: Tables) -> str:
    """The class in the module's table; fields of TypeRow in their order, as far as they are needed."""
    base, cpp = context.base_of(record), record.cpp
    constructed = record.constructors is not None
    optional = [
        f"dovetail::construct<{cpp}, {construct_name(base)}>" if constructed else "nullptr",
        f"dovetail::copy_of<{cpp}>()" if Protocol.COPY in record.protocols else "nullptr",
        f"{base}_bases" if record.casts or record.ambiguous else "{}",
        f"dovetail::move_to_heap<{cpp}>" if _is_lifted(context, record) else "nullptr",
        quote(record.no_constructor) if not constructed and record.no_constructor else "nullptr",
        tables.match or "{}",
        "nullptr",
        tables.statics or "nullptr",
        tables.functions or "nullptr",
    ]
    while optional and optional[-1] in ("nullptr", "{}"):
        optional.pop()
    required = [
        f"Types::{base}",
        f"Types::{context.bases[record.bases[0].base]}" if record.bases else "-1",
        quote(record.scope),
        quote(record.name),
        f"&{base}_spec",
        "true" if record.tracked else "false",
        "0" if record.opaque else f"sizeof({cpp})",
    ]
    return f"{{{', '.join([*required, *optional])}}}"


def _match_fields(context: Context, record: Class) -> str:
    return f"{context.base_of(record)}_fields" if record.fields and set(record.protocols) & set(FIELDS) else ""


def _is_lifted(context: Context, record: Class) -> bool:
    """Something takes it, or a base of it, over as a unique_ptr: then it moves from its room to the heap."""
    if record.hold is not Hold.INLINE or not record.movable:
        return False
    names = {context.path_of(record), *(context.path_of(above) for above in ancestors(context, record))}
    return bool(names & context.taken_over)
