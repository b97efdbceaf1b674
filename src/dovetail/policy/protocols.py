"""Protocols: what a class can do because of what its members mean together.

In: class drafts with their methods.  Out: protocols, `__len__`, checked indexing, constructors of aggregates.
Must not know: how the runtime does it, indexing (`subscripts`).

- `begin()`/`end()`: iteration over what `*begin()` gives; `size()` beside iteration or indexing: `len`.
- An aggregate is made from its fields by position or keyword, has a repr, compares, copies and pickles.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import Passing, Refusal, Use, find, strip, take_apart
from dovetail.model import FunctionKind, Type, TypeKind
from dovetail.plan import Call, Protocol, Return
from dovetail.policy.draft import Bucket, Candidate, ClassDraft, Draft
from dovetail.policy.fields import field_name, has_copies, reference_to
from dovetail.policy.lending import looks_elsewhere, points_elsewhere
from dovetail.policy.placement import is_truth
from dovetail.policy.ranges import element_of
from dovetail.policy.streams import FILES, make_lasting
from dovetail.policy.subscripts import (
    INDEX_HEADER,
    decide_membership,
    decide_subscripts,
    find_length,
    made,
    own_methods,
)
from dovetail.policy.unions import shares_memory
from dovetail.policy.values import ModuleNames, builtin, find_conversion, to_value

RANGE_NAMES = frozenset({"begin", "end", "cbegin", "cend"})
BACKWARDS = frozenset({"rbegin", "rend", "crbegin", "crend"})


def decide_protocols(draft: Draft) -> None:
    """Pass: iteration, length, indexing, aggregates, copies."""
    for entry in draft.own_classes():
        decide_iteration(draft, entry)
        decide_subscripts(draft, entry)
        decide_membership(entry)
        decide_length(entry)
        decide_text(entry)
        decide_reversal(draft, entry)
        decide_construction(draft, entry)
        decide_copies(entry)
    for entry in draft.all_classes():
        if entry.raised:
            decide_construction(draft, entry)


def decide_iteration(draft: Draft, entry: ClassDraft) -> None:
    """ITERATE where the element of `*begin()` converts; the range functions are then reached through it."""
    begins, ends = own_methods(entry, "begin"), own_methods(entry, "end")
    if not begins or not ends:
        return
    options = []
    for begin in begins:
        element = element_of(draft.model, begin.returns)
        if element is None:
            continue
        found = find_conversion(draft, element, Use.GIVE)
        if not isinstance(found, Refusal):
            shared = found.shared and take_apart(element)[1] is not Passing.VALUE
            options.append((begin.const, shared, found, looks_elsewhere(draft, element)))
    if not options:
        return
    # Elements that can be changed are wanted where there are any; plain values are the same from either.
    const, _, found, lent = min(options, key=lambda o: o[0]) if options[0][1] else max(options, key=lambda o: o[0])
    entry.protocols.add(Protocol.ITERATE)
    entry.iterates, entry.iterate_const, entry.iterate_lent = to_value(found), const, lent
    # `*end()` is no element, so the range functions themselves stay in C++.
    for name in RANGE_NAMES & entry.methods.keys():
        bucket = entry.methods[name]
        bucket.candidates = [c for c in bucket.candidates if c.overload.params]
    count_reached(draft, entry, RANGE_NAMES)


def decide_text(entry: ClassDraft) -> None:
    """What converts to several types is text only at times: `str()` is what it prints, and `to_string()` the text."""
    bucket = entry.methods.get("__str__")
    if bucket is None or Protocol.STR not in entry.protocols:
        return
    conversions = [m for m in entry.model.methods if m.kind is FunctionKind.CONVERSION and not m.explicit]
    others = {strip(m.returns).bare for m in conversions if not is_truth(m)}
    texts = [strip(c.function.returns).declaration or "string" for c in bucket.candidates if c.function is not None]
    name = f"to_{min(texts, default='string').rpartition('::')[2].removeprefix('basic_')}"
    if len(others) > 1 and name not in entry.methods:
        bucket.name = name
        entry.methods[name] = entry.methods.pop("__str__")


def decide_reversal(draft: Draft, entry: ClassDraft) -> None:
    """`rbegin` is reached through `reversed()`: Python walks backwards by itself over what has a length and integer
    indexes, and C++ does where it gives the same elements that way."""
    if Protocol.ITERATE not in entry.protocols:
        return
    items = entry.methods.get("__getitem__")
    indexed = items is not None and any(INDEX_HEADER in c.overload.params[0].value.headers for c in items.candidates)
    if not (indexed and "__len__" in entry.methods):
        if not is_reversible(draft, entry):
            return
        entry.protocols.add(Protocol.REVERSE)
    for name in BACKWARDS & entry.methods.keys():
        bucket = entry.methods[name]
        bucket.candidates = [c for c in bucket.candidates if c.overload.params]
    count_reached(draft, entry, BACKWARDS)


def is_reversible(draft: Draft, entry: ClassDraft) -> bool:
    """`rbegin()` of what is iterated over is `begin()` the other way round."""

    def choose(name: str) -> model.Function | None:
        found = sorted(own_methods(entry, name), key=lambda m: m.const)
        return next((m for m in found if m.const or not entry.iterate_const), None)

    begin, backwards = choose("begin"), choose("rbegin")
    if begin is None or backwards is None or choose("rend") is None:
        return False
    core = strip(backwards.returns)
    if core.declaration == "std::reverse_iterator":
        turned = core.arguments[0]
        return isinstance(turned, Type) and turned.bare == strip(begin.returns).bare
    ahead, behind = element_of(draft.model, begin.returns), element_of(draft.model, backwards.returns)
    return ahead is not None and behind is not None and ahead.canonical == behind.canonical


def count_reached(draft: Draft, entry: ClassDraft, names: frozenset[str]) -> None:
    """Methods without parameters that a protocol reaches are bound, although not by name."""
    spans = {(m.span, m.name) for m in entry.model.methods if m.name in names and not m.params}
    for skipped in [s for s in draft.skipped if s.counts and s.kind == "method"]:
        name = skipped.cpp.partition("(")[0]
        if (skipped.span, name.rpartition("::")[2]) in spans and name.startswith(f"{entry.cpp}::"):
            draft.skipped.remove(skipped)
            draft.bound += 1


def decide_length(entry: ClassDraft) -> None:
    """`size()` (or `length()`) is `len()` where the object is a range of something."""
    size = find_length(entry)
    ranged = Protocol.ITERATE in entry.protocols or "__getitem__" in entry.methods
    if size is None or not ranged or "__len__" in entry.methods:
        return
    overload = made(size, f"{{self}}.{size.name}()", builtin(size.returns.bare, "int", "integer"))
    bucket = Bucket(name="__len__", scope=entry.path, cpp=size.qualified)
    bucket.candidates.append(Candidate(function=None, overload=overload, cpp=overload.cpp))
    entry.methods["__len__"] = bucket


def decide_construction(draft: Draft, entry: ClassDraft) -> None:
    """The implicit default constructor, and an aggregate's constructor from its fields."""
    class_ = entry.model
    made = entry.constructors is not None and any(c.overload.made for c in entry.constructors.candidates)
    if entry.no_constructor or made:
        return
    if entry.destroy:
        entry.no_constructor = f"`{entry.destroy}` ends its objects, and no rule says what makes one"
        return
    written = [c for c in class_.constructors if not is_copy(c, class_)]
    plain = class_.traits.aggregate and not class_.union and not class_.bases and not written
    params = aggregate_parameters(draft, entry) if plain else None
    if params:
        add_constructor(entry, f"{class_.qualified}{{{{{', '.join(f'{{{i}}}' for i in range(len(params)))}}}}}", params)
        decide_aggregate(draft, entry, len(params))
    elif not written and (class_.traits.default_constructible or (entry.slots and not class_.constructors)):
        add_constructor(entry, f"{class_.qualified}()", ())
    if entry.constructors is None or not entry.constructors.candidates:
        entry.no_constructor = "it has no public constructor that Python could call"


def add_constructor(entry: ClassDraft, expression: str, params: tuple[plan.Param, ...]) -> None:
    class_ = entry.model
    if entry.constructors is None:
        entry.constructors = Bucket(name="__init__", scope=entry.path, cpp=f"{class_.qualified}::{class_.name}")
    overload = plan.Overload(
        cpp=f"{class_.qualified}({', '.join(p.value.cpp for p in params)})",
        call=Call.CONSTRUCTOR,
        expression=expression,
        params=params,
        result=plan.Result(how=Return.NONE),
        span=class_.span,
    )
    # What a rule makes a constructor comes first: of equally close ones it wins.
    ruled = [c for c in entry.constructors.candidates if c.function and c.function.kind is FunctionKind.FREE]
    candidate = Candidate(function=None, overload=overload, cpp=overload.cpp)
    entry.constructors.candidates.insert(len(ruled), candidate)


def is_copy(function: model.Function, class_: model.Class) -> bool:
    return len(function.params) == 1 and strip(function.params[0].type).bare in (class_.qualified, class_.type.bare)


def aggregate_parameters(draft: Draft, entry: ClassDraft) -> tuple[plan.Param, ...]:
    """One for each leading field that converts. All may be left out, as in C++: they are then as in `T{}`."""
    params: list[plan.Param] = []
    fields = {f.name: f for f in entry.model.fields}
    optional = entry.model.traits.default_constructible
    for name in entry.model.aggregate_fields:
        field = fields.get(name)
        if field is None or field.type.kind is TypeKind.ARRAY:
            break
        if not has_copies(draft, field.type):
            break
        asked = field.type if field.type.kind is not TypeKind.RECORD else reference_to(field.type, True)
        if field.type.declaration == "std::unique_ptr":
            asked = field.type
        found = find(asked, ModuleNames(draft), Use.TAKE)
        if isinstance(found, Refusal):
            break
        nullable = found.pointer
        value = to_value(found)
        if found.converter in FILES:
            value = make_lasting(value)
        params.append(
            plan.Param(
                name=field_name(draft, field),
                value=replace(value, takes=f"{value.takes} | None") if nullable else value,
                default=default_field(draft, entry, field) if optional else None,
                nullable=nullable,
                kept_by="self" if found.leans or points_elsewhere(draft, field.type) else "",
                transfers=found.transfers,
            )
        )
    return tuple(params)


ZEROS = {
    TypeKind.BOOL: "False",
    TypeKind.INTEGER: "0",
    TypeKind.FLOAT: "0.0",
    TypeKind.POINTER: "None",
}


def default_field(draft: Draft, entry: ClassDraft, field: model.Field) -> plan.DefaultValue:
    """Whatever the field is in `T{}`: its initialiser is private to the class, an object of it is not."""
    python = "..." if field.has_default else ZEROS.get(field.type.kind, "...")
    bound = draft.find_class(field.type)
    copyable = bound is None or bound.model.traits.copy_constructible
    spelled = field.type.declaration != "std::unique_ptr" and copyable
    return plan.DefaultValue(python=python, cpp=f"{entry.cpp}{{}}.{field.name}" if spelled else None)


def decide_aggregate(draft: Draft, entry: ClassDraft, count: int) -> None:
    """REPR, EQUAL and PICKLE need every field to be an attribute of the same name."""
    names = entry.model.aggregate_fields
    readable = {a.name: a for a in entry.accessors}
    declared = {f.name: f for f in entry.model.fields}
    python_names = tuple(field_name(draft, declared[n]) for n in names if n in declared)
    entry.fields = tuple(n for n in python_names[:count] if n in readable)
    if count != len(names) or len(entry.fields) != count:
        return
    entry.protocols.add(Protocol.REPR)
    if any(shares_memory(entry.model, field) for field in entry.model.fields):
        # Braces give a union's first member; what another one holds would be lost.
        return
    if "__eq__" not in entry.methods and is_memberwise(draft, entry):
        entry.protocols.add(Protocol.EQUAL)
    pointers = any(readable[n].read.result.nullable for n in entry.fields)
    if entry.model.traits.copy_constructible and not pointers:
        entry.protocols.add(Protocol.PICKLE)


def is_memberwise(draft: Draft, entry: ClassDraft, within: tuple[ClassDraft, ...] = ()) -> bool:
    """All fields are attributes that compare by value. `within`: the classes that ask; a class may have a vector of
    itself, and then it is the other fields that decide."""
    if any(entry is one for one in within):
        return True
    if entry.model.bases:
        return False
    fields = [f for f in entry.model.fields if not f.static]
    attributes = {a.cpp for a in entry.accessors}
    return all(f.qualified in attributes and is_comparable(draft, f.type, (*within, entry)) for f in fields)


def is_comparable(draft: Draft, type_: Type, within: tuple[ClassDraft, ...] = ()) -> bool:
    """Attributes of this type compare by value in Python."""
    core, passing = take_apart(type_)
    if passing is not Passing.VALUE or core.kind is TypeKind.FUNCTION:
        return False
    if core.kind is TypeKind.ARRAY and core.target is not None:
        return is_comparable(draft, core.target, within)
    bound = draft.find_class(core)
    if bound is not None:
        # A nested aggregate without its own == is compared field by field, like this one.
        traits = bound.model.traits
        return traits.equality_comparable or (traits.aggregate and is_memberwise(draft, bound, within))
    return all(is_comparable(draft, a, within) for a in core.arguments if isinstance(a, Type))


def decide_copies(entry: ClassDraft) -> None:
    traits = entry.model.traits
    if traits.copy_constructible and traits.destructible and not traits.abstract and not entry.destroy:
        entry.protocols.add(Protocol.COPY)
    if traits.hashable and ("__eq__" in entry.methods or Protocol.EQUAL in entry.protocols):
        entry.protocols.add(Protocol.HASH)
