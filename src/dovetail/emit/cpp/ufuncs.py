"""NumPy ufuncs: the C++ function of each loop, and the table from which they are made.

In: `plan.Ufunc`.  Out: C++; the expression of the module's `__getattr__`.  Must not know: NumPy's binary interface.
"""

from __future__ import annotations

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.expressions import fill
from dovetail.emit.cpp.functions import origin_of
from dovetail.emit.cpp.literals import comment, quote
from dovetail.emit.writer import Writer
from dovetail.plan import Native, NativeKind, NativeValue, Ufunc

HEADER = "dovetail/convert/ufunc.h"


def write_ufuncs(out: Writer, context: Context, rest: str) -> str:
    """`rest` is the function that has the module's other attributes; gives the one that has these, too."""
    plan = context.plan
    if not plan.ufuncs:
        return rest
    out.needs(HEADER)
    out.gap()
    out.raw(comment("---- ufuncs"))
    errors = context.identifiers.make("ufunc_errors")
    raised = "raise_cpp" if plan.thrown else "nullptr"
    out.line(f"static constexpr dovetail::UfuncErrors {errors} = {{{quote(plan.name)}, {raised}}};")
    rows = [_write_ufunc(out, context, ufunc, errors) for ufunc in plan.ufuncs]
    out.gap()
    table = context.identifiers.make("ufuncs")
    with out.block(f"static const dovetail::UfuncRow {table}[] =", closing="};"):
        out.lines(*(f"{row}," for row in rows))
    return f"dovetail::ufunc_getattr<{table}, {rest}>"


def _write_ufunc(out: Writer, context: Context, ufunc: Ufunc, errors: str) -> str:
    """Its loops; gives its row."""
    elements = [_write_element(out, context, ufunc, loop) for loop in ufunc.loops]
    functions = context.identifiers.make(f"{ufunc.name}_loops")
    types = context.identifiers.make(f"{ufunc.name}_types")
    given = context.identifiers.make(f"{ufunc.name}_errors")
    numbers = [
        f"dovetail::ufunc_type<{_cpp(value)}>()"
        for loop in ufunc.loops
        for value in (*(param.value for param in loop.params), loop.result)
    ]
    loops = ", ".join(f"dovetail::ufunc_loop<{element}>" for element in elements)
    known = ", ".join([f"const_cast<dovetail::UfuncErrors*>(&{errors})"] * len(elements))
    out.line(f"static dovetail::UfuncFunction {functions}[] = {{{loops}}};")
    out.line(f"static constexpr char {types}[] = {{{', '.join(numbers)}}};")
    out.line(f"static void* {given}[] = {{{known}}};")
    counts = f"{len(elements)}, {len(ufunc.loops[0].params)}"
    return f"{{{quote(ufunc.name)}, {quote(ufunc.doc)}, {functions}, {types}, {given}, {counts}}}"


def _write_element(out: Writer, context: Context, ufunc: Ufunc, loop: Native) -> str:
    """The function of one element; gives its name."""
    name = context.identifiers.make(f"{ufunc.name}_element")
    names = [f"x{k}" for k in range(len(loop.params))]
    params = [f"{_cpp(param.value)} {given}" for param, given in zip(loop.params, names, strict=True)]
    out.gap()
    out.raw(origin_of(loop.span, loop.signature))
    with out.block(f"static inline {_cpp(loop.result)} {name}({', '.join(params)})"):
        out.line(f"return {fill(loop.expression, names)};")
    return name


def _cpp(value: NativeValue) -> str:
    """As it lies in an array."""
    return "bool" if value.kind is NativeKind.BOOL else value.cpp
