"""Wrappers: what the interpreter calls for functions, methods and constructors.

In: `plan.Function`.  Out: C++ functions, and a row for the method table.
Must not know: what is done with arguments and results (`calls`), which slots special methods fill (`operators`).

The calling convention follows from the signature: METH_NOARGS, METH_O for one argument without a name,
METH_FASTCALL | METH_KEYWORDS for the rest. Overloads are a candidate each, chosen by the runtime.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

from dovetail.emit.cpp.calls import Frame, Receiver, given_params, write_body
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.docs import Docstring, render_callable
from dovetail.emit.cpp.literals import comment, quote, quote_lines
from dovetail.emit.cpp.overloads import write_candidates, write_signature
from dovetail.emit.cpp.results import is_pointer
from dovetail.emit.signatures import Signature, signature_of
from dovetail.emit.writer import Writer
from dovetail.plan import Call, Function, Overload, Return

FAST_ARGUMENTS = "PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The class or exception class that a function is a member of."""

    base: str
    """Identifier: `Shape`."""
    name: str
    """Python name, for messages."""
    receiver: Receiver
    construct: str = ""
    """C++ class whose objects the constructor makes."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRow:
    """A row of a PyMethodDef table."""

    name: str
    function: str
    flags: str
    doc: str

    @property
    def text(self) -> str:
        function = self.function
        if "METH_FASTCALL" in self.flags:
            function = f"reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>({function}))"
        return f"{{{quote(self.name)}, {function}, {self.flags}, {self.doc}}},"


def write_function(out: Writer, context: Context, function: Function, owner: Owner | None) -> MethodRow:
    """A function, method or static method with everything around it."""
    name = context.identifiers.make(_base(context, function, owner))
    docstring = render_callable(function)
    out.gap()
    write_origin(out, function)
    doc = write_doc(out, name, docstring)
    if len(function.overloads) > 1:
        write_dispatcher(out, context, function, owner, name, doc, docstring)
        return MethodRow(name=function.name, function=name, flags="METH_FASTCALL | METH_KEYWORDS", doc=doc)
    overload = function.overloads[0]
    signature = signature_of(function, overload)
    if not signature.arguments:
        write_nullary(out, context, function, owner, name)
        return MethodRow(name=function.name, function=name, flags="METH_NOARGS", doc=doc)
    write_signature(out, context, name, doc, docstring.lines[0], signature)
    if takes_one(signature):
        write_unary(out, context, function, owner, name)
        return MethodRow(name=function.name, function=name, flags="METH_O", doc=doc)
    write_fast(out, context, function, owner, name, signature)
    return MethodRow(name=function.name, function=name, flags="METH_FASTCALL | METH_KEYWORDS", doc=doc)


def _base(context: Context, function: Function, owner: Owner | None) -> str:
    name = context.identifiers.base(function.cpp)
    if owner is None:
        return name
    if not re.search(r"\w", function.cpp.rpartition("::")[2].replace("operator", "")):
        return f"{owner.base}_{function.name.strip('_')}"
    return f"{owner.base}_{context.identifiers.base(function.cpp.rpartition('::')[2])}"


def write_origin(out: Writer, function: Function) -> None:
    """Where it comes from. Several overloads stand below each other."""
    for overload in function.overloads:
        out.raw(origin(overload))


def origin(overload: Overload) -> str:
    span = overload.span
    place = f"{span.path.replace(chr(92), '/').rpartition('/')[2]}:{span.line}" if span.line else ""
    return comment(f"from {place}   {overload.cpp}" if place else overload.cpp)


def write_doc(out: Writer, name: str, docstring: Docstring) -> str:
    doc = f"{name}_doc"
    literal = quote_lines(docstring.text)
    if "\n" not in literal:
        out.line(f"static const char {doc}[] = {literal};")
        return doc
    out.line(f"static const char {doc}[] =")
    with out.indented():
        out.line(f"{literal};")
    return doc


def takes_one(signature: Signature) -> bool:
    return len(signature.arguments) == 1 and signature.arguments[0].positional and not signature.arguments[0].default


def is_static(overload: Overload) -> bool:
    return overload.call in (Call.STATIC, Call.FUNCTION)


def home_of(owner: Owner | None, overload: Overload) -> tuple[str, str]:
    """What self is called, and the Home it gives."""
    if owner is None or is_static(overload):
        return "module", "dovetail::module_home(module)"
    if owner.receiver.exception:
        return "self", "dovetail::exception_home(self)"
    return "self", "dovetail::instance_home(self)"


def make_frame(
    function: Function, overload: Overload, owner: Owner | None, given: tuple[str, ...], signature: str
) -> Frame:
    required = signature_of(function, overload).required
    inside = owner is not None and not is_static(overload)
    return Frame(
        name=f"{owner.name}.{function.name}" if owner is not None else function.name,
        given=given,
        required=required,
        bad=lambda k, text: f"dovetail::bad_argument({signature}, {k}, {text}, home)",
        receiver=owner.receiver if owner is not None and inside else None,
    )


def write_again(
    out: Writer, context: Context, function: Function, overload: Overload, owner: Owner | None, name: str
) -> str:
    """The function that asks an element of a container again for what it gave a reference to; "" where none is needed."""
    element = owner is not None and owner.receiver.element and not owner.receiver.exception
    value = overload.result.value
    borrows = overload.result.how is Return.BORROW and value is not None
    if not element or not borrows or overload.params or overload.call is not Call.METHOD:
        return ""
    assert owner is not None and value is not None
    again = context.identifiers.make(f"{name}_again")

    def body(inner: Writer, call: str) -> None:
        pointer = call if is_pointer(value) else f"&{call}"
        inner.line(f"const void* found = {pointer};")
        inner.line("return const_cast<void*>(found);")

    frame = replace(make_frame(function, overload, owner, (), ""), body=body)
    write_c_function(out, f"static void* {again}", (("PyObject*", "self"),), frame, context, function, overload, owner)
    out.line()
    return again


def write_nullary(
    out: Writer, context: Context, function: Function, owner: Owner | None, name: str, *, slot: bool = False
) -> None:
    overload = function.overloads[0]
    again = write_again(out, context, function, overload, owner, name)
    frame = replace(make_frame(function, overload, owner, (), ""), again=again)
    receiver, _ = home_of(owner, overload)
    parameters = (("PyObject*", receiver),) if slot else (("PyObject*", receiver), ("PyObject*", ""))
    write_c_function(out, f"static PyObject* {name}", parameters, frame, context, function, overload, owner)


def write_unary(out: Writer, context: Context, function: Function, owner: Owner | None, name: str) -> None:
    overload = function.overloads[0]
    frame = make_frame(function, overload, owner, ("arg",), f"{name}_signature")
    parameters = (("PyObject*", home_of(owner, overload)[0]), ("PyObject*", "arg"))
    write_c_function(out, f"static PyObject* {name}", parameters, frame, context, function, overload, owner)


def write_fast(
    out: Writer, context: Context, function: Function, owner: Owner | None, name: str, signature: Signature
) -> None:
    overload = function.overloads[0]
    frame = make_frame(function, overload, owner, tuple(f"v[{k}]" for k in range(len(signature.arguments))), f"{name}_signature")
    receiver, home = home_of(owner, overload)
    with out.block(f"static PyObject* {name}(PyObject* {receiver}, {FAST_ARGUMENTS}) noexcept"):
        out.line(f"const dovetail::Home home = {home};")
        write_binding(out, f"{name}_signature", len(signature.arguments), "nullptr")
        write_body(out, context, function, overload, frame)


def write_binding(out: Writer, signature: str, count: int, failure: str) -> None:
    out.line(f"PyObject* slots[{max(count, 1)}];")
    out.line(f"PyObject* const* v = dovetail::bind_arguments({signature}, args, nargs, kwnames, slots, home);")
    out.line(f"if (!v) return {failure};")


def write_c_function(
    out: Writer,
    head: str,
    parameters: tuple[tuple[str, str], ...],
    frame: Frame,
    context: Context,
    function: Function,
    overload: Overload,
    owner: Owner | None,
    *,
    before: Callable[[Writer], None] | None = None,
) -> None:
    """A function whose parameters are named only where the body uses them."""
    body = out.part()
    if before is not None:
        before(body)
    write_body(body, context, function, overload, frame)
    text = body.text()
    if re.search(r"\bhome\b", text) and not any(name == "home" for _, name in parameters):
        home = home_of(owner, overload)[1]
        text = f"const dovetail::Home home = {home};\n{text}"
    spelled = [f"{kind} {name}" if name and re.search(rf"\b{name}\b", text) else kind for kind, name in parameters]
    with out.block(f"{head}({', '.join(spelled)}) noexcept"):
        out.line(text.rstrip("\n"))


def write_dispatcher(
    out: Writer, context: Context, function: Function, owner: Owner | None, name: str, doc: str, docstring: Docstring
) -> None:
    """One function for all overloads."""
    table = write_candidates(out, context, function, owner, name, doc, docstring, write_candidate)
    receiver, home = home_of(owner, function.overloads[0])
    with out.block(f"static PyObject* {name}(PyObject* {receiver}, {FAST_ARGUMENTS}) noexcept"):
        count = len(function.overloads)
        out.line(f"const dovetail::Home home = {home};")
        out.line(f"return dovetail::call_overload({table}, {count}, {receiver}, args, nargs, kwnames, home);")


def write_candidate(
    out: Writer, context: Context, function: Function, overload: Overload, owner: Owner | None, name: str
) -> None:
    """One overload: its arguments are in place and of the right types."""
    params = given_params(overload)
    again = write_again(out, context, function, overload, owner, name)
    frame = make_frame(function, overload, owner, tuple(f"v[{k}]" for k in range(len(params))), f"{name}_signature")
    frame = replace(frame, again=again)
    parameters = (
        ("PyObject*", home_of(owner, overload)[0]),
        ("PyObject* const*", "v"),
        ("dovetail::Home", "home"),
    )
    write_c_function(out, f"static PyObject* {name}", parameters, frame, context, function, overload, owner)


def write_method_table(out: Writer, name: str, rows: list[MethodRow], linkage: str = "static ") -> None:
    """A PyMethodDef table, which ends in a row of nulls."""
    out.gap()
    with out.block(f"{linkage}PyMethodDef {name}[] =", closing="};"):
        for row in rows:
            out.line(row.text)
        out.line("{nullptr, nullptr, 0, nullptr},")
