"""Attributes that read and write C++: fields, static members, module variables, fields of exceptions.

In: `plan.Accessor`.  Out: getters, setters, and a row for a PyGetSetDef table.
Must not know: where the table goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import final

from dovetail.emit.cpp.calls import Frame, write_body
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.functions import Owner, origin
from dovetail.emit.cpp.literals import quote, quote_lines
from dovetail.emit.writer import Writer
from dovetail.plan import Accessor, Call, Function, Overload


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessorRow:
    """A row of a PyGetSetDef table."""

    name: str
    getter: str
    setter: str
    doc: str

    @property
    def text(self) -> str:
        doc = quote_lines(self.doc) if self.doc else "nullptr"
        return f"{{{quote(self.name)}, {self.getter}, {self.setter or 'nullptr'}, {doc}, nullptr}},"


def write_accessor(out: Writer, context: Context, accessor: Accessor, owner: Owner | None) -> AccessorRow:
    """Getter and, where it can be assigned, setter."""
    word = accessor.cpp.rpartition("::")[2]
    stem = f"{owner.base}_{{}}_{word}" if owner is not None else f"{{}}_{context.identifiers.base(accessor.cpp)}"
    getter = context.identifiers.make(stem.format("get"))
    function = Function(name=accessor.name, scope="", overloads=(accessor.read,), cpp=accessor.cpp)
    out.gap()
    out.raw(origin(accessor.read))
    frame = _frame(accessor, accessor.read, owner, ())
    parameters = ((f"PyObject* {_self(accessor, owner)}", True), ("void*", False))
    _write(out, f"static PyObject* {getter}", parameters, frame, context, function, accessor.read, accessor, owner)
    setter = ""
    if accessor.write is not None:
        setter = context.identifiers.make(stem.format("set"))
        write = replace(function, overloads=(accessor.write,))
        _write_setter(out, context, write, accessor.write, accessor, owner, setter)
    return AccessorRow(name=accessor.name, getter=getter, setter=setter, doc=accessor.doc)


def _self(accessor: Accessor, owner: Owner | None) -> str:
    return "module" if owner is None or accessor.static else "self"


def _home(accessor: Accessor, owner: Owner | None) -> str:
    if owner is None:
        return "dovetail::variable_home(module)"
    if accessor.static:
        return "dovetail::module_home(module)"
    return "dovetail::exception_home(self)" if owner.receiver.exception else "dovetail::instance_home(self)"


def _frame(accessor: Accessor, overload: Overload, owner: Owner | None, given: tuple[str, ...]) -> Frame:
    name = f"{owner.name}.{accessor.name}" if owner is not None else accessor.name
    takes = " | ".join(dict.fromkeys([*(p.value.takes for p in overload.params)]))
    return Frame(
        name=name,
        given=given,
        required=len(given),
        bad=lambda _, text: f"dovetail::bad_attribute({quote(name)}, {quote(takes)}, {text})",
        receiver=owner.receiver if owner is not None and not accessor.static else None,
    )


def _write(
    out: Writer,
    head: str,
    parameters: tuple[tuple[str, bool], ...],
    frame: Frame,
    context: Context,
    function: Function,
    overload: Overload,
    accessor: Accessor,
    owner: Owner | None,
    before: str = "",
) -> None:
    body = out.part()
    if before:
        body.line(before)
    write_body(body, context, function, overload, frame)
    text = body.text()
    if re.search(r"\bhome\b", text):
        text = f"const dovetail::Home home = {_home(accessor, owner)};\n{text}"
    spelled = []
    for parameter, named in parameters:
        kind, _, name = parameter.rpartition(" ")
        spelled.append(parameter if not named or re.search(rf"\b{name}\b", text) else kind)
    with out.block(f"{head}({', '.join(spelled)}) noexcept"):
        out.line(text.rstrip("\n"))


def _write_setter(
    out: Writer,
    context: Context,
    function: Function,
    overload: Overload,
    accessor: Accessor,
    owner: Owner | None,
    name: str,
) -> None:
    frame = _frame(accessor, overload, owner, ("value",))
    bits = _is_bit_field(accessor, overload)

    def body(inner: Writer, call: str) -> None:
        if bits:
            _write_bit_field(inner, call, frame.name)
        else:
            inner.line(f"{call};")
        if overload.params[0].kept_by == "self" and owner is not None and not accessor.static:
            inner.line("return dovetail::keep_alive(self, value) ? 0 : -1;")
        else:
            inner.line("return 0;")

    frame = replace(frame, failure="-1", body=body)
    before = f"if (!value) return dovetail::refuse_delete({quote(frame.name)});"
    parameters = ((f"PyObject* {_self(accessor, owner)}", True), ("PyObject* value", True), ("void*", False))
    _write(out, f"static int {name}", parameters, frame, context, function, overload, accessor, owner, before)


def _is_bit_field(accessor: Accessor, overload: Overload) -> bool:
    """A plain number of an object without a fixed place in it."""
    plain = re.fullmatch(r"\{self\}\.\w+ = \{0\}", overload.expression)
    number = overload.params[0].value.converter in ("integer", "bool", "enum")
    return plain is not None and accessor.offset is None and not accessor.static and number and overload.call is Call.WRITE


def _write_bit_field(out: Writer, call: str, name: str) -> None:
    """C++ would drop the bits that do not fit."""
    field, _, value = call.partition(" = ")
    out.line(f"const auto before = {field};")
    out.line(f"const auto after = {value};")
    out.line(f"{field} = after;")
    with out.block(f"if ({field} != after)"):
        out.line(f"{field} = before;")
        out.line(f"PyErr_SetString(PyExc_OverflowError, {quote(f'{name}: the value does not fit into the bit-field')});")
        out.line("return -1;")


def write_accessor_table(out: Writer, name: str, rows: list[AccessorRow], linkage: str = "static ") -> None:
    out.gap()
    with out.block(f"{linkage}PyGetSetDef {name}[] =", closing="};"):
        for row in rows:
            out.line(row.text)
        out.line("{nullptr, nullptr, nullptr, nullptr, nullptr},")
