"""Special methods: operators, comparison, indexing, conversion; each fills a slot of the type.

In: the special methods of a class.  Out: C++ functions and the slots that they fill.
Must not know: the type's other tables.

Each is an ordinary function (self first) that gives NotImplemented for operands of other types; thin slot functions find
out on which side self is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import final

from dovetail.emit.cpp.calls import given_params, write_body
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.docs import render_callable
from dovetail.emit.cpp.functions import (
    FAST_ARGUMENTS,
    Owner,
    make_frame,
    origin,
    write_c_function,
    write_candidate,
    write_dispatcher,
    write_doc,
    write_fast,
    write_nullary,
    write_origin,
)
from dovetail.emit.cpp.overloads import write_candidates, write_signature
from dovetail.emit.cpp.results import is_scalar
from dovetail.emit.signatures import signature_of
from dovetail.emit.writer import Writer
from dovetail.plan import Class, Function, Return

BINARY = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "matmul": "matrix_multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "divmod": "divmod",
    "pow": "power",
    "lshift": "lshift",
    "rshift": "rshift",
    "and": "and",
    "or": "or",
    "xor": "xor",
}
IN_PLACE = {f"__i{name}__": f"Py_nb_inplace_{slot}" for name, slot in BINARY.items() if name != "divmod"}
UNARY = {
    "__neg__": "Py_nb_negative",
    "__pos__": "Py_nb_positive",
    "__abs__": "Py_nb_absolute",
    "__invert__": "Py_nb_invert",
    "__int__": "Py_nb_int",
    "__float__": "Py_nb_float",
    "__index__": "Py_nb_index",
    "__iter__": "Py_tp_iter",
    "__next__": "Py_tp_iternext",
    "__str__": "Py_tp_str",
    "__repr__": "Py_tp_repr",
}
COMPARISONS = {
    "__lt__": "Py_LT",
    "__le__": "Py_LE",
    "__eq__": "Py_EQ",
    "__ne__": "Py_NE",
    "__gt__": "Py_GT",
    "__ge__": "Py_GE",
}
SPECIAL = frozenset(
    {f"__{name}__" for name in BINARY}
    | {f"__r{name}__" for name in BINARY}
    | set(IN_PLACE)
    | set(UNARY)
    | set(COMPARISONS)
    | {"__bool__", "__len__", "__hash__", "__getitem__", "__setitem__", "__delitem__", "__contains__", "__call__"}
)
"""Names that slots stand for; other special methods are ordinary rows of the method table."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """What fills the slots of one type: id and C++ function."""

    rows: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    """C++ function of each special method, by Python name."""

    def fill(self, slot: str, function: str) -> None:
        self.rows[slot] = function


def write_operators(out: Writer, context: Context, record: Class, owner: Owner, inherited: dict[str, str]) -> Slots:
    """All special methods of a class. `inherited`: functions of its bases, for slots that hold more than one."""
    slots = Slots()
    for function in record.methods:
        if function.name in SPECIAL:
            _write_special(out, context, function, owner, slots)
    own = set(slots.functions)
    known = {**inherited, **slots.functions}
    for name, slot in BINARY.items():
        if own & {f"__{name}__", f"__r{name}__"}:
            _write_binary_slot(out, context, owner, name, slot, known, slots)
    if own & {"__setitem__", "__delitem__"}:
        _write_assign_slot(out, context, owner, known, slots)
    return slots


def function_name(context: Context, owner: Owner, name: str) -> str:
    return context.identifiers.make(f"{owner.base}_{name.strip('_')}")


def _write_special(out: Writer, context: Context, function: Function, owner: Owner, slots: Slots) -> None:
    """One special method, in the shape that its slot wants."""
    name = function_name(context, owner, function.name)
    out.gap()
    write_origin(out, function)
    slots.functions[function.name] = name
    if function.name == "__call__":
        _write_call(out, context, function, owner, name, slots)
    elif function.name == "__setitem__":
        _write_fast(out, context, function, owner, name)
    elif function.name in ("__bool__", "__len__", "__hash__"):
        _write_raw(out, context, function, owner, name, slots)
    elif function.name in UNARY:
        write_nullary(out, context, _first(function), owner, name, slot=True)
        slots.fill(UNARY[function.name], name)
    elif function.name in ("__getitem__", "__delitem__", "__contains__"):
        _write_operand(out, context, function, owner, name, lenient=False)
        if function.name == "__getitem__":
            slots.fill("Py_mp_subscript", name)
        elif function.name == "__contains__":
            _write_contains(out, context, owner, name, slots)
    else:
        _write_operand(out, context, function, owner, name, lenient=True)
        if function.name in IN_PLACE:
            slots.fill(IN_PLACE[function.name], name)


def _first(function: Function) -> Function:
    """Without arguments there is nothing to choose by; a const object only has the const overload."""
    const = [overload for overload in function.overloads if overload.const]
    return replace(function, overloads=tuple(const[:1] or function.overloads[:1]))


def _write_operand(
    out: Writer, context: Context, function: Function, owner: Owner, name: str, *, lenient: bool
) -> None:
    """`(self, other)`. Lenient: another type's operand gives NotImplemented, else a TypeError."""
    docstring = render_callable(function)
    many = len(function.overloads) > 1
    doc = write_doc(out, name, docstring) if many or not lenient else ""
    if many:
        table = write_candidates(out, context, function, owner, name, doc, docstring, write_candidate)
        count = len(function.overloads)
        with out.block(f"static PyObject* {name}(PyObject* self, PyObject* other) noexcept"):
            home = "dovetail::instance_home(self)"
            if lenient:
                out.line(f"return dovetail::call_operator({table}, {count}, self, other, {home});")
            else:
                out.line(f"return dovetail::call_overload({table}, {count}, self, &other, 1, nullptr, {home});")
        return
    overload = function.overloads[0]
    if not lenient:
        write_signature(out, context, name, doc, docstring.lines[0], signature_of(function, overload))
    frame = make_frame(function, overload, owner, ("other",), f"{name}_signature")
    if lenient:
        frame = replace(frame, bad=lambda _, __: "dovetail::not_implemented()")
    parameters = (("PyObject*", "self"), ("PyObject*", "other"))
    write_c_function(out, f"static PyObject* {name}", parameters, frame, context, function, overload, owner)


def _write_raw(out: Writer, context: Context, function: Function, owner: Owner, name: str, slots: Slots) -> None:
    """Slots that return a C number: no object is made where C++ gives a number."""
    kinds = {
        "__bool__": ("int", "Py_nb_bool", "truth"),
        "__len__": ("Py_ssize_t", "Py_mp_length", "length"),
        "__hash__": ("Py_hash_t", "Py_tp_hash", "hash"),
    }
    kind, slot, word = kinds[function.name]
    chosen = _first(function)
    overload = chosen.overloads[0]
    value = overload.result.value
    if value is not None and is_scalar(value) and overload.result.how is Return.VALUE and function.name != "__hash__":

        def body(inner: Writer, call: str) -> None:
            plain = call if kind == "int" and call.startswith("static_cast<bool>") else f"static_cast<{kind}>({call})"
            inner.line(f"return {plain if kind != 'int' else f'({call}) ? 1 : 0'};")

        frame = replace(make_frame(chosen, overload, owner, (), ""), body=body, failure="-1")
        write_c_function(out, f"static {kind} {name}", (("PyObject*", "self"),), frame, context, chosen, overload, owner)
        slots.fill(slot, name)
    else:
        write_nullary(out, context, chosen, owner, name, slot=True)
        thin = context.identifiers.make(f"{name}_slot")
        with out.block(f"static {kind} {thin}(PyObject* self) noexcept"):
            out.line(f"return dovetail::as_{word}({name}(self));")
        slots.fill(slot, thin)
    if function.name == "__len__":
        slots.fill("Py_sq_length", slots.rows[slot])


def _write_contains(out: Writer, context: Context, owner: Owner, name: str, slots: Slots) -> None:
    thin = context.identifiers.make(f"{name}_slot")
    with out.block(f"static int {thin}(PyObject* self, PyObject* other) noexcept"):
        out.line(f"return dovetail::as_truth({name}(self, other));")
    slots.fill("Py_sq_contains", thin)


def _write_fast(out: Writer, context: Context, function: Function, owner: Owner, name: str) -> None:
    docstring = render_callable(function)
    doc = write_doc(out, name, docstring)
    if len(function.overloads) > 1:
        write_dispatcher(out, context, function, owner, name, doc, docstring)
        return
    signature = signature_of(function, function.overloads[0])
    write_signature(out, context, name, doc, docstring.lines[0], signature)
    write_fast(out, context, function, owner, name, signature)


def _write_call(out: Writer, context: Context, function: Function, owner: Owner, name: str, slots: Slots) -> None:
    _write_fast(out, context, function, owner, name)
    thin = context.identifiers.make(f"{name}_slot")
    with out.block(f"static PyObject* {thin}(PyObject* self, PyObject* args, PyObject* kwargs) noexcept"):
        out.line(f"return dovetail::call_slot(self, args, kwargs, {name});")
    slots.fill("Py_tp_call", thin)


def _write_binary_slot(
    out: Writer, context: Context, owner: Owner, name: str, slot: str, known: dict[str, str], slots: Slots
) -> None:
    forward, reflected = known.get(f"__{name}__", "nullptr"), known.get(f"__r{name}__", "nullptr")
    thin = context.identifiers.make(f"{owner.base}_nb_{slot}")
    cpp = owner.receiver.cpp
    out.gap()
    if name == "pow":
        with out.block(f"static PyObject* {thin}(PyObject* left, PyObject* right, PyObject* modulus) noexcept"):
            out.line(f"return dovetail::power_slot<{cpp}>(left, right, modulus, {forward}, {reflected});")
    else:
        with out.block(f"static PyObject* {thin}(PyObject* left, PyObject* right) noexcept"):
            out.line(f"return dovetail::binary_slot<{cpp}>(left, right, {forward}, {reflected});")
    slots.fill(f"Py_nb_{slot}", thin)


def _write_assign_slot(out: Writer, context: Context, owner: Owner, known: dict[str, str], slots: Slots) -> None:
    thin = context.identifiers.make(f"{owner.base}_mp_ass_subscript")
    set_, remove = known.get("__setitem__", "nullptr"), known.get("__delitem__", "nullptr")
    out.gap()
    with out.block(f"static int {thin}(PyObject* self, PyObject* key, PyObject* item) noexcept"):
        out.line(f"return dovetail::assign_slot(self, key, item, {set_}, {remove});")
    slots.fill("Py_mp_ass_subscript", thin)


def write_comparison(
    out: Writer, context: Context, owner: Owner, slots: Slots, inherited: dict[str, str], fields: str
) -> None:
    """One tp_richcompare for all planned comparisons; `fields`: the table of fields that == compares, or ""."""
    own = [name for name in COMPARISONS if name in slots.functions]
    if not own and not fields:
        return
    known = {name: f for name, f in {**inherited, **slots.functions}.items() if name in COMPARISONS}
    name = context.identifiers.make(f"{owner.base}_richcompare")
    out.gap()
    with out.block(f"static PyObject* {name}(PyObject* self, PyObject* other, int op) noexcept"):
        if fields and not own:
            out.line(f"return dovetail::compare_fields<{owner.receiver.cpp}>(self, other, op, {fields});")
        else:
            _write_switch(out, known, owner, fields)
    slots.fill("Py_tp_richcompare", name)


def _write_switch(out: Writer, known: dict[str, str], owner: Owner, fields: str) -> None:
    with out.block("switch (op)"):
        for special, op in COMPARISONS.items():
            if special in known:
                out.line(f"case {op}: return {known[special]}(self, other);")
            elif special == "__ne__" and "__eq__" in known:
                out.line(f"case {op}: return dovetail::negate({known['__eq__']}(self, other));")
        if fields and "__eq__" not in known:
            out.line(f"default: return dovetail::compare_fields<{owner.receiver.cpp}>(self, other, op, {fields});")
        else:
            out.line("default: return Py_NewRef(Py_NotImplemented);")


def keeps_identity_hash(slots: Slots, inherited: dict[str, str], fields: str) -> bool:
    """Ordering alone says nothing about equality: such objects stay hashable by identity, as in Python."""
    compared = "Py_tp_richcompare" in slots.rows
    equal = bool(fields) or "__eq__" in slots.functions or "__eq__" in inherited
    return compared and not equal and "Py_tp_hash" not in slots.rows


