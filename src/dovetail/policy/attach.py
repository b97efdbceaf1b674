"""Free functions as members by rule: `method-of`, `constructor-of`, `destructor-of`.

In: a free function whose rule names a class.  Out: a candidate among the members of that class; DV018.
Must not know: how C libraries report errors, overloads.

C has no methods, so it writes `shape_area(const Shape*)`. With `"shape_*" = { method-of = "Shape" }` Python has
`shape.area()`: the first parameter that is a Shape is self, and the prefix goes (`rename` says another name). A
function without such a parameter is a static method. One that gives a new Shape is a constructor, and the function of
the destructor ends each object that Python owns: what a constructor made, and results with `returns = "own"`. Called as
a method, it ends the object at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import final

from dovetail import model, plan
from dovetail.convert import Passing, Refusal, strip, take_apart
from dovetail.model import FunctionKind
from dovetail.plan import Call, Return
from dovetail.policy.array_results import decide_array_result
from dovetail.policy.candidates import add_candidate, make_overload
from dovetail.policy.draft import Bucket, Candidate, ClassDraft, Draft
from dovetail.policy.failures import decide_failure
from dovetail.policy.freed import settle_free
from dovetail.policy.names import style, to_snake_case
from dovetail.policy.ownership import Given, decide_result
from dovetail.policy.parameters import decide_parameters
from dovetail.policy.rules import View

WORDS = ("constructor_of", "destructor_of", "method_of")
POINTERS = (Passing.POINTER, Passing.CONST_POINTER)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a free function is for a class."""

    word: str
    owner: ClassDraft


def decide_destructors(draft: Draft) -> None:
    """Pass: the functions that end objects, before any result is owned."""
    for function in draft.model.functions:
        view = draft.rules.view(
            function.qualified, annotations=function.annotations, scope=function.scope, span=function.span
        )
        role = find_role(draft, function, view) if view.rule.destructor_of else None
        if role is None or role.word != "destructor_of":
            continue
        passing = take_apart(function.params[0].type)[1] if len(function.params) == 1 else None
        if passing is not Passing.POINTER or not is_own(draft, function.params[0], role.owner):
            message = f"`{function.qualified}` does not end a `{role.owner.cpp}`: it takes no single pointer to one"
            draft.sink.report("DV018", message, view.span("destructor_of"))
            continue
        role.owner.destroy = function.qualified


def find_role(draft: Draft, function: model.Function, view: View) -> Role | None:
    """The class that a rule gives the function to; None where none does, or there is no such class."""
    for word in WORDS:
        name = getattr(view.rule, word)
        if not name:
            continue
        owner = find_owner(draft, name)
        if owner is not None:
            return Role(word=word, owner=owner)
        key = f"{word}:{name}"
        if key not in draft.reported_owners:
            draft.reported_owners.add(key)
            message = f"`{word.replace('_', '-')}` names `{name}`, which is no bound class"
            draft.sink.report("DV018", message, view.span(word))
    return None


def find_owner(draft: Draft, name: str) -> ClassDraft | None:
    names = (name, f"{draft.namespace}::{name}" if draft.namespace else name)
    found = next((draft.classes[n] for n in names if n in draft.classes), None)
    by_path = next((c for c in draft.own_classes() if c.path == name), None)
    chosen = found or by_path
    return None if chosen is None or chosen.raised else chosen


def is_own(draft: Draft, param: model.Param, owner: ClassDraft) -> bool:
    return draft.find_class(strip(param.type)) is owner


def add_attached(draft: Draft, function: model.Function, role: Role, view: View) -> Refusal | None:
    """A candidate among the members of the class."""
    match role.word:
        case "constructor_of":
            return add_maker(draft, function, role.owner, view)
        case "destructor_of":
            return add_end(function, role.owner, view)
    place = next((i for i, p in enumerate(function.params) if is_own(draft, p, role.owner)), None)
    return add_member(draft, function, role.owner, view, place)


def member_name(function: model.Function, owner: ClassDraft, view: View) -> str:
    """Without the name of the class in front: `shape_area`, `shapeArea` and `Shape_area` are `area`."""
    if view.rule.rename:
        return view.rule.rename
    stem = re.sub(r"_(?:t|s|st)$", "", owner.model.name)
    name = function.name
    for prefix in (f"{stem}_", f"{to_snake_case(stem)}_", f"{stem.lower()}_"):
        if name.lower().startswith(prefix.lower()) and len(name) > len(prefix) and not name[len(prefix)].isdigit():
            return style(name[len(prefix) :], view.rule.names)
    rest = name[len(stem) :]
    if name.lower().startswith(stem.lower()) and rest[:1].isupper():
        return style(rest[:1].lower() + rest[1:], view.rule.names)
    return style(name, view.rule.names)


def add_member(
    draft: Draft, function: model.Function, owner: ClassDraft, view: View, place: int | None
) -> Refusal | None:
    """A method, with self at `place` among the parameters; a static method without one."""
    rest = tuple(p for i, p in enumerate(function.params) if i != place)
    kind = FunctionKind.STATIC if place is None else FunctionKind.METHOD
    const, given_self = True, ""
    if place is not None:
        passing = take_apart(function.params[place].type)[1]
        const = passing in (Passing.VALUE, Passing.CONST_REFERENCE, Passing.CONST_POINTER)
        given_self = "&{self}" if passing in POINTERS else "{self}"
    member = replace(function, params=rest, kind=kind, const=const)
    taken = decide_parameters(draft, member, view)
    if isinstance(taken, Refusal):
        return taken
    passed, named = list(taken.passed), dict(taken.named)
    if place is not None:
        passed.insert(place, given_self)
        named[function.params[place].name] = given_self
    said = settle_free(draft, function, view)
    laid_out = decide_array_result(draft, function, None, said, passed=named, arguments=passed)
    given = laid_out or decide_result(draft, function.returns, said)
    if isinstance(given, Refusal):
        return Refusal(code=given.code, reason=f"result: {given.reason}")
    call = given.wrap.replace("{call}", f"{function.qualified}({', '.join(passed)})")
    how = Call.STATIC if place is None else Call.METHOD
    overload = make_overload(member, view, how, expression=call, params=taken.params, result=given.result)
    overload = decide_failure(draft, member, owner, view, overload, wrap=given.wrap)
    name = member_name(function, owner, view)
    bucket = owner.methods.setdefault(name, Bucket(name=name, scope=owner.path, cpp=function.qualified))
    add_candidate(bucket, function, replace(overload, cpp=spell(function)))
    return None


def spell(function: model.Function) -> str:
    return f"{function.qualified}({', '.join(p.type.canonical for p in function.params)})"


def add_maker(draft: Draft, function: model.Function, owner: ClassDraft, view: View) -> Refusal | None:
    """A constructor: it gives a value, or a pointer that Python owns from then on."""
    passing = take_apart(function.returns)[1]
    by_pointer = passing is Passing.POINTER
    if draft.find_class(strip(function.returns)) is not owner or not (by_pointer or passing is Passing.VALUE):
        message = f"`{function.qualified}` makes no `{owner.cpp}`: it returns `{function.returns.written}`"
        draft.sink.report("DV018", message, view.span("constructor_of"))
        return Refusal(code="DV018", reason="it makes no object of the class")
    if by_pointer and not owner.destroy and not (owner.model.complete and owner.model.traits.destructible):
        message = f"nothing says how a `{owner.cpp}` made by `{function.qualified}` ends"
        helps = (f'say it of the function that does: destructor-of = "{owner.model.name}"',)
        draft.sink.report("DV018", message, view.span("constructor_of"), helps=helps)
        return Refusal(code="DV018", reason="nothing says how its objects end")
    member = replace(function, kind=FunctionKind.CONSTRUCTOR, scope=owner.cpp)
    taken = decide_parameters(draft, member, view)
    if isinstance(taken, Refusal):
        return taken
    call = f"{function.qualified}({', '.join(taken.passed)})"
    expression = call if by_pointer else f"{owner.cpp}({call})"
    nothing = Given(result=plan.Result(how=Return.NONE)).result
    overload = make_overload(member, view, Call.CONSTRUCTOR, expression=expression, params=taken.params, result=nothing)
    if owner.constructors is None:
        owner.constructors = Bucket(name="__init__", scope=owner.path, cpp=f"{owner.cpp}::{owner.model.name}")
    owner.no_constructor = ""
    overload = replace(overload, cpp=spell(function), made=by_pointer)
    owner.constructors.candidates.append(Candidate(function=function, overload=overload, cpp=overload.cpp))
    return None


def add_end(function: model.Function, owner: ClassDraft, view: View) -> Refusal | None:
    """A method that ends the object at once."""
    name = member_name(function, owner, view)
    bucket = owner.methods.setdefault(name, Bucket(name=name, scope=owner.path, cpp=function.qualified, ends=True))
    overload = make_overload(
        replace(function, params=(), kind=FunctionKind.METHOD),
        view,
        Call.METHOD,
        expression="{self}",
        params=(),
        result=plan.Result(how=Return.NONE),
    )
    add_candidate(bucket, function, replace(overload, cpp=spell(function), const=False))
    return None
