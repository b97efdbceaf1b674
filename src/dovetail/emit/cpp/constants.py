"""Constants: values read once, at import, from the C++ expression.

In: `plan.Constant`.  Out: a reading function, and a row of the module's table.  Must not know: variables (`accessors`).
"""

from __future__ import annotations

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.functions import origin, write_c_function
from dovetail.emit.cpp.literals import quote
from dovetail.emit.cpp.wrapper import Frame, make_wrapper
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
    function = Function(name=record.name, scope=record.scope, overloads=(overload,), cpp=record.cpp)
    return _write_read(out, context, function)


def write_static_constant(out: Writer, context: Context, scope: str, accessor: Accessor) -> str:
    """A static member that nobody can assign is a constant of its class."""
    function = Function(name=accessor.name, scope=scope, overloads=(accessor.read,), cpp=accessor.cpp)
    return _write_read(out, context, function)


def _write_read(out: Writer, context: Context, record: Function) -> str:
    overload, scope, name = record.overloads[0], record.scope, record.name
    out.needs(*(overload.result.value.headers if overload.result.value is not None else ()))
    path = "_".join([*scope.split("."), name]) if scope else name
    wrapper = make_wrapper(context, record, None, context.identifiers.make(f"read_{path}"))
    out.gap()
    out.raw(origin(overload))
    head = f"static PyObject* {wrapper.name}"
    write_c_function(out, wrapper, Frame(name=name), head, (("dovetail::Home", "home"),))
    return f"{{{quote(scope)}, {quote(name)}, {wrapper.name}}},"
