"""Which calls cross a plain C signature.

In: `plan.Overload`.  Out: `plan.PlainCall`, or the reason why there is none.
Must not know: classes, modules, Python text.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from dovetail import plan
from dovetail.plan import Form, PlainCall, PlainParam, PlainValue, Return
from dovetail.policy.plain_values import Types, find_form, split_template

# What the plain runtime has as well.
_OWN = {"dovetail::item_index(": "dovetail::plain::item_index(", "dovetail::printed(": "dovetail::plain::printed("}
_NONE = PlainValue(form=Form.NONE)


def decide_call(symbol: str, overload: plan.Overload, types: Types, receiver: str = "") -> PlainCall | str:
    """The call, or why there is none."""
    expression = overload.expression
    for theirs, ours in _OWN.items():
        expression = expression.replace(theirs, ours)
    if reason := _refuse(overload, expression):
        return reason
    params = []
    for number, param in enumerate(overload.params):
        found = _decide_param(param, number, types)
        if isinstance(found, str):
            return found
        params.append(found)
    result = _decide_result(overload, types)
    if isinstance(result, str):
        return result
    inside = overload.call is plan.Call.READ and result.form is Form.OBJECT and result.mark != "" and not result.const
    own = overload.call in (plan.Call.METHOD, plan.Call.READ, plan.Call.WRITE) and "{self}" in expression
    return PlainCall(
        symbol=symbol,
        expression=expression,
        params=_settle_names(_settle_defaults(params)),
        result=result,
        how=overload.result.how,
        receiver=receiver if own else "",
        const=overload.const and not inside,
        inside=inside,
        noexcept=overload.noexcept,
        release_gil=overload.release_gil,
        made=overload.made,
        lent=overload.result.lent,
        cpp=overload.cpp,
        span=overload.span,
        overload=overload,
    )


def _refuse(overload: plan.Overload, expression: str) -> str:
    if overload.protected:
        return "only classes written in Python may call it, and C++ knows of none here"
    if overload.temporary:
        return "C++ calls it on temporaries"
    if overload.failure is not None:
        return "its codes become exceptions in CPython's C API only"
    if overload.pending or any(param.value.callbacks or param.data for param in overload.params):
        return "it takes a callable"
    helpers = re.sub(r"dovetail::plain::", "", expression)
    if "dovetail::" in helpers or "home" in re.findall(r"\w+", helpers) or re.search(r"\{\d+\.", expression):
        return "it needs the runtime of CPython's C API"
    return ""


def _decide_param(param: plan.Param, number: int, types: Types) -> PlainParam | str:
    name = param.name or f"arg{number}"
    if param.out or param.inout:
        return f"`{name}` is an output"
    template, arguments = split_template(param.value.cpp)
    cpp = f"const {arguments[0]} &" if template == "dovetail::Implicit" else param.value.cpp
    value = find_form(cpp, types)
    if isinstance(value, str):
        return f"`{name}`: {value}"
    if value.form is Form.OBJECT and value.mark in ("", "&&") and not _copyable(value, types):
        return f"`{name}`: `{param.value.cpp}` cannot be copied"
    if (value.form is Form.TEXT and value.mark == "&&") or (value.form is Form.UNIQUE and value.mark == "&"):
        return f"`{name}`: `{param.value.cpp}` belongs to C++ afterwards"
    nullable = param.nullable or (value.form is Form.SHARED and "None" in param.value.takes)
    value = replace(value, nullable=nullable if value.form is not Form.SPAN else value.nullable)
    literal, fallback = _decide_default(param, value, types)
    return PlainParam(
        name=name,
        positional=not param.name,
        value=value,
        items=value.form is Form.OBJECT and value.cpp in types.containers,
        takes=f"{param.value.takes} | None" if param.nullable else param.value.takes,
        literal=literal,
        fallback=fallback,
        kept_by=param.kept_by,
    )


def _copyable(value: PlainValue, types: Types) -> bool:
    held = types.classes.get(value.cpp) or types.containers.get(value.cpp)
    return held is not None and held.copyable


def _decide_default(param: plan.Param, value: PlainValue, types: Types) -> tuple[str, str | None]:
    """What Python can have as a default, and C++ for what it cannot."""
    if param.default is None:
        return "", None
    python, cpp = param.default.python, param.default.cpp
    if cpp is not None and (cpp in ("nullptr", "NULL") or python == "None") and value.nullable:
        return "None", None
    kinds = {
        Form.NUMBER: (int, float),
        Form.BOOL: (bool,),
        Form.CHAR: (str,),
        Form.TEXT: (str,),
    }
    try:
        literal = ast.literal_eval(python)
    except (ValueError, SyntaxError):
        literal = ...
    if cpp is not None and type(literal) in kinds.get(value.form, ()):
        return python, None
    if cpp is not None and value.form is Form.ENUM:
        record = types.enums[value.cpp]
        if python.startswith(f"{value.path}.") and python.rpartition(".")[2] in {e.name for e in record.enumerators}:
            return python, None
    return "", cpp or ""


def _settle_defaults(params: list[PlainParam]) -> list[PlainParam]:
    """Without a default behind it, a default cannot be left out; behind one that C++ fills in, it fills in all."""
    alone = next((k for k, param in enumerate(params) if param.fallback == ""), len(params))
    params = [replace(p, literal="", fallback="") if k > alone and p.optional else p for k, p in enumerate(params)]
    settled: list[PlainParam] = []
    for param in reversed(params):
        needed = settled and not settled[-1].optional
        settled.append(replace(param, literal="", fallback=None) if needed else param)
    return settled[::-1]


def _settle_names(params: list[PlainParam]) -> tuple[PlainParam, ...]:
    """Those before one without a name go by position, too."""
    last = max((k for k, param in enumerate(params) if param.positional), default=-1)
    return tuple(replace(param, positional=k <= last) for k, param in enumerate(params))


def _find_result(cpp: str, types: Types) -> PlainValue | str:
    """A unique_ptr of an object that others share becomes one that they share, too."""
    target = re.fullmatch(r"std::unique_ptr<(.*)>", cpp)
    if target is not None and target[1] in types.held:
        found = find_form(f"std::shared_ptr<{target[1]}>", types)
        return found if isinstance(found, str) else replace(found, kind="own")
    return find_form(cpp, types, given=True)


def _hold(value: PlainValue, kind: str, types: Types) -> PlainValue:
    if value.cpp not in types.held:
        return value
    return PlainValue(form=Form.SHARED, cpp=value.cpp, path=value.path, nullable=value.nullable, kind=kind)


def _decide_result(overload: plan.Overload, types: Types) -> PlainValue | str:
    result = overload.result
    if result.how is Return.SELF:
        return PlainValue(form=Form.SELF)
    if result.value is None or overload.call is plan.Call.CONSTRUCTOR:
        return _NONE
    if result.how is Return.NDARRAY:
        return "its result is an array of NumPy's"
    found = _find_result(result.value.cpp, types)
    if isinstance(found, str):
        return found
    found = replace(found, nullable=result.nullable or found.nullable)
    if found.form is Form.SPAN:
        return f"`{result.value.cpp}` says nothing of who keeps its elements"
    if found.form is not Form.OBJECT:
        return replace(found, mark="") if found.mark != "*" else found
    if result.how in (Return.VALUE, Return.COPY, Return.LIST, Return.DICT):
        if found.mark == "*":
            return "it copies what a pointer points to"
        if found.mark == "&" and not _copyable(found, types):
            return f"`{result.value.cpp}` cannot be copied"
        return _hold(replace(found, mark="", const=False), "value", types)
    if result.how is Return.OWN and found.mark == "*":
        return _hold(found, "own", types)
    if result.how is Return.BORROW and found.mark in ("&", "*"):
        return found
    return f"`{result.value.cpp}` has no form as a result without CPython's C API"
