"""Pointing: a class that is used like a pointer (`handle->area()`) has the attributes of what it points to.

In: class drafts with their methods.  Out: `forwards`, the method that gives the object.
Must not know: how attributes are looked up.

It has `operator->` and is no iterator. Its own attributes come first; `handle.dereference()` gives the object itself,
or None where the pointer is null.
"""

from __future__ import annotations

from dovetail.model import Access
from dovetail.plan import Return
from dovetail.policy.draft import ClassDraft, Draft

METHOD = "dereference"


def decide_pointing(draft: Draft) -> None:
    """Pass: attributes behind `->`."""
    for entry in draft.own_classes():
        bucket = entry.methods.get(METHOD)
        arrow = any(m.name == "operator->" and m.access is Access.PUBLIC for m in entry.model.methods)
        if bucket is None or not arrow or is_iterator(entry):
            continue
        results = [c.overload.result for c in bucket.candidates]
        paths = {r.value.gives for r in results if r.how is Return.BORROW and r.value and r.value.converter == "class"}
        if len(paths) == 1 and entry.path not in paths and len(results) == len(bucket.candidates):
            entry.forwards = METHOD


def is_iterator(entry: ClassDraft) -> bool:
    return any(m.name == "operator++" for m in entry.model.methods)
