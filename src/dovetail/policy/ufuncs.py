"""Functions that are NumPy ufuncs by rule.

In: the assembled plan, with overloads that a rule `ufunc` names.  Out: `plan.Ufunc` records; DV025.
Must not know: NumPy's types, how loops are emitted.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import plan
from dovetail.plan import Native, NativeKind, NativeParam, NativeValue
from dovetail.policy.draft import Draft
from dovetail.policy.native_values import find_value

# As NumPy prefers them.
_ORDER = (
    "int",  # of a bool
    "signed char",
    "unsigned char",
    "short",
    "unsigned short",
    "int",
    "unsigned int",
    "long",
    "unsigned long",
    "long long",
    "unsigned long long",
    "float",
    "double",
)


def decide_ufuncs(draft: Draft, module: plan.Module) -> plan.Module:
    """The module with its ufuncs; functions that are one say so."""
    functions, ufuncs = [], []
    for function in module.functions:
        made = _make_ufunc(draft, function) if any(overload.ufunc for overload in function.overloads) else None
        functions.append(replace(function, ufunc=True) if made is not None else function)
        ufuncs += [made] if made is not None else []
    for overload in (o for record in module.classes for method in record.methods for o in method.overloads):
        if overload.ufunc:
            _refuse(draft, overload, "it is a method")
    return replace(module, functions=tuple(functions), ufuncs=tuple(ufuncs)) if ufuncs else module


def _make_ufunc(draft: Draft, function: plan.Function) -> plan.Ufunc | None:
    loops = []
    for overload in function.overloads:
        loop = _make_loop(overload)
        if isinstance(loop, str) or function.scope:
            _refuse(draft, overload, loop if isinstance(loop, str) else "it lies in a submodule")
            return None
        loops.append(loop)
    if len({len(loop.params) for loop in loops}) > 1:
        _refuse(draft, function.overloads[0], "its overloads take different numbers of arguments")
        return None
    loops.sort(key=_rank)
    doc = next((overload.doc for overload in function.overloads if overload.doc), "")
    return plan.Ufunc(name=function.name, doc=doc, loops=tuple(loops))


def _refuse(draft: Draft, overload: plan.Overload, reason: str) -> None:
    draft.sink.report("DV025", f"`{overload.cpp}` cannot be a ufunc: {reason}", overload.span)


def _make_loop(overload: plan.Overload) -> Native | str:
    """One loop, or why there is none."""
    params = []
    for k, param in enumerate(overload.params):
        special = param.out or param.inout or param.kept_by or param.transfers or param.data
        value = None if special else _number(param.value)
        if value is None:
            return f"its parameter {f'`{param.name}`' if param.name else k + 1} is no number"
        params.append(NativeParam(name=param.name, value=value))
    given = overload.result
    plain = given.how is plan.Return.VALUE and given.value is not None and overload.failure is None
    result = _number(given.value) if plain and given.value is not None else None
    if result is None:
        return "its result is no number"
    if not params:
        return "it takes no arguments"
    return Native(
        name="",
        path="",
        params=tuple(params),
        result=result,
        expression=overload.expression,
        span=overload.span,
    )


def _number(value: plan.Value) -> NativeValue | None:
    found = find_value(value, {})
    if found is None or found.kind not in (NativeKind.PLAIN, NativeKind.BOOL) or found.cpp == "char":
        return None
    return found


def _rank(loop: Native) -> tuple[int, ...]:
    values = [param.value for param in loop.params]
    ranks = [0 if value.kind is NativeKind.BOOL else _ORDER.index(value.cpp, 1) for value in values]
    return (max(ranks), *ranks)
