"""Constants: values read once, at import, from the C++ expression.

In: `plan.Constant`.  Out: a reading function, and a row of the module's table.  Must not know: variables (`accessors`).
"""

from __future__ import annotations

from dataclasses import replace

from dovetail.emit.cpp.calls import Frame
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.functions import write_c_function
from dovetail.emit.cpp.literals import comment, quote
from dovetail.emit.writer import Writer
from dovetail.plan import Accessor, Call, Constant, Function, Overload, Result, Return

SHARED = frozenset({"class", "sequence", "mapping", "set"})


def write_constant(out: Writer, context: Context, record: Constant) -> str:
    """The function that reads it; gives its row."""
    shared = record.value.converter in SHARED and record.value.cpp.rstrip().endswith(("&", "*"))
    result = Result(how=Return.BORROW if shared else Return.VALUE, value=record.value, annotation=record.annotation)
    overload = Overload(
        cpp=record.cpp,
        call=Call.READ,
        expression=record.cpp.replace("{", "{{").replace("}", "}}"),
        params=(),
        result=result,
        span=record.span,
    )
    return _write_read(out, context, record.scope, record.name, overload, record.cpp)


def write_static_constant(out: Writer, context: Context, scope: str, accessor: Accessor) -> str:
    """A static member that nobody can assign is a constant of its class."""
    return _write_read(out, context, scope, accessor.name, accessor.read, accessor.cpp)


def _write_read(out: Writer, context: Context, scope: str, name: str, overload: Overload, cpp: str) -> str:
    out.needs(*(overload.result.value.headers if overload.result.value is not None else ()))
    path = "_".join([*scope.split("."), name]) if scope else name
    function = context.identifiers.make(f"read_{path}")
    span = overload.span
    place = f"from {span.path.rpartition('/')[2]}:{span.line}   " if span.line else ""
    out.gap()
    out.raw(comment(f"{place}{cpp}"))
    frame = Frame(name=name, given=(), required=0, bad=lambda _, __: "nullptr")
    record = Function(name=name, scope=scope, overloads=(overload,), cpp=cpp)
    head = f"static PyObject* {function}"
    write_c_function(out, head, (("dovetail::Home", "home"),), frame, context, record, replace(overload), None)
    return f"{{{quote(scope)}, {quote(name)}, {function}}},"
