"""Subscripts: `operator[]`, `at` and matrices' `operator()` as `x[key]` and `x[key] = value`.

In: class drafts with their methods.  Out: checked indexes, `__setitem__`, keys that are tuples.
Must not know: iteration, how the runtime takes a tuple apart.

- `operator[]` of a class with `size()` is checked and takes negative indexes, unless it looks up keys.
- One that gives a reference to something assignable, or a proxy that is assigned to, is `__setitem__` too.
- A proxy (a class that converts to a T and is assigned a T: `std::bitset::reference`) is read as its T.
- `contains(x)` is `x in object`.
- Several keys, of `operator[](int, int)` or `T& operator()(int, int)`, are a tuple in Python: `m[1, 2] = 0.5`.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import Refusal, Use, find, strip
from dovetail.model import Access, FunctionKind, Type, TypeKind
from dovetail.plan import Call, Return
from dovetail.policy.draft import Bucket, Candidate, ClassDraft, Draft
from dovetail.policy.fields import reference_to
from dovetail.policy.values import ModuleNames, to_value

INDEX_HEADER = "dovetail/convert/index.h"
KEYED = frozenset({"find", "contains", "count"})


def own_methods(entry: ClassDraft, name: str, params: int = 0) -> list[model.Function]:
    return [
        m
        for m in entry.model.methods
        if m.name == name
        and m.access is Access.PUBLIC
        and m.kind is FunctionKind.METHOD
        and len(m.params) == params
        and not m.deleted
    ]


def find_length(entry: ClassDraft) -> model.Function | None:
    """What says how many elements there are: `size()`, else `length()`, which of a fixed size may be static."""
    sizes = [m for m in own_methods(entry, "size") if m.const]
    lengths = [
        m
        for m in entry.model.methods
        if m.name == "length"
        and not m.params
        and m.access is Access.PUBLIC
        and (m.kind is FunctionKind.STATIC or (m.kind is FunctionKind.METHOD and m.const))
    ]
    return next((m for m in (*sizes, *lengths) if m.returns.kind is TypeKind.INTEGER), None)


def made(
    function: model.Function, expression: str, value: plan.Value | None, params: tuple[plan.Param, ...] = ()
) -> plan.Overload:
    """An overload that a policy adds to what the header declares."""
    how = Return.VALUE if value else Return.NONE
    return plan.Overload(
        cpp=f"{function.qualified}()" if not params else function.qualified,
        call=Call.METHOD,
        expression=expression,
        params=params,
        result=plan.Result(how=how, value=value, annotation=value.gives if value else "None"),
        span=function.span,
        const=function.const,
        noexcept=function.noexcept,
    )


def decide_subscripts(draft: Draft, entry: ClassDraft) -> None:
    """`__getitem__` with checked indexes, and `__setitem__` where C++ can assign."""
    index_with_call(entry)
    bucket = entry.methods.get("__getitem__")
    if bucket is None:
        bucket = index_with_at(draft, entry)
    if bucket is None:
        return
    subscripts = [m for m in entry.model.methods if m.name in READERS and is_own(m)]
    # What looks up the same thing that it is indexed by is a mapping; a text that finds other texts is not.
    indexes = {strip(s.params[0].type).bare for s in subscripts if len(s.params) == 1}
    keyed = any(m.name in KEYED and m.params and strip(m.params[0].type).bare in indexes for m in entry.model.methods)
    size = find_length(entry)
    if size is not None and not keyed:
        bucket.candidates = [replace(c, overload=checked(c.overload, size.name)) for c in bucket.candidates]
    setter = Bucket(name="__setitem__", scope=entry.path, cpp=f"{entry.cpp}::operator[]")
    for function in subscripts:
        overload = decide_setter(draft, function, find_getter(bucket, function), size)
        if overload is not None:
            setter.candidates.append(Candidate(function=None, overload=overload, cpp=overload.cpp))
    if setter.candidates and "__setitem__" not in entry.methods:
        entry.methods["__setitem__"] = setter


def decide_membership(entry: ClassDraft) -> None:
    """`contains(x)` is `x in object`."""
    bucket = entry.methods.get("contains")
    if bucket is None or "__contains__" in entry.methods:
        return
    asked = [
        c
        for c in bucket.candidates
        if len(c.overload.params) == 1
        and c.overload.call is Call.METHOD
        and c.overload.result.annotation == "bool"
        and not c.overload.params[0].out
    ]
    if asked:
        made = Bucket(name="__contains__", scope=entry.path, cpp=bucket.cpp)
        made.candidates = [replace(without_names(c), function=None) for c in asked]
        entry.methods["__contains__"] = made


READERS = ("operator[]", "at", "operator()")


def is_own(method: model.Function) -> bool:
    return method.access is Access.PUBLIC and method.kind is FunctionKind.METHOD and not method.deleted


def decide_setter(
    draft: Draft, function: model.Function, getter: plan.Overload | None, size: model.Function | None
) -> plan.Overload | None:
    """`x[key] = value`; None where C++ cannot assign to what it gives, or Python not read it."""
    target = assigned_type(draft, function.returns)
    if getter is None or target is None:
        return None
    asked = target if target.kind in (TypeKind.POINTER, TypeKind.ENUM) else reference_to(target, True)
    found = find(asked, ModuleNames(draft), Use.TAKE)
    if isinstance(found, Refusal) or found.pointer or found.views:
        return None
    keys = [f"{{{i}}}" for i in range(len(getter.params))]
    if size is not None and INDEX_HEADER in getter.params[0].value.headers:
        keys[0] = f"dovetail::item_index({keys[0]}, {{self}}.{size.name}())"
    place = {"operator[]": "{{self}}[{}]", "at": "{{self}}.at({})", "operator()": "{{self}}({})"}[function.name]
    expression = f"{place.format(', '.join(keys))} = {{{len(keys)}}}"
    params = (*getter.params, plan.Param(name="", value=to_value(found)))
    return replace(made(function, expression, None, params), const=False, doc="", span=function.span, noexcept=False)


def assigned_type(draft: Draft, given: Type) -> Type | None:
    """What may be assigned to the result of a subscript."""
    if given.kind is TypeKind.RECORD:
        return proxied_type(draft, given)
    target = given.target
    if given.kind is not TypeKind.LVALUE_REFERENCE or target is None or target.const:
        return None
    bound = draft.find_class(target)
    return None if bound is not None and not bound.model.traits.copy_assignable else target


def proxied_type(draft: Draft, given: Type) -> Type | None:
    """The T of a proxy returned by value: it converts to T by itself, and is assigned a T."""
    entry = draft.find_class(given) if given.kind is TypeKind.RECORD else None
    if entry is None:
        return None
    methods = [m for m in entry.model.methods if m.access is Access.PUBLIC and not m.deleted]
    read = {strip(m.returns).bare for m in methods if m.kind is FunctionKind.CONVERSION and not m.explicit and m.const}
    written = [strip(m.params[0].type) for m in methods if m.name == "operator=" and len(m.params) == 1]
    found = [t for t in written if t.bare in read]
    return found[0] if len(read) == 1 and found else None


def find_getter(bucket: Bucket, function: model.Function) -> plan.Overload | None:
    """What reads at the same key: the function itself, or the const one that superseded it."""
    exact = [c for c in bucket.candidates if c.function is not None and c.function.span == function.span]
    same = [
        c
        for c in bucket.candidates
        if c.function is not None
        and c.function.name == function.name
        and [p.type for p in c.function.params] == [p.type for p in function.params]
    ]
    found = exact or same
    return found[0].overload if found else None


def index_with_call(entry: ClassDraft) -> None:
    """`m(1, 2)` of a matrix is `m[1, 2]` as well: Python cannot assign to a call."""
    calls = entry.methods.get("__call__")
    if calls is None or "__getitem__" in entry.methods:
        return
    writes = [
        m.params
        for m in entry.model.methods
        if m.name == "operator()"
        and is_own(m)
        and len(m.params) > 1
        and all(p.type.kind is TypeKind.INTEGER and p.default is None for p in m.params)
        and m.returns.kind is TypeKind.LVALUE_REFERENCE
        and m.returns.target is not None
        and not m.returns.target.const
    ]
    types = [[p.type for p in params] for params in writes]
    chosen = [c for c in calls.candidates if c.function and [p.type for p in c.function.params] in types]
    if chosen:
        bucket = Bucket(name="__getitem__", scope=entry.path, cpp=f"{entry.cpp}::operator()")
        bucket.candidates = [without_names(c) for c in chosen]
        entry.methods["__getitem__"] = bucket


def without_names(candidate: Candidate) -> Candidate:
    """Python gives the keys of a subscript by position."""
    params = tuple(replace(p, name="") for p in candidate.overload.params)
    return replace(candidate, overload=replace(candidate.overload, params=params))


def index_with_at(draft: Draft, entry: ClassDraft) -> Bucket | None:
    """A class without `operator[]` is indexed by its `at`, if it is a range."""
    at = entry.methods.get("at")
    sized = bool(own_methods(entry, "size"))
    if at is None or not sized or any(len(c.overload.params) != 1 for c in at.candidates):
        return None
    bucket = Bucket(name="__getitem__", scope=entry.path, cpp=f"{entry.cpp}::at")
    bucket.candidates = [without_names(c) for c in at.candidates]
    entry.methods["__getitem__"] = bucket
    return bucket


def checked(overload: plan.Overload, size: str) -> plan.Overload:
    """Negative indexes count from the end; an index outside raises IndexError instead of reading what is there."""
    index = overload.params[0]
    if index.value.converter != "integer" or len(overload.params) > 1:
        return overload
    value = replace(index.value, cpp="long long", headers=tuple(sorted({*index.value.headers, INDEX_HEADER})))
    expression = overload.expression.replace("{0}", f"dovetail::item_index({{0}}, {{self}}.{size}())")
    return replace(overload, expression=expression, params=(replace(index, value=value),), noexcept=False)
