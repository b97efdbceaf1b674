"""Special methods: operators, comparison, indexing, conversion; each fills a slot of the type.

In: the special methods of a class.  Out: C++ functions and the slots that they fill.
Must not know: the type's other tables.

Each is an ordinary function (self first) that gives NotImplemented for operands of other types; thin slot functions
find out on which side self is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import final

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.docs import render_callable
from dovetail.emit.cpp.functions import (
    make_frame,
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
from dovetail.emit.cpp.wrapper import Owner, Wrapper, make_wrapper
from dovetail.emit.signatures import takes_keys
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
RAW = {
    "__bool__": ("int", "Py_nb_bool", "truth"),
    "__len__": ("Py_ssize_t", "Py_mp_length", "length"),
    "__hash__": ("Py_hash_t", "Py_tp_hash", "hash"),
}
"""C type, slot, and the word of the runtime's `as_…` for special methods that give a C number."""
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
    for name in BINARY:
        if own & {f"__{name}__", f"__r{name}__"}:
            _write_binary_slot(out, context, owner, slots, name=name, known=known)
    if own & {"__setitem__", "__delitem__"}:
        keyed = any(takes_keys(f) for f in record.methods if f.name == "__setitem__")
        _write_assign_slot(out, context, owner, known, slots, keyed=keyed)
    return slots


def function_name(context: Context, owner: Owner, name: str) -> str:
    return context.identifiers.make(f"{owner.base}_{name.strip('_')}")


def _write_special(out: Writer, context: Context, function: Function, owner: Owner, slots: Slots) -> None:
    """One special method, in the shape that its slot wants."""
    name = function_name(context, owner, function.name)
    wrapper = make_wrapper(context, function, owner, name)
    out.gap()
    write_origin(out, function)
    slots.functions[function.name] = name
    if function.name == "__call__":
        _write_call(out, wrapper, slots)
    elif function.name == "__setitem__":
        _write_fast(out, wrapper)
    elif function.name in ("__bool__", "__len__", "__hash__"):
        _write_raw(out, _without_choice(wrapper), slots)
    elif function.name in UNARY:
        write_nullary(out, _without_choice(wrapper), slot=True)
        slots.fill(UNARY[function.name], name)
    elif function.name == "__getitem__" and takes_keys(function):
        _write_keys(out, wrapper, slots)
    elif function.name in ("__getitem__", "__delitem__", "__contains__"):
        _write_operand(out, wrapper, lenient=False)
        if function.name == "__getitem__":
            slots.fill("Py_mp_subscript", name)
            if any("dovetail::item_index(" in overload.expression for overload in function.overloads):
                _write_item(out, wrapper, slots)
        elif function.name == "__contains__":
            _write_contains(out, wrapper, slots)
    else:
        _write_operand(out, wrapper, lenient=True)
        if function.name in IN_PLACE:
            slots.fill(IN_PLACE[function.name], name)


def _without_choice(wrapper: Wrapper) -> Wrapper:
    """Without arguments there is nothing to choose by; what works on a const object works on any."""
    const = [overload for overload in wrapper.function.overloads if overload.const]
    return wrapper.of((const or wrapper.function.overloads)[0], wrapper.name)


def _write_operand(out: Writer, wrapper: Wrapper, *, lenient: bool) -> None:
    """`(self, other)`. Lenient: another type's operand gives NotImplemented, else a TypeError."""
    docstring = render_callable(wrapper.function)
    many = len(wrapper.function.overloads) > 1
    doc = write_doc(out, wrapper.name, docstring) if many or not lenient else ""
    head = f"static PyObject* {wrapper.name}"
    if many:
        table = write_candidates(out, wrapper, docstring, write_candidate, doc=doc)
        with out.block(f"{head}(PyObject* self, PyObject* other) noexcept"):
            if lenient:
                out.line(f"return dovetail::call_operator({table}, self, other, {wrapper.home});")
            else:
                out.line(f"return dovetail::call_overload({table}, self, &other, 1, nullptr, {wrapper.home});")
        return
    if not lenient:
        write_signature(out, wrapper, doc=doc, line=docstring.lines[0])
    frame = make_frame(wrapper, ("other",))
    if lenient:
        frame = replace(frame, bad=lambda _, __: "dovetail::not_implemented()")
    write_c_function(out, wrapper, frame, head, (("PyObject*", "self"), ("PyObject*", "other")))


def _write_raw(out: Writer, wrapper: Wrapper, slots: Slots) -> None:
    """Slots that return a C number: no object is made where C++ gives a number."""
    special = wrapper.function.name
    kind, slot, word = RAW[special]
    value = wrapper.overload.result.value
    if special != "__hash__" and value is not None and is_scalar(value) and wrapper.overload.result.how is Return.VALUE:

        def body(inner: Writer, call: str) -> None:
            inner.line(f"return ({call}) ? 1 : 0;" if kind == "int" else f"return static_cast<{kind}>({call});")

        frame = replace(make_frame(wrapper), body=body, failure="-1")
        write_c_function(out, wrapper, frame, f"static {kind} {wrapper.name}", (("PyObject*", "self"),))
        slots.fill(slot, wrapper.name)
    else:
        write_nullary(out, wrapper, slot=True)
        thin = wrapper.context.identifiers.make(f"{wrapper.name}_slot")
        with out.block(f"static {kind} {thin}(PyObject* self) noexcept"):
            out.line(f"return dovetail::as_{word}({wrapper.name}(self));")
        slots.fill(slot, thin)
    if special == "__len__":
        slots.fill("Py_sq_length", slots.rows[slot])


def _write_item(out: Writer, wrapper: Wrapper, slots: Slots) -> None:
    """Checked indexes end in IndexError: then Python can iterate and reverse by counting."""
    out.needs("dovetail/core/results.h")
    thin = wrapper.context.identifiers.make(f"{wrapper.name}_item")
    with out.block(f"static PyObject* {thin}(PyObject* self, Py_ssize_t index) noexcept"):
        out.line(f"return dovetail::item_slot(self, index, {wrapper.name});")
    slots.fill("Py_sq_item", thin)


def _write_contains(out: Writer, wrapper: Wrapper, slots: Slots) -> None:
    thin = wrapper.context.identifiers.make(f"{wrapper.name}_slot")
    with out.block(f"static int {thin}(PyObject* self, PyObject* other) noexcept"):
        out.line(f"return dovetail::as_truth({wrapper.name}(self, other));")
    slots.fill("Py_sq_contains", thin)


def _write_fast(out: Writer, wrapper: Wrapper) -> None:
    docstring = render_callable(wrapper.function)
    doc = write_doc(out, wrapper.name, docstring)
    if len(wrapper.function.overloads) > 1:
        write_dispatcher(out, wrapper, docstring)
        return
    write_signature(out, wrapper, doc=doc, line=docstring.lines[0])
    write_fast(out, wrapper)


def _write_keys(out: Writer, wrapper: Wrapper, slots: Slots) -> None:
    """Several keys come as a tuple."""
    out.needs("dovetail/core/keys.h")
    _write_fast(out, wrapper)
    thin = wrapper.context.identifiers.make(f"{wrapper.name}_slot")
    with out.block(f"static PyObject* {thin}(PyObject* self, PyObject* key) noexcept"):
        out.line(f"return dovetail::keys_slot(self, key, {wrapper.name});")
    slots.fill("Py_mp_subscript", thin)


def _write_call(out: Writer, wrapper: Wrapper, slots: Slots) -> None:
    _write_fast(out, wrapper)
    thin = wrapper.context.identifiers.make(f"{wrapper.name}_slot")
    with out.block(f"static PyObject* {thin}(PyObject* self, PyObject* args, PyObject* kwargs) noexcept"):
        out.line(f"return dovetail::call_slot(self, args, kwargs, {wrapper.name});")
    slots.fill("Py_tp_call", thin)


def _write_binary_slot(
    out: Writer, context: Context, owner: Owner, slots: Slots, *, name: str, known: dict[str, str]
) -> None:
    slot = BINARY[name]
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


def _write_assign_slot(
    out: Writer, context: Context, owner: Owner, known: dict[str, str], slots: Slots, *, keyed: bool
) -> None:
    thin = context.identifiers.make(f"{owner.base}_mp_ass_subscript")
    set_, remove = known.get("__setitem__", "nullptr"), known.get("__delitem__", "nullptr")
    out.gap()
    with out.block(f"static int {thin}(PyObject* self, PyObject* key, PyObject* item) noexcept"):
        if keyed:
            out.needs("dovetail/core/keys.h")
            out.line("if (item && PyTuple_Check(key)) return dovetail::assign_keys(self, key, item, " + f"{set_});")
        out.line(f"return dovetail::assign_slot(self, key, item, {set_}, {remove});")
    slots.fill("Py_mp_ass_subscript", thin)


def write_comparison(
    out: Writer, context: Context, owner: Owner, slots: Slots, *, inherited: dict[str, str], fields: str
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
