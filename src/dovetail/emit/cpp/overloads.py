"""Overloads: a table of candidates for the runtime to choose from.

In: a function with several overloads.  Out: a C++ function, signature and ranks for each, and their table.
Must not know: how a candidate is called.
"""

from __future__ import annotations

from collections.abc import Callable

from dovetail.emit.cpp.calls import arg_type, given_params
from dovetail.emit.cpp.docs import Docstring
from dovetail.emit.cpp.identifiers import spell, spell_type
from dovetail.emit.cpp.literals import quote
from dovetail.emit.cpp.wrapper import Wrapper
from dovetail.emit.signatures import signature_of
from dovetail.emit.writer import Writer
from dovetail.plan import Call, Overload


def write_signature(out: Writer, wrapper: Wrapper, *, doc: str, line: int) -> None:
    """`area_signature`: what binds and names the arguments of one overload."""
    signature = signature_of(wrapper.function, wrapper.overload)
    positional = sum(1 for argument in signature.arguments if argument.positional)
    first = wrapper.context.names.place(tuple(argument.name for argument in signature.arguments[positional:]))
    total = len(signature.arguments)
    numbers = f"{line}, {total}, {signature.required}, {positional}, {first}"
    out.line(f"static constexpr dovetail::Signature {wrapper.signature}{{{doc}, {numbers}}};")


def write_candidates(
    out: Writer, wrapper: Wrapper, docstring: Docstring, write: Callable[[Writer, Wrapper], None], *, doc: str
) -> str:
    """All overloads, each by `write`; gives the arguments for the runtime: table and number of candidates."""
    rows = []
    for overload, line in zip(wrapper.function.overloads, docstring.lines, strict=True):
        candidate = wrapper.of(overload, _name(wrapper, overload))
        out.line()
        write_signature(out, candidate, doc=doc, line=line)
        write(out, candidate)
        ranks = _write_ranks(out, candidate.name, overload)
        mutates = overload.call is Call.METHOD and not overload.const
        rules = _write_null_rules(out, candidate.name, overload)
        row = [f"&{candidate.signature}", ranks, candidate.name, "true" if mutates else "false", *rules]
        rows.append(f"{{{', '.join(row)}}},")
    out.line()
    with out.block(f"static constexpr dovetail::Candidate {wrapper.name}_candidates[] =", closing="};"):
        out.lines(*rows)
    return f"{wrapper.name}_candidates, {len(rows)}"


def _name(wrapper: Wrapper, overload: Overload) -> str:
    """By the parameter types in few words, in all of them where that is not enough."""
    identifiers, name = wrapper.context.identifiers, wrapper.name
    params = given_params(overload)
    short = "_".join([name, *(spell_type(param.value.cpp) for param in params)]) if params else f"{name}_void"
    if identifiers.free(short):
        return identifiers.make(short)
    full = "_".join([name, *(spell(param.value.cpp) for param in params)]) + ("_const" if overload.const else "")
    return identifiers.make(full)


def _write_ranks(out: Writer, candidate: str, overload: Overload) -> str:
    params = given_params(overload)
    if not params:
        return "nullptr"
    ranks = [
        f"dovetail::{'nullable_ranker' if param.nullable else 'ranker'}<dovetail::Arg<{arg_type(param)}>>"
        for param in params
    ]
    out.line(f"static constexpr dovetail::Ranker {candidate}_ranks[] = {{{', '.join(ranks)}}};")
    return f"{candidate}_ranks"


def _write_null_rules(out: Writer, candidate: str, overload: Overload) -> list[str]:
    rules = [param.null_rule for param in given_params(overload)]
    if not any(rules):
        return []
    texts = ", ".join(quote(rule) if rule else "nullptr" for rule in rules)
    out.line(f"static constexpr const char* {candidate}_null_rules[] = {{{texts}}};")
    return [f"{candidate}_null_rules"]
