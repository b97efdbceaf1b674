"""Wrappers: what the interpreter calls for functions, methods and constructors.

In: `plan.Function`.  Out: C++ functions, and a row for the method table.
Must not know: what is done with arguments and results (`calls`), which slots special methods fill (`operators`).

The calling convention follows from the signature: METH_NOARGS, METH_O for one argument without a name,
METH_FASTCALL | METH_KEYWORDS for the rest. Overloads are a candidate each, chosen by the runtime.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import final

from dovetail.diagnostics import Span
from dovetail.emit.cpp.calls import given_params, write_body
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.docs import Docstring, render_callable
from dovetail.emit.cpp.literals import comment, comment_text, quote, quote_lines
from dovetail.emit.cpp.overloads import write_candidates, write_signature
from dovetail.emit.cpp.results import address_of, is_pointer
from dovetail.emit.cpp.wrapper import Frame, Owner, Wrapper, make_wrapper
from dovetail.emit.signatures import Signature, signature_of
from dovetail.emit.writer import Writer
from dovetail.plan import Call, Function, Overload, Return

FAST_ARGUMENTS = "PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames"
Parameters = tuple[tuple[str, str], ...]
"""Types and names of a C++ function's parameters; "" for one that is never used."""


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
    wrapper = make_wrapper(context, function, owner, name)
    docstring = render_callable(function)
    out.gap()
    write_origin(out, function)
    doc = write_doc(out, name, docstring)
    flags = "METH_FASTCALL | METH_KEYWORDS"
    signature = signature_of(function, wrapper.overload)
    if function.ends:
        write_end(out, wrapper)
        return MethodRow(name=function.name, function=name, flags="METH_NOARGS", doc=doc)
    if function.awaits:
        write_awaitable(out, wrapper)
        return MethodRow(name=function.name, function=name, flags=flags, doc=doc)
    if len(function.overloads) > 1:
        write_dispatcher(out, wrapper, docstring)
    elif not signature.arguments:
        write_nullary(out, wrapper)
        flags = "METH_NOARGS"
    else:
        write_signature(out, wrapper, doc=doc, line=docstring.lines[0])
        if takes_one(signature):
            write_unary(out, wrapper)
            flags = "METH_O"
        else:
            write_fast(out, wrapper)
    return MethodRow(name=function.name, function=name, flags=flags, doc=doc)


def write_awaitable(out: Writer, wrapper: Wrapper) -> None:
    """Runs another callable, by its Python name, in the executor of the event loop."""
    out.needs("dovetail/core/awaits.h")
    receiver, function = wrapper.self_name, wrapper.function
    path = f"{function.scope}.{function.awaits}" if wrapper.is_static and function.scope else function.awaits
    with out.block(f"static PyObject* {wrapper.name}(PyObject* {receiver}, {FAST_ARGUMENTS}) noexcept"):
        out.line(f"return dovetail::await_call({receiver}, {quote(path)}, args, nargs, kwnames);")


def write_end(out: Writer, wrapper: Wrapper) -> None:
    """Ends the object that Python owns."""
    assert wrapper.owner is not None
    out.needs("dovetail/core/handles.h")
    with out.block(f"static PyObject* {wrapper.name}(PyObject* self, PyObject*) noexcept"):
        out.line(f"return dovetail::end_made<{wrapper.owner.receiver.cpp}>(self, {wrapper.owner.base}_destroy);")


def _base(context: Context, function: Function, owner: Owner | None) -> str:
    if owner is None:
        return context.identifiers.base(function.cpp)
    word = function.cpp.rpartition("::")[2]
    if not re.search(r"\w", word.replace("operator", "")):
        return f"{owner.base}_{function.name.strip('_')}"
    return f"{owner.base}_{context.identifiers.base(word)}"


def write_origin(out: Writer, function: Function) -> None:
    """Where it comes from. Several overloads stand below each other."""
    for overload in function.overloads:
        out.raw(origin(overload))


def origin(overload: Overload) -> str:
    return origin_of(overload.span, overload.cpp)


def origin_of(span: Span, cpp: str) -> str:
    place = f"{span.path.replace(chr(92), '/').rpartition('/')[2]}:{span.line}" if span.line else ""
    return f"{comment(f'from {place}')}   {comment_text(cpp)}" if place else comment(cpp)


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


def make_frame(wrapper: Wrapper, given: tuple[str, ...] = ()) -> Frame:
    receiver = wrapper.owner.receiver if wrapper.owner is not None and not wrapper.is_static else None
    return Frame(
        name=wrapper.python_name,
        given=given,
        required=signature_of(wrapper.function, wrapper.overload).required,
        bad=lambda k, text: bad_argument(wrapper, k, text),
        signature=wrapper.signature,
        receiver=receiver,
    )


def bad_argument(wrapper: Wrapper, k: int, given: str) -> str:
    """Refuses an argument; those that were bound are told apart by their number alone."""
    rule = given_params(wrapper.overload)[k].null_rule
    if rule:
        return f"dovetail::refuse_pointer({wrapper.signature}, {k}, {given}, {quote(rule)})"
    told = "v" if given == f"v[{k}]" else f"{given}, home"
    return f"dovetail::bad_argument({wrapper.signature}, {k}, {told})"


def write_again(out: Writer, wrapper: Wrapper) -> str:
    """The function that asks an element of a container again for what it lent; "" where none is needed."""
    overload, owner = wrapper.overload, wrapper.owner
    value = overload.result.value
    element = owner is not None and owner.receiver.element and not owner.receiver.exception
    borrows = overload.result.how is Return.BORROW and value is not None
    if not element or not borrows or value is None or overload.params or overload.call is not Call.METHOD:
        return ""
    again = wrapper.context.identifiers.make(f"{wrapper.name}_again")

    def body(inner: Writer, call: str) -> None:
        pointer = call if is_pointer(value) else address_of(wrapper.context, value, call)
        inner.line(f"const void* found = {pointer};")
        inner.line("return const_cast<void*>(found);")

    frame = replace(make_frame(wrapper), body=body)
    write_c_function(out, wrapper, frame, f"static void* {again}", (("PyObject*", "self"),))
    out.line()
    return again


def write_nullary(out: Writer, wrapper: Wrapper, *, slot: bool = False) -> None:
    frame = replace(make_frame(wrapper), again=write_again(out, wrapper))
    parameters: Parameters = (("PyObject*", wrapper.self_name),)
    if not slot:
        parameters += (("PyObject*", ""),)
    write_c_function(out, wrapper, frame, f"static PyObject* {wrapper.name}", parameters)


def write_unary(out: Writer, wrapper: Wrapper) -> None:
    frame = make_frame(wrapper, ("arg",))
    parameters = (("PyObject*", wrapper.self_name), ("PyObject*", "arg"))
    write_c_function(out, wrapper, frame, f"static PyObject* {wrapper.name}", parameters)


def write_fast(out: Writer, wrapper: Wrapper) -> None:
    given = bound_arguments(wrapper.overload)
    with out.block(f"static PyObject* {wrapper.name}(PyObject* {wrapper.self_name}, {FAST_ARGUMENTS}) noexcept"):
        out.line(f"const dovetail::Home home = {wrapper.home};")
        write_binding(out, wrapper.signature, len(given), "nullptr")
        write_body(out, wrapper, make_frame(wrapper, given))


def bound_arguments(overload: Overload) -> tuple[str, ...]:
    return tuple(f"v[{k}]" for k in range(len(given_params(overload))))


def write_binding(out: Writer, signature: str, count: int, failure: str) -> None:
    bind = f"dovetail::bind_arguments({signature}, args, nargs, kwnames, slots, home)"
    out.line(f"PyObject* slots[{max(count, 1)}];")
    if not count:
        out.line(f"if (!{bind}) return {failure};")
        return
    out.line(f"PyObject* const* v = {bind};")
    out.line(f"if (!v) return {failure};")


def write_c_function(out: Writer, wrapper: Wrapper, frame: Frame, head: str, parameters: Parameters) -> None:
    """A function whose parameters are named only where the body uses them."""
    body = out.part()
    write_body(body, wrapper, frame)
    write_with_home(out, head, parameters, body.text(), wrapper.home)


def write_with_home(out: Writer, head: str, parameters: Parameters, body: str, home: str) -> None:
    """A function around a body; `home` is found first where the body speaks of it."""
    if re.search(r"\bhome\b", body) and not any(name == "home" for _, name in parameters):
        body = f"const dovetail::Home home = {home};\n{body}"
    spelled = [f"{kind} {name}" if name and re.search(rf"\b{name}\b", body) else kind for kind, name in parameters]
    with out.block(f"{head}({', '.join(spelled)}) noexcept"):
        out.line(body.rstrip("\n"))


def write_dispatcher(out: Writer, wrapper: Wrapper, docstring: Docstring) -> None:
    """One function for all overloads."""
    table = write_candidates(out, wrapper, docstring, write_candidate, doc=f"{wrapper.name}_doc")
    receiver = wrapper.self_name
    with out.block(f"static PyObject* {wrapper.name}(PyObject* {receiver}, {FAST_ARGUMENTS}) noexcept"):
        out.line(f"const dovetail::Home home = {wrapper.home};")
        out.line(f"return dovetail::call_overload({table}, {receiver}, args, nargs, kwnames, home);")


def write_candidate(out: Writer, wrapper: Wrapper) -> None:
    """One overload: its arguments are in place and of the right types."""
    again = write_again(out, wrapper)
    frame = replace(make_frame(wrapper, bound_arguments(wrapper.overload)), again=again)
    write_c_function(out, wrapper, frame, f"static PyObject* {wrapper.name}", candidate_parameters(wrapper))


def candidate_parameters(wrapper: Wrapper) -> Parameters:
    return (("PyObject*", wrapper.self_name), ("PyObject* const*", "v"), ("dovetail::Home", "home"))


def write_method_table(out: Writer, name: str, rows: list[MethodRow], linkage: str = "static ") -> None:
    """A PyMethodDef table, which ends in a row of nulls."""
    out.gap()
    with out.block(f"{linkage}PyMethodDef {name}[] =", closing="};"):
        for row in rows:
            out.line(row.text)
        out.line("{nullptr, nullptr, 0, nullptr},")
