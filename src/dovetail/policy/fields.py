"""Fields: attributes that read and write C++.

In: data members, static and not.  Out: `plan.Accessor` records, or the reason why not.
Must not know: aggregates (`protocols`).

A field of class type is borrowed from its object; a pointer that Python stores keeps its target alive; a C array of
numbers is shared as a `std::array` of the same layout; a `char[N]` reads as text.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import Refusal, Use, find
from dovetail.model import Access, Type, TypeKind, is_private
from dovetail.plan import Call, Return
from dovetail.policy.array_results import decide_array_field, is_relied_on
from dovetail.policy.bases import find_lent, member_names
from dovetail.policy.documentation import clean
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.exports import is_data_exported
from dovetail.policy.names import style, unique
from dovetail.policy.ownership import decide_result
from dovetail.policy.rules import View
from dovetail.policy.unions import refuse_shared
from dovetail.policy.values import ModuleNames, builtin, to_value

SCALARS = (TypeKind.BOOL, TypeKind.CHAR, TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.ENUM, TypeKind.POINTER)


def decide_fields(draft: Draft) -> None:
    """Pass: public data members."""
    for entry in draft.all_classes():
        for field in entry.model.fields:
            if field.access is Access.PUBLIC:
                decide_field(draft, entry, field, counts=not is_private(entry.cpp))
        for field in pair_fields(entry.model):
            decide_field(draft, entry, field, counts=False)
        lent = find_lent(draft, entry)
        hidden = member_names(entry.model)
        for base in entry.lenders:
            for field in base.fields:
                found = lent.get(field.name) == base.qualified and field.name not in hidden
                if found and field.access is Access.PUBLIC and not entry.raised:
                    decide_field(draft, entry, field, counts=False)


def pair_fields(class_: model.Class) -> list[model.Field]:
    """`first` and `second` of a class that derives from a `std::pair`, which has no class in Python."""
    own = {f.name for f in class_.fields} | {m.name for m in class_.methods}
    found = []
    for base in class_.bases:
        if base.type.declaration != "std::pair" or base.access is not Access.PUBLIC:
            continue
        for name, type_ in zip(("first", "second"), base.type.arguments, strict=False):
            if isinstance(type_, Type) and name not in own:
                qualified = f"{class_.qualified}::{name}"
                found.append(
                    model.Field(name=name, qualified=qualified, scope=class_.qualified, type=type_, span=class_.span)
                )
    return found


def decide_field(draft: Draft, entry: ClassDraft, field: model.Field, *, counts: bool) -> None:
    view = draft.rules.view(field.qualified, "", field.annotations, field.scope, field.span)
    if view.rule.skip:
        draft.skip(field.qualified, "field", "DV033", "a rule says skip", field.span, counts=False)
        return
    draft.fields += counts
    keep = len(draft.containers)
    found = make_accessor(draft, entry, field, view)
    if isinstance(found, Refusal):
        draft.forget_containers(keep)
        if counts:
            draft.skip(field.qualified, "field", found.code, found.reason, field.span, counts=False)
        return
    draft.fields_bound += counts
    entry.accessors.append(found)


def make_accessor(draft: Draft, entry: ClassDraft, field: model.Field, view: View) -> plan.Accessor | Refusal:
    if field.static and field.value is None and not is_data_exported(draft, field.mangled, field.inline):
        return Refusal(code="DV050", reason="no linked library defines it")
    stale = refuse_shared(draft, entry, field, view)
    if stale is not None:
        return stale
    place = f"{entry.cpp}::{field.name}" if field.static else f"{{self}}.{field.name}"
    array = decide_array_field(draft, entry, field, view)
    if array is not None:
        read = array.result, array.wrap.replace("{call}", place)
    else:
        found = read_place(draft, field.type, place, view, constant=field.constexpr)
        if isinstance(found, Refusal):
            return found
        read = found
    result, expression = read
    # What was caught is a copy: writing to it would reach nobody.
    fixed = is_fixed(field.type) or field.constexpr or entry.raised or array is not None
    fixed = fixed or is_relied_on(draft, entry, field)
    name = unique(field_name(draft, field), draft.taken.setdefault(entry.path, set()))
    overload = plan.Overload(
        cpp=field.qualified,
        call=Call.READ,
        expression=expression,
        params=(),
        result=result,
        span=field.span,
        noexcept=result.how is not Return.VALUE,
    )
    return plan.Accessor(
        name=name,
        cpp=field.qualified,
        read=overload,
        write=None if fixed else write_place(draft, field.type, place, field, member=not field.static),
        span=field.span,
        static=field.static,
        doc=clean(field.comment),
        offset=field.offset,
    )


def field_name(draft: Draft, field: model.Field) -> str:
    """What the field is called as an attribute, and as an argument of an aggregate's constructor."""
    rule = draft.rules.view(field.qualified, "", field.annotations, field.scope, field.span).rule
    return rule.rename or style(field.name, rule.names)


def is_fixed(type_: Type) -> bool:
    return type_.const or type_.kind in (TypeKind.LVALUE_REFERENCE, TypeKind.RVALUE_REFERENCE)


def read_place(
    draft: Draft, type_: Type, place: str, view: View, *, constant: bool = False
) -> tuple[plan.Result, str] | Refusal:
    """How a field or variable is read: result and expression."""
    if type_.kind is TypeKind.ARRAY:
        return read_array(draft, type_, place, view)
    given = decide_result(draft, type_ if type_.kind in SCALARS else reference_to(type_, constant), view)
    if isinstance(given, Refusal):
        return given
    if given.result.how is Return.VALUE and type_.bare not in draft.own and not has_copies(draft, type_):
        return Refusal(code="DV040", reason=f"what is inside of `{type_.written}` cannot be copied")
    return given.result, given.wrap.replace("{call}", place)


def read_array(draft: Draft, type_: Type, place: str, view: View) -> tuple[plan.Result, str] | Refusal:
    """Text out of `char[N]`; other elements are shared through a `std::array`, which has the layout of a C array."""
    element = type_.target
    if element is None or type_.extent is None:
        return Refusal(code="DV040", reason=f"`{type_.written}` does not say how long it is")
    if element.kind is TypeKind.CHAR and element.bare == "char":
        value = builtin("std::string", "str", "text")
        text = f"std::string({place}, ::strnlen({place}, {type_.extent}))"
        return plan.Result(how=Return.VALUE, value=value, annotation="str"), text
    array = as_std_array(type_)
    if array is None:
        return Refusal(code="DV040", reason=f"no conversion for the elements of `{type_.written}`")
    given = decide_result(draft, reference_to(array, False), view)
    if isinstance(given, Refusal):
        return given
    return given.result, given.wrap.replace("{call}", f"reinterpret_cast<{array.canonical}&>({place})")


def as_std_array(type_: Type) -> Type | None:
    """`float[3]` as `std::array<float, 3>`; only for elements that are plain values."""
    element = type_.target
    if element is None or type_.extent is None:
        return None
    inner = as_std_array(element) if element.kind is TypeKind.ARRAY else element
    if inner is None or inner.kind in (TypeKind.POINTER, TypeKind.CHAR):
        return None
    const = "const " if element.const else ""
    canonical = f"{const}std::array<{inner.bare}, {type_.extent}>"
    return Type(
        kind=TypeKind.RECORD,
        written=type_.written,
        canonical=canonical,
        const=element.const,
        size=type_.size,
        declaration="std::array",
        arguments=(replace(inner, const=False, canonical=inner.bare), str(type_.extent)),
    )


def reference_to(type_: Type, constant: bool) -> Type:
    """An lvalue of the type, as a field access is one."""
    if type_.kind in (TypeKind.LVALUE_REFERENCE, TypeKind.RVALUE_REFERENCE):
        return type_
    const = type_.const or constant
    target = replace(type_, const=True, canonical=f"const {type_.bare}") if const else type_
    return Type(
        kind=TypeKind.LVALUE_REFERENCE,
        written=type_.written,
        canonical=f"{target.canonical} &",
        target=target,
        complete=type_.complete,
    )


LINKS = frozenset({"unique_ptr", "shared_ptr", "weak_ptr", "reference_wrapper", "span", "initializer_list"})


def has_copies(draft: Draft, type_: Type, *, assigned: bool = False) -> bool:
    """Values of the type can be copied, as far as the classes of the headers decide, also those inside of it."""
    if type_.kind is not TypeKind.RECORD:
        return True
    known = draft.known.get(type_.bare)
    if known is not None:
        return known.traits.copy_assignable if assigned else known.traits.copy_constructible
    space, _, name = (type_.declaration or "").rpartition("::")
    if space != "std" or name in LINKS:
        return True
    return all(has_copies(draft, each) for each in type_.arguments if isinstance(each, Type))


def write_place(
    draft: Draft, type_: Type, place: str, declared: model.Field | model.Variable, *, member: bool
) -> plan.Overload | None:
    """How a field or variable is assigned; None where it cannot be."""
    if type_.kind is TypeKind.ARRAY:
        array = as_std_array(type_)
        if array is None or array.const:
            return None
        type_, place = array, f"reinterpret_cast<{array.canonical}&>({place})"
    bound = draft.find_class(type_)
    if bound is not None and type_.kind is TypeKind.RECORD and not bound.model.traits.copy_assignable:
        return None
    if not has_copies(draft, type_, assigned=True):
        return None
    unique_pointer = type_.declaration == "std::unique_ptr"
    asked = type_ if type_.kind in SCALARS or unique_pointer else reference_to(type_, True)
    found = find(asked, ModuleNames(draft), Use.TAKE)
    if isinstance(found, Refusal):
        return None
    stored = found.leans
    if stored and not member:
        # A global would have to keep the Python object for ever.
        return None
    value = to_value(found)
    nullable = found.pointer
    if nullable:
        value = replace(value, takes=f"{value.takes} | None")
    param = plan.Param(
        name="value",
        value=value,
        nullable=nullable,
        kept_by="self" if stored else "",
        transfers=found.transfers,
    )
    return plan.Overload(
        cpp=declared.qualified,
        call=Call.WRITE,
        # A matrix must keep its size where an array looks into it.
        expression=f"dovetail::assign({place}, {{0}}, home)" if found.converter == "matrix" else f"{place} = {{0}}",
        params=(param,),
        result=plan.Result(how=Return.NONE),
        span=declared.span,
        const=False,
    )
