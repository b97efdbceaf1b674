"""Asynchronous use by rule: `async = "next"` on a class, `awaitable = "fetch_async"` on a function.

In: class drafts with their methods, free functions, rules.  Out: `Conduct.stepping`, awaitable twins; DV018, DV015.
Must not know: event loops.

`async for` over an object of the class calls the method in the default executor of the running loop, without the GIL,
until it gives None; a method whose result begins with a bool, because of outputs, until that is false. An awaitable
twin does the same for one call: `await client.fetch_async(url)`. Neither can be interrupted: a cancelled task leaves
the call running in its thread.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import plan
from dovetail.plan import Stepping
from dovetail.policy.draft import Bucket, ClassDraft, Draft
from dovetail.policy.members import find_method, report_missing, takes_nothing


def decide_awaiting(draft: Draft) -> None:
    """Pass: asynchronous iteration and awaitable twins."""
    for entry in draft.own_classes():
        if name := entry.view.rule.async_:
            decide_stepping(draft, entry, name)
        for bucket in list(entry.methods.values()):
            add_twins(draft, bucket, entry)
    for bucket in list(draft.functions.values()):
        add_twins(draft, bucket, None)


def decide_stepping(draft: Draft, entry: ClassDraft, name: str) -> None:
    bucket = find_method(draft, entry, name)
    if bucket is None or not takes_nothing(bucket):
        report_missing(draft, entry, "async_", name, "method without arguments")
        return
    gives = bucket.candidates[0].overload.result.annotation
    parts = split_tuple(gives)
    flagged = parts[:1] == ["bool"]
    optional = gives.endswith(" | None")
    if not flagged and not optional:
        if "async_" not in entry.view.loose:
            message = f"`{bucket.cpp}` gives `{gives}`: nothing says where the iteration ends"
            note = "it ends where the method gives None, or false before its outputs"
            draft.sink.report("DV018", message, entry.view.span("async_"), notes=(note,))
        return
    rest = parts[1] if len(parts) == 2 else f"tuple[{', '.join(parts[1:])}]"
    element = rest if flagged else gives.removesuffix(" | None")
    release(bucket)
    entry.conduct = replace(entry.conduct, stepping=Stepping(step=bucket.name, gives=element, flagged=flagged))


def split_tuple(annotation: str) -> list[str]:
    """`tuple[bool, dict[str, int]]` -> bool, dict[str, int]; nothing for other types."""
    if not annotation.startswith("tuple[") or not annotation.endswith("]"):
        return []
    parts, depth = [""], 0
    for sign in annotation[len("tuple[") : -1]:
        depth += (sign == "[") - (sign == "]")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def release(bucket: Bucket) -> None:
    """What runs in a thread of its own must not hold up the others."""
    bucket.candidates = [replace(c, overload=replace(c.overload, release_gil=True)) for c in bucket.candidates]


def add_twins(draft: Draft, bucket: Bucket, entry: ClassDraft | None) -> None:
    """The awaitable that a rule on the function names."""
    for candidate in bucket.candidates:
        function = candidate.function
        if function is None:
            continue
        view = draft.rules.view(
            function.qualified, annotations=function.annotations, scope=function.scope, span=function.span
        )
        name = view.rule.awaitable
        if not name:
            continue
        methods = entry.methods if entry is not None else None
        taken = {b.name for b in draft.functions.values() if b.scope == bucket.scope} if methods is None else methods
        if name in taken:
            draft.sink.report("DV015", f"`{name}` is there already, beside `{bucket.cpp}`", view.span("awaitable"))
            return
        release(bucket)
        twin = replace(bucket, name=name, awaits=bucket.name)
        twin.candidates = [replace(c, function=None, overload=awaited(c.overload)) for c in bucket.candidates]
        if methods is not None:
            methods[name] = twin
        else:
            draft.functions[(bucket.scope, name)] = twin
        return


def awaited(overload: plan.Overload) -> plan.Overload:
    result = replace(overload.result, annotation=f"Awaitable[{overload.result.annotation}]")
    return replace(overload, result=result)
