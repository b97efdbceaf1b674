"""Candidates: what a function that can be called becomes, on its way into a bucket.

In: a function, its decided parameters and result.  Out: `plan.Overload`, `Candidate`.
Must not know: how parameters and results were decided, which candidates survive (`overloads`).
"""

from __future__ import annotations

from dovetail import model, plan
from dovetail.convert import Passing, take_apart
from dovetail.model import FunctionKind
from dovetail.plan import Call
from dovetail.policy.callbacks import is_quiet
from dovetail.policy.documentation import clean
from dovetail.policy.draft import Bucket, Candidate
from dovetail.policy.ownership import add_outputs
from dovetail.policy.rules import View, signature_of
from dovetail.policy.values import preference, width_of


def make_overload(
    function: model.Function,
    view: View,
    call: Call,
    *,
    expression: str,
    params: tuple[plan.Param, ...],
    result: plan.Result,
) -> plan.Overload:
    return plan.Overload(
        cpp=signature_of(function),
        call=call,
        expression=expression,
        params=params,
        result=add_outputs(result, params),
        span=function.span,
        const=function.const or call is not Call.METHOD,
        noexcept=function.noexcept,
        elsewhere=not function.inline,
        release_gil=bool(view.rule.release_gil),
        ufunc=bool(view.rule.ufunc),
        pending=any(is_quiet(p) for p in params),
        deprecated=function.deprecated,
        doc=clean(function.comment),
    )


def add_candidate(bucket: Bucket, function: model.Function | None, overload: plan.Overload) -> None:
    viewed = overload.call is Call.CONSTRUCTOR
    width = sum(width_of(p.type) + preference(p.type, viewed=viewed) for p in function.params) if function else 0
    if function is not None and function.kind is FunctionKind.CONVERSION:
        width = width_of(function.returns)
    rvalue = bool(function) and any(
        take_apart(p.type)[1] is Passing.RVALUE for p in (function.params if function else ())
    )
    bucket.candidates.append(
        Candidate(
            function=function,
            overload=overload,
            width=width,
            rvalue=rvalue or overload.temporary,
            cpp=overload.cpp,
        )
    )
