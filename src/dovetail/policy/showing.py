"""What a class shows by rule: `repr = ["x", "y"]`, `match = ["x", "y"]`.

In: class drafts with attributes and methods, rules.  Out: `Conduct.shown`, `Conduct.match`; DV018.
Must not know: how a repr is written.

`repr` names attributes and methods without arguments, whose values stand in `Vec(x=1.0, y=2.0)`. `match` names
attributes, by which `case Vec(x, y)` takes the object apart.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail.plan import Part
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.members import find_part, report_missing


def decide_showing(draft: Draft) -> None:
    """Pass: repr and match."""
    for entry in draft.own_classes():
        rule = entry.view.rule
        shown = find_parts(draft, entry, "repr", rule.repr, called=True)
        match = find_parts(draft, entry, "match", rule.match, called=False)
        if shown or match:
            entry.conduct = replace(entry.conduct, shown=shown, match=tuple(part.name for part in match))


def find_parts(draft: Draft, entry: ClassDraft, word: str, names: tuple[str, ...], *, called: bool) -> tuple[Part, ...]:
    """All of them, or none where one is missing."""
    wanted = "attribute, or method without arguments" if called else "attribute"
    found = []
    for name in names:
        part = find_part(draft, entry, name, called=called)
        if part is None:
            report_missing(draft, entry, word, name, wanted)
            return ()
        found.append(part)
    return tuple(found)
