"""What rules make a class do: context managers, repr, pickling, asynchronous iteration.

In: `plan.Conduct` of a class.  Out: C++ functions, slots, rows for the method table.
Must not know: other special methods, beyond which slots they already fill.

Each is one call of the runtime with the names of the members: logic stands there (`core/parts.h`, `core/awaits.h`).
"""

from __future__ import annotations

from collections.abc import Sequence

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.functions import MethodRow
from dovetail.emit.cpp.literals import quote
from dovetail.emit.cpp.operators import Slots
from dovetail.emit.cpp.wrapper import Owner
from dovetail.emit.writer import Writer
from dovetail.plan import Class, Conduct, Part

PARTS = "dovetail/core/parts.h"
AWAITS = "dovetail/core/awaits.h"
NULLARY = "PyObject* self, PyObject*"


def write_conduct(out: Writer, context: Context, record: Class, owner: Owner, slots: Slots) -> list[MethodRow]:
    """Fills slots and gives rows for the method table."""
    conduct = record.conduct
    if conduct.context or conduct.pickle or conduct.shown:
        out.needs(PARTS)
    rows = []
    if conduct.context is not None:
        rows += _write_context(out, context, owner, conduct)
    if conduct.shown and "__repr__" not in slots.functions:
        parts = _write_parts(out, context, f"{owner.base}_shown", conduct.shown)
        name = _write(out, context, f"{owner.base}_repr", "PyObject* self", f"dovetail::repr_parts(self, {parts})")
        slots.fill("Py_tp_repr", name)
    if conduct.pickle is not None:
        rows.append(_write_pickle(out, context, owner, conduct))
    if conduct.stepping is not None:
        rows += _write_stepping(out, context, owner, slots, conduct)
    return rows


def write_match(out: Writer, context: Context, record: Class) -> str:
    """The table of `__match_args__`; "" where there is none but the fields."""
    if not record.conduct.match:
        return ""
    name = context.identifiers.make(f"{context.base_of(record)}_match")
    out.gap()
    out.line(f"static const char* const {name}[] = {{{', '.join(quote(each) for each in record.conduct.match)}}};")
    return name


def _write(out: Writer, context: Context, base: str, parameters: str, result: str) -> str:
    """A function that is one call of the runtime."""
    name = context.identifiers.make(base)
    out.gap()
    with out.block(f"static PyObject* {name}({parameters}) noexcept"):
        out.line(f"return {result};")
    return name


def _write_parts(out: Writer, context: Context, base: str, parts: Sequence[Part]) -> str:
    name = context.identifiers.make(base)
    out.gap()
    rows = ", ".join(f"{{{quote(part.name)}, {'true' if part.call else 'false'}}}" for part in parts)
    out.line(f"static constexpr dovetail::Part {name}[] = {{{rows}}};")
    return name


def _write_context(out: Writer, context: Context, owner: Owner, conduct: Conduct) -> list[MethodRow]:
    assert conduct.context is not None
    enter = quote(conduct.context.enter) if conduct.context.enter else "nullptr"
    entering = f"dovetail::enter_context(self, {enter})"
    leaving = f"dovetail::leave_context(self, {quote(conduct.context.leave)}, nargs)"
    first = _write(out, context, f"{owner.base}_enter", NULLARY, entering)
    last = _write(out, context, f"{owner.base}_exit", "PyObject* self, PyObject* const*, Py_ssize_t nargs", leaving)
    return [
        MethodRow(name="__enter__", function=first, flags="METH_NOARGS", doc="nullptr"),
        MethodRow(name="__exit__", function=last, flags="METH_FASTCALL", doc="nullptr"),
    ]


def _write_pickle(out: Writer, context: Context, owner: Owner, conduct: Conduct) -> MethodRow:
    assert conduct.pickle is not None
    parts = _write_parts(out, context, f"{owner.base}_pickled", conduct.pickle.parts)
    call = f"dovetail::reduce_parts(self, {parts})"
    if conduct.pickle.parse:
        call = f"dovetail::reduce_parsed(self, {parts}[0], {quote(conduct.pickle.parse)})"
    name = _write(out, context, f"{owner.base}_reduce", NULLARY, call)
    return MethodRow(name="__reduce__", function=name, flags="METH_NOARGS", doc="nullptr")


def _write_stepping(out: Writer, context: Context, owner: Owner, slots: Slots, conduct: Conduct) -> list[MethodRow]:
    assert conduct.stepping is not None
    out.needs(AWAITS)
    flagged = "true" if conduct.stepping.flagged else "false"
    step = f"dovetail::await_step(self, {quote(conduct.stepping.step)}, {flagged})"
    slots.fill("Py_am_anext", _write(out, context, f"{owner.base}_anext", "PyObject* self", step))
    slots.fill("Py_am_aiter", "PyObject_SelfIter")
    return []
