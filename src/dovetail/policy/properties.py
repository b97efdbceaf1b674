"""Properties by rule: getters and setters as attributes.

In: class drafts with their methods, rules.  Out: accessors in the place of these methods; DV018, DV019.
Must not know: how attributes are read.

`properties = true` on a class finds them by their names: `getX` and `get_x` (with `setX`, `set_x` where there is one),
`x()` beside `x(v)`, `setX(v)` or `set_x(v)`, and `isX`, `is_x`. `getSize` is `size`, `isOpen` beside `setOpen` is
`open`, alone it keeps its name. `property = "size"` on a getter or setter says it of one. Virtual functions that Python
may override stay methods, and so do overloads that take more than the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import final

from dovetail import model, plan
from dovetail.model import FunctionKind
from dovetail.plan import Call, Return
from dovetail.policy.draft import Bucket, Candidate, ClassDraft, Draft
from dovetail.policy.names import escape, style, to_snake_case

GETTER = re.compile(r"[gG]et(?:_(?=\w)|(?=[A-Z0-9]))(\w+)")
SETTER = re.compile(r"[sS]et(?:_(?=\w)|(?=[A-Z0-9]))(\w+)")
QUESTION = re.compile(r"[iI]s(?:_(?=\w)|(?=[A-Z0-9]))(\w+)")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A method that reads or writes a property, in its bucket."""

    bucket: Bucket
    candidate: Candidate
    function: model.Function

    @property
    def name(self) -> str:
        """As C++ spells it; of a free function that a rule made a method, without its prefix."""
        return self.bucket.name if self.function.kind is FunctionKind.FREE else self.function.name


def decide_properties(draft: Draft) -> None:
    """Pass: accessors of getters and setters."""
    for entry in draft.all_classes():
        getters = [f for f in methods_of(entry) if is_getter(f.candidate.overload)]
        # What was thrown is told by an exception, and stays as it is.
        setters = [f for f in methods_of(entry) if is_setter(f.candidate.overload) and not entry.raised]
        decide_named(draft, entry, getters, setters)
        if entry.view.rule.properties:
            decide_by_pattern(draft, entry, getters, setters)


def methods_of(entry: ClassDraft) -> Iterator[Found]:
    for bucket in entry.methods.values():
        for candidate in bucket.candidates:
            function = candidate.function
            if function is None or candidate.overload.call is not Call.METHOD or bucket.name.startswith("__"):
                continue
            if not (function.virtual and entry.slots):
                yield Found(bucket=bucket, candidate=candidate, function=function)


def is_getter(overload: plan.Overload) -> bool:
    return not overload.params and overload.result.how is not Return.NONE and not overload.twin


def is_setter(overload: plan.Overload) -> bool:
    return len(overload.params) == 1 and not overload.params[0].out and not overload.params[0].inout


def decide_named(draft: Draft, entry: ClassDraft, getters: list[Found], setters: list[Found]) -> None:
    """By rules on the methods themselves."""

    def named(found: Found) -> str:
        f = found.function
        return draft.rules.view(f.qualified, annotations=f.annotations, scope=f.scope, span=f.span).rule.property or ""

    for name in dict.fromkeys(named(f) for f in (*getters, *setters)):
        if not name:
            continue
        reads, writes = [f for f in getters if named(f) == name], [f for f in setters if named(f) == name]
        if reads:
            add_property(draft, entry, name, reads[0], choose_setter(reads[0], writes))
        else:
            function = writes[0].function
            view = draft.rules.view(
                function.qualified, annotations=function.annotations, scope=function.scope, span=function.span
            )
            helps = (f'say it of the getter as well: property = "{name}"',)
            message = f"the property `{name}` of `{entry.cpp}` has a setter and no getter"
            draft.sink.report("DV018", message, view.span("property"), helps=helps)


def decide_by_pattern(draft: Draft, entry: ClassDraft, getters: list[Found], setters: list[Found]) -> None:
    """By what they are called."""
    plain: dict[str, list[Found]] = {}
    prefixed: dict[str, list[Found]] = {}
    for found in setters:
        match = SETTER.fullmatch(found.name)
        group, stem = (prefixed, match[1]) if match else (plain, found.name)
        group.setdefault(to_snake_case(stem), []).append(found)
    for getter in getters:
        if getter.candidate not in getter.bucket.candidates:
            continue
        name, key = name_property(entry, getter, prefixed, plain)
        if name:
            same = plain.get(key, ()) if key == to_snake_case(getter.name) else ()
            writes = [*prefixed.get(key, ()), *same]
            add_property(draft, entry, name, getter, choose_setter(getter, writes))


def name_property(
    entry: ClassDraft, getter: Found, prefixed: dict[str, list[Found]], plain: dict[str, list[Found]]
) -> tuple[str, str]:
    """The name of the property and the key of its setters; "" where the method stays one."""
    spelled, names = getter.name, entry.view.rule.names
    if match := GETTER.fullmatch(spelled):
        return spell(match[1], names), to_snake_case(match[1])
    if match := QUESTION.fullmatch(spelled):
        key = to_snake_case(match[1])
        return (spell(match[1], names) if key in prefixed else style(spelled, names)), key
    key = to_snake_case(spelled)
    return (style(spelled, names) if key in prefixed or key in plain else ""), key


def spell(stem: str, names: str | None) -> str:
    """`Size` of `getSize` is `size`; `URL` stays as it is."""
    if names == "snake_case":
        return style(stem, names)
    word = stem if stem[1:2].isupper() else stem[:1].lower() + stem[1:]
    return escape(word) if word.isidentifier() else f"_{word}"


def choose_setter(getter: Found, setters: list[Found]) -> Found | None:
    """Of several, the one that takes what the getter gives."""
    alive = [s for s in setters if s.candidate in s.bucket.candidates]
    gives = getter.candidate.overload.result.annotation
    exact = [s for s in alive if s.candidate.overload.params[0].value.takes == gives]
    return next(iter(exact or alive), None)


def add_property(draft: Draft, entry: ClassDraft, name: str, getter: Found, setter: Found | None) -> None:
    """The accessor; the methods that it stands for are gone."""
    own = [getter.bucket, *([setter.bucket] if setter is not None else [])]
    others = {b.name for b in entry.methods.values() if all(b is not o for o in own)}
    taken = draft.taken.setdefault(entry.path, set())
    if name in taken or name in others:
        function = getter.function
        message = f"`{entry.cpp}` has another member `{name}`: `{getter.name}` stays a method"
        draft.sink.report("DV019", message, function.span)
        return
    taken.add(name)
    overload = getter.candidate.overload
    entry.accessors.append(
        plan.Accessor(
            name=name,
            cpp=getter.function.qualified,
            read=overload,
            write=None if setter is None else make_write(setter.candidate.overload),
            span=getter.function.span,
            doc=overload.doc,
        )
    )
    twins = [c for c in getter.bucket.candidates if is_getter(replace(c.overload, twin=False))]
    getter.bucket.candidates = [c for c in getter.bucket.candidates if c not in twins]
    if setter is not None:
        setter.bucket.candidates = [c for c in setter.bucket.candidates if c is not setter.candidate]
    for bucket in own:
        if not bucket.candidates:
            entry.methods.pop(bucket.name, None)


def make_write(overload: plan.Overload) -> plan.Overload:
    """An object that is stored by pointer lives on, as with a field that is a pointer."""
    given = overload.params[0]
    stored = given.value.converter == "class" and given.value.cpp.rstrip().endswith("*")
    param = replace(given, name="value", default=None, kept_by="self" if stored else given.kept_by)
    return replace(overload, call=Call.WRITE, params=(param,), result=plan.Result(how=Return.NONE))
