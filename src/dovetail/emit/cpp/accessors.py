"""Attributes that read and write C++: fields, static members, module variables, fields of exceptions.

In: `plan.Accessor`.  Out: getters, setters, and a row for a PyGetSetDef table.
Must not know: where the table goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import final

from dovetail.emit.cpp.calls import write_body
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.functions import origin, write_again, write_with_home
from dovetail.emit.cpp.literals import quote, quote_lines
from dovetail.emit.cpp.wrapper import Frame, Owner, Wrapper, make_wrapper
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
    wrapper = make_wrapper(context, function, owner, getter)
    out.gap()
    out.raw(origin(accessor.read))
    again = write_again(out, wrapper)
    body = out.part()
    write_body(body, wrapper, replace(_frame(wrapper, accessor), again=again))
    parameters = (("PyObject*", _self(wrapper, accessor)), ("void*", ""))
    write_with_home(out, f"static PyObject* {getter}", parameters, body.text(), _home(wrapper, accessor))
    setter = ""
    if accessor.write is not None:
        setter = _write_setter(out, wrapper.of(accessor.write, context.identifiers.make(stem.format("set"))), accessor)
    return AccessorRow(name=accessor.name, getter=getter, setter=setter, doc=accessor.doc)


def _self(wrapper: Wrapper, accessor: Accessor) -> str:
    return "module" if wrapper.owner is None or accessor.static else "self"


def _home(wrapper: Wrapper, accessor: Accessor) -> str:
    if wrapper.owner is None:
        return "dovetail::variable_home(module)"
    return "dovetail::module_home(module)" if accessor.static else wrapper.home


def _frame(wrapper: Wrapper, accessor: Accessor, given: tuple[str, ...] = ()) -> Frame:
    name = wrapper.python_name
    takes = " | ".join(dict.fromkeys(param.value.takes for param in wrapper.overload.params))
    rule = "".join(f", {quote(param.null_rule)}" for param in wrapper.overload.params if param.null_rule)
    return Frame(
        name=name,
        given=given,
        required=len(given),
        bad=lambda _, text: f"dovetail::bad_attribute({quote(name)}, {quote(takes)}, {text}{rule})",
        receiver=wrapper.owner.receiver if wrapper.owner is not None and not accessor.static else None,
    )


def _write_setter(out: Writer, wrapper: Wrapper, accessor: Accessor) -> str:
    """Returns what the table says: of numbers the runtime tries the short way first."""
    overload = wrapper.overload
    frame = _frame(wrapper, accessor, ("value",))
    keeps = overload.params[0].kept_by == "self" and frame.receiver is not None

    def write(inner: Writer, call: str) -> None:
        if _is_bit_field(accessor, overload):
            _write_bit_field(inner, call, frame.name)
        else:
            inner.line(f"{call};")
        inner.line("return dovetail::keep_alive(self, value) ? 0 : -1;" if keeps else "return 0;")

    body = out.part()
    body.line(f"if (!value) return dovetail::refuse_delete({quote(frame.name)});")
    write_body(body, wrapper, replace(frame, failure="-1", body=write))
    parameters = (("PyObject*", _self(wrapper, accessor)), ("PyObject*", "value"), ("void*", ""))
    field = _plain_number(accessor, overload)
    quick = field and frame.receiver is not None and not frame.receiver.exception
    head = f"{'[[gnu::noinline]] ' if quick else ''}static int {wrapper.name}"
    write_with_home(out, head, parameters, body.text(), _home(wrapper, accessor))
    if not quick or frame.receiver is None:
        return wrapper.name
    return f"dovetail::set_number<{frame.receiver.cpp}, &{frame.receiver.cpp}::{field}, {wrapper.name}>"


_PLAIN = re.compile(r"\{self\}\.(\w+) = \{0\}")


def _plain_number(accessor: Accessor, overload: Overload) -> str:
    """The name of a field that is a number at a fixed place in its object; else ""."""
    value = overload.params[0].value
    plain = _PLAIN.fullmatch(overload.expression)
    fixed = accessor.offset is not None and not accessor.static and accessor.array is None
    number = value.converter in ("integer", "float", "bool") and "&" not in value.cpp
    return plain[1] if plain and fixed and number and not overload.locks else ""


def _is_bit_field(accessor: Accessor, overload: Overload) -> bool:
    """A plain number of an object without a fixed place in it."""
    number = overload.params[0].value.converter in ("integer", "bool", "enum")
    fixed = accessor.offset is not None or accessor.static
    return _PLAIN.fullmatch(overload.expression) is not None and not fixed and number and overload.call is Call.WRITE


def _write_bit_field(out: Writer, call: str, name: str) -> None:
    """C++ would drop the bits that do not fit."""
    field, _, value = call.partition(" = ")
    out.line(f"const auto before = {field};")
    out.line(f"const auto after = {value};")
    out.line(f"{field} = after;")
    text = quote(f"{name}: the value does not fit into the bit-field")
    with out.block(f"if ({field} != after)"):
        out.line(f"{field} = before;")
        out.line(f"PyErr_SetString(PyExc_OverflowError, {text});")
        out.line("return -1;")


def write_accessor_table(out: Writer, name: str, rows: list[AccessorRow], linkage: str = "static ") -> None:
    out.gap()
    with out.block(f"{linkage}PyGetSetDef {name}[] =", closing="};"):
        for row in rows:
            out.line(row.text)
        out.line("{nullptr, nullptr, nullptr, nullptr, nullptr},")
