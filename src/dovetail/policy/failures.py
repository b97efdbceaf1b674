"""Failures by rule: results that say whether a call worked become exceptions.

In: rules `errors`, `ok`, `failed` and `message`; an overload.  Out: its `plan.Failure`, the exception class; DV024.
Must not know: how exceptions are made, parameters beyond their conversions.

    "sqlite3_*" = { errors = "SqliteError", ok = ["SQLITE_OK", "SQLITE_ROW"], message = "sqlite3_errmsg" }

`SqliteError` is then an exception class of the module, with the result as its `code`. Success is 0 (of a bool: true; of
a pointer: not null), or what `ok` lists: numbers, names of constants, or comparisons (`">= 0"`); or what the function
that `failed` names does not call a failure. A result that only says that all is well is not part of Python's result.
The text of the exception comes from the functions that `message` names: the first whose parameter is the result, or an
object that the call had. A glob speaks to functions that return an int or an enum, or what `failed` takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import final

from dovetail import model, plan
from dovetail.convert import Passing, strip, take_apart
from dovetail.model import Type, TypeKind
from dovetail.plan import Call, Failure, Return
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.ownership import add_outputs
from dovetail.policy.rules import View

COMPARISON = re.compile(r"\s*(<=|>=|<|>|!=|==)\s*(-?\w+)\s*")
NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|\d+)")
SUITED = (TypeKind.INTEGER, TypeKind.ENUM, TypeKind.BOOL)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A call whose result tells of failures."""

    function: model.Function
    owner: ClassDraft | None
    overload: plan.Overload


def decide_failure(
    draft: Draft,
    function: model.Function,
    owner: ClassDraft | None,
    view: View,
    overload: plan.Overload,
    *,
    wrap: str = "{call}",
) -> plan.Overload:
    """The overload with what a rule says of its result. `wrap`: what its expression makes of what C++ returns."""
    rule = view.rule
    if not rule.errors or overload.call is Call.CONSTRUCTOR:
        return overload
    judge = find_judge(draft, view, rule.failed) if rule.failed else None
    if not suits(function.returns, judge, loose="errors" in view.loose):
        if "errors" not in view.loose:
            message = f"`{function.qualified}` returns `{function.returns.written}`, which tells of no failure"
            draft.sink.report("DV024", message, view.span("errors"))
        return overload
    tested = find_test(draft, function.returns, view, judge)
    if tested is None:
        return overload
    test, drops = tested
    kind = function.returns.kind
    numeric = kind in (TypeKind.INTEGER, TypeKind.ENUM)
    code = "{outcome}" if kind is TypeKind.INTEGER else "static_cast<long long>({outcome})" if numeric else "0"
    told = Told(function=function, owner=owner, overload=overload)
    messages = tuple(text for name in rule.message if (text := find_message(draft, told, view, name)) is not None)
    ahead, behind = wrap.split("{call}")
    failure = Failure(
        error=find_error(draft, rule.errors), test=test, code=code, messages=messages, drops=drops, wrap=wrap
    )
    call = overload.expression.removeprefix(ahead).removesuffix(behind)
    result = add_outputs(plan.Result(how=Return.NONE), overload.params) if drops else overload.result
    return replace(overload, expression=call, failure=failure, result=result, noexcept=False)


def suits(type_: Type, judge: model.Function | None, *, loose: bool) -> bool:
    """A glob is not asked about everything that happens to be a number."""
    if judge is not None:
        return judge.params[0].type.bare == type_.bare
    if loose:
        return type_.kind is TypeKind.ENUM or (type_.kind is TypeKind.INTEGER and type_.bare == "int")
    pointer = type_.kind is TypeKind.POINTER and type_.target is not None and type_.target.kind is not TypeKind.FUNCTION
    return type_.kind in SUITED or pointer


def find_judge(draft: Draft, view: View, name: str) -> model.Function | None:
    """The function that says of a result whether it is a failure."""
    found = next((f for f in find_functions(draft, name) if len(f.params) == 1), None)
    if found is None or found.returns.kind not in SUITED:
        report_once(
            draft, view, "failed", name, f"`{name}` is no function that says of a result whether it is a failure"
        )
        return None
    return found


def find_functions(draft: Draft, name: str) -> list[model.Function]:
    names = (name, f"{draft.namespace}::{name}" if draft.namespace else name)
    return [f for f in draft.model.functions if f.qualified in names]


def find_test(draft: Draft, type_: Type, view: View, judge: model.Function | None) -> tuple[str, bool] | None:
    """C++ that is true of a failure, and whether a success always looks the same."""
    if judge is not None:
        return f"{judge.qualified}({{outcome}})", False
    if type_.kind is TypeKind.POINTER:
        return "!{outcome}", False
    if type_.kind is TypeKind.BOOL and not view.rule.ok:
        return "!{outcome}", True
    listed = tuple(str(each) for each in view.rule.ok) or ("0",)
    outcome = "static_cast<long long>({outcome})" if type_.kind is TypeKind.ENUM else "{outcome}"
    tests = []
    for each in listed:
        compared = COMPARISON.fullmatch(each)
        sign, value = (compared[1], compared[2]) if compared else ("==", each)
        number = find_number(draft, value)
        if number is None:
            report_once(
                draft, view, "ok", each, f"`ok` lists `{each}`, which is no number and no constant of the headers"
            )
            return None
        text = f"static_cast<{type_.bare}>({number})" if number < 0 and type_.signed is False else str(number)
        tests.append(f"{outcome} {sign} {text}")
    drops = len(tests) == 1 and "==" in tests[0]
    return (tests[0].replace(" == ", " != ") if drops else f"!({' || '.join(tests)})"), drops


def find_number(draft: Draft, text: str) -> int | None:
    """A number, or the value of a macro or enumerator."""
    if NUMBER.fullmatch(text.strip()):
        return int(text, 0)
    name = text.rpartition("::")[2]
    for macro in draft.model.macros:
        if macro.name == name and isinstance(macro.value, int):
            return int(macro.value)
    return next((e.value for each in draft.model.enums for e in each.enumerators if e.name == name), None)


def find_message(draft: Draft, told: Told, view: View, name: str) -> str | None:
    """C++ that gives the text; None where the call has nothing that the function takes. `f(g)` is f of what g gives."""
    outer, _, inner = name.rstrip(") ").partition("(")
    chain = [part.strip() for part in (outer, *inner.split("(")) if part.strip()]
    functions = [f for each in chain for f in find_functions(draft, each)[:1] if len(f.params) == 1]
    string = bool(functions) and functions[0].returns.declaration in ("std::basic_string", "std::string")
    text = string or (bool(functions) and strip(functions[0].returns).bare == "char")
    if not text or len(functions) != len(chain):
        message = f"`message` names `{name}`, which is no function of one parameter that gives text"
        report_once(draft, view, "message", name, message)
        return None
    call = source = find_source(told, functions[-1].params[0].type)
    if call is None:
        return None
    for each in reversed(functions):
        call = f"{each.qualified}({call})"
    call = f"{call}.c_str()" if string else call
    maybe = take_apart(functions[-1].params[0].type)[1] in (Passing.POINTER, Passing.CONST_POINTER)
    return f"{source} ? {call} : nullptr" if maybe and source != "&{self}" else call


def find_source(told: Told, wanted: Type) -> str | None:
    """What of the call is of a type: the result itself, the object, an argument or an output."""
    core, passing = take_apart(wanted)
    returns = told.function.returns
    if core.kind in (TypeKind.INTEGER, TypeKind.ENUM):
        if core.kind is TypeKind.ENUM or returns.kind is TypeKind.ENUM:
            return "{outcome}" if core.bare == returns.bare else f"static_cast<{core.bare}>({{outcome}})"
        return "{outcome}" if returns.kind is TypeKind.INTEGER else None
    pointer = passing in (Passing.POINTER, Passing.CONST_POINTER)
    owner = told.owner
    if owner is not None and told.overload.call is Call.METHOD and core.bare in (owner.cpp, owner.model.type.bare):
        return "&{self}" if pointer else "{self}"
    for index, param in enumerate(told.overload.params):
        mine = re.sub(r"^const | const$|[ &*]+$", "", param.value.cpp)
        if param.value.converter == "class" and mine == core.bare and param.value.cpp.rstrip().endswith("*") == pointer:
            return f"{{{index}}}"
    return None


def find_error(draft: Draft, name: str) -> str:
    """The Python path of the exception class; the first rule that names it makes it."""
    draft.errors.setdefault(name)
    return name


def decide_errors(draft: Draft) -> None:
    """Pass: names of the exception classes are taken before any other."""
    for rule in draft.settings.rules:
        if rule.errors and rule.errors in draft.taken.setdefault("", set()) and rule.errors not in draft.errors:
            message = f"`errors` names `{rule.errors}`, which is the name of something else in the module"
            draft.sink.report("DV024", message, rule.span)
        elif rule.errors:
            draft.taken[""].add(rule.errors)
            draft.errors.setdefault(rule.errors)


def make_errors(draft: Draft) -> tuple[plan.Raised, ...]:
    """The classes, which no class of C++ stands behind."""
    doc = "A call of the library failed; `code` is what it returned."
    return tuple(
        plan.Raised(name=name, scope="", cpp="", base="RuntimeError", message="", doc=doc) for name in draft.errors
    )


def report_once(draft: Draft, view: View, word: str, name: str, message: str) -> None:
    key = f"{word}:{name}"
    if key not in draft.reported_owners:
        draft.reported_owners.add(key)
        draft.sink.report("DV024", message, view.span(word))
