"""Native functions: C++ with the signatures that other compilers call, and their table.

In: `plan.Native`.  Out: C++ functions that never throw; the rows of the table.
Must not know: who reads the table.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import final

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.expressions import fill
from dovetail.emit.cpp.functions import origin_of
from dovetail.emit.cpp.literals import comment, quote, quote_all
from dovetail.emit.cpp.ufuncs import write_ufuncs
from dovetail.emit.writer import Writer
from dovetail.plan import (
    Module,
    Native,
    NativeClass,
    NativeContainer,
    NativeField,
    NativeKind,
    NativeRole,
    NativeSequence,
    NativeValue,
)

HEADER = "dovetail/core/natives.h"
SEQUENCES = "dovetail/core/native_sequence.h"
BARE = "dovetail/core/native_bare.h"
CONTAINERS = "dovetail/core/native_container.h"
VARIANTS = "dovetail/core/native_variant.h"
RESULTS = "dovetail/core/native_results.h"
GIVING = "dovetail/core/native_give.h"
RANGES = "dovetail/core/native_range.h"
ATTRIBUTES = "native_attributes"

_Object = NativeClass | NativeSequence | NativeContainer
_MADE = frozenset({NativeKind.MADE, NativeKind.LENT, NativeKind.HANDED})
_FROM_RESULTS = _MADE | {NativeKind.VALUE, NativeKind.MADE_TEXT, NativeKind.MAYBE, NativeKind.SEVERAL}


@final
class _Scopes:
    """The table of classes, enums and containers, filled as rows name them."""

    def __init__(self, plan: Module) -> None:
        self.rows: dict[tuple[str, str, str], int] = {}
        self._plan = plan

    def place(self, path: str, cpp: str, type_: str = "") -> int:
        return self.rows.setdefault((path, cpp, type_), len(self.rows))

    def mention(self, values: Iterable[NativeValue]) -> None:
        """The enums among them."""
        for value in values:
            if value.kind is NativeKind.ENUM:
                record = next(each for each in self._plan.enums if each.cpp == value.target)
                self.place(f"{record.scope}.{record.name}".lstrip("."), record.cpp, value.spelling)


def write_natives(out: Writer, context: Context) -> None:
    """The functions, their table, and the function of the module that shows it, and makes its ufuncs."""
    plan = context.plan
    if not has_attributes(plan):
        return
    shown = _write_natives(out, context) if has_natives(plan) else ""
    getter = write_ufuncs(out, context, shown or "dovetail::refuse_attribute")
    context.declare(f"extern PyMethodDef {ATTRIBUTES}[];")
    out.gap()
    row = f'{{{{"__getattr__", {getter}, METH_O, nullptr}}}}'
    out.line(f"{context.linkage}PyMethodDef {ATTRIBUTES}[] = {row};")


def _write_natives(out: Writer, context: Context) -> str:
    """Gives the function that shows the table."""
    plan = context.plan
    objects: list[_Object] = [*plan.native_classes, *plan.native_sequences, *plan.native_containers]
    out.needs(HEADER)
    out.gap()
    out.raw(comment("---- native signatures"))
    scopes = _Scopes(plan)
    for native in plan.natives:
        scopes.place(native.path.rpartition(".")[0], _class_of(native))
    failed = _write_failed(out, context)
    rows = [_write_native(out, context, native, scopes, failed) for native in plan.natives]
    bare = _write_bare(out, context, failed)
    out.gap()
    rows += [row for record in objects for row in _write_pointers(out, context, record, scopes)]
    out.gap()
    placed = [(record, field) for record in plan.native_classes for field in record.fields if field.offset is not None]
    fields = [_field_row(record, field, scopes) for record, field in placed]
    sequences = [_sequence_row(out, record, scopes) for record in plan.native_sequences]
    containers = [_container_row(out, record, scopes) for record in plan.native_containers]
    bases = [row for record in plan.native_classes for row in _base_rows(plan, record, scopes)]
    ranges = _range_rows(out, context, scopes)
    parts = [
        f"4, 1, sizeof(dovetail::NativeRow), {len(rows)}",
        _write_table(out, context, "Row", rows),
        _write_table(out, context, "Scope", [_scope_row(plan, *row) for row in scopes.rows]),
        f"{len(scopes.rows)}, {len(fields)}",
        _write_table(out, context, "Field", fields),
        quote(make_abi(plan)),
        _write_table(out, context, "Sequence", sequences),
        _write_table(out, context, "Base", bases),
        f"{len(sequences)}, {len(bases)}",
        "dovetail::native_is_const",
        "dovetail::native_string" if _has_strings(plan) else "nullptr",
        _write_table(out, context, "Container", containers),
        f"{len(containers)}",
        f"&{bare}" if bare else "nullptr",
        _write_table(out, context, "Give", _give_rows(out, plan, scopes) if objects else []),
        _write_table(out, context, "Range", ranges),
        f"{len(ranges)}",
    ]
    table = context.identifiers.make("native_table")
    with out.block(f"static constexpr dovetail::NativeTable {table}", closing="};"):
        out.line(", ".join(parts))
    more = f", dovetail::make_pyx_capi_with_bare<{failed}>" if bare and plan.inner else ""
    return f"dovetail::native_getattr<{table}{more}>"


def has_attributes(plan: Module) -> bool:
    """It has some that are made when they are asked for."""
    return bool(has_natives(plan) or plan.ufuncs)


def has_natives(plan: Module) -> bool:
    return bool(plan.natives or plan.native_classes or plan.native_sequences or plan.native_containers)


def make_abi(plan: Module) -> str:
    """Differs where any signature, place of a member, size of an object or value of a constant does."""
    lines = ["4"]
    lines += [f"{record.cpp} {record.size}" for record in plan.classes]
    for enum in plan.enums:
        lines += [f"{enum.cpp} {enum.size} {enum.signed} {each.name} {each.value}" for each in enum.enumerators]
    lines += [f"{constant.cpp} {constant.literal}" for constant in plan.constants]
    lines += [f"{native.name} {native.signature} {native.meaning} {native.failure}" for native in plan.natives]
    lines += [f"{native.name} throws" for native in plan.natives if native.bare]
    lines += [f"{record.cpp} {record.bases} {field}" for record in plan.native_classes for field in record.fields]
    lines += [f"{r.cpp} {r.element} {r.element_const}" for r in plan.native_classes if r.element is not None]
    lines += [f"{record.cpp} {record.element}" for record in plan.native_sequences]
    lines += [f"{record.cpp} {record.key} {record.element}" for record in plan.native_containers]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _write_table(out: Writer, context: Context, kind: str, rows: list[str]) -> str:
    """Its name."""
    if not rows:
        return "nullptr"
    name = context.identifiers.make(f"native_{kind.lower()}s")
    with out.block(f"static const dovetail::Native{kind} {name}[] =", closing="};"):
        out.lines(*(f"{row}," for row in rows))
    return name


def _has_strings(plan: Module) -> bool:
    """Some lie where compiled code finds them."""
    stored = [field.value for record in plan.native_classes for field in record.fields]
    stored += [record.element for record in plan.native_sequences]
    stored += [value for record in plan.native_containers for value in (record.key, record.element) if value]
    return any(value.kind is NativeKind.TEXT for value in stored)


def _write_pointers(out: Writer, context: Context, record: _Object, scopes: _Scopes) -> Iterator[str]:
    """The functions that give the C++ object of a Python one, const ones too where Python may have them; their rows."""
    shown = "$" if isinstance(record, NativeClass) else record.spelling
    place = scopes.place(record.path, record.cpp)
    for const in (False, True) if record.lent else (False,):
        name = "const_ptr" if const else "ptr"
        function = context.identifiers.make(f"native_{record.name}_{name}")
        cpp = f"const {record.cpp}*" if const else f"{record.cpp}*"
        tag = f"dovetail::tag_of<{record.cpp}>()"
        found = f"dovetail::native_object(given, {tag}, {quote(record.path)}, {str(not const).lower()})"
        with out.block(f"static {cpp} {function}(PyObject* given) noexcept"):
            out.line(f"return static_cast<{cpp}>({found});")
        address = f"reinterpret_cast<dovetail::NativeFunction>({function})"
        signature = f"{shown}{' const' if const else ''} *(PyObject *)"
        flags, text = "dovetail::native_fails | dovetail::native_gil", [name, signature, "", "given"]
        if isinstance(record, NativeClass) and record.layout and not const:
            flags, text = f"{flags} | dovetail::native_layout", [*text, record.layout]
        yield f"{{{quote_all(*text)}, {address}, {place}, 1, {flags}}}"


def _scope_row(plan: Module, path: str, cpp: str, type_: str) -> str:
    elements = [record.element for record in plan.native_classes if record.element is not None]
    results = [*(native.result for native in plan.natives), *elements]
    made = any(result.kind in _MADE and result.target == cpp for result in results)
    end = f"dovetail::native_end<{cpp}>" if made else "nullptr"
    unknown = not cpp or any(record.cpp == cpp and record.opaque for record in plan.classes)
    size = "0, 0" if unknown else f"sizeof({cpp}), alignof({cpp})"
    return f"{{{quote(path)}, {quote(cpp)}, {quote(type_) if type_ else 'nullptr'}, {size}, {end}}}"


def _give_rows(out: Writer, plan: Module, scopes: _Scopes) -> list[str]:
    """Of each scope."""
    out.needs(GIVING)
    objects: list[_Object] = [*plan.native_classes, *plan.native_sequences, *plan.native_containers]
    known = {each.cpp for each in objects}
    flat = {record.cpp for record in plan.classes if record.flat}
    makers = {cpp: f"dovetail::native_give{'_flat' * (cpp in flat)}<{cpp}>" for cpp in known}
    return [makers.get(cpp, "nullptr") for _, cpp, _ in scopes.rows]


def _range_rows(out: Writer, context: Context, scopes: _Scopes) -> list[str]:
    found = [(record, record.element) for record in context.plan.native_classes if record.element is not None]
    if not found:
        return []
    out.needs(RANGES)
    scopes.mention([element for _, element in found])
    name = context.identifiers.make("native_module")
    out.line(f"static constexpr char {name}[] = {quote(context.plan.name)};")
    raised = "raise_cpp" if context.plan.thrown else "nullptr"
    rows = []
    for record, element in found:
        of = f"const {record.cpp}" if record.element_const else record.cpp
        giving = f"dovetail::{_GIVING[element.kind]}<{_given(element)}>"
        given = f"{quote(element.meaning)}, {scopes.place(record.path, record.cpp)}"
        rows.append(f"dovetail::native_range<{of}, {giving}, {name}, {raised}>({given})")
    return rows


_GIVING = {
    NativeKind.PLAIN: "NativePlain",
    NativeKind.BOOL: "NativePlain",
    NativeKind.ENUM: "NativePlain",
    NativeKind.NUMBER: "NativeNumber",
    NativeKind.VALUE: "NativeFlat",
    NativeKind.MADE: "NativeNew",
    NativeKind.LENT: "NativeNew",
    NativeKind.REFERENCE: "NativeAddress",
    NativeKind.POINTER: "NativeAddress",
}


def _given(value: NativeValue) -> str:
    """What an element is in C++, as it is stored."""
    match value.kind:
        case NativeKind.BOOL:
            return "bool"
        case NativeKind.REFERENCE | NativeKind.POINTER:
            return value.cpp.removesuffix("*")
        case NativeKind.PLAIN | NativeKind.NUMBER:
            return value.cpp
        case _:
            return value.target


def _stored(value: NativeValue) -> str:
    """What lies in memory."""
    return value.target if value.kind is NativeKind.REFERENCE else value.meaning


def _field_row(record: NativeClass, field: NativeField, scopes: _Scopes) -> str:
    scopes.mention([field.value])
    place = scopes.place(record.path, record.cpp)
    flags = "0" if field.const else "dovetail::native_sets"
    return f"{{{quote_all(field.python, _stored(field.value))}, {place}, {field.offset}, {flags}}}"


def _sequence_row(out: Writer, record: NativeSequence, scopes: _Scopes) -> str:
    out.needs(SEQUENCES)
    scopes.mention([record.element])
    place = scopes.place(record.path, record.cpp)
    return f"dovetail::native_sequence<{record.cpp}>({quote(_stored(record.element))}, {place})"


def _container_row(out: Writer, record: NativeContainer, scopes: _Scopes) -> str:
    out.needs(CONTAINERS)
    scopes.mention([*([record.key] if record.key is not None else []), record.element])
    key = _stored(record.key) if record.key is not None else ""
    place = scopes.place(record.path, record.cpp)
    return f"dovetail::native_container<{record.cpp}>({quote(key)}, {quote(_stored(record.element))}, {place})"


def _base_rows(plan: Module, record: NativeClass, scopes: _Scopes) -> Iterator[str]:
    paths = {each.cpp: each.path for each in plan.native_classes}
    for cpp, offset in record.bases:
        yield f"{{{scopes.place(record.path, record.cpp)}, {scopes.place(paths[cpp], cpp)}, {offset}}}"


def _class_of(native: Native) -> str:
    return native.receiver.target if native.receiver is not None else ""


def _write_failed(out: Writer, context: Context) -> str:
    """What all do in their `catch (...)`; gives its name."""
    if not any(native.failure for native in context.plan.natives):
        return ""
    failed = context.identifiers.make("native_failed")
    raised = "raise_cpp" if context.plan.thrown else "nullptr"
    with out.block(f"DOVETAIL_COLD static void {failed}() noexcept"):
        out.line(f"dovetail::fail_native({quote(context.plan.name)}, {raised});")
    return failed


_COPIES = ("dovetail::native_copy(", "dovetail::native_made_text(")


def _write_native(out: Writer, context: Context, native: Native, scopes: _Scopes, failed: str) -> str:
    """The function; gives its row."""
    if native.direct and not native.failure:
        return _row(native, _itself(native), scopes)
    function = context.identifiers.make(f"native_{native.name}")
    parameters, call = _spell(context, native)
    out.needs(*((VARIANTS,) if native.result.kind is NativeKind.NUMBER else ()))
    out.needs(*((RESULTS,) if native.result.kind in _FROM_RESULTS else ()))
    if "dovetail::item_index(" in native.expression:
        out.needs("dovetail/convert/index.h")
    out.gap()
    out.raw(origin_of(native.span, native.signature))
    # What copies text takes its time anyway: compiled for size, it is half as large.
    size = "DOVETAIL_COLD " if any(copies in call for copies in _COPIES) else ""
    with out.block(f"{size}static {native.result.cpp} {function}({parameters}) noexcept"):
        if not native.failure:
            out.line(call)
        else:
            with out.block("try", closing=""):
                out.lines(*call.split("\n"))
            with out.block("} catch (...)"):
                out.line(f"{failed}();")
                out.line(f"return {native.failure};")
    scopes.mention([native.result, *(param.value for param in native.params)])
    return _row(native, function, scopes)


def _itself(native: Native) -> str:
    """The C++ function that it is."""
    types = ", ".join(param.value.cpp for param in native.params)
    return f"static_cast<{_result_of(native)} (*)({types})>({native.direct})"


def _result_of(native: Native) -> str:
    """In C++."""
    return "void" if native.result.kind is NativeKind.DONE else native.result.cpp


def _write_bare(out: Writer, context: Context, failed: str) -> str:
    """Those that are offered as they throw, and what else their callers need; gives the name, "" where there are none.

    A method is called by a function, as C has no other: the compiler makes it a jump.
    """
    found = [(index, native) for index, native in enumerate(context.plan.natives) if native.bare]
    if not found:
        return ""
    out.needs(BARE)
    rows = []
    for index, native in found:
        function = _itself(native)
        if not native.direct:
            function = context.identifiers.make(f"bare_{native.name}")
            parameters, call = _spell(context, native)
            out.gap()
            with out.block(f"static {_result_of(native)} {function}({parameters})"):
                out.line(call.removesuffix("\nreturn 0;"))
        rows.append(f"{{reinterpret_cast<dovetail::NativeFunction>({function}), {index}}}")
    out.gap()
    table = _write_table(out, context, "Bare", rows)
    name = context.identifiers.make("native_bare")
    out.line(f"static constexpr dovetail::NativeBares {name} = dovetail::native_bares<{failed}>({table});")
    return name


def _spell(context: Context, native: Native) -> tuple[str, str]:
    """Parameters and body of the function."""
    names = _names(context, native)
    parameters = [f"{native.receiver.cpp} it"] if native.receiver is not None else []
    for param, name in zip(native.params, names, strict=True):
        parameters.append(f"{param.value.cpp} {name}")
        if len(param.value.spellings) > 1:
            parameters.append(f"{_cpp(param.value.spellings[1])} {name}_size")
    stored = [context.identifiers.local(f"result{k}", {*names}) for k, _ in enumerate(native.result.parts)]
    parameters += [f"{part.cpp}* {name}" for part, name in zip(native.result.parts, stored, strict=True)]
    if native.result.kind in (NativeKind.TEXT, NativeKind.MADE_TEXT):
        parameters.append("size_t* size")
    if native.result.kind is NativeKind.VALUE:
        stored = [context.identifiers.local("result", {*names})]
        parameters.append(f"{native.result.target}* {stored[0]}")
    given = list(zip(native.params, names, strict=True))
    passed = [_pass(param.value, name) for param, name in given]
    passed += [
        f"{name}_size" for param, name in given if param.value.kind is NativeKind.SPAN and not param.value.target
    ]
    return ", ".join(parameters), _give(native.result, fill(native.expression, passed), stored)


def _row(native: Native, function: str, scopes: _Scopes) -> str:
    flags = " | ".join(
        f"dovetail::{name}"
        for name, on in (
            ("native_fails", native.failure),
            ("native_ambiguous", native.ambiguous),
            ("native_bool", native.result.kind is NativeKind.BOOL),
            ("native_void", native.result.kind is NativeKind.DONE),
            ("native_gets", native.role is NativeRole.GET),
            ("native_sets", native.role is NativeRole.SET),
        )
        if on
    )
    address = f"reinterpret_cast<dovetail::NativeFunction>({function})"
    path, _, name = native.path.rpartition(".")
    cpp = _class_of(native)
    signature = re.sub(rf"(?<![\w:]){re.escape(cpp)}(?= )", "$", native.signature) if cpp else native.signature
    place = scopes.place(path, cpp)
    meaning = "" if native.meaning == replace(native, receiver=None).signature else native.meaning
    text = quote_all(name, signature, meaning, ",".join(param.name for param in native.params))
    return f"{{{text}, {address}, {place}, {native.number}, {flags or 0}}}"


def _names(context: Context, native: Native) -> list[str]:
    taken = {"it", "size"}
    return [context.identifiers.local(p.name or f"arg{k}", taken) for k, p in enumerate(native.params)]


def _cpp(spelling: str) -> str:
    """A number as C++ spells it."""
    return spelling.replace("PY_LONG_LONG", "long long")


def _pass(value: NativeValue, name: str) -> str:
    """What stands for a parameter in the C++ expression."""
    match value.kind:
        case NativeKind.BOOL:
            return f"{name} != 0"
        case NativeKind.ENUM:
            return f"static_cast<{value.target}>({name})"
        case NativeKind.TEXT if value.target == "const char*":
            return f"dovetail::native_c_string({name}, {name}_size).c_str()"
        case NativeKind.TEXT if value.target == "std::string":
            return f"dovetail::native_copy({name}, {name}_size)"
        case NativeKind.TEXT:
            return f"{value.target}({name}, {name}_size)"
        case NativeKind.SPAN if value.target:
            return f"{value.target}({name}, {name}_size)"
        case NativeKind.REFERENCE:
            return f"*{name}"
        case _:
            return name


def _give(value: NativeValue, call: str, stored: list[str]) -> str:
    match value.kind:
        case NativeKind.NOTHING:
            return f"{call};"
        case NativeKind.DONE:
            return f"{call};\nreturn 0;"
        case NativeKind.BOOL:
            return f"return {call} ? 1 : 0;"
        case NativeKind.ENUM:
            return f"return static_cast<{value.cpp}>({call});"
        case NativeKind.NUMBER:
            return f"return dovetail::native_number<{value.cpp}>({call});"
        case NativeKind.TEXT:
            return f"return dovetail::native_text({call}, size);"
        case NativeKind.MADE_TEXT:
            return f"return dovetail::native_made_text({call}, size);"
        case NativeKind.MADE | NativeKind.LENT:
            return f"return new {value.target}({call});"
        case NativeKind.VALUE:
            return f"return dovetail::native_value<{value.target}>({stored[0]}, {call});"
        case NativeKind.MAYBE | NativeKind.SEVERAL:
            return f"return dovetail::native_{value.kind.value}({', '.join([call, *stored])});"
        case NativeKind.REFERENCE:
            return f"return &({call});"
        case _:
            return f"return {call};"
