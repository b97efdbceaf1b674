"""Constructors: one construct function per class, called by vectorcall and by __init__.

In: `plan.Class` with constructors.  Out: `Circle_construct`, an int function that fills an unready cell.
Must not know: the type's tables.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dovetail.emit.cpp.calls import Frame, given_params, write_body
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.docs import Docstring, render_callable
from dovetail.emit.cpp.functions import (
    FAST_ARGUMENTS,
    Owner,
    make_frame,
    write_binding,
    write_c_function,
    write_doc,
    write_origin,
)
from dovetail.emit.cpp.literals import quote
from dovetail.emit.cpp.overloads import write_candidates, write_signature
from dovetail.emit.signatures import signature_of
from dovetail.emit.writer import Writer
from dovetail.plan import Class, Function, Overload


def construct_name(base: str) -> str:
    return f"{base}_construct"


def write_class_doc(out: Writer, record: Class, base: str) -> Docstring | None:
    """The docstring of a class is that of its constructor too. None: it has no constructor."""
    if record.constructors is None:
        text = Docstring(text=record.doc or record.name, lines=())
        write_doc(out, base, text)
        return None
    docstring = render_callable(record.constructors, name=record.name, doc=record.doc)
    write_doc(out, base, docstring)
    return docstring


def write_constructors(out: Writer, context: Context, record: Class, owner: Owner, docstring: Docstring) -> None:
    """The construct function of a class."""
    function = record.constructors
    assert function is not None
    base, name = owner.base, construct_name(owner.base)
    context.identifiers.make(name)
    context.declare(f"int {name}(PyObject* self, {FAST_ARGUMENTS}) noexcept;")
    out.gap()
    write_origin(out, function)
    doc = f"{base}_doc"
    # Inlined into dovetail::construct, so that making an object costs one call.
    inline = "" if context.split else "DOVETAIL_INLINE "
    head = f"{inline}{context.linkage}int {name}(PyObject* self, {FAST_ARGUMENTS}) noexcept"
    home = "const dovetail::Home home = dovetail::instance_home(self);"
    if len(function.overloads) > 1:

        def candidate(
            inner: Writer, _: Context, __: Function, overload: Overload, ___: Owner | None, name: str
        ) -> None:
            _write_candidate(inner, context, record, function, overload, owner, name)

        table = write_candidates(out, context, function, owner, name, doc, docstring, candidate)
        with out.block(head):
            _write_deprecation(out, record)
            out.line(home)
            arguments = f"{table}, {len(function.overloads)}, self, args, nargs, kwnames, home"
            out.line(f"return dovetail::construct_overload({arguments});")
        return
    overload = function.overloads[0]
    signature = signature_of(function, overload)
    write_signature(out, context, name, doc, docstring.lines[0], signature)
    given = tuple(f"v[{k}]" for k in range(len(signature.arguments)))
    frame = _frame(context, record, function, overload, owner, given, name, "-1")
    with out.block(head):
        _write_deprecation(out, record)
        out.line(home)
        if given:
            write_binding(out, f"{name}_signature", len(given), "-1")
        else:
            out.line("PyObject* slots[1];")
            bind = f"dovetail::bind_arguments({name}_signature, args, nargs, kwnames, slots, home)"
            out.line(f"if (!{bind}) return -1;")
        write_body(out, context, function, overload, frame)


def _write_deprecation(out: Writer, record: Class) -> None:
    if record.deprecated is None:
        return
    text = f"{record.name} is deprecated" + (f": {record.deprecated}" if record.deprecated else "")
    with out.block(f"if (PyErr_WarnEx(PyExc_DeprecationWarning, {quote(text)}, 1) < 0)"):
        out.line("return -1;")


def _write_candidate(
    out: Writer, context: Context, record: Class, function: Function, overload: Overload, owner: Owner, name: str
) -> None:
    given = tuple(f"v[{k}]" for k in range(len(given_params(overload))))
    frame = _frame(context, record, function, overload, owner, given, name, "nullptr")
    parameters = (("PyObject*", "self"), ("PyObject* const*", "v"), ("dovetail::Home", "home"))
    write_c_function(out, f"static PyObject* {name}", parameters, frame, context, function, overload, owner)


def _frame(
    context: Context,
    record: Class,
    function: Function,
    overload: Overload,
    owner: Owner,
    given: tuple[str, ...],
    name: str,
    failure: str,
) -> Frame:
    frame = make_frame(function, overload, owner, given, f"{name}_signature")
    kept = [text for text, param in zip(given, given_params(overload), strict=True) if param.kept_by == "self"]
    bits = _bit_fields(record, overload)

    def body(out: Writer, call: str) -> None:
        _write_construction(out, record, call, kept, failure, bits)

    def bad(k: int, text: str) -> str:
        refused = f"dovetail::bad_argument({name}_signature, {k}, {text}, home)"
        return refused if failure == "nullptr" else f"dovetail::failed({refused})"

    return replace(frame, name=record.name, failure=failure, body=body, bad=bad, receiver=None)


def _write_construction(
    out: Writer, record: Class, call: str, kept: list[str], failure: str, bits: tuple[str, ...]
) -> None:
    out.line(f"dovetail::Place<{record.cpp}> place(self);")
    out.line(f"if (!place) return {failure};")
    if bits:
        # A bit-field in braces would narrow, which is an error where its value is not known.
        out.line(f"auto* it = ::new (place.memory) {record.cpp}{{}};")
        values = re.split(r", (?![^(]*\))", call[call.index("{") + 1 : call.rindex("}")])
        for field, value in zip(bits, values, strict=False):
            out.line(f"if ((it->{field} = {value}) != {value}) {{")
            with out.indented():
                out.line(f'PyErr_SetString(PyExc_OverflowError, {quote(f"{record.name}(): {field} is out of range")});')
                out.line(f"return {failure};")
            out.line("}")
    else:
        out.line(f"::new (place.memory) {call};")
    good = "0" if failure == "-1" else "dovetail::give_none()"
    if not kept and failure == "-1":
        out.line("return place.ready();")
        return
    out.line(f"if (place.ready() < 0) return {failure};")
    for given in kept:
        present = f"{given} && " if given.startswith("v[") else ""
        out.line(f"if ({present}!dovetail::keep_alive(self, {given})) return {failure};")
    out.line(f"return {good};")


def _bit_fields(record: Class, overload: Overload) -> tuple[str, ...]:
    """The fields of an aggregate in order, where one of them is a bit-field (it has no offset)."""
    accessors = {accessor.name: accessor for accessor in record.accessors}
    fields = [accessors[name] for name in record.fields if name in accessors]
    simple = bool(fields) and all(re.fullmatch(r"\{self\}\.\w+", field.read.expression) for field in fields)
    if not simple or all(field.offset is not None for field in fields):
        return ()
    if "{" not in overload.expression.replace("{0}", "") or len(fields) != len(overload.params):
        return ()
    return tuple(field.read.expression.removeprefix("{self}.") for field in fields)
