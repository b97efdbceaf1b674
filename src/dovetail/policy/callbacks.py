"""Callbacks of C: pointers to functions with the user data that goes with them, and exceptions on their way through C.

In: parameters of a function.  Out: one `plan.Param` for a callback and its user data; DV084.
Must not know: how callables are called (`convert` knows their types, the runtime the rest).

    int each(int (*visit)(int key, void* data), void* data)     # each(visit: Callable[[int], int]) -> int

A callback whose type has exactly one `void*` that is not `const`, beside a parameter that is a `void*`, is such a pair.
C++ may call it while the call runs; `keeps = ["visit"]` says that it is kept: as long as the object of a method lives,
or for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

from dovetail import model, plan
from dovetail.convert import Refusal, Use
from dovetail.model import FunctionKind, Type, TypeKind
from dovetail.policy.draft import Draft
from dovetail.policy.nullable import takes_none
from dovetail.policy.rules import View
from dovetail.policy.values import find_conversion, to_value

SHAPED = "dovetail/convert/shaped.h"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A callback with user data."""

    data: int
    """Index of the parameter beside it."""
    place: int
    """Index of the argument by which the callback gets it back."""
    after: bool


def find_pairs(params: Sequence[model.Param]) -> dict[int, Pair]:
    """By the index of the callback. User data stands behind its callback, seldom before it."""
    found: dict[int, Pair] = {}
    taken: set[int] = set()
    for index, param in enumerate(params):
        signature = signature_of_pointer(param.type)
        parameters = signature.parameters if signature else ()
        places = [i for i, p in enumerate(parameters) if is_untyped(p)]
        # What is `const` beside one that is not is memory.
        places = [i for i in places if not is_constant(parameters[i])] or places
        if len(places) != 1:
            continue
        for data in (index + 1, index - 1):
            if 0 <= data < len(params) and data not in taken and is_untyped(params[data].type):
                found[index] = Pair(data=data, place=places[0], after=data > index)
                taken.add(data)
                break
    return found


def signature_of_pointer(type_: Type) -> Type | None:
    target = type_.target
    if type_.kind is TypeKind.POINTER and target is not None and target.kind is TypeKind.FUNCTION:
        return target
    return None


def is_untyped(type_: Type) -> bool:
    return type_.kind is TypeKind.POINTER and type_.target is not None and type_.target.kind is TypeKind.VOID


def is_constant(type_: Type) -> bool:
    return type_.target is not None and type_.target.const


def is_c(function: model.Function) -> bool:
    """It has C linkage: no exception should have to find its way through it."""
    return bool(function.mangled) and function.mangled == function.name


def make_quiet(value: plan.Value) -> plan.Value:
    return value if "std::" in value.cpp else replace(value, cpp=f"dovetail::Quiet<{value.cpp}>")


def is_quiet(param: plan.Param) -> bool:
    """Its exceptions wait until the call returns."""
    cpp = param.value.cpp
    marked = cpp.startswith(("dovetail::WithData<", "dovetail::Shaped<")) and ", true" in cpp
    quiet = cpp.startswith("dovetail::Quiet<") or marked
    return param.value.converter == "callable" and (quiet or cpp.endswith(" noexcept"))


def decide_callback(
    draft: Draft,
    function: model.Function,
    param: model.Param,
    pair: Pair,
    *,
    name: str,
    view: View,
    ended: bool = False,
    shape: tuple[tuple[Type, str], ...] = (),
) -> plan.Param | Refusal:
    """The callable alone: the user data is the runtime's. `ended`: C says when it needs it no longer. `shape`: the
    arguments that Python sees, and how they are made, where they are not C's own."""
    signature = signature_of_pointer(param.type)
    assert signature is not None
    rest = (*signature.parameters[: pair.place], *signature.parameters[pair.place + 1 :])
    seen = tuple(type_ for type_, _ in shape) or rest
    answer = find_conversion(draft, replace(param.type, target=make_signature(signature, seen)), Use.TAKE)
    if isinstance(answer, Refusal):
        return answer
    kept = not ended and (param.name in view.rule.keeps or "keeps" in param.annotations)
    inside = function.kind in (FunctionKind.METHOD, FunctionKind.CONSTRUCTOR)
    if not kept and not ended:
        report_kept(draft, function, param)
    quiet = is_c(function) or signature.canonical.endswith(" noexcept")
    word = "ended" if ended else "object" if inside else "always"
    life = f"dovetail::CallbackLife::{word}" if kept or ended else ""
    pointer = param.type.canonical.removesuffix(" noexcept")
    words = [
        pointer,
        str(pair.place),
        *(["true" if quiet else "false"] if quiet or life or shape else []),
        *filter(None, [life or ("dovetail::CallbackLife::call" if shape else "")]),
        *(cpp for _, cpp in shape),
    ]
    null = param.default is not None and param.default.null
    nullable = takes_none(function, param, view)
    value = replace(to_value(answer), cpp=f"dovetail::WithData<{', '.join(words)}>")
    if shape:
        value = replace(value, headers=tuple(sorted({*value.headers, SHAPED})))
    if nullable:
        value = replace(value, takes=f"{value.takes} | None")
    return plan.Param(
        name=name,
        value=value,
        default=plan.DefaultValue(python="None", cpp="nullptr") if null else None,
        nullable=nullable,
        kept_by="self" if kept and inside else "",
        data="after" if pair.after else "before",
    )


def make_signature(signature: Type, parameters: Sequence[Type]) -> Type:
    """The same with other parameters."""
    result = signature.target.canonical if signature.target is not None else "void"
    text = f"{result} ({', '.join(p.canonical for p in parameters)})"
    return replace(signature, parameters=tuple(parameters), canonical=text)


def decide_shaped(
    draft: Draft,
    function: model.Function,
    param: model.Param,
    shape: tuple[tuple[Type, str], ...],
    *,
    name: str,
    view: View,
) -> plan.Param | Refusal:
    """A callback without user data, whose arguments are not C's own."""
    signature = signature_of_pointer(param.type)
    assert signature is not None
    seen = make_signature(signature, [type_ for type_, _ in shape])
    answer = find_conversion(draft, replace(param.type, target=seen), Use.TAKE)
    if isinstance(answer, Refusal):
        return answer
    quiet = is_c(function) or signature.canonical.endswith(" noexcept")
    words = [param.type.canonical.removesuffix(" noexcept"), "true" if quiet else "false", *(cpp for _, cpp in shape)]
    value = replace(to_value(answer), cpp=f"dovetail::Shaped<{', '.join(words)}>")
    value = replace(value, headers=tuple(sorted({*value.headers, SHAPED})))
    null = param.default is not None and param.default.null
    nullable = null or takes_none(function, param, view)
    if nullable:
        value = replace(value, takes=f"{value.takes} | None")
    default = plan.DefaultValue(python="None", cpp="nullptr") if null else None
    return plan.Param(name=name, value=value, default=default, nullable=nullable)


def report_kept(draft: Draft, function: model.Function, param: model.Param) -> None:
    """DV084, once for each function."""
    key = f"DV084:{function.qualified}"
    if key in draft.reported_owners:
        return
    draft.reported_owners.add(key)
    draft.sink.report(
        "DV084",
        f"`{function.qualified}` may call `{param.name}` while it runs",
        function.span,
        label="does it keep the callback?",
        notes=("its user data is valid until the call returns",),
        helps=(f'"{function.qualified}" = {{ keeps = ["{param.name}"] }}     # if C++ calls it later',),
    )
