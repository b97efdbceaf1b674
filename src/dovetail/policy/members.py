"""Members that rules name: attributes and methods of a class and of its bases.

In: a class draft, a name as C++ or Python spells it.  Out: parts, buckets; DV018 where there is no such member.
Must not know: which protocol asks.
"""

from __future__ import annotations

import difflib

from dovetail.plan import Part
from dovetail.policy.classes import ancestors
from dovetail.policy.draft import Bucket, ClassDraft, Draft


def family(draft: Draft, entry: ClassDraft) -> list[ClassDraft]:
    return [entry, *ancestors(draft, entry)]


def find_method(draft: Draft, entry: ClassDraft, name: str) -> Bucket | None:
    """The method of that name, in C++ or in Python."""
    plain = name.removesuffix("()")
    for each in family(draft, entry):
        for bucket in each.methods.values():
            spelled = {bucket.name, *(c.function.name for c in bucket.candidates if c.function is not None)}
            if plain in spelled and bucket.candidates:
                return bucket
    return None


def find_part(draft: Draft, entry: ClassDraft, name: str, *, called: bool = True) -> Part | None:
    """An attribute, or (where `called`) a method that can be called without arguments."""
    for each in family(draft, entry):
        for accessor in each.accessors:
            if name in (accessor.name, accessor.cpp.rpartition("::")[2]):
                return Part(name=accessor.name, label=accessor.name)
    bucket = find_method(draft, entry, name) if called else None
    if bucket is not None and takes_nothing(bucket):
        return Part(name=bucket.name, label=bucket.name, call=True)
    return None


def takes_nothing(bucket: Bucket) -> bool:
    return any(all(p.default is not None or p.out for p in c.overload.params) for c in bucket.candidates)


def member_names(draft: Draft, entry: ClassDraft) -> list[str]:
    each = family(draft, entry)
    return [a.name for e in each for a in e.accessors] + [b.name for e in each for b in e.methods.values()]


def report_missing(draft: Draft, entry: ClassDraft, word: str, name: str, wanted: str) -> None:
    """DV018, unless the rule is a glob's: that passes over what it does not suit."""
    if word in entry.view.loose:
        return
    near = difflib.get_close_matches(name, member_names(draft, entry), n=1)
    helps = (f"did you mean `{near[0]}`?",) if near else ()
    key = word.rstrip("_").replace("_", "-")
    message = f"`{key}` names `{name}`, but `{entry.cpp}` has no such {wanted}"
    draft.sink.report("DV018", message, entry.view.span(word), helps=helps)
