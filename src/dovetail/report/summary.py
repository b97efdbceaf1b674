"""The lines under every run: bound N of M, and the reasons for the rest.

In: a plan.  Out: text, or plain data for JSON.  Must not know: terminals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dovetail.diagnostics import CODES
from dovetail.plan import Advice, Module, Skipped

_HINTS = {"DV050": " (name the `libs` or `sources` that define them)"}
"""Where one line of configuration may be all that is missing."""
_OUTPUTS = "where C++ only writes to these parameters, and during the call, rules make them results"
_ARRAYS = "where these are the lengths of the arrays, in elements, rules make them one parameter"


def render_summary(plan: Module) -> str:
    """`shapes: bound 24 of 25 callables (96 %), 4 classes, 2 enums, 7 of 7 fields`."""
    counts = plan.counts
    share = 100 * counts.callables_bound / counts.callables if counts.callables else 100
    parts = [f"{counts.callables_bound} of {counts.callables} callables ({share:.0f} %)"]
    if counts.classes:
        parts.append(_count(counts.classes, "class"))
    if counts.enums:
        parts.append(_count(counts.enums, "enum"))
    if counts.fields:
        parts.append(f"{counts.fields_bound} of {counts.fields} fields")
    return f"{plan.name}: bound {', '.join(parts)}"


def _count(number: int, noun: str) -> str:
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{number} {noun if number == 1 else plural}"


def render_skipped(plan: Module, *, every: bool, place: Callable[[str], str] = str) -> str:
    """Why the rest is not bound: a line per code, or every declaration with its place. `place` spells paths."""
    open_ends = [item for item in plan.skipped if every or _matters(item)]
    if not open_ends:
        return ""
    if every:
        rows = sorted(open_ends, key=lambda item: (item.span.path, item.span.line, item.cpp))
        places = (replace(item.span, path=place(item.span.path)) for item in rows)
        found = [
            f"  {at}: {i.code} {i.kind} `{i.cpp}`: {i.reason}{f'; {i.advice.line}' if i.advice else ''}"
            for at, i in zip(places, rows, strict=True)
        ]
        return "\n".join(["not bound:", *found])
    totals = Counter(item.code for item in open_ends)
    lines = [
        f"  {number:4}  {code}  {CODES[code].title}{_HINTS.get(code, '')}" for code, number in totals.most_common()
    ]
    advice = []
    arrays = [item for item in open_ends if item.advice is not None and item.advice.array]
    outputs = [item for item in open_ends if item.advice is not None and not item.advice.array]
    for text, items in ((_ARRAYS, arrays), (_OUTPUTS, outputs)):
        advice += [f"  {text}:", *(f"        {line}" for line in fold_advice(items))] if items else []
    return "\n".join(["not bound:", *lines, *advice, "  (--skipped lists each with its place)"])


def fold_advice(items: list[Skipped]) -> list[str]:
    """One rule for the functions of each class: a glob passes over what it does not suit."""
    scopes: dict[str, list[Advice]] = {}
    for advice in (item.advice for item in items if item.advice is not None):
        scopes.setdefault(advice.selector.rpartition("::")[0], []).append(advice)
    return [found[0].line if len(found) == 1 else _join(scope, found).line for scope, found in scopes.items()]


def _join(scope: str, found: list[Advice]) -> Advice:
    return Advice(
        selector=f"{scope}::*" if scope else "*",
        out=tuple(dict.fromkeys(name for advice in found for name in advice.out)),
        array=tuple(dict.fromkeys(name for advice in found for name in advice.array)),
    )


def render_reasons(plan: Module) -> str:
    """The same in one line: `not bound 3: DV036 not supported yet (2), DV050 not exported by its library (1)`."""
    totals = Counter(item.code for item in plan.skipped if _matters(item))
    if not totals:
        return ""
    reasons = ", ".join(f"{code} {CODES[code].title} ({number})" for code, number in totals.most_common())
    return f"not bound {totals.total()}: {reasons}; `dovetail check --skipped` shows them"


def _matters(item: Skipped) -> bool:
    """What no library defines does not count, but a library that was forgotten must show."""
    return item.counts or item.code == "DV050"


def as_json(plan: Module, seconds: dict[str, float]) -> dict[str, Any]:
    """The same as data."""
    counts = plan.counts
    return {
        "module": plan.name,
        "callables": counts.callables,
        "callables_bound": counts.callables_bound,
        "classes": counts.classes,
        "enums": counts.enums,
        "fields": counts.fields,
        "fields_bound": counts.fields_bound,
        "seconds": seconds,
        "skipped": [
            {
                "cpp": item.cpp,
                "kind": item.kind,
                "code": item.code,
                "reason": item.reason,
                "path": item.span.path,
                "line": item.span.line,
                "counts": item.counts,
                "rule": item.advice.line if item.advice else None,
            }
            for item in plan.skipped
        ],
    }
