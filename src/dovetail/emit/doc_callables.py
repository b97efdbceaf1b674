"""Callables and attributes in the Markdown reference.

In: `plan.Function`, `plan.Accessor`.  Out: lines.  Must not know: the page around.
"""

from __future__ import annotations

from collections.abc import Iterable

from dovetail.emit.markdown import code, code_block, one_line, prose, table
from dovetail.emit.signatures import signature_of, spell
from dovetail.emit.writer import Writer
from dovetail.plan import Accessor, Function, Overload, Param, Return

_RESULTS = {
    Return.COPY: "The result is a copy.",
    Return.SELF: "Returns the object itself, so that calls can be chained.",
    Return.OWN: "The result belongs to Python, which deletes it.",
    Return.LIST: "The result is a plain `list`, copied.",
    Return.DICT: "The result is a plain `dict`, copied.",
    Return.BYTES: "The result is `bytes`, copied.",
    Return.NDARRAY: "The result is a NumPy array that keeps its memory alive.",
}


def write_function(function: Function, out: Writer, *, heading: str, shown: str = "") -> None:
    """A heading, then each overload with its signature, text and promises."""
    out.gap()
    out.raw(heading)
    if function.ufunc:
        out.gap()
        out.raw("A NumPy ufunc: arguments may be arrays and are given by position; `out=` and `where=` are taken, too.")
    for overload in (overload for overload in function.overloads if not overload.twin):
        text = spell(shown or function.name, signature_of(function, overload))
        if shown:
            text = text.removesuffix(" -> None")
        out.gap()
        out.raw("\n".join(code_block([text])))
        for paragraph in _overload_paragraphs(overload):
            out.gap()
            out.raw(paragraph)


def _overload_paragraphs(overload: Overload) -> list[str]:
    deprecated = "" if overload.deprecated is None else f"**Deprecated.** {prose(overload.deprecated)}".strip()
    promises = [*_param_facts(overload.params), *_result_facts(overload), *_call_facts(overload)]
    origin = f"{code(overload.cpp)} from {code(str(overload.span))}" if overload.span.path else code(overload.cpp)
    return [
        text for text in (deprecated, prose(overload.doc), "\n".join(f"- {fact}" for fact in promises), origin) if text
    ]


def _param_facts(params: Iterable[Param]) -> list[str]:
    facts = []
    for position, param in enumerate(params):
        name = code(param.name) if param.name else f"Argument {position + 1}"
        if param.inout:
            facts.append(f"{name} is given and comes back, changed, as part of the result.")
        elif param.out:
            facts.append(f"{name} is an output: part of the result, not an argument.")
        if param.kept_by:
            keeper = {"self": "the object", "result": "the result", "module": "the module"}.get(
                param.kept_by, "the object that it is given to"
            )
            facts.append(f"{name} is kept alive as long as {keeper} lives.")
        if param.transfers:
            facts.append(f"{name} is taken over by C++: using it afterwards raises `ReferenceError`.")
        if param.nullable:
            facts.append(f"{name} may be `None`.")
    return facts


def _result_facts(overload: Overload) -> list[str]:
    facts = []
    how = overload.result.how
    if how is Return.BORROW:
        facts.append("The result belongs to C++; it keeps the object it came from alive.")
    elif how in _RESULTS:
        facts.append(_RESULTS[how])
    if overload.result.nullable:
        facts.append("`None` where C++ gives a null pointer.")
    return facts


def _call_facts(overload: Overload) -> list[str]:
    facts = []
    if any(param.value.converter == "integer" for param in overload.params):
        facts.append("An integer out of range raises `OverflowError`.")
    if overload.noexcept:
        facts.append("C++ raises nothing.")
    if overload.release_gil:
        facts.append("Other Python threads run meanwhile.")
    if overload.interrupt:
        facts.append("Ctrl-C ends it.")
    return facts


def write_accessors(accessors: Iterable[Accessor], out: Writer) -> None:
    rows = []
    for accessor in accessors:
        access = "read, write" if accessor.write is not None else "read-only"
        place = ", of the class" if accessor.static else ""
        annotation = code(accessor.read.result.annotation)
        rows.append((code(accessor.name), annotation, access + place, one_line(accessor.doc)))
    if rows:
        out.gap()
        out.raw("\n".join(table(("Attribute", "Type", "Access", "Meaning"), rows)))
