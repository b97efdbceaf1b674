"""Context managers by rule: `context = "close"`, or `context = ["lock", "unlock"]`.

In: class drafts with their methods, rules.  Out: `Conduct.context`; DV018.  Must not know: `with` in Python.

`with x as y:` gives x itself; at the end of the block the method is called, also when an exception leaves it.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail.plan import Context
from dovetail.policy.draft import Draft
from dovetail.policy.members import find_method, report_missing, takes_nothing


def decide_contexts(draft: Draft) -> None:
    """Pass: what `with` does."""
    for entry in draft.own_classes():
        names = entry.view.rule.context
        if len(names) > 2:
            draft.sink.report("DV018", "`context` names one method, or a pair of them", entry.view.span("context"))
            continue
        found = []
        for name in names:
            bucket = find_method(draft, entry, name)
            if bucket is None or not takes_nothing(bucket):
                report_missing(draft, entry, "context", name, "method without arguments")
                break
            found.append(bucket.name)
        if found and len(found) == len(names):
            context = Context(leave=found[-1], enter=found[0] if len(found) == 2 else "")
            entry.conduct = replace(entry.conduct, context=context)
