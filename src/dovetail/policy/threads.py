"""Threads: functions that run without the GIL, calls that Ctrl-C ends, classes whose methods take turns.

In: rules `release-gil`, `interrupt` and `lock`.  Out: what `plan.Overload` says of them; DV012.
Must not know: how emitted code does it.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import model, plan
from dovetail.model import Access, FunctionKind
from dovetail.plan import Call
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.rules import View


def decide_threads(
    draft: Draft, function: model.Function, owner: ClassDraft | None, view: View, overload: plan.Overload
) -> plan.Overload:
    """The overload with what rules say of threads; a rule that cannot hold is reported."""
    interrupt = view.rule.interrupt
    if not interrupt:
        return overload
    stop = find_stop(draft, function, owner, interrupt)
    if not stop:
        draft.sink.report(
            "DV012",
            f"nothing ends the call: `{interrupt}` names no public function without parameters",
            view.span("interrupt"),
            helps=("name a method of the same class, or a function of the same namespace",),
        )
        return overload
    return replace(overload, release_gil=True, interrupt=stop)


def find_stop(draft: Draft, function: model.Function, owner: ClassDraft | None, name: str) -> str:
    """C++ that calls it; "" where there is none."""
    if owner is not None:
        has_self = function.kind is FunctionKind.METHOD
        methods = [m for m in owner.model.methods if m.name == name and _is_callable_alone(m)]
        for method in methods:
            if method.kind is FunctionKind.STATIC:
                return f"{owner.cpp}::{name}()"
            if has_self:
                return f"{{self}}.{name}()"
    scope = f"{function.scope}::" if function.scope and owner is None else ""
    spelled = {name, f"{scope}{name}"}
    found = [f for f in draft.model.functions if f.qualified in spelled and _is_callable_alone(f)]
    return f"::{found[0].qualified}()" if found else ""


def _is_callable_alone(function: model.Function) -> bool:
    alone = all(param.default is not None for param in function.params)
    return alone and function.access is Access.PUBLIC and not function.deleted


def lock_methods(draft: Draft, entry: ClassDraft, methods: tuple[plan.Function, ...]) -> tuple[plan.Function, ...]:
    """Those of a class with `lock = "object"`: one thread at a time is inside of an object."""
    if entry.view.rule.lock != "object":
        return methods
    for method in methods:
        for overload in method.overloads:
            if overload.release_gil:
                draft.sink.report(
                    "DV012",
                    f"`{overload.cpp}` runs without the GIL, and without it no lock is held",
                    entry.view.span("lock"),
                    helps=('leave out `lock = "object"` and lock in C++, or leave out `release-gil`',),
                )
    return tuple(
        replace(method, overloads=tuple(_lock(overload) for overload in method.overloads)) for method in methods
    )


def lock_accessors(entry: ClassDraft) -> tuple[plan.Accessor, ...]:
    if entry.view.rule.lock != "object":
        return tuple(entry.accessors)
    return tuple(
        replace(accessor, read=_lock(accessor.read), write=_lock(accessor.write) if accessor.write else None)
        for accessor in entry.accessors
    )


def _lock(overload: plan.Overload) -> plan.Overload:
    member = overload.call in (Call.METHOD, Call.READ, Call.WRITE)
    return replace(overload, locks=member)
