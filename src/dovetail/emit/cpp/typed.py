"""The types of functions for a PyPy with METH_TYPED, which calls them without boxing.

In: functions of one scope.  Out: a block that other Pythons never see (`#ifdef METH_TYPED`).
Must not know: how the functions are wrapped.

That PyPy knows `long` and `double`, and functions of one overload. Where a module has none of them, nothing is written.
"""

from __future__ import annotations

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.expressions import fill
from dovetail.emit.cpp.literals import quote
from dovetail.emit.writer import Writer
from dovetail.plan import Function, Native, NativeKind, NativeRole

_TYPES = ("long", "double")
_NAME = 99
"""Characters that its structure has room for."""


def write_typed(out: Writer, context: Context, table: str, functions: list[Function]) -> None:
    """Says the types of the functions in a method table."""
    natives = {n.path: n for n in context.plan.natives if n.role is NativeRole.CALL and n.number == 1 and _fits(n)}
    found = []
    for function in functions:
        native = natives.get(f"{function.scope}.{function.name}".lstrip("."))
        if native is not None and len(function.overloads) == 1 and len(function.name.encode()) <= _NAME:
            found.append((function, native))
    if not found:
        return
    out.gap()
    out.raw("#ifdef METH_TYPED")
    names = [_write_one(out, context, function, native) for function, native in found]
    rows = ", ".join(f"&{name}" for name in names)
    typed = context.identifiers.make(f"{table}_typed")
    out.line(f"[[maybe_unused]] static const bool {typed} = dovetail::type_functions({table}, {{{rows}}});")
    out.raw("#endif")


def _fits(native: Native) -> bool:
    values = [native.result, *(param.value for param in native.params)]
    plain = all(value.kind is NativeKind.PLAIN and value.cpp in _TYPES for value in values)
    return plain and native.receiver is None and bool(native.params)


def _write_one(out: Writer, context: Context, function: Function, native: Native) -> str:
    name = context.identifiers.make(f"{context.identifiers.base(function.cpp)}_typed")
    taken: set[str] = set()
    given = [context.identifiers.local(param.name or f"arg{k}", taken) for k, param in enumerate(native.params)]
    params = ", ".join(f"{p.value.cpp} {each}" for p, each in zip(native.params, given, strict=True))
    types = ", ".join(param.value.cpp for param in native.params)
    result = native.result.cpp
    code = f"{'-' if native.failure else ''}dovetail::typed_code<{result}>()"
    out.line(f"static PyPyTypedMethodMetadata {name}{{")
    with out.indented():
        out.line(f"dovetail::typed_arguments<{types}>, {code},")
        head = f"dovetail::typed_function(+[]({params}) noexcept -> {result}"
        with out.block(head, closing=f"}}), {quote(function.name)}}};"):
            _write_call(out, context, native, f"return {fill(native.expression, given)};")
    return name


def _write_call(out: Writer, context: Context, native: Native, call: str) -> None:
    if not native.failure:
        out.line(call)
        return
    with out.block("try", closing=""):
        out.line(call)
    with out.block("} catch (...)"):
        raised = "raise_cpp" if context.plan.thrown else "nullptr"
        out.line(f"dovetail::fail_native({quote(context.plan.name)}, {raised});")
        out.line(f"return {'-1' if native.result.cpp == 'long' else '-0.0'};")
