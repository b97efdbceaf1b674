"""Freed: what C++ hands out and a named function ends, once Python has its copy.

In: a function, its rules `free` and `returns`.  Out: the C++ expression of the function that ends it; what is reported
where nobody says who frees a text (DV021) or with what (DV012).  Must not know: how it is given.

    char* expand(stmt*);                "expand" = { free = ["db_free"] }
    char* describe();                   "describe" = { free = ["free"] }       # or ["delete[]"]
    double* samples(int n);             "samples" = { array = ["return[n]"], free = ["db_free"] }
    char* mprintf(const char*, ...);    "db_*" = { free = ["db_free"] }, "db_*printf" = { returns = "own" }

A glob speaks of outputs alone, as a library has results of both kinds, unless `returns = "own"` says that it speaks of
results too; and never of a result that is the buffer which the function was given. What is `const` is C++'s unless
`returns = "own"` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dovetail import model, plan
from dovetail.model import WITHOUT_SELF, Access, FunctionKind, Type, TypeKind
from dovetail.policy.draft import Draft
from dovetail.policy.rules import View

CHARACTERS = frozenset({"char", "wchar_t", "char8_t", "char16_t", "char32_t"})
ENDS = ("free", "release", "dealloc", "destroy", "dispose", "delete")
LIBRARY = {
    "free": "&::free",
    "std::free": "&::free",
    "delete": "&dovetail::delete_one",
    "delete[]": "&dovetail::delete_all",
}
"""What every program has."""


def find_end(draft: Draft, type_: Type, view: View) -> str:
    """What ends that to which the pointer points; "" where a rule names nothing that does."""
    found = ""
    target = type_.target
    for name in view.rule.free:
        known = False
        for function in find_functions(draft, name):
            known = True
            taken = function.params[0].type.target
            if taken is None or target is None:
                continue
            if taken.bare == target.bare and (taken.canonical == target.canonical or not taken.const):
                return spell_end(draft, function)
            if taken.kind is TypeKind.VOID:
                found = found or spell_end(draft, function)
        if not known and name in LIBRARY and target is not None:
            element = f"<{target.bare}>" if "delete" in name else ""
            return f"{LIBRARY[name]}{element}"
        if not known:
            report_unknown(draft, name, view)
    return found


def find_functions(draft: Draft, name: str) -> Iterator[model.Function]:
    """Functions and static methods of that name with one parameter, a pointer."""
    names = (name, f"{draft.namespace}::{name}" if draft.namespace else name)
    statics = (m for c in draft.model.classes for m in c.methods if m.kind is FunctionKind.STATIC)
    for function in (*draft.model.functions, *statics):
        usable = function.access is Access.PUBLIC and not function.deleted and len(function.params) == 1
        if usable and function.qualified in names and function.params[0].type.target is not None:
            yield function


def spell_end(draft: Draft, function: model.Function) -> str:
    """`&::db_free`; of several overloads the one that is meant."""
    same = sum(f.qualified == function.qualified for f in (*draft.model.functions, *siblings(draft, function)))
    spelled = f"&::{function.qualified}"
    if same < 2:
        return spelled
    return f"static_cast<{function.returns.canonical} (*)({function.params[0].type.canonical})>({spelled})"


def siblings(draft: Draft, function: model.Function) -> tuple[model.Function, ...]:
    return next((c.methods for c in draft.model.classes if c.qualified == function.scope), ())


def report_unknown(draft: Draft, name: str, view: View) -> None:
    key = f"free:{name}"
    if key not in draft.reported_owners:
        draft.reported_owners.add(key)
        message = f"`free` names `{name}`, which is no function of one parameter"
        draft.sink.report("DV012", message, view.span("free"))


# ---- results -------------------------------------------------------------------------------------------------------


def settle_free(draft: Draft, function: model.Function, view: View) -> View:
    """What the rules say of the result: `free` only where it is the caller's, and then nobody else owns it."""
    returned = function.returns
    if not may_be_freed(returned):
        return view
    rule = view.rule
    sure = rule.returns == "own" and "returns" not in view.loose
    kept = returned.target is not None and returned.target.const
    named = "free" not in view.loose and not kept
    owned = rule.returns != "borrow" and (named or sure or (rule.returns == "own" and not is_given(function)))
    end = find_end(draft, returned, view) if owned and rule.free else ""
    if is_text(returned) and sure and not end and not rule.free:
        draft.sink.report(
            "DV012",
            f'`returns = "own"` of `{function.qualified}` does not say with what its text is freed',
            view.span("returns"),
            helps=(advise(draft, function),),
        )
    said = rule.returns if not end and not is_text(returned) else None
    return replace(view, rule=replace(rule, returns=said), ended=end)


def may_be_freed(type_: Type) -> bool:
    target = type_.target
    plain = (TypeKind.BOOL, TypeKind.CHAR, TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.VOID, TypeKind.RECORD)
    return type_.kind is TypeKind.POINTER and target is not None and target.kind in plain


def is_text(type_: Type) -> bool:
    return type_.kind is TypeKind.POINTER and type_.target is not None and type_.target.bare in CHARACTERS


def is_given(function: model.Function) -> bool:
    """It returns the buffer that it was given, as `strcpy` does."""
    return any(p.type.canonical == function.returns.canonical for p in function.params)


def report_text(draft: Draft, function: model.Function, result: plan.Result, view: View) -> None:
    """DV021 for a `char*` without `const`, which no rule calls C++'s or the caller's, and which is no argument."""
    returned = function.returns
    plain = is_text(returned) and returned.target is not None and not returned.target.const
    copied = result.value is not None and result.value.converter == "c string"
    if plain and copied and view.rule.returns is None and not is_given(function):
        rule = f'{advise(draft, function)}     # or returns = "borrow"'
        report_unowned(draft, function, "it is copied, and never freed", rule)


def report_unowned(draft: Draft, function: model.Function, note: str, rule: str) -> None:
    """DV021, once for each function that hands out a raw pointer without an object that could own it."""
    if function.kind not in WITHOUT_SELF or function.qualified in draft.reported_owners:
        return
    draft.reported_owners.add(function.qualified)
    draft.sink.report(
        "DV021",
        f"`{function.qualified}` returns `{function.returns.written}`, and C++ does not say who frees it",
        function.span,
        label="who frees this?",
        notes=(note,),
        helps=(rule,),
    )


def advise(draft: Draft, function: model.Function) -> str:
    """The rule to write: with the function of the library that looks like it, or the one that C has."""
    fits = []
    for each in draft.model.functions:
        taken = each.params[0].type if len(each.params) == 1 else None
        plain = taken is not None and taken.kind is TypeKind.POINTER and taken.target is not None
        ends = any(word in each.name.lower() for word in ENDS) and each.access is Access.PUBLIC
        if plain and ends and taken is not None and taken.target is not None:
            pointee = function.returns.target
            if taken.target.kind is TypeKind.VOID or (pointee is not None and taken.target.bare == pointee.bare):
                fits.append(draft.rules.shorten(each.qualified))
    name = min(fits, key=len, default="free")
    kept = function.returns.target is not None and function.returns.target.const
    more = ', returns = "own"' if kept else ""
    return f'"{draft.rules.shorten(function.qualified)}" = {{ free = ["{name}"]{more} }}'
