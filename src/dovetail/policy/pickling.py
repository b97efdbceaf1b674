"""Pickling by rule: `pickle = ["x", "y"]`, or `pickle = ["serialize", "parse"]`.

In: class drafts with constructors and methods, rules.  Out: `Conduct.pickle`; DV018.  Must not know: pickle's format.

The names are the values that the constructor is called with: attributes, or methods without arguments. Where there are
two and the second is a static method that gives an object of the class, it is called with what the first gives.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail.plan import Call, Pickle
from dovetail.policy.draft import Bucket, ClassDraft, Draft
from dovetail.policy.members import find_method, find_part, report_missing
from dovetail.policy.showing import find_parts


def decide_pickling(draft: Draft) -> None:
    """Pass: how an object is made again."""
    for entry in draft.own_classes():
        names = entry.view.rule.pickle
        if not names:
            continue
        parse = find_method(draft, entry, names[1]) if len(names) == 2 else None
        if parse is not None and makes_one(parse, entry):
            part = find_part(draft, entry, names[0])
            if part is None:
                report_missing(draft, entry, "pickle", names[0], "attribute, or method without arguments")
            else:
                entry.conduct = replace(entry.conduct, pickle=Pickle(parts=(part,), parse=parse.name))
            continue
        parts = find_parts(draft, entry, "pickle", names, called=True)
        if not parts:
            continue
        if not takes(entry.constructors, len(parts)):
            message = f"`pickle` gives {len(parts)} values, which no constructor of `{entry.cpp}` takes"
            if "pickle" not in entry.view.loose:
                draft.sink.report("DV018", message, entry.view.span("pickle"))
            continue
        entry.conduct = replace(entry.conduct, pickle=Pickle(parts=parts))


def makes_one(bucket: Bucket, entry: ClassDraft) -> bool:
    """A static method with one required argument that gives an object of the class."""
    for candidate in bucket.candidates:
        overload = candidate.overload
        given = overload.result.annotation.removesuffix(" | None")
        required = [p for p in overload.params if p.default is None]
        if overload.call is Call.STATIC and given == entry.path and len(required) == 1:
            return True
    return False


def takes(constructors: Bucket | None, count: int) -> bool:
    for candidate in constructors.candidates if constructors is not None else ():
        params = [p for p in candidate.overload.params if not p.out]
        if sum(p.default is None for p in params) <= count <= len(params):
            return True
    return False
