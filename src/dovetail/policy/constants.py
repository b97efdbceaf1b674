"""Constants and variables: what stands at namespace scope and is no function.

In: variables and macros.  Out: `plan.Constant`, `plan.Variable`.  Must not know: classes' static members (`fields`).

What cannot change is read once, at import. A mutable global reads and writes through the module.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import Refusal
from dovetail.model import Type, TypeKind, is_private
from dovetail.plan import Call
from dovetail.policy.documentation import clean
from dovetail.policy.draft import Draft
from dovetail.policy.exports import is_data_exported
from dovetail.policy.fields import read_place, write_place
from dovetail.policy.names import escape, unique
from dovetail.policy.scopes import namespace_of
from dovetail.policy.values import builtin

MACRO_TYPES = {
    bool: ("bool", "bool", "bool"),
    int: ("long long", "int", "integer"),
    float: ("double", "float", "float"),
}


def decide_constants(draft: Draft) -> None:
    """Pass: variables and macros."""
    for variable in draft.model.variables:
        scope = draft.paths.get(namespace_of(variable.scope, draft.model.namespaces))
        if scope is None or is_private(variable.scope):
            continue
        view = draft.rules.view(variable.qualified, "", variable.annotations, variable.scope, variable.span)
        if view.rule.skip:
            draft.skip(variable.qualified, "variable", "DV033", "a rule says skip", variable.span, counts=False)
            continue
        keep = len(draft.containers)
        refusal = decide_variable(draft, variable, scope)
        if refusal is not None:
            draft.forget_containers(keep)
            draft.skip(variable.qualified, "variable", refusal.code, refusal.reason, variable.span, counts=False)
    for macro in draft.model.macros:
        decide_macro(draft, macro)


def is_constant(type_: Type) -> bool:
    return type_.const or (type_.kind is TypeKind.ARRAY and type_.target is not None and type_.target.const)


def decide_variable(draft: Draft, variable: model.Variable, scope: str) -> Refusal | None:
    known = variable.value is not None and (variable.constexpr or is_constant(variable.type))
    if not known and not is_data_exported(draft, variable.mangled, variable.inline):
        return Refusal(code="DV050", reason="no linked library defines it")
    view = draft.rules.view(variable.qualified, "", variable.annotations, variable.scope, variable.span)
    place = f"{variable.scope}::{variable.name}"
    type_, place = decay_text(variable.type, place)
    constant = variable.constexpr or is_constant(variable.type)
    read = read_place(draft, type_, place, view, constant=constant)
    if isinstance(read, Refusal):
        return read
    result, expression = read
    if result.value is None:
        return Refusal(code="DV040", reason="it has no value")
    name = unique(escape(view.rule.rename or variable.name), draft.taken.setdefault(scope, set()))
    if constant:
        literal = variable.value if result.value.converter != "enum" else None
        annotation = result.annotation
        if result.value.converter == "c string":
            annotation, result = "str", replace(result, annotation="str", nullable=False)
        draft.constants.append(
            plan.Constant(
                name=name,
                scope=scope,
                cpp=expression,
                annotation=annotation,
                value=result.value or builtin("int", "int", "integer"),
                literal=literal,
                span=variable.span,
                doc=clean(variable.comment),
            )
        )
        return None
    overload = plan.Overload(
        cpp=variable.qualified, call=Call.READ, expression=expression, params=(), result=result, span=variable.span
    )
    write = write_place(draft, type_, place, variable, member=False)
    accessor = plan.Accessor(
        name=name,
        cpp=variable.qualified,
        read=overload,
        write=write,
        span=variable.span,
        static=True,
        doc=clean(variable.comment),
    )
    draft.variables.append(plan.Variable(scope=scope, accessor=accessor))
    return None


def decay_text(type_: Type, place: str) -> tuple[Type, str]:
    """`const char NAME[] = "…"` is the text that it holds."""
    element = type_.target
    if type_.kind is not TypeKind.ARRAY or element is None or element.bare != "char" or not element.const:
        return type_, place
    pointer = Type(
        kind=TypeKind.POINTER, written="const char *", canonical="const char *", const=True, size=8, target=element
    )
    return pointer, f"static_cast<const char*>({place})"


def decide_macro(draft: Draft, macro: model.Macro) -> None:
    """A macro's value is fixed by the headers; its name stands for it in emitted code."""
    if macro.name.startswith("_") or draft.rules.view(macro.name).rule.skip:
        return
    taken = draft.taken.setdefault("", set())
    if isinstance(macro.value, str):
        value, annotation = builtin("const char *", "str", "text"), "str"
        cpp = macro.name
    else:
        cpp_type, annotation, converter = MACRO_TYPES[type(macro.value)]
        if annotation == "int" and macro.value > 2**63 - 1:
            cpp_type = "unsigned long long"
        value, cpp = builtin(cpp_type, annotation, converter), f"static_cast<{cpp_type}>({macro.name})"
    draft.constants.append(
        plan.Constant(
            name=unique(escape(macro.name), taken),
            scope="",
            cpp=cpp,
            annotation=annotation,
            value=value,
            literal=macro.value,
            span=macro.span,
            doc=clean(macro.comment),
        )
    )
