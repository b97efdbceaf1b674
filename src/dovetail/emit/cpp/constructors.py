"""Constructors: one construct function per class, called by vectorcall and by __init__.

In: `plan.Class` with constructors.  Out: `Circle_construct`, an int function that fills an unready cell.
Must not know: the type's tables.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dovetail.emit.cpp.calls import kept_objects, write_body
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.docs import Docstring, render_callable
from dovetail.emit.cpp.expressions import fill
from dovetail.emit.cpp.functions import (
    FAST_ARGUMENTS,
    bad_argument,
    bound_arguments,
    candidate_parameters,
    make_frame,
    write_binding,
    write_c_function,
    write_doc,
    write_origin,
)
from dovetail.emit.cpp.literals import quote
from dovetail.emit.cpp.overloads import write_candidates, write_signature
from dovetail.emit.cpp.results import destroyer, keeping
from dovetail.emit.cpp.upcalls import derived_name, only_derived
from dovetail.emit.cpp.wrapper import Frame, Owner, Wrapper, make_wrapper
from dovetail.emit.writer import Writer
from dovetail.plan import Class, Overload, Raised


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
    wrapper = make_wrapper(context, function, owner, context.identifiers.make(construct_name(owner.base)))
    out.gap()
    write_origin(out, function)
    doc = f"{owner.base}_doc"
    # Inlined into dovetail::construct, so that making an object costs one call.
    head = f"DOVETAIL_INLINE static int {wrapper.name}(PyObject* self, {FAST_ARGUMENTS}) noexcept"
    if len(function.overloads) > 1:
        table = write_candidates(
            out, wrapper, docstring, lambda inner, each: _write_candidate(inner, each, record), doc=doc
        )
        with out.block(head):
            _write_deprecation(out, record)
            out.line(f"const dovetail::Home home = {wrapper.home};")
            out.line(f"return dovetail::construct_overload({table}, self, args, nargs, kwnames, home);")
        return
    write_signature(out, wrapper, doc=doc, line=docstring.lines[0])
    given = bound_arguments(wrapper.overload)
    with out.block(head):
        _write_deprecation(out, record)
        out.line(f"const dovetail::Home home = {wrapper.home};")
        write_binding(out, wrapper.signature, len(given), "-1")
        write_body(out, wrapper, _frame(wrapper, record, given, "-1"))


def write_exception_constructor(out: Writer, context: Context, record: Raised, owner: Owner) -> str:
    """What `__init__` of an exception class calls; gives its cell of the row, "" where there is none."""
    function = record.constructors
    if function is None:
        return ""
    docstring = render_callable(function, name=record.name, doc="")
    wrapper = make_wrapper(context, function, owner, context.identifiers.make(construct_name(owner.base)))
    out.gap()
    write_origin(out, function)
    doc = write_doc(out, wrapper.name, docstring)
    head = f"static PyObject* {wrapper.name}(PyObject* module, {FAST_ARGUMENTS}) noexcept"
    table = ""
    if len(function.overloads) > 1:
        table = write_candidates(
            out, wrapper, docstring, lambda inner, each: _write_exception_candidate(inner, each, record), doc=doc
        )
    else:
        write_signature(out, wrapper, doc=doc, line=docstring.lines[0])
    with out.block(head):
        out.line("const dovetail::Home home = dovetail::module_home(module);")
        out.line("PyObject* self = nullptr;")
        begin = f"dovetail::begin_exception<{record.cpp}>(args, nargs, kwnames, home, self)"
        out.line(f"if (!{begin}) return nullptr;")
        out.line("if (!self) return dovetail::give_none();")
        if table:
            out.line(f"return dovetail::call_overload({table}, self, args + 1, nargs - 1, kwnames, home);")
        else:
            out.line("++args, --nargs;")
            given = bound_arguments(wrapper.overload)
            write_binding(out, wrapper.signature, len(given), "nullptr")
            write_body(out, wrapper, _exception_frame(wrapper, record, given))
    function_cast = f"reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>({wrapper.name}))"
    flags = "METH_FASTCALL | METH_KEYWORDS"
    out.line(f'static PyMethodDef {wrapper.name}_method{{"__init__", {function_cast}, {flags}, {doc}}};')
    return f", &{wrapper.name}_method"


def _write_exception_candidate(out: Writer, wrapper: Wrapper, record: Raised) -> None:
    frame = _exception_frame(wrapper, record, bound_arguments(wrapper.overload))
    write_c_function(out, wrapper, frame, f"static PyObject* {wrapper.name}", candidate_parameters(wrapper))


def _exception_frame(wrapper: Wrapper, record: Raised, given: tuple[str, ...]) -> Frame:
    kept = [text for _, text in kept_objects(wrapper.context.identifiers, wrapper.overload, given)]
    text = fill(record.message, (), "made")

    def body(out: Writer, call: str) -> None:
        out.line(f"dovetail::MadeException<{record.cpp}> made{{new {call}}};")
        objects = ", ".join(f"{each} ? {each} : Py_None" for each in kept)
        packed = f"PyTuple_Pack({len(kept)}, {objects})" if kept else "nullptr"
        if kept:
            out.line(f"PyObject* kept = {packed};")
            out.line("if (!kept) return nullptr;")
        out.line(f"return dovetail::hold_exception(self, made, {text}, {'kept' if kept else 'nullptr'}, home);")

    return replace(make_frame(wrapper, given), name=record.name, body=body, receiver=None)


def _write_deprecation(out: Writer, record: Class) -> None:
    if record.deprecated is None:
        return
    text = f"{record.name} is deprecated" + (f": {record.deprecated}" if record.deprecated else "")
    with out.block(f"if (PyErr_WarnEx(PyExc_DeprecationWarning, {quote(text)}, 1) < 0)"):
        out.line("return -1;")


def _write_candidate(out: Writer, wrapper: Wrapper, record: Class) -> None:
    frame = _frame(wrapper, record, bound_arguments(wrapper.overload), "nullptr")
    write_c_function(out, wrapper, frame, f"static PyObject* {wrapper.name}", candidate_parameters(wrapper))


def _frame(wrapper: Wrapper, record: Class, given: tuple[str, ...], failure: str) -> Frame:
    kept = [text for _, text in kept_objects(wrapper.context.identifiers, wrapper.overload, given)]
    fields = _bit_fields(record, wrapper.overload)

    def body(out: Writer, call: str) -> None:
        if wrapper.overload.made:
            _write_made(out, wrapper, record, call, kept=kept, failure=failure)
            return
        if record.virtuals:
            derived = out.part()
            _write_derived(derived, wrapper.context.base_of(record), record, call, failure)
            _write_end(derived, kept, failure)
            if only_derived(record) or wrapper.overload.protected:
                out.add(derived)
                return
            with out.block(f"if (dovetail::derives_in_python<{record.cpp}>(self))"):
                out.add(derived)
        _write_place(out, record, failure)
        if fields:
            _write_assignments(out, record, call, fields, failure)
        else:
            _write_new(out, call, release_gil=wrapper.overload.release_gil)
        _write_end(out, kept, failure)

    def bad(k: int, text: str) -> str:
        refused = bad_argument(wrapper, k, text)
        return refused if failure == "nullptr" else f"dovetail::failed({refused})"

    frame = make_frame(wrapper, given)
    return replace(frame, name=record.name, failure=failure, body=body, bad=bad, receiver=None)


def _write_derived(out: Writer, base: str, record: Class, call: str, failure: str) -> None:
    """An object of a class written in Python is one of the C++ class that is derived for it."""
    derived = derived_name(base)
    given = call.removeprefix(record.cpp).strip()[1:-1]
    arguments = ", ".join(text for text in ("place.origin", given) if text)
    out.line(f"dovetail::DerivedPlace<{record.cpp}, {derived}> place(self, {base}_virtuals);")
    out.line(f"if (!place) return {failure};")
    out.line(f"::new (place.memory) {derived}({arguments});")


def _write_made(out: Writer, wrapper: Wrapper, record: Class, call: str, *, kept: list[str], failure: str) -> None:
    """A function made the object: the cell holds it until a function of the library ends it."""
    out.needs("dovetail/core/handles.h")
    end = destroyer(wrapper.context, record)
    name = quote(wrapper.overload.cpp.partition("(")[0])
    out.line(f"if (!dovetail::hold_made(self, {call}, {end}, {name})) return {failure};")
    for given in kept:
        out.line(f"if ({given} && !dovetail::{keeping(given)}(self, {given})) return {failure};")
    out.line("return 0;" if failure == "-1" else "return dovetail::give_none();")


def _write_new(out: Writer, call: str, *, release_gil: bool) -> None:
    """Nobody else has the object yet: other threads may run while it is made."""
    if release_gil:
        out.needs("dovetail/gil.h")
        out.line(f"dovetail::without_gil([&] {{ ::new (place.memory) {call}; }});")
    else:
        out.line(f"::new (place.memory) {call};")


def _write_place(out: Writer, record: Class, failure: str) -> None:
    out.line(f"dovetail::Place<{record.cpp}> place(self);")
    out.line(f"if (!place) return {failure};")


def _write_assignments(out: Writer, record: Class, call: str, fields: tuple[str, ...], failure: str) -> None:
    """A bit-field in braces would narrow, which is an error where its value is not known."""
    out.line(f"auto* it = ::new (place.memory) {record.cpp}{{}};")
    values = re.split(r", (?![^(]*\))", call[call.index("{") + 1 : call.rindex("}")])
    for field, value in zip(fields, values, strict=False):
        text = quote(f"{record.name}(): argument '{field}': the value does not fit into the bit-field")
        out.line(f"const auto {field}_value = {value};")
        out.line(f"it->{field} = {field}_value;")
        with out.block(f"if (it->{field} != {field}_value)"):
            out.line(f"PyErr_SetString(PyExc_OverflowError, {text});")
            out.line(f"return {failure};")


def _write_end(out: Writer, kept: list[str], failure: str) -> None:
    if not kept and failure == "-1":
        out.line("return place.ready();")
        return
    out.line(f"if (place.ready() < 0) return {failure};")
    for given in kept:
        out.line(f"if ({given} && !dovetail::{keeping(given)}(self, {given})) return {failure};")
    out.line("return 0;" if failure == "-1" else "return dovetail::give_none();")


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
