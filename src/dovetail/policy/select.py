"""Selection: which classes and enums are public, and which of the classes are exceptions.

In: the model, rules.  Out: `draft.classes`, `draft.enum_models`, `draft.unbound` with reasons.
Must not know: members.

Public is what has a name, is reached through public scopes only and is not in a private namespace. A class that the
headers only declare is an opaque handle where a signature speaks of it. The elements of a public range are public even
in a private namespace, and so is what a public alias names; their members are in no count.
An exception class is one that derives from `std::exception`, one that a rule says is, or one whose name ends in `Error`
or `Exception`, that nothing takes or returns (its own members and those of other exceptions aside) and that can be
copied: muParser's `ParserError` derives from nothing and is thrown all the same.
"""

from __future__ import annotations

import re

from dovetail import model
from dovetail.convert import TABLE, strip
from dovetail.model import Access, Type, TypeKind, is_private, unwrap
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.grids import find_element
from dovetail.policy.published import find_published
from dovetail.policy.ranges import find_elements
from dovetail.policy.scopes import namespace_of
from dovetail.policy.std_exceptions import is_std_exception

UNNAMED = re.compile(r"\((?:unnamed|anonymous|lambda)\b")  # `Signal<void (int)>` has a name
RANGE_FUNCTIONS = frozenset(f"{way}{edge}" for way in ("", "c", "r", "cr") for edge in ("begin", "end"))


def decide_selection(draft: Draft) -> None:
    """Pass: classes and enums that Python will see, exceptions told apart."""
    hidden: set[str] = set()
    visible = used_in_signatures(draft, private_fields=False)
    draft.published = find_published(draft.model, spoken_of(draft.model))
    published_types = find_elements(draft.model) | draft.published.keys()
    for class_ in draft.model.classes:
        published = class_.type.bare in published_types or is_taken_in(draft, class_)
        refused = None if published and class_.access is Access.PUBLIC else refuse_class(draft, class_, hidden)
        if refused is None and not class_.complete and not {class_.qualified, class_.type.bare} & visible:
            refused = "DV044", f"`{class_.qualified}` is only declared, and nothing takes or returns it"
        if refused:
            code, reason = refused
            hidden.add(class_.qualified)
            for key in (class_.qualified, class_.type.bare):
                draft.unbound.setdefault(key, (code, reason))
            if code:
                draft.skip(class_.qualified, "class", code, reason, class_.span, counts=False)
            continue
        entry = ClassDraft(
            model=class_, view=draft.rules.view(class_.qualified, "", class_.annotations, class_.scope, class_.span)
        )
        draft.classes[class_.qualified] = entry
        draft.classes.setdefault(class_.type.bare, entry)
    select_enums(draft, hidden)
    select_exceptions(draft)


def is_taken_in(draft: Draft, declared: model.Class | model.Enum) -> bool:
    """Whether a rule says `skip = false` of what is in a private namespace."""
    view = draft.rules.view(declared.qualified, "", declared.annotations, declared.scope, declared.span)
    return view.rule.skip is False and is_private(declared.qualified)


def refuse_class(draft: Draft, class_: model.Class, hidden: set[str]) -> tuple[str, str] | None:
    """Why a class is not bound: code ("" for what is no public API) and reason."""
    if class_.type.bare in draft.own:
        return "", f"the header converts `{class_.qualified}` itself"
    row = TABLE.get(class_.qualified)
    if row is not None and not row.library:
        return "", f"`{class_.qualified}` is a value of Python"
    if is_private(class_.scope) or is_private(class_.qualified) or class_.qualified.startswith("std::"):
        return "", f"`{class_.qualified}` is in a private namespace"
    if class_.scope in hidden:
        return "", f"`{class_.scope}` is not bound"
    if find_element(class_, class_.type) is not None:
        return "", f"`{class_.qualified}` is an array in Python"
    if class_.access is not Access.PUBLIC:
        return "", f"`{class_.qualified}` is not public"
    if not class_.name or UNNAMED.search(unwrap(class_.qualified)):
        return "", "an unnamed type"
    if namespace_of(class_.scope, draft.model.namespaces) not in draft.paths:
        return "DV033", f"`{class_.scope}` is left out"
    if draft.rules.view(class_.qualified, "", class_.annotations, class_.scope, class_.span).rule.skip:
        return "DV033", "a rule says skip"
    if not class_.complete and class_.template:
        return "DV044", f"`{class_.qualified}` is only declared"
    return None


def select_enums(draft: Draft, hidden: set[str]) -> None:
    for enum_ in draft.model.enums:
        view = draft.rules.view(enum_.qualified, "", enum_.annotations, enum_.scope, enum_.span)
        private = is_private(enum_.scope) or enum_.access is not Access.PUBLIC or enum_.scope in hidden
        outside = namespace_of(enum_.scope, draft.model.namespaces) not in draft.paths
        if (enum_.qualified in draft.published or is_taken_in(draft, enum_)) and enum_.access is Access.PUBLIC:
            private = outside = False
        if private or outside or view.rule.skip or enum_.qualified in draft.own:
            draft.unbound.setdefault(enum_.qualified, ("DV046", f"the enum `{enum_.qualified}` is not bound"))
            if view.rule.skip and not private:
                draft.skip(enum_.qualified, "enum", "DV033", "a rule says skip", enum_.span, counts=False)
            continue
        draft.enum_models[enum_.qualified or f"{enum_.scope}::{enum_.span}"] = enum_


def select_exceptions(draft: Draft) -> None:
    """Marks exception classes; what derives from one is one."""
    raised = {key for entry in draft.used if entry.raised for key in (entry.cpp, entry.model.type.bare)}
    used = used_in_signatures(draft)
    for entry in draft.all_classes():
        said = entry.view.rule.exception
        bases = {b.type.declaration or b.type.bare for b in entry.model.bases}
        derives = bool(raised & (bases | {b.type.bare for b in entry.model.bases})) or any(map(is_std_exception, bases))
        named = entry.model.name.endswith(("Error", "Exception")) and entry.cpp not in used
        plausible = named and entry.model.traits.copy_constructible and not entry.model.traits.abstract
        if said if said is not None else derives or plausible:
            entry.raised = True
            raised.add(entry.cpp)


def used_in_signatures(draft: Draft, *, private_fields: bool = True) -> set[str]:
    """Class names that a parameter, result, field or variable mentions, outside of classes named like exceptions."""
    used: set[str] = set()
    own = {c.qualified for c in draft.model.classes if c.name.endswith(("Error", "Exception"))}
    functions = list(draft.model.functions)
    for class_ in draft.model.classes:
        if class_.qualified in own:
            continue
        functions += [f for f in (*class_.constructors, *class_.methods) if f.access is Access.PUBLIC]
        for field in class_.fields:
            if private_fields or field.access is Access.PUBLIC:
                used |= mentioned(field.type)
    for function in functions:
        for type_ in (function.returns, *(p.type for p in function.params)):
            used |= mentioned(type_)
    for variable in draft.model.variables:
        used |= mentioned(variable.type)
    return used


def spoken_of(module: model.Module) -> set[str]:
    """Types in public signatures outside of private namespaces, those of ranges aside: these are iterated over."""
    functions = list(module.functions)
    for class_ in module.classes:
        if class_.access is Access.PUBLIC and not is_private(class_.qualified):
            functions += [f for f in (*class_.constructors, *class_.methods) if f.access is Access.PUBLIC]
    found: set[str] = set()
    for function in functions:
        if function.name not in RANGE_FUNCTIONS and not is_private(function.scope):
            for type_ in (function.returns, *(p.type for p in function.params)):
                found |= mentioned(type_)
    return found


def mentioned(type_: Type) -> set[str]:
    core = strip(type_)
    while core.kind is TypeKind.POINTER and core.target is not None:
        core = core.target
    found = {core.bare, core.declaration or ""}
    for inner in core.arguments:
        if isinstance(inner, Type):
            found |= mentioned(inner)
    return found
