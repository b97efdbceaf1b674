"""Functions of numbers and bare pointers to numbers, as C calls them: `int f(double*, long, double*, void*)`.

In: the functions of the headers.  Out: `plan.Native` records.  Must not know: what Python sees of them.

C has no word for how many numbers there are, so that Python gets such a function only by a rule or not at all, and then
with arrays. The libraries that take callbacks (SciPy's filters and integrals) know the length and want the pointers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dovetail import model
from dovetail.model import Access, FunctionKind, is_private
from dovetail.plan import Native, NativeKind, NativeParam, NativeValue
from dovetail.policy.draft import Draft
from dovetail.policy.exports import is_exported
from dovetail.policy.native_values import NUMBERS, VOID, find_failure
from dovetail.policy.rules import signature_of
from dovetail.policy.scopes import namespace_of

_POINTER = re.compile(r"(const )?([\w ]+?) ?\*")


def find_raw_natives(draft: Draft) -> Iterator[Native]:
    """Without their names; the paths are where Python would have them."""
    for function in draft.model.functions:
        scope = draft.paths.get(namespace_of(function.scope, draft.model.namespaces))
        plain = (
            function.kind is FunctionKind.FREE and function.access is Access.PUBLIC and not function.template_arguments
        )
        if scope is None or not plain or is_private(function.scope) or not re.fullmatch(r"\w+", function.name):
            continue
        found = _read(function)
        if found is None or function.deleted or function.variadic or not is_exported(draft, function):
            continue
        view = draft.rules.view(function.qualified, signature_of(function), function.annotations, function.scope)
        if not view.rule.skip:
            params, result = found
            failure = ""
            if not function.noexcept:
                result, failure = find_failure(result)
            yield Native(
                name="",
                path=f"{scope}.{view.rule.rename or function.name}".lstrip("."),
                params=params,
                result=result,
                expression=f"{function.qualified}({', '.join(f'{{{k}}}' for k in range(len(params)))})",
                direct=function.qualified,
                failure=failure,
                bare=bool(failure) and not function.inline,
                ambiguous=bool(failure) and result.kind is NativeKind.PLAIN,
                span=function.span,
            )


def _read(function: model.Function) -> tuple[tuple[NativeParam, ...], NativeValue] | None:
    """Parameters and result; None: it has others than numbers and pointers to them, or no pointers."""
    returned = function.returns.canonical
    result = VOID if returned == "void" else _number(returned)
    params = [NativeParam(name=p.name, value=v) for p in function.params if (v := _value(p.type.canonical)) is not None]
    pointers = any(param.value.cpp.endswith("*") for param in params)
    if result is None or not pointers or len(params) != len(function.params):
        return None
    return tuple(params), result


def _number(cpp: str) -> NativeValue | None:
    return NativeValue(kind=NativeKind.PLAIN, cpp=cpp, spelling=NUMBERS[cpp]) if cpp in NUMBERS else None


def _value(cpp: str) -> NativeValue | None:
    pointer = _POINTER.fullmatch(cpp)
    if pointer is None:
        return _number(cpp)
    const, base = pointer.groups()
    if base == "char" or (base != "void" and base not in NUMBERS):
        return None
    spelling = f"{NUMBERS.get(base, base)} {'const ' if const else ''}*"
    return NativeValue(kind=NativeKind.PLAIN, cpp=f"{const or ''}{base}*", spelling=spelling)
