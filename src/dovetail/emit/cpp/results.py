"""What becomes of a C++ result.

In: the call expression, `plan.Result`, outputs and who keeps what.  Out: statements that end in a return.
Must not know: arguments, receivers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.expressions import fill
from dovetail.emit.cpp.failures import write_failure
from dovetail.emit.writer import Writer
from dovetail.plan import Call, Class, Overload, Param, Result, Return, Value

SCALARS = frozenset({"integer", "float", "bool", "enum", "character", "byte"})
_HOW = {Return.LIST: "give_list", Return.DICT: "give_dict", Return.BYTES: "give_bytes", Return.NDARRAY: "give_array"}


def is_scalar(value: Value) -> bool:
    return value.converter in SCALARS


def is_reference(result: Result) -> bool:
    return result.how in (Return.BORROW, Return.SELF)


def is_pointer(value: Value) -> bool:
    return value.cpp.rstrip().removesuffix("const").rstrip().endswith("*")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """What is known of a call when its result is given."""

    context: Context
    overload: Overload
    member: bool
    """There is a self, which what is borrowed keeps alive."""
    again: str
    """The function that finds a reference again, for elements of containers; "" where none is needed."""
    outputs: tuple[tuple[Param, str], ...]
    """Output parameters, each with its variable."""
    kept: tuple[tuple[Param, str], ...]
    """Parameters that something keeps alive, each with its Python object."""
    given: tuple[str, ...] = ()
    """The Python object of each argument."""
    passed: tuple[str, ...] = ()
    """What stands for each parameter in the call."""
    stopped: str = "it"
    """The object on which `interrupt` is called: a pointer that is not const."""
    files: tuple[str, ...] = ()
    """Variables of the parameters that are Python files: they are written out before the result is given."""

    @property
    def result(self) -> Result:
        return self.overload.result


def give_statements(out: Writer, giving: Giving, call: str) -> None:
    """Calls, and returns what Python sees."""
    result = giving.result
    if giving.overload.release_gil:
        call = _released(out, call, giving)
    if giving.overload.failure is not None:
        ends = [_end_output(giving.context, param, name) for param, name in giving.outputs if param.owns]
        leave = "return pending.check({});" if giving.overload.pending else "return {};"
        call = write_failure(out, giving.context, giving.overload, call, passed=giving.passed, ends=ends, leave=leave)
    if giving.files:
        call = _finished(out, giving, call)
    by_object = [_keep(out, giving, param, given) for param, given in giving.kept if param.kept_by != "result"]
    by_result = [(param, given) for param, given in giving.kept if param.kept_by == "result"]
    if giving.outputs:
        _give_outputs(out, giving, call, by_object, [given for _, given in by_result])
        return
    if result.how in (Return.NONE, Return.SELF):
        if call:
            out.line(f"{call};")
        out.lines(*(f"if ({kept}) return nullptr;" for kept in by_object))
        _return(out, giving, "dovetail::give_none()" if result.how is Return.NONE else "Py_NewRef(self)")
        return
    owner, rest = _owner(giving, by_result)
    expression = _give(out, giving, call, owner)
    lenders = [given for _, given in rest]
    if not by_object and not lenders and not result.lent:
        _return(out, giving, expression)
        return
    out.line(f"PyObject* result = {expression};")
    out.lines(*(f"if (result && {kept}) Py_CLEAR(result);" for kept in by_object))
    if lenders or result.lent:
        out.needs("dovetail/core/results.h")
    if result.lent:
        out.line("if (result && !dovetail::keep_lender(result, self)) Py_CLEAR(result);")
    for given in lenders:
        out.line(f"if (result && {_present(given)}!dovetail::keep_with_result(result, {given})) Py_CLEAR(result);")
    _return(out, giving, "result")


def _return(out: Writer, giving: Giving, expression: str) -> None:
    out.line(f"return pending.check({expression});" if giving.overload.pending else f"return {expression};")


def _keep(out: Writer, giving: Giving, param: Param, given: str) -> str:
    """C++ that lets an object, or the module, keep an argument alive, and is true where that failed."""
    if param.kept_by == "module":
        out.needs("dovetail/core/results.h")
        return f"{_present(given)}!dovetail::keep_for_good({given}, home)"
    keeper = "self" if param.kept_by == "self" else giving.given[int(param.kept_by[1:])]
    return f"{_present(given)}!dovetail::{keeping(given)}({keeper}, {given})"


def keeping(given: str) -> str:
    """The function by which an object keeps an argument, or what was made of it for the call."""
    return "keep_made" if given.endswith(".keeper()") else "keep_alive"


def _present(given: str) -> str:
    """An optional argument may not be there."""
    return f"{given} && " if given.startswith("v[") else ""


def _owner(giving: Giving, kept: list[tuple[Param, str]]) -> tuple[str, list[tuple[Param, str]]]:
    """Whom a borrowed result keeps alive: self, or the first object among the arguments; and what is kept besides."""
    if giving.result.how is not Return.BORROW or giving.member:
        return ("self" if giving.member else "nullptr"), kept
    for position, (param, given) in enumerate(kept):
        if param.value.converter == "class" and not param.nullable and param.default is None:
            return given, [*kept[:position], *kept[position + 1 :]]
    return "nullptr", kept


def _released(out: Writer, call: str, giving: Giving) -> str:
    """The call without the GIL; the result is given with it."""
    result, stop = giving.result, giving.overload.interrupt
    out.needs("dovetail/interrupt.h" if stop else "dovetail/gil.h")
    run = "dovetail::run_interruptibly" if stop else "dovetail::without_gil"
    then = f", [&] {{ {fill(stop, (), giving.stopped)}; }}" if stop else ""
    if result.how in (Return.NONE, Return.SELF):
        out.line(f"{run}([&] {{ {call}; }}{then});")
        return ""
    out.line(f"auto&& released = {run}([&]() -> decltype(auto) {{ return {call}; }}{then});")
    by_value = result.how is Return.VALUE
    return "std::forward<decltype(released)>(released)" if by_value else "released"


def _finished(out: Writer, giving: Giving, call: str) -> str:
    """The call, and what it wrote is in its files."""
    files = ", ".join(giving.files)
    if not call or giving.result.how in (Return.NONE, Return.SELF):
        if call:
            out.line(f"{call};")
        out.lines(*(f"{each}.finish();" for each in giving.files))
        return ""
    return f"dovetail::finish_after([&]() -> decltype(auto) {{ return {call}; }}, {files})"


def _give(out: Writer, giving: Giving, call: str, owner: str) -> str:
    """The expression of a new reference."""
    overload, result, value = giving.overload, giving.result, giving.result.value
    match result.how:
        case Return.BORROW:
            assert value is not None
            pointer = call if is_pointer(value) else address_of(giving.context, value, call)
            if overload.call is Call.READ and owner == "self" and not is_pointer(value):
                return f"dovetail::give_interior({pointer}, self, home)"
            if giving.again and owner == "self":
                return f"dovetail::give_interior({pointer}, self, {giving.again}, home)"
            return f"dovetail::give_borrowed({pointer}, {owner}, home)"
        case Return.OWN:
            return give_owned(out, giving.context, value, call)
        case Return.LIST | Return.DICT | Return.BYTES | Return.NDARRAY:
            if result.how is Return.NDARRAY and value is not None and value.converter in ("span", "matrix"):
                return f"dovetail::give_array({call}, {owner}, home)"
            if result.how is Return.NDARRAY and value is not None and value.cpp.rstrip().endswith("&"):
                # It looks into the container, which is borrowed like any other reference.
                borrowed = f"dovetail::give_borrowed({address_of(giving.context, value, call)}, {owner}, home)"
                return f"dovetail::array_of({borrowed})"
            if result.how is Return.BYTES and value is not None and value.converter in ("sequence", "span"):
                out.needs("dovetail/core/results.h")
            return f"dovetail::{_HOW[result.how]}({call}, home)"
        case Return.COPY if value is not None and is_pointer(value):
            out.needs("dovetail/core/results.h")
            return f"dovetail::give_copy({call}, home)"
        case Return.VALUE if value is not None and value.converter == "callable":
            return f"dovetail::give_function({call}, {owner}, home)"
        case _:
            return f"dovetail::give({_plain(overload, call)}, home)"


def _plain(overload: Overload, call: str) -> str:
    """A number by value: bit-fields and undefined constants have no address, and a comparison may give an int."""
    value = overload.result.value
    if value is None or not is_scalar(value) or call.startswith("static_cast<"):
        return call
    if overload.call is Call.READ or value.converter == "bool":
        return f"static_cast<{bare(value)}>({call})"
    return call


def bare(value: Value) -> str:
    """The type without reference and const: `const lib::Row &` is `lib::Row`."""
    return value.cpp.replace("const ", "").replace("&", "").strip()


def is_binary(call: str) -> bool:
    """`a << b`, also where an operand is a call: a space outside of all parentheses."""
    depth = 0
    for char in call:
        depth += (char == "(") - (char == ")")
        if char == " " and depth == 0:
            return True
    return False


def address_of(context: Context, value: Value, call: str) -> str:
    """`&x`, unless the class has an operator of its own for that."""
    if any(skipped.cpp.startswith(f"{bare(value)}::operator&()") for skipped in context.plan.skipped):
        return f"std::addressof({call})"
    is_operator = call.startswith(("*", "-", "+", "!", "~")) or is_binary(call)
    return f"&({call})" if is_operator else f"&{call}"


def _give_outputs(out: Writer, giving: Giving, call: str, by_object: list[str], by_result: list[str]) -> None:
    """The result, then the outputs in order; a single one stands alone. `by_…`: what of the arguments is kept."""
    owner = "self" if giving.member else "nullptr"
    parts = []
    if giving.result.how in (Return.NONE, Return.SELF):
        if call:
            out.line(f"{call};")
    else:
        # The result first: outputs are read after the call.
        out.line(f"dovetail::Ref result({_give(out, giving, call, owner)});")
        parts.append("std::move(result)")
    out.lines(*(f"if ({kept}) return nullptr;" for kept in by_object))
    parts += [_give_output(out, giving, param, variable, owner) for param, variable in giving.outputs]
    together = parts[0]
    if len(parts) > 1 or by_result:
        out.needs("dovetail/core/results.h")
    if len(parts) > 1:
        pieces = [part if part == "std::move(result)" else f"[&] {{ return {part}; }}" for part in parts]
        together = f"dovetail::give_together({', '.join(pieces)})"
    if by_result:
        out.line(f"PyObject* all = {together};")
        together = "all"
    for given in by_result:
        out.line(f"if (all && {_present(given)}!dovetail::keep_with_result(all, {given})) Py_CLEAR(all);")
    _return(out, giving, together)


def destroyer(context: Context, record: Class) -> str:
    """The function that ends an object of the class which Python owns through a pointer."""
    return f"{context.base_of(record)}_destroy" if record.destroy else f"dovetail::delete_made<{record.cpp}>"


def _end_output(context: Context, param: Param, variable: str) -> str:
    """A failed call may have made it all the same, as `sqlite3_open` does."""
    record = context.find_class(param.value.gives.removesuffix(" | None"))
    assert record is not None
    return f"if ({variable}) {destroyer(context, record)}({variable});"


def give_owned(out: Writer, context: Context, value: Value | None, call: str) -> str:
    record = context.find_class(value.gives.removesuffix(" | None")) if value is not None else None
    if record is None or not record.destroy:
        return f"dovetail::give_owned({call}, home)"
    out.needs("dovetail/core/handles.h")
    return f"dovetail::give_made({call}, {destroyer(context, record)}, home)"


def _give_output(out: Writer, giving: Giving, param: Param, variable: str, owner: str) -> str:
    if is_pointer(param.value) and param.value.converter == "class":
        if param.owns:
            return give_owned(out, giving.context, param.value, variable)
        return f"dovetail::give_borrowed({variable}, {owner}, home)"
    if param.extent:
        return f"dovetail::give_counted({variable}, {fill(param.extent, giving.passed)}, home)"
    if is_scalar(param.value) or is_pointer(param.value):
        return f"dovetail::give({variable}, home)"
    return f"dovetail::give(std::move({variable}), home)"
