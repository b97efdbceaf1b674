"""Layouts: what code that was compiled with a header knows of the objects of a class.

In: classes of the model, private members included.  Out: a hash of each.  Must not know: who compares them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

from dovetail import model
from dovetail.policy.draft import Draft


def find_unbound(draft: Draft) -> dict[str, model.Class]:
    """Classes that have no layouts of their own in the module: these belong to the layouts of what has them inside."""
    entries = {name: draft.classes.get(name) for name in draft.known}
    return {name: draft.known[name] for name, entry in entries.items() if not entry or entry.module or entry.raised}


def find_layout(class_: model.Class, unbound: Mapping[str, model.Class]) -> str:
    """Differs where a size, a member's place, name or type, a base or a virtual function does, also private ones: the
    code of methods in the header reads them. "": of a class that is only declared."""
    if not class_.complete:
        return ""
    text = "\n".join(_describe(class_, unbound, set()))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _describe(class_: model.Class, unbound: Mapping[str, model.Class], seen: set[str]) -> Iterator[str]:
    seen.add(class_.qualified)
    fields = [field for field in class_.fields if not field.static]
    yield f"class {class_.size} {class_.align}"
    yield from (f"base {_spell(base.type)} {base.offset} {base.virtual}" for base in class_.bases)
    yield from (f"field {each.name} {_spell(each.type)} {each.offset} {each.bit_width}" for each in fields)
    for method in class_.methods:
        if method.virtual:
            given = ", ".join(_spell(param.type) for param in method.params)
            yield f"virtual {_spell(method.returns)} {method.name}({given}) {method.const}"
    for type_ in [*(base.type for base in class_.bases), *(field.type for field in fields)]:
        for name in _mentioned(type_):
            inner = unbound.get(name)
            if inner is not None and inner.qualified not in seen:
                yield from _describe(inner, unbound, seen)


def _spell(type_: model.Type) -> str:
    """Unnamed ones without the place of their declaration: a comment above it changes nothing."""
    return re.sub(r"\((unnamed|anonymous|lambda)[^)]*\)", "", type_.canonical)


def _mentioned(type_: model.Type) -> Iterator[str]:
    """Classes by value, and those that pointers and containers lead to."""
    yield type_.bare
    for part in (type_.target, *type_.arguments):
        if isinstance(part, model.Type):
            yield from _mentioned(part)
