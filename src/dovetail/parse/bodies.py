"""Which members and functions of instantiations compile: their bodies are C++ only for some arguments.

In: `Instantiated`.  Out: the same without what C++ could not call, which is listed instead; DV012 where a rule asked.
Must not know: where an instantiation comes from.

`Box<Row>` may have a `less()` that needs `operator<` of a `Row`: C++ accepts the class and refuses the call. Reading
skips bodies, so the headers are parsed once more, with a call of everything that was instantiated; these calls also
find whose `requires` does not hold. Clang says of an error in a body by which call it came there, but once only; so
what is left is asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dovetail.diagnostics import Sink
from dovetail.model import Access, Class, Function, FunctionKind, RefQualifier, Unread
from dovetail.parse.members import Instantiated, Work
from dovetail.parse.probes import NAMESPACE, Probe, Unmet, ask_whole

_ROUNDS: Final = 8
_ASSERTED: Final = "static assertion failed"


def check_bodies(main: str, work: Work, sink: Sink) -> None:
    """`main` includes the headers."""
    result = work.result
    refused: dict[int, tuple[Function, str]] = {}
    for _ in range(_ROUNDS):
        asked = [function for function in _callable(result) if id(function) not in refused]
        fresh = _ask(asked, main, work)
        refused.update(fresh)
        if not fresh:
            break
    if refused:
        _drop(refused, result)
        for function, reason in refused.values():
            _report(function, reason, work, sink)


def _callable(result: Instantiated) -> Iterator[Function]:
    for item in result.classes:
        for function in (*item.constructors, *item.methods):
            if _is_called(function, item):
                yield function
    yield from (*result.functions, *result.methods, *result.constructors)


def _is_called(function: Function, item: Class) -> bool:
    usable = function.access is Access.PUBLIC and not function.deleted and not function.pure and not function.implicit
    return usable and item.access is Access.PUBLIC and function.ref_qualifier is not RefQualifier.RVALUE


def _ask(functions: Sequence[Function], main: str, work: Work) -> dict[int, tuple[Function, str]]:
    if not functions:
        return {}
    probe = Probe()
    counts = Counter(_key(function) for function in functions)
    lines = {
        _write_call(probe, function, index, exact=counts[_key(function)] > 1): function
        for index, function in enumerate(functions)
    }
    refused, unmet = ask_whole(probe, main, work.headers)
    for line, each in unmet.items():
        # Any other error in the line itself is the question's fault.
        if line in lines and _is_meant(each, lines[line]):
            reason = f"C++ calls another `{lines[line].name}` of these parameters"
            refused.setdefault(line, reason if _ASSERTED in each.reason else each.reason)
    return {id(lines[line]): (lines[line], reason) for line, reason in refused.items() if line in lines}


def _key(function: Function) -> tuple[str, str, bool, tuple[str, ...]]:
    """Two of one key differ in what they require, and perhaps in their results."""
    params = tuple(param.type.canonical for param in function.params)
    return function.scope, function.name, function.const, (*params, *map(str, function.template_arguments))


def _is_meant(unmet: Unmet, function: Function) -> bool:
    """What it requires does not hold, or another one of the same parameters is called."""
    here = (function.span.path, function.span.line) in unmet.places
    return here or _ASSERTED in unmet.reason or (bool(unmet.places) and "invalid reference to function" in unmet.reason)


def _write_call(probe: Probe, function: Function, index: int, *, exact: bool) -> int:
    """`exact`: a function of the same parameters must not be taken for it, if the results differ."""
    make = f"{NAMESPACE}_make"
    values = ", ".join(f"{make}<{param.type.canonical}>()" for param in function.params)
    texts = ", ".join(part if isinstance(part, str) else part.canonical for part in function.template_arguments)
    name = f"{function.name}<{texts}>" if texts and not function.deduced else function.name
    match function.kind:
        case FunctionKind.CONSTRUCTOR:
            expression = f"(void)new {function.scope}({values})"
        case FunctionKind.STATIC:
            expression = f"(void){function.scope}::{name}({values})"
        case FunctionKind.METHOD | FunctionKind.CONVERSION:
            const = "const " if function.const else ""
            expression = f"(void){make}<{const}{function.scope} &>().{name}({values})"
        case FunctionKind.FRIEND:
            expression = f"(void){name}({values})"
        case _:
            expression = (
                f"(void)::{function.scope}::{name}({values})" if function.scope else f"(void)::{name}({values})"
            )
    if exact and function.kind is not FunctionKind.CONSTRUCTOR:
        expression = (
            f"static_assert(__is_same(decltype({expression.removeprefix('(void)')}), {function.returns.canonical}))"
        )
    return probe.add(
        f"namespace {NAMESPACE}_{index} {{ template <class dovetail_type> dovetail_type {make}() noexcept; "
        f"inline void call() {{ {expression}; }} }}"
    )


def _drop(refused: dict[int, tuple[Function, str]], result: Instantiated) -> None:
    def keep(functions: Sequence[Function]) -> tuple[Function, ...]:
        return tuple(function for function in functions if id(function) not in refused)

    result.classes[:] = [
        replace(item, constructors=keep(item.constructors), methods=keep(item.methods)) for item in result.classes
    ]
    result.functions[:] = keep(result.functions)
    result.methods[:] = keep(result.methods)
    result.constructors[:] = keep(result.constructors)


def _report(function: Function, reason: str, work: Work, sink: Sink) -> None:
    span = work.listed.get(function.qualified)
    if span is not None:
        message = f"`{function.qualified}` does not compile"
        sink.report("DV012", message, span if span.path else function.span, notes=(f"clang: {reason}",))
    else:
        texts = ", ".join(part if isinstance(part, str) else part.canonical for part in function.template_arguments)
        name = f"{function.qualified}<{texts}>" if texts else function.qualified
        work.result.unread.append(Unread(name=name, kind="body", reason=reason, span=function.span))
