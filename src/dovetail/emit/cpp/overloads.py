"""Overloads: a table of candidates for the runtime to choose from.

In: a function with several overloads.  Out: a C++ function, signature and ranks for each, and their table.
Must not know: how a candidate is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dovetail.emit.cpp.calls import arg_type, given_params
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.docs import Docstring
from dovetail.emit.cpp.identifiers import spell, spell_type
from dovetail.emit.signatures import Signature, signature_of
from dovetail.emit.writer import Writer
from dovetail.plan import Call, Function, Overload

if TYPE_CHECKING:
    from dovetail.emit.cpp.functions import Owner

WriteCandidate = Callable[["Writer", "Context", "Function", "Overload", "Owner | None", str], None]


def write_signature(out: Writer, context: Context, name: str, doc: str, line: int, signature: Signature) -> None:
    """`area_signature`: what binds and names the arguments of one overload."""
    positional = sum(1 for argument in signature.arguments if argument.positional)
    first = context.names.place(tuple(argument.name for argument in signature.arguments[positional:]))
    total = len(signature.arguments)
    numbers = f"{line}, {total}, {signature.required}, {positional}, {first}"
    out.line(f"static constexpr dovetail::Signature {name}_signature{{{doc}, {numbers}}};")


def write_candidates(
    out: Writer,
    context: Context,
    function: Function,
    owner: Owner | None,
    name: str,
    doc: str,
    docstring: Docstring,
    write: WriteCandidate,
) -> str:
    """The name of the table."""
    rows = []
    for overload, line in zip(function.overloads, docstring.lines, strict=True):
        candidate = _name(context, name, overload)
        signature = signature_of(function, overload)
        out.line()
        write_signature(out, context, candidate, doc, line, signature)
        write(out, context, function, overload, owner, candidate)
        ranks = _write_ranks(out, candidate, overload)
        mutates = overload.call is Call.METHOD and not overload.const
        rows.append(f"{{&{candidate}_signature, {ranks}, {candidate}, {'true' if mutates else 'false'}}},")
    out.line()
    with out.block(f"static constexpr dovetail::Candidate {name}_candidates[] =", closing="};"):
        out.lines(*rows)
    return f"{name}_candidates"


def _name(context: Context, name: str, overload: Overload) -> str:
    """By the parameter types in few words, in all of them where that is not enough."""
    params = given_params(overload)
    short = "_".join([name, *(spell_type(param.value.cpp) for param in params)]) if params else f"{name}_void"
    if context.identifiers.free(short):
        return context.identifiers.make(short)
    full = "_".join([name, *(spell(param.value.cpp) for param in params)]) + ("_const" if overload.const else "")
    return context.identifiers.make(full)


def _write_ranks(out: Writer, candidate: str, overload: Overload) -> str:
    params = given_params(overload)
    if not params:
        return "nullptr"
    ranks = [
        f"&dovetail::Arg<{arg_type(param)}>::{'rank_nullable' if param.nullable else 'rank'}" for param in params
    ]
    out.line(f"static constexpr dovetail::RankFunction {candidate}_ranks[] = {{{', '.join(ranks)}}};")
    return f"{candidate}_ranks"
