"""What a class can do beyond its methods: iteration, text, hash, and what is expected of plain structs.

In: `plan.Class` and its protocols.  Out: C++ functions, slots and rows for the method table.
Must not know: the class's own special methods, beyond which slots they already fill.
"""

from __future__ import annotations

from dovetail.emit.cpp.conduct import write_conduct
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.functions import MethodRow
from dovetail.emit.cpp.literals import quote
from dovetail.emit.cpp.operators import Slots, keeps_identity_hash, write_comparison
from dovetail.emit.cpp.wrapper import Owner
from dovetail.emit.writer import Writer
from dovetail.plan import Class, Protocol

FIELDS = (Protocol.REPR, Protocol.EQUAL, Protocol.PICKLE)


def write_protocols(
    out: Writer, context: Context, record: Class, owner: Owner, slots: Slots, *, inherited: dict[str, str]
) -> list[MethodRow]:
    """Fills slots and gives rows for the method table."""
    has = set(record.protocols)
    fields = ""
    if record.fields and has & set(FIELDS):
        fields = f"{owner.base}_fields"
        out.gap()
        names = ", ".join(quote(name) for name in record.fields)
        out.line(f"static const char* const {fields}[] = {{{names}}};")
    if Protocol.ITERATE in has and "__iter__" not in slots.functions:
        _write_iteration(out, context, record, owner, slots)
    if Protocol.STR in has and "__str__" not in slots.functions:
        _write_str(out, context, record, owner, slots)
    if Protocol.REPR in has and not record.conduct.shown and "__repr__" not in slots.functions and fields:
        _write_repr(out, context, owner, slots, fields)
    if record.forwards:
        out.needs("dovetail/core/forward.h")
        slots.fill("Py_tp_getattro", "dovetail::forward_get")
        slots.fill("Py_tp_setattro", "dovetail::forward_set")
    equal = fields if Protocol.EQUAL in has else ""
    write_comparison(out, context, owner, slots, inherited=inherited, fields=equal)
    if Protocol.HASH in has and "__hash__" not in slots.functions:
        _write_hash(out, context, record, owner, slots)
    if keeps_identity_hash(slots, inherited, equal):
        out.needs("dovetail/core/results.h")
        slots.fill("Py_tp_hash", "dovetail::hash_identity")
    conduct = write_conduct(out, context, record, owner, slots)
    return [*conduct, *_method_rows(out, context, record, owner, fields)]


def _method_rows(out: Writer, context: Context, record: Class, owner: Owner, fields: str) -> list[MethodRow]:
    named = {method.name for method in record.methods}
    rows = []
    if Protocol.REVERSE in record.protocols and "__reversed__" not in named:
        name = _write_range(out, context, record, owner, backwards=True)
        rows.append(MethodRow(name="__reversed__", function=name, flags="METH_NOARGS", doc="nullptr"))
    if Protocol.COPY in record.protocols:
        for name, word, flags in (("__copy__", "copy", "METH_NOARGS"), ("__deepcopy__", "deepcopy", "METH_O")):
            if name not in named:
                function = f"dovetail::{word}_method"
                rows.append(MethodRow(name=name, function=function, flags=flags, doc="nullptr"))
    if Protocol.PICKLE in record.protocols and fields and not record.conduct.pickle and "__reduce__" not in named:
        name = context.identifiers.make(f"{owner.base}_reduce")
        out.gap()
        with out.block(f"static PyObject* {name}(PyObject* self, PyObject*) noexcept"):
            out.line(f"return dovetail::reduce_fields<{record.cpp}>(self, {fields});")
        rows.append(MethodRow(name="__reduce__", function=name, flags="METH_NOARGS", doc="nullptr"))
    return rows


def _write_repr(out: Writer, context: Context, owner: Owner, slots: Slots, fields: str) -> None:
    name = context.identifiers.make(f"{owner.base}_repr")
    out.gap()
    with out.block(f"static PyObject* {name}(PyObject* self) noexcept"):
        out.line(f"return dovetail::repr_fields(self, {fields});")
    slots.fill("Py_tp_repr", name)


def _open(out: Writer, record: Class, failure: str, *, const: bool) -> None:
    word = "const_self_of" if const else "self_of"
    out.line(f"auto it = dovetail::{word}<{record.cpp}>(self);")
    out.line(f"if (!it) return {failure};")


def _try(out: Writer, context: Context, statement: str, failure: str) -> None:
    with out.block("try", closing=""):
        out.line(statement)
    raised = context.raise_current
    with out.block("} catch (...)"):
        out.line(f"return {raised};" if failure == "nullptr" else f"return dovetail::failed({raised});")


def _write_iteration(out: Writer, context: Context, record: Class, owner: Owner, slots: Slots) -> None:
    slots.fill("Py_tp_iter", _write_range(out, context, record, owner, backwards=False))
    if record.iterates is not None:
        out.needs(*record.iterates.headers)


def _write_range(out: Writer, context: Context, record: Class, owner: Owner, *, backwards: bool) -> str:
    """A function that gives an iterator; its name."""
    name = context.identifiers.make(f"{owner.base}_{'reversed' if backwards else 'iter'}")
    way = "Backwards" if backwards else "Forwards"
    out.gap()
    with out.block(f"static PyObject* {name}(PyObject* self{', PyObject*' if backwards else ''}) noexcept"):
        out.line("const dovetail::Home home = dovetail::instance_home(self);")
        _open(out, record, "nullptr", const=record.iterate_const)
        keeping = ", dovetail::keep_lender" if record.iterate_lent else ""
        out.needs(*(("dovetail/core/results.h",) if record.iterate_lent else ()))
        give = f"dovetail::give_iterator<dovetail::{way}{keeping}>(*it, self, home)"
        _try(out, context, f"return {give};", "nullptr")
    return name


def _write_str(out: Writer, context: Context, record: Class, owner: Owner, slots: Slots) -> None:
    out.needs("dovetail/convert/stream.h")
    name = context.identifiers.make(f"{owner.base}_str")
    out.gap()
    with out.block(f"static PyObject* {name}(PyObject* self) noexcept"):
        _home_for_errors(out, context)
        _open(out, record, "nullptr", const=True)
        _try(out, context, "return dovetail::stream_text([&](std::ostream& out) { out << *it; });", "nullptr")
    slots.fill("Py_tp_str", name)


def _write_hash(out: Writer, context: Context, record: Class, owner: Owner, slots: Slots) -> None:
    out.needs("functional")
    name = context.identifiers.make(f"{owner.base}_hash")
    out.gap()
    with out.block(f"static Py_hash_t {name}(PyObject* self) noexcept"):
        _home_for_errors(out, context)
        _open(out, record, "-1", const=True)
        _try(out, context, f"return dovetail::hash_value(std::hash<{record.cpp}>()(*it));", "-1")
    slots.fill("Py_tp_hash", name)


def _home_for_errors(out: Writer, context: Context) -> None:
    if context.plan.thrown:
        out.line("const dovetail::Home home = dovetail::instance_home(self);")
