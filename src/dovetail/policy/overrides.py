"""Overrides: whether Python can override a virtual function, and how arguments and result cross the border then.

In: a virtual function.  Out: `plan.Virtual`, or the reason why not.
Must not know: which classes can be derived from (`virtuals`).

Everything goes the other way round: arguments are given to Python, the result is taken from it. References and pointers
to objects are lent for the length of the call. What C++ may write to is an output by the rules that hold for calls too.
A result by reference or pointer is kept for C++ until the next call; where C++ deletes it, a rule `returns = "own"`
says so.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import Conversion, Passing, Refusal, Use, take_apart
from dovetail.model import FunctionKind, RefQualifier, Type, TypeKind
from dovetail.plan import Pass
from dovetail.policy.arrays import HEADER, Array, find_arrays, is_byte
from dovetail.policy.draft import Draft
from dovetail.policy.operators import symbol_of
from dovetail.policy.outputs import WRITABLE, bare_type, is_output
from dovetail.policy.ownership import decide_smart_reference
from dovetail.policy.parameters import ANY, is_string
from dovetail.policy.rules import View, signature_of
from dovetail.policy.values import find_conversion, find_format, to_value

INDIRECT = (Passing.CONST_REFERENCE, Passing.REFERENCE, Passing.POINTER, Passing.CONST_POINTER)
VIEWS = frozenset({"span", "c string", "text view"})


def decide_override(draft: Draft, function: model.Function, view: View, name: str, base: str) -> plan.Virtual | Refusal:
    """The override of one function. `base`: the class whose function C++ calls otherwise."""
    keep = len(draft.containers)
    found = refuse(function, view) or attempt(draft, function, view, name, base)
    if isinstance(found, Refusal):
        draft.forget_containers(keep)
    return found


def refuse(function: model.Function, view: View) -> Refusal | None:
    """Why a function is not even tried."""
    reason = ""
    if function.kind is FunctionKind.CONVERSION or (symbol_of(function) and function.name != "operator()"):
        reason = "it is an operator"
    elif function.final:
        reason = "it is final"
    elif function.variadic:
        reason = "it takes C varargs"
    elif function.ref_qualifier is RefQualifier.RVALUE:
        reason = "it is only callable on a temporary"
    elif view.rule.skip:
        reason = "a rule says skip"
    return Refusal(code="DV080", reason=reason) if reason else None


def attempt(draft: Draft, function: model.Function, view: View, name: str, base: str) -> plan.Virtual | Refusal:
    params = []
    arrays = find_arrays(draft, function, function.params, view)
    lengths = {index for array in arrays.values() for index in array.carried}
    for index, param in enumerate(function.params):
        if index in arrays:
            found = decide_given_array(draft, param, arrays[index])
        elif index in lengths:
            found = decide_param(draft, param, view, how=Pass.LENGTH)
        else:
            found = decide_param(draft, param, view)
        if isinstance(found, Refusal):
            where = f"parameter `{param.name}`" if param.name else f"parameter {index + 1}"
            return Refusal(code="DV080", reason=f"{where}: {found.reason}")
        params.append(found)
    result = decide_result(draft, function, view)
    if isinstance(result, Refusal):
        return Refusal(code="DV080", reason=f"result: {result.reason}")
    value, kept = result
    owns = value is not None and value.converter == "class" and view.rule.returns == "own" and kept
    if owns and value is not None:
        value = replace(value, headers=("dovetail/convert/pointers.h",))
    outputs = [p for p in params if p.how in (Pass.OUT, Pass.INOUT)]
    if outputs and (kept or function.noexcept):
        return Refusal(code="DV080", reason="it has both outputs and a result that C++ looks at, or is noexcept")
    if function.noexcept and not has_empty(draft, function.returns):
        reason = f"it is noexcept, and there is no `{function.returns.written}` to return after an exception"
        return Refusal(code="DV080", reason=reason)
    return plan.Virtual(
        name=name,
        cpp=signature_of(function),
        function=function.name,
        base="" if function.pure else base,
        params=tuple(params),
        returns=spell(function.returns),
        result=value,
        annotation=annotate(value, outputs, returns_pointer(function.returns)),
        kept=kept and not owns,
        owns=owns,
        const=function.const,
        noexcept=function.noexcept,
        reference=function.ref_qualifier is RefQualifier.LVALUE,
        span=function.span,
    )


def spell(type_: Type) -> str:
    """A type that a name can follow: `std::decay_t<int (*)(int)>`."""
    bare = re.sub(r"<.*>", "", type_.canonical)
    return f"std::decay_t<{type_.canonical}>" if "(*)(" in bare else type_.canonical


def decide_given_array(draft: Draft, param: model.Param, array: Array) -> plan.VirtualParam | Refusal:
    """A copy: Python may keep it. What Python would have to write through has none."""
    element = array.element
    if not element.const or list(array.carried.values()) != ["extent:0"]:
        return Refusal(code="DV041", reason=f"what Python writes into `{param.type.written}` would not reach C++")
    length = next(iter(array.carried))
    if is_byte(element):
        value = plan.Value(cpp="dovetail::Bytes", converter="array", takes="bytes", gives="bytes", headers=(HEADER,))
    elif find_format(draft, element) is not None:
        cpp = f"dovetail::Span<const {element.bare}>"
        value = plan.Value(
            cpp=cpp, converter="span", takes="Buffer", gives="numpy.ndarray", headers=("dovetail/convert/span.h",)
        )
    else:
        return Refusal(code="DV040", reason=f"`{param.type.written}` holds no plain elements")
    return plan.VirtualParam(name=param.name, cpp=spell(param.type), how=Pass.ARRAY, value=value, length=length)


def decide_param(draft: Draft, param: model.Param, view: View, how: Pass = Pass.GIVE) -> plan.VirtualParam | Refusal:
    """An argument: given, or an output."""
    core, passing = take_apart(param.type)
    outputs = view.rule.out or ()
    said = param.name in outputs or "out" in param.annotations
    if passing in WRITABLE and (said or (ANY in outputs and is_output(draft, param))):
        return decide_output(draft, param, Pass.OUT)
    if passing in WRITABLE and is_string(core):
        return decide_output(draft, param, Pass.INOUT)
    smart = decide_smart_reference(draft, param.type)
    if smart is not None and smart.result.value is not None:
        return plan.VirtualParam(name=param.name, cpp=spell(param.type), how=Pass.GET, value=smart.result.value)
    found = find_conversion(draft, param.type, Use.GIVE)
    if isinstance(found, Refusal):
        return found
    if passing in WRITABLE and not found.shared and found.converter != "callable":
        return Refusal(code="DV041", reason=f"`{param.type.written}` may be an output: a rule `out` says so")
    element = next((a for a in core.arguments if isinstance(a, Type)), None)
    if found.converter == "span" and element is not None and not element.const:
        return Refusal(code="DV040", reason=f"what Python writes into `{param.type.written}` would not reach C++")
    value = to_value(found)
    if found.pointer and found.converter == "class":
        value = replace(value, gives=f"{value.gives} | None")
    return plan.VirtualParam(name=param.name, cpp=spell(param.type), how=how, value=value)


def decide_output(draft: Draft, param: model.Param, how: Pass) -> plan.VirtualParam | Refusal:
    """What C++ reads after the call, out of the result."""
    core, _ = take_apart(param.type)
    found = find_conversion(draft, bare_type(core), Use.TAKE)
    if isinstance(found, Refusal):
        return found
    if found.pointer or found.views:
        return Refusal(code="DV040", reason=f"nobody would own what `{param.type.written}` is set to")
    return plan.VirtualParam(name=param.name, cpp=spell(param.type), how=how, value=to_value(found))


def decide_result(draft: Draft, function: model.Function, view: View) -> tuple[plan.Value | None, bool] | Refusal:
    """How the result is taken, and whether C++ looks at it after the call."""
    type_ = function.returns
    if type_.kind is TypeKind.VOID:
        return None, False
    core, passing = take_apart(type_)
    if passing is Passing.REFERENCE and core.kind is not TypeKind.RECORD:
        return Refusal(code="DV040", reason=f"C++ may write through `{type_.written}`")
    found = find_conversion(draft, type_, Use.TAKE)
    if isinstance(found, Refusal):
        return found
    if passing is Passing.REFERENCE and not found.shared:
        return Refusal(code="DV040", reason=f"C++ may write through `{type_.written}`")
    if passing is Passing.RVALUE:
        return Refusal(code="DV040", reason=f"`{type_.written}` belongs to nobody")
    kept = passing in INDIRECT or found.converter in VIEWS
    if found.opaque and view.rule.returns == "own":
        return Refusal(code="DV044", reason=f"`{core.bare}` is only declared: Python never owns one")
    report_owner(draft, function, found, view)
    return to_value(found), kept


def report_owner(draft: Draft, function: model.Function, found: Conversion, view: View) -> None:
    """DV082, once for each function whose result C++ may delete."""
    plain = found.converter == "class" and take_apart(function.returns)[1] is Passing.POINTER and not found.opaque
    key = f"override:{function.qualified}"
    if not plain or view.rule.returns is not None or key in draft.reported_owners:
        return
    draft.reported_owners.add(key)
    draft.sink.report(
        "DV082",
        f"`{function.qualified}` returns `{function.returns.written}`, and C++ does not say who frees what an override "
        "returns",
        function.span,
        label="who frees this?",
        notes=("it stays Python's: it is kept until the next call, and C++ must not delete it",),
        helps=(f'"{function.qualified}" = {{ returns = "own" }}     # or "borrow"',),
    )


def has_empty(draft: Draft, type_: Type) -> bool:
    """There is a value to return where an override of a noexcept function raises."""
    core, passing = take_apart(type_)
    if passing in (Passing.CONST_REFERENCE, Passing.REFERENCE, Passing.RVALUE):
        return False
    entry = draft.find_class(core)
    return passing is not Passing.VALUE or entry is None or entry.model.traits.default_constructible


def returns_pointer(type_: Type) -> bool:
    return take_apart(type_)[1] in (Passing.POINTER, Passing.CONST_POINTER)


def annotate(value: plan.Value | None, outputs: list[plan.VirtualParam], nullable: bool) -> str:
    """What an override returns."""
    parts = [] if value is None else [f"{value.takes} | None" if nullable else value.takes]
    parts += [p.value.takes for p in outputs]
    return f"tuple[{', '.join(parts)}]" if len(parts) > 1 else parts[0] if parts else "None"
