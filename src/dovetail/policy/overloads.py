"""Overloads: which candidates of one name Python can tell apart.

In: buckets.  Out: the same buckets without the superseded, const twins marked; DV037.
Must not know: how candidates were made.

Two candidates that take the same Python arguments:
- a const and a non-const method that both give a value: the const one serves both kinds of object;
- a const and a non-const method that give an object: both stay, for const and other objects, and are one in stubs;
- `T&&` beside `const T&`: the copying one stays, as a Python object is never moved from; `f() &` stays beside `f() &&`;
- numbers of several widths: the widest signed one stays;
- outputs of several numbers: the one that gives most stays;
- matrices of several shapes: all stay, the array says which is meant, and they are one in stubs.
A static and a non-static function of one name cannot share a Python name: the static ones are called through an object.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import plan
from dovetail.plan import Call, Return
from dovetail.policy.draft import Bucket, Candidate, Draft

SHARED = (Return.BORROW, Return.OWN, Return.SELF, Return.NDARRAY)


def decide_overloads(draft: Draft) -> None:
    """Pass: every bucket keeps what Python can tell apart."""
    for entry in draft.all_classes():
        for bucket in (*([entry.constructors] if entry.constructors else ()), *entry.methods.values()):
            settle(draft, bucket)
    for bucket in draft.functions.values():
        settle(draft, bucket)


def settle(draft: Draft, bucket: Bucket) -> None:
    calls = {c.overload.call for c in bucket.candidates}
    if calls == {Call.METHOD, Call.STATIC}:
        bucket.candidates = [
            replace(c, overload=replace(c.overload, call=Call.METHOD, const=True)) for c in bucket.candidates
        ]
    groups: dict[tuple[object, ...], list[Candidate]] = {}
    for candidate in bucket.candidates:
        groups.setdefault(python_signature(candidate.overload), []).append(candidate)
    kept: list[Candidate] = []
    shown: set[tuple[str, ...]] = set()
    for group in groups.values():
        for each in choose(draft, group, bucket.scope):
            takes = tuple(p.value.takes for p in each.overload.params if not p.out)
            matrices = any(p.value.converter == "matrix" for p in each.overload.params)
            twin = each.overload.twin or (matrices and takes in shown)
            kept.append(replace(each, overload=replace(each.overload, twin=twin)) if twin else each)
            shown.add(takes)
    bucket.candidates = kept


def python_signature(overload: plan.Overload) -> tuple[object, ...]:
    """What Python sees of the arguments: types and how many may be left out."""
    given = [p for p in overload.params if not p.out]
    # Arrays say at run time how many dimensions and elements they have.
    takes = tuple((p.value.takes, p.value.cpp if p.value.converter == "matrix" else "") for p in given)
    return (takes, sum(p.default is None for p in given))


def outputs(candidate: Candidate) -> int:
    return sum(p.out for p in candidate.overload.params)


def choose(draft: Draft, group: list[Candidate], scope: str) -> list[Candidate]:
    """Those of a group that stay: one, or a non-const and a const twin."""
    if len(group) == 1:
        return group
    plain = [c for c in group if not c.rvalue] or group
    for_const = [c for c in plain if c.overload.const]
    others = [c for c in plain if not c.overload.const]
    best = [max(g, key=lambda c: (outputs(c), c.width)) for g in (others, for_const) if g]
    if len(best) == 2:
        values = all(c.overload.result.how not in SHARED for c in best)
        if values and best[0].overload.result.annotation == best[1].overload.result.annotation:
            best = best[1:]
        else:
            best[1] = replace(best[1], overload=replace(best[1].overload, twin=True))
    kept = {id(c.function) for c in best}
    for candidate in group:
        if candidate.function is not None and id(candidate.function) not in kept:
            if (scope, id(candidate.function)) in draft.uncounted:
                continue
            draft.bound -= 1
            reason = f"`{best[0].cpp}` takes the same Python arguments"
            draft.skip(candidate.cpp, "function", "DV037", reason, candidate.function.span, counts=False)
    return best
