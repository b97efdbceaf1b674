"""Native functions: C++ with the signatures that other compilers call, and their table.

In: `plan.Native`.  Out: C++ functions that never throw; the rows of the table.
Must not know: who reads the table.
"""

from __future__ import annotations

import hashlib
import re

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.expressions import fill
from dovetail.emit.cpp.functions import origin_of
from dovetail.emit.cpp.literals import comment, quote
from dovetail.emit.writer import Writer
from dovetail.plan import Module, Native, NativeClass, NativeField, NativeKind, NativeValue

HEADER = "dovetail/core/natives.h"
ATTRIBUTES = "native_attributes"


def write_natives(out: Writer, context: Context) -> None:
    """The functions, their table, and the function of the module that shows it."""
    natives, classes = context.plan.natives, context.plan.native_classes
    if not natives and not classes:
        return
    out.needs(HEADER)
    out.gap()
    out.raw(comment("---- native signatures"))
    scopes = [(native.path.rpartition(".")[0], _class_of(native)) for native in natives]
    scopes = list(dict.fromkeys([*scopes, *((record.path, record.cpp) for record in classes)]))
    rows = [_write_native(out, context, native, scopes) for native in natives]
    out.gap()
    rows += [_write_pointer(out, context, record, scopes) for record in classes]
    out.gap()
    with out.block("static const dovetail::NativeScope native_scopes[] =", closing="};"):
        out.lines(*(f"{{{quote(path)}, {quote(cpp)}}}," for path, cpp in scopes))
    with out.block("static const dovetail::NativeRow native_rows[] =", closing="};"):
        out.lines(*rows)
    found = ((record, field) for record in classes for field in record.fields if field.offset is not None)
    fields = [_field_row(record, field, scopes) for record, field in found]
    if fields:
        with out.block("static const dovetail::NativeField native_fields[] =", closing="};"):
            out.lines(*fields)
    tables = f"{len(rows)}, native_rows, native_scopes, {len(scopes)}"
    values = f"{len(fields)}, {'native_fields' if fields else 'nullptr'}, {quote(make_abi(context.plan))}"
    with out.block("static constexpr dovetail::NativeTable native_table", closing="};"):
        out.line(f"1, 0, sizeof(dovetail::NativeRow), {tables}, {values}")
    context.declare(f"extern PyMethodDef {ATTRIBUTES}[];")
    getter = "dovetail::native_getattr<native_table>, METH_O, nullptr"
    out.line(f'{context.linkage}PyMethodDef {ATTRIBUTES}[] = {{{{"__getattr__", {getter}}}}};')


def make_abi(plan: Module) -> str:
    """Differs where any signature or place of a field does."""
    lines = [f"{native.name} {native.signature} {native.failure}" for native in plan.natives]
    lines += [f"{record.cpp} {field}" for record in plan.native_classes for field in record.fields]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _write_pointer(out: Writer, context: Context, record: NativeClass, scopes: list[tuple[str, str]]) -> str:
    """The function that gives the C++ object of a Python one; gives its row."""
    function = context.identifiers.make(f"native_{record.name}_ptr")
    found = f"dovetail::native_object(given, dovetail::tag_of<{record.cpp}>(), {quote(record.path)})"
    with out.block(f"static {record.cpp}* {function}(PyObject* given) noexcept"):
        out.line(f"return static_cast<{record.cpp}*>({found});")
    address = f"reinterpret_cast<dovetail::NativeFunction>({function})"
    place = scopes.index((record.path, record.cpp))
    return f'{{"ptr", "$ *(PyObject *)", {address}, {place}, 1, dovetail::native_fails}},'


def _field_row(record: NativeClass, field: NativeField, scopes: list[tuple[str, str]]) -> str:
    place = scopes.index((record.path, record.cpp))
    kind = "bool" if field.value.kind is NativeKind.BOOL else field.value.spelling
    return f"{{{quote(field.name)}, {quote(kind)}, {place}, {field.offset}}},"


def _class_of(native: Native) -> str:
    return native.receiver.target if native.receiver is not None else ""


def _write_native(out: Writer, context: Context, native: Native, scopes: list[tuple[str, str]]) -> str:
    """The function; gives its row."""
    function = context.identifiers.make(f"native_{native.name}")
    names = _names(context, native)
    parameters = [f"{param.value.cpp} {name}" for param, name in zip(native.params, names, strict=True)]
    if native.receiver is not None:
        parameters.insert(0, f"{native.receiver.cpp} it")
    passed = [_pass(param.value, name) for param, name in zip(native.params, names, strict=True)]
    call = _give(native.result, fill(native.expression, passed))
    out.gap()
    out.raw(origin_of(native.span, native.signature))
    with out.block(f"static {native.result.cpp} {function}({', '.join(parameters)}) noexcept"):
        if not native.failure:
            out.line(call)
        else:
            with out.block("try", closing=""):
                out.lines(*call.split("\n"))
            with out.block("} catch (...)"):
                raised = "raise_cpp" if context.plan.thrown else "nullptr"
                out.line(f"dovetail::fail_native({quote(context.plan.name)}, {raised});")
                out.line(f"return {native.failure};")
    flags = " | ".join(
        f"dovetail::{name}"
        for name, on in (
            ("native_fails", native.failure),
            ("native_ambiguous", native.ambiguous),
            ("native_bool", native.result.kind is NativeKind.BOOL),
            ("native_void", native.result.kind is NativeKind.DONE),
        )
        if on
    )
    address = f"reinterpret_cast<dovetail::NativeFunction>({function})"
    path, _, name = native.path.rpartition(".")
    cpp = _class_of(native)
    signature = re.sub(rf"(?<![\w:]){re.escape(cpp)}(?= )", "$", native.signature) if cpp else native.signature
    place = scopes.index((path, cpp))
    return f"{{{quote(name)}, {quote(signature)}, {address}, {place}, {native.number}, {flags or 0}}},"


def _names(context: Context, native: Native) -> list[str]:
    taken = {"it"}
    return [context.identifiers.local(p.name or f"arg{k}", taken) for k, p in enumerate(native.params)]


def _pass(value: NativeValue, name: str) -> str:
    """What stands for a parameter in the C++ expression."""
    match value.kind:
        case NativeKind.BOOL:
            return f"{name} != 0"
        case NativeKind.ENUM:
            return f"static_cast<{value.target}>({name})"
        case NativeKind.REFERENCE:
            return f"*{name}"
        case _:
            return name


def _give(value: NativeValue, call: str) -> str:
    match value.kind:
        case NativeKind.NOTHING:
            return f"{call};"
        case NativeKind.DONE:
            return f"{call};\nreturn 0;"
        case NativeKind.BOOL:
            return f"return {call} ? 1 : 0;"
        case NativeKind.ENUM:
            return f"return static_cast<{value.cpp}>({call});"
        case NativeKind.REFERENCE:
            return f"return &({call});"
        case _:
            return f"return {call};"
