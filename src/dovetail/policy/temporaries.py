"""Temporaries: methods that C++ calls on a temporary only, and functions that refuse one.

In: functions with their siblings.  Out: how the object is called, whether the result needs it, or refusals.
Must not know: how other arguments and results are decided.

- `T take() &&` is called on a copy of the object. What cannot be copied is taken over, as by a `unique_ptr` argument:
  the Python object cannot be used afterwards. A reference that it gives is copied.
- Where neither will do, and `const T& take() const &` gives the same of an object that lives on, that one is called.
- Where `f() &` has no counterpart for temporaries, or that is deleted, what it gives may look into the object.
- Where `f(T&&)` is deleted beside `f(const T&)`, what it gives may look into the argument: an object stays alive for
  it, and what would only be converted for the call is refused.
- The same holds for what a constructor takes as `const T&`, where the class has a reference or pointer to a `const T`.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import Conversion, Passing, Refusal, strip, take_apart
from dovetail.model import Access, FunctionKind, RefQualifier, TypeKind
from dovetail.plan import Return
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.rules import signature_of

GIVEN_AWAY = (Return.NONE, Return.VALUE, Return.COPY, Return.LIST, Return.DICT, Return.BYTES)


def decide_temporary(
    draft: Draft, function: model.Function, owner: ClassDraft, overload: plan.Overload, *, special: bool = False
) -> plan.Overload | Refusal:
    """A method that is callable on a temporary only. `special`: an operator or conversion, which must not end the
    object."""
    result = copy_reference(draft, function, overload.result)
    if result.how not in GIVEN_AWAY:
        return refuse_temporary(function, owner, "gives a reference into that")
    if overload.virtual:
        return refuse_temporary(function, owner, "virtual")
    if special and not is_copied(owner):
        return refuse_temporary(function, owner, "no copy can be made for it")
    # What a copy gives may look at what its original looks at; `const` follows from the copy.
    return replace(
        overload,
        temporary=True,
        const=function.const or is_copied(owner),
        result=replace(result, lent=gives_object(result)),
    )


def copy_reference(draft: Draft, function: model.Function, result: plan.Result) -> plan.Result:
    """`const T&& get() const &&` gives a T, as far as Python may know."""
    core, passing = take_apart(function.returns)
    entry = draft.find_class(core)
    borrowed = result.how is Return.BORROW and passing in (Passing.CONST_REFERENCE, Passing.REFERENCE)
    return replace(result, how=Return.COPY) if borrowed and entry is not None and is_copied(entry) else result


def refuse_temporary(function: model.Function, owner: ClassDraft, why: str) -> Refusal:
    other = find_lasting(function, owner)
    if other is not None:
        return Refusal(code="DV037", reason=f"`{signature_of(other)}` gives the same of an object that lives on")
    return Refusal(code="DV034", reason=f"it is only callable on a temporary, and {why}")


def find_lasting(function: model.Function, owner: ClassDraft) -> model.Function | None:
    """What gives the same of an object that is no temporary. As its types are the same, it is bound where this one
    would be."""
    given = strip(function.returns).bare
    for other in owner.model.methods:
        same = other.kind is function.kind and (other.name == function.name or function.kind is FunctionKind.CONVERSION)
        called = other.access is Access.PUBLIC and not other.deleted and other.ref_qualifier is not RefQualifier.RVALUE
        takes = [p.type.canonical for p in other.params] == [p.type.canonical for p in function.params]
        if same and called and takes and strip(other.returns).bare == given and (other.const or not function.const):
            return other
    return None


def is_copied(owner: ClassDraft) -> bool:
    """A copy of what may be an object of a derived class would not be the same object."""
    traits = owner.model.traits
    return traits.copy_constructible and not traits.polymorphic


def is_for_temporaries(function: model.Function) -> bool:
    return function.ref_qualifier is RefQualifier.RVALUE and function.kind is not FunctionKind.CONSTRUCTOR


def lends_itself(function: model.Function, owner: ClassDraft | None, result: plan.Result) -> bool:
    """`f() &` that no temporary has: what it gives by value looks into the object."""
    if owner is None or function.ref_qualifier is not RefQualifier.LVALUE or function.const or not gives_object(result):
        return False
    return not any(
        other.name == function.name
        and not other.deleted
        and (other.ref_qualifier is RefQualifier.RVALUE or other.const)
        and [p.type for p in other.params] == [p.type for p in function.params]
        for other in owner.model.methods
    )


def gives_object(result: plan.Result) -> bool:
    made = result.how in (Return.VALUE, Return.COPY)
    return made and result.value is not None and result.value.converter == "class"


def refuses_temporary(draft: Draft, function: model.Function, param: model.Param) -> bool:
    """The overload that would take a temporary in place of the parameter is deleted."""
    core, passing = take_apart(param.type)
    if passing not in (Passing.CONST_REFERENCE, Passing.REFERENCE):
        return False
    owner = draft.classes.get(function.scope)
    group = (*owner.model.constructors, *owner.model.methods) if owner else draft.model.functions
    position = function.params.index(param)
    for other in group:
        same = other.qualified == function.qualified and other.deleted and len(other.params) == len(function.params)
        if not same:
            continue
        refused = other.params[position].type
        if refused.kind is TypeKind.RVALUE_REFERENCE and strip(refused).bare == strip(core).bare:
            return True
    return False


def holds_argument(draft: Draft, function: model.Function, param: model.Param) -> bool:
    """The class refers to what its constructor takes as `const T&`."""
    core, passing = take_apart(param.type)
    class_ = draft.known.get(function.scope)
    if class_ is None or function.kind is not FunctionKind.CONSTRUCTOR or passing is not Passing.CONST_REFERENCE:
        return False
    fields = [field.type for field in class_.fields if not field.static and field.type.target is not None]
    refers = any(
        one.kind in (TypeKind.POINTER, TypeKind.LVALUE_REFERENCE)
        and one.target is not None
        and one.target.const
        and strip(one).bare == strip(core).bare
        for one in fields
    )
    return refers and strip(core).bare != class_.type.bare


def decide_lasting(function: model.Function, param: model.Param, found: Conversion) -> str | Refusal:
    """Who keeps an argument of which no temporary may be made."""
    if found.converter == "class":
        return "self" if function.kind is FunctionKind.CONSTRUCTOR else "result"
    return Refusal(code="DV036", reason=f"`{param.type.written}` must live on, and would be made for the call alone")
