"""Ownership: what happens to a result, and who keeps what alive.

In: a result type and its rules.  Out: `plan.Result` with the text that wraps the call; DV012, DV021.
Must not know: parameters other than their conversions.

A reference or pointer to a bound object borrows and keeps `self` alive (free functions: their arguments); a value is
moved into a new object; a raw pointer that no object hands out is borrowed and reported once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from dovetail import model, plan
from dovetail.convert import Conversion, Passing, Refusal, Use, take_apart
from dovetail.model import Type, TypeKind
from dovetail.plan import Return
from dovetail.policy.draft import Draft
from dovetail.policy.encodings import ORDERS, retype
from dovetail.policy.freed import is_text, report_text, report_unowned
from dovetail.policy.outputs import HEADER, wide_header
from dovetail.policy.pointees import read_pointees
from dovetail.policy.rules import View
from dovetail.policy.values import find_conversion, to_value

NOTHING_IN = Type(kind=TypeKind.VOID, written="void", canonical="void")
NOTHING = plan.Result(how=Return.NONE)
AS = {"list": Return.LIST, "dict": Return.DICT, "bytes": Return.BYTES, "ndarray": Return.NDARRAY}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A result, and how the call expression must be wrapped to give it (`{call}`)."""

    result: plan.Result
    wrap: str = "{call}"


def decide_result(draft: Draft, type_: Type, view: View) -> Given | Refusal:
    """The result of a function, a field or a variable."""
    if type_.kind is TypeKind.VOID:
        return Given(result=NOTHING)
    text = decide_text(draft, type_, view)
    if text is not None:
        return text
    smart = decide_smart_reference(draft, type_)
    if smart is not None:
        return smart
    if is_kept_address(type_, view):
        opaque = replace(type_, canonical="void *", target=NOTHING_IN)
        given = decide_result(draft, opaque, replace(view, rule=replace(view.rule, returns=None)))
        return given if isinstance(given, Refusal) else replace(given, wrap="const_cast<void*>({call})")
    pointees = read_pointees(draft, type_, view)
    if pointees is not None:
        return Given(result=pointees[0], wrap=pointees[1])
    held = find_held_pointer(type_)
    if held is not None:
        given = decide_result(draft, held, view)
        read = f"static_cast<{held.canonical}>({{call}})"
        return given if isinstance(given, Refusal) else replace(given, wrap=given.wrap.replace("{call}", read))
    found = find_conversion(draft, type_, Use.GIVE)
    if isinstance(found, Refusal):
        return found
    core, passing = take_apart(type_)
    wrap = "{call}"
    if found.converter == "c string" and passing is Passing.POINTER:
        wrap = f"static_cast<const {core.bare}*>({{call}})"
    how = find_return(found, passing, view)
    if how is None:
        if not {"as_", "returns"} & view.loose:
            report_impossible(draft, view, type_)
        how = Return.BORROW if found.shared and passing is not Passing.VALUE else Return.VALUE
    nullable = found.pointer
    annotation = annotate(found, how)
    if nullable and how is not Return.BYTES:
        annotation = f"{annotation} | None"
    return Given(
        result=plan.Result(how=how, value=to_value(found), annotation=annotation, nullable=nullable),
        wrap=wrap,
    )


def is_kept_address(type_: Type, view: View) -> bool:
    """`const void*` of which a rule says that it is nothing but an address, which C++ keeps."""
    target = type_.target if type_.kind is TypeKind.POINTER else None
    untyped = target is not None and target.kind is TypeKind.VOID and target.const
    return untyped and view.rule.returns == "borrow" and "returns" not in view.loose


def find_held_pointer(type_: Type) -> Type | None:
    """`const char*& operator[](int)`: Python reads the pointer, which C++ could also replace."""
    held = type_.target
    if type_.kind is not TypeKind.LVALUE_REFERENCE or held is None or held.kind is not TypeKind.POINTER or held.const:
        return None
    return held if held.target is not None and held.target.kind is not TypeKind.FUNCTION else None


def decide_text(draft: Draft, type_: Type, view: View) -> Given | Refusal | None:
    """Text that a rule speaks of: in an encoding that its type does not say, or freed when it was copied."""
    seen = retype(type_, view, result=True)
    text = seen if seen is not None else type_
    if view.ended and is_text(text) and text.target is not None:
        cpp = f"dovetail::TextAt<{type_.canonical}, {text.target.bare}, {view.ended}>"
    elif seen is None:
        return None
    else:
        found = decide_result(draft, seen, view)
        order = ORDERS.get(view.rule.text or "")
        if isinstance(found, Refusal) or order is None:
            wrap = f"reinterpret_cast<{seen.canonical}>({{call}})"
            return found if isinstance(found, Refusal) else replace(found, wrap=found.wrap.replace("{call}", wrap))
        cpp = f"dovetail::OrderedText<{order}>"
    value = plan.Value(cpp=cpp, converter="text", takes="str", gives="str | None", headers=(HEADER, *wide_header(cpp)))
    result = plan.Result(how=Return.VALUE, value=value, annotation="str | None")
    return Given(result=result, wrap=f"{cpp}{{{{{{call}}}}}}")


def find_return(found: Conversion, passing: Passing, view: View) -> Return | None:
    """None: the rule asks for what this type cannot do."""
    by_value = passing in (Passing.VALUE, Passing.RVALUE)
    returns, as_ = view.rule.returns, view.rule.as_
    if as_ is not None:
        return AS[as_] if suits(found, as_) else None
    if found.converter == "matrix":
        return {None: Return.NDARRAY, "borrow": Return.NDARRAY, "copy": Return.VALUE}.get(returns or None)
    if found.converter == "span":
        # The array looks into memory of C++: its owner must stay.
        return Return.NDARRAY if returns != "own" else None
    if not found.shared or by_value:
        return Return.VALUE if returns in (None, "copy") or (returns == "own" and by_value) else None
    if found.opaque and (returns == "copy" or (returns == "own" and not found.ended)):
        return None
    if returns == "own":
        return Return.OWN if found.pointer else None
    return Return.COPY if returns == "copy" else Return.BORROW


def suits(found: Conversion, as_: str) -> bool:
    match as_:
        case "list":
            return found.converter in ("sequence", "set", "span")
        case "dict":
            return found.converter == "mapping"
        case "bytes":
            return found.converter in ("text", "text view", "c string", "sequence", "span")
        case _:
            return found.converter in ("sequence", "span", "matrix")


def annotate(found: Conversion, how: Return) -> str:
    match how:
        case Return.LIST:
            return f"list[{found.inner[0]}]" if len(found.inner) == 1 else "list[Any]"
        case Return.DICT:
            return f"dict[{', '.join(found.inner)}]" if len(found.inner) == 2 else "dict[Any, Any]"
        case Return.BYTES:
            return "bytes | None" if found.pointer else "bytes"
        case Return.NDARRAY:
            return "numpy.ndarray"
        case _:
            return found.gives


def report_impossible(draft: Draft, view: View, type_: Type) -> None:
    word = "as_" if view.rule.as_ is not None else "returns"
    draft.sink.report(
        "DV012",
        f'`{word.rstrip("_")} = "{getattr(view.rule, word)}"` does not suit a result of type `{type_.written}`',
        view.span(word),
    )


def decide_smart_reference(draft: Draft, type_: Type) -> Given | None:
    """`const unique_ptr<T>&` and unique_ptr fields: the object is borrowed, its owner stays where it is."""
    core, passing = take_apart(type_)
    if core.declaration != "std::unique_ptr" or passing in (Passing.VALUE, Passing.RVALUE):
        return None
    target = next((a for a in core.arguments if isinstance(a, Type)), None)
    if target is None or len(core.arguments) > 1:
        return None
    pointer = Type(
        kind=TypeKind.POINTER, written=f"{target.written} *", canonical=f"{target.canonical} *", target=target, size=8
    )
    found = find_conversion(draft, pointer, Use.GIVE)
    if isinstance(found, Refusal):
        return None
    result = plan.Result(how=Return.BORROW, value=to_value(found), annotation=f"{found.gives} | None", nullable=True)
    return Given(result=result, wrap="({call}).get()")


def report_owner(draft: Draft, function: model.Function, result: plan.Result, view: View) -> None:
    """DV021 for a pointer to a bound object, of which no rule says whose it is; and for texts."""
    report_text(draft, function, result, view)
    shared = result.value is not None and result.value.converter == "class"
    if shared and result.nullable and view.rule.returns is None:
        rule = f'"{function.qualified}" = {{ returns = "own" }}     # or "borrow"'
        report_unowned(draft, function, "it is borrowed: Python never frees it", rule)


def add_outputs(result: plan.Result, params: tuple[plan.Param, ...]) -> plan.Result:
    """The annotation of a result with outputs: the result first, then they in their order."""
    outputs = [p for p in params if p.out or p.inout]
    if not outputs:
        return result
    parts = [] if result.how is Return.NONE else [result.annotation]
    for param in outputs:
        pointer = param.value.converter in ("class", "c string") and param.nullable
        parts.append(f"{param.value.gives} | None" if pointer else param.value.gives)
    return replace(result, annotation=parts[0] if len(parts) == 1 else f"tuple[{', '.join(parts)}]")
