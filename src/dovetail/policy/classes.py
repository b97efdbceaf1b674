"""Classes: names, bases, and where objects live.

In: selected classes.  Out: `ClassDraft` with name, scope, hold, template arguments.
Must not know: members.

An object lives inside its Python object; behind a pointer where C++ forbids that (abstract, over-aligned, huge);
nowhere where its destructor is not public.
"""

from __future__ import annotations

from dovetail import plan
from dovetail.convert import Refusal, Use
from dovetail.model import Access, Type
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.names import escape, noun, unique
from dovetail.policy.values import find_conversion

ROOM_LIMIT = 1 << 16
ALIGN_LIMIT = 16
ROLES = frozenset({"value_type", "key_type", "mapped_type", "element_type", "reference", "const_reference"})
"""Aliases that say what a type is to another one, and not what it is."""


def decide_class_names(draft: Draft) -> None:
    """Pass: a Python path for each class, before any type is converted."""
    named = (a for a in reversed(draft.model.aliases) if a.access is Access.PUBLIC and a.name not in ROLES)
    alias_of = {a.type.bare: a for a in named}
    # What an alias publishes belongs to the class that has the alias, which needs its own name first.
    for entry in sorted(draft.all_classes(), key=lambda e: e.model.type.bare in draft.published):
        class_, scope_cpp = entry.model, entry.model.scope
        alias = draft.published.get(class_.type.bare)
        if alias is None and class_.template:
            alias = alias_of.get(class_.type.bare)
        name = class_.name
        if class_.template:
            scope_cpp = class_.template.rpartition("::")[0]
            name = noun(class_.type, draft.paths)
        if alias is not None and alias.scope in draft.paths:
            scope_cpp, name = alias.scope, alias.name
        entry.scope = draft.paths.get(scope_cpp, "")
        entry.nested = scope_cpp in draft.classes
        entry.name = unique(escape(entry.view.rule.rename or name), draft.taken.setdefault(entry.scope, set()))
        draft.paths[class_.qualified] = entry.path
        draft.paths.setdefault(class_.type.bare, entry.path)


def decide_classes(draft: Draft) -> None:
    """Pass: hold, template arguments."""
    for entry in draft.all_classes():
        entry.hold = find_hold(entry)
        entry.no_constructor = explain_no_constructor(entry)
        if entry.model.template and not entry.raised:
            entry.template = capitalise_template(draft, entry)
            arguments, defaults = entry.model.type.arguments, entry.model.defaults
            entry.arguments = tuple(argument_name(draft, a) for a in arguments)
            entry.defaults = tuple(argument_name(draft, a) for a in defaults)
            entry.spellings = tuple(a if isinstance(a, str) else a.canonical for a in (*arguments, *defaults))


def capitalise_template(draft: Draft, entry: ClassDraft) -> str | None:
    """The Python name of the template, unless something else has it."""
    name = (entry.model.template or "").rpartition("::")[2]
    return name if name not in draft.taken.get(entry.scope, ()) or entry.name != name else None


def argument_name(draft: Draft, argument: Type | str) -> str:
    if isinstance(argument, str):
        return value_name(draft, argument)
    found = find_conversion(draft, argument, Use.ELEMENT)
    return argument.canonical if isinstance(found, Refusal) else found.gives


def value_name(draft: Draft, text: str) -> str:
    """`True` of `true`, `Mode.fast` of `lib::Mode::fast`."""
    if text in ("true", "false"):
        return text.capitalize()
    scope, _, name = text.rpartition("::")
    enum_ = draft.enums.get(scope)
    python = next((e.name for e in enum_.enumerators if e.cpp.endswith(f"::{name}")), "") if enum_ else ""
    if enum_ is None or not python:
        return text
    return f"{enum_.scope}.{enum_.name}.{python}" if enum_.scope else f"{enum_.name}.{python}"


def find_hold(entry: ClassDraft) -> plan.Hold:
    class_ = entry.model
    if not class_.traits.destructible:
        return plan.Hold.NONE
    if class_.traits.abstract or (class_.align or 0) > ALIGN_LIMIT or (class_.size or 0) > ROOM_LIMIT:
        return plan.Hold.HEAP
    return plan.Hold.INLINE


def explain_no_constructor(entry: ClassDraft) -> str:
    traits = entry.model.traits
    if not entry.model.complete:
        return "these headers only declare it"
    if not traits.destructible:
        return "its destructor is not public"
    if traits.abstract:
        return "it is abstract"
    return ""


def ancestors(draft: Draft, entry: ClassDraft) -> list[ClassDraft]:
    """All bound public bases, nearest first."""
    found: list[ClassDraft] = []
    queue = [b.cpp for b in entry.bases]
    while queue:
        base = draft.classes[queue.pop(0)]
        if base not in found:
            found.append(base)
            queue += [b.cpp for b in base.bases]
    return found
