"""Classes: the functions of their members, and the tables that make the Python type.

In: `plan.Class`.  Out: `Bound<>` specialisation, functions, PyType_Spec, and the row for the module's table.
Must not know: how a member is called.
"""

from __future__ import annotations

from dovetail.emit.cpp.accessors import AccessorRow, write_accessor, write_accessor_table
from dovetail.emit.cpp.calls import Receiver
from dovetail.emit.cpp.constructors import construct_name, write_class_doc, write_constructors
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.functions import Owner, is_static, write_function, write_method_table
from dovetail.emit.cpp.literals import comment, quote
from dovetail.emit.cpp.operators import SPECIAL, Slots, keeps_identity_hash, write_operators
from dovetail.emit.cpp.protocols import write_protocols
from dovetail.emit.writer import Writer
from dovetail.plan import Class, Hold, Protocol

HOLDING = {Hold.INLINE: "room", Hold.HEAP: "heap", Hold.NONE: "none"}


def write_bound(out: Writer, context: Context, record: Class) -> None:
    """What the runtime knows of a class, before any function uses it."""
    base, types = context.base_of(record), f"{context.namespace}::Types"
    out.gap()
    with out.block(f"template <> struct dovetail::Bound<{record.cpp}>", closing="};"):
        out.line(f"static constexpr int slot = {types}::{base};")
        out.line(f"static constexpr const char* name = {quote(record.name)};")
        out.line(f"static constexpr PyMethodDef* methods = {context.namespace}::{base}_methods;")
        out.line(f"static constexpr bool tracked = {'true' if record.tracked else 'false'};")
        out.line(f"static constexpr dovetail::Holding holding = dovetail::Holding::{HOLDING[record.hold]};")
        if is_adjusted(context, record):
            out.line("static constexpr bool adjusted = true;")
        if record.derived:
            _write_most_derived(out, context, record, types)


def _write_most_derived(out: Writer, context: Context, record: Class, types: str) -> None:
    by_cpp = {each.cpp: each for each in context.plan.classes}
    with out.block(f"static dovetail::Found most_derived({record.cpp}* it) noexcept"):
        for cpp in record.derived:
            if cpp in by_cpp:
                found = f"{types}::{context.base_of(by_cpp[cpp])}"
                out.line(f"if (auto* derived = dynamic_cast<{cpp}*>(it)) return {{{found}, derived}};")
        out.line(f"return {{slot, it}};")


def is_adjusted(context: Context, record: Class) -> bool:
    """One of its bound bases may lie at another address."""
    while record.bases:
        if record.bases[0].offset != 0:
            return True
        above = context.find_class(record.bases[0].base)
        if above is None:
            return False
        record = above
    return False


def ancestors(context: Context, record: Class) -> list[Class]:
    """The Python bases, nearest first."""
    found = []
    while record.bases and (above := context.find_class(record.bases[0].base)) is not None:
        found.append(above)
        record = above
    return found


def write_class(
    out: Writer, context: Context, record: Class, specials: dict[str, dict[str, str]]
) -> str:
    """All functions and tables of a class. `specials`: C++ functions of special methods, by class path. Gives its row."""
    base = context.base_of(record)
    path = context.path_of(record)
    receiver = Receiver(cpp=record.cpp, element=record.element)
    owner = Owner(base=base, name=record.name, receiver=receiver, construct=record.cpp)
    inherited: dict[str, str] = {}
    for above in reversed(ancestors(context, record)):
        inherited.update(specials.get(context.path_of(above), {}))
    out.gap()
    out.raw(comment(f"---- {record.cpp} "))
    out.gap()
    docstring = write_class_doc(out, record, base)
    if docstring is not None:
        write_constructors(out, context, record, owner, docstring)
    plain = [f for f in record.methods if f.name not in SPECIAL]
    rows = [write_function(out, context, f, owner) for f in plain if not is_static(f.overloads[0])]
    functions = [write_function(out, context, f, owner) for f in plain if is_static(f.overloads[0])]
    accessors = [write_accessor(out, context, a, owner) for a in record.accessors if not a.static]
    statics = [write_accessor(out, context, a, owner) for a in record.accessors if a.static and a.write is not None]
    slots = write_operators(out, context, record, owner, inherited)
    rows += write_protocols(out, context, record, owner, slots, inherited)
    specials[path] = {**inherited, **slots.functions}
    if keeps_identity_hash(slots, inherited, record.fields and Protocol.EQUAL in record.protocols and "fields" or ""):
        out.needs("dovetail/core/results.h")
        slots.fill("Py_tp_hash", "dovetail::hash_identity")
    write_method_table(out, f"{base}_methods", rows, linkage="")
    if accessors:
        write_accessor_table(out, f"{base}_accessors", accessors)
    if statics:
        context.declare(f"extern PyGetSetDef {base}_statics[];")
        write_accessor_table(out, f"{base}_statics", statics, context.linkage)
    if functions:
        context.declare(f"extern PyMethodDef {base}_functions[];")
        write_method_table(out, f"{base}_functions", functions, context.linkage)
    _write_slots(out, context, record, base, accessors, slots)
    return _row(context, record, base, bool(statics), bool(functions))


def _write_slots(
    out: Writer, context: Context, record: Class, base: str, accessors: list[AccessorRow], slots: Slots
) -> None:
    cpp = record.cpp
    rows = {"Py_tp_doc": f"const_cast<char*>({base}_doc)", "Py_tp_methods": f"{base}_methods"}
    if accessors:
        rows["Py_tp_getset"] = f"{base}_accessors"
    functions = {"Py_tp_dealloc": f"dovetail::dealloc<{cpp}>"}
    if record.constructors is not None:
        functions["Py_tp_new"] = f"dovetail::new_unready<{cpp}>"
        functions["Py_tp_init"] = f"dovetail::init<{construct_name(base)}>"
    else:
        functions["Py_tp_new"] = "dovetail::refuse_new"
    if record.tracked:
        functions["Py_tp_traverse"] = "dovetail::traverse"
        functions["Py_tp_clear"] = f"dovetail::clear<{cpp}>"
    functions.update(slots.rows)
    out.gap()
    with out.block(f"static PyType_Slot {base}_slots[] =", closing="};"):
        for slot, value in rows.items():
            out.line(f"{{{slot}, {value}}},")
        for slot, function in functions.items():
            out.line(f"{{{slot}, reinterpret_cast<void*>({function})}},")
        out.line("{0, nullptr},")
    context.declare(f"extern PyType_Spec {base}_spec;")
    name = f"{context.plan.name}.{context.path_of(record)}"
    flags = f"dovetail::class_flags<{cpp}>({'true' if record.subclassable else 'false'})"
    size = f"sizeof(dovetail::Room<{cpp}>)"
    out.line(f"{context.linkage}PyType_Spec {base}_spec = {{{quote(name)}, {size}, 0, {flags}, {base}_slots}};")


def _row(context: Context, record: Class, base: str, statics: bool, functions: bool) -> str:
    """The class in the module's table; fields of TypeRow in their order, as far as they are needed."""
    cpp = record.cpp
    above = ancestors(context, record)[:1]
    slot = f"Types::{context.base_of(above[0])}" if above else "-1"
    vectorcall = f"dovetail::construct<{cpp}, {construct_name(base)}>" if record.constructors is not None else "nullptr"
    to_base = "nullptr"
    if above and record.bases[0].offset != 0:
        cast = f"static_cast<{record.bases[0].cpp}*>(static_cast<{cpp}*>(it))"
        to_base = f"[](void* it) -> void* {{ return {cast}; }}"
    lift = f"dovetail::move_to_heap<{cpp}>" if _is_lifted(context, record) else "nullptr"
    why = quote(record.no_constructor) if record.constructors is None and record.no_constructor else "nullptr"
    fields = f"{base}_fields" if record.fields and set(record.protocols) & set(_FIELD_PROTOCOLS) else "{}"
    optional = [vectorcall, to_base, lift, why, fields, "nullptr", f"{base}_statics" if statics else "nullptr"]
    optional.append(f"{base}_functions" if functions else "nullptr")
    while optional and optional[-1] in ("nullptr", "{}"):
        optional.pop()
    tracked = "true" if record.tracked else "false"
    required = [f"Types::{base}", slot, quote(record.scope), quote(record.name), f"&{base}_spec", tracked, f"sizeof({cpp})"]
    return f"{{{', '.join([*required, *optional])}}},"


_FIELD_PROTOCOLS = (Protocol.REPR, Protocol.EQUAL, Protocol.PICKLE)


def _is_lifted(context: Context, record: Class) -> bool:
    """Something takes it, or a base of it, over as a unique_ptr: then it moves from its room to the heap."""
    if record.hold is not Hold.INLINE or not record.movable:
        return False
    names = {context.path_of(record), *(context.path_of(above) for above in ancestors(context, record))}
    return bool(names & context.taken_over)
