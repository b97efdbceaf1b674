"""Pointers that C++ returns or has as fields, with something beside them that says how many elements there are.

In: a result or field, its rule `array`.  Out: how it is given, as an array that looks at the memory; DV022; advice.
Must not know: parameters (`arrays`).

    const void* blob(row*, int);  int bytes(row*, int);   "blob" = { array = ["return[bytes()]"] }
    const double* data() const;  size_t size() const;     "Signal::data" = { array = ["return[size()]"] }
    float* row(int i);           int columns;             "Image::row" = { array = ["return[columns]"] }
    double* eval(int& n);                                 "Parser::eval" = { out = ["n"], array = ["return[n]"] }
    const char** names() const;                           "Parser::names" = { array = ["return[]"] }    # up to a null
    struct Packet { uint8_t* payload; int length; };      "Packet::payload" = { array = ["payload[length]"] }

Without a rule where `data()` of bytes stands beside `size()` or `length()`, as C++ has it everywhere: of characters it
is text of that length (C++ promises no null at its end), of other bytes an array.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import Passing, Refusal, Use, find, take_apart
from dovetail.model import Access, FunctionKind, Type, TypeKind
from dovetail.plan import Return
from dovetail.policy.arrays import (
    COUNT,
    HEADER,
    LENGTH,
    OBJECTS,
    RESULT,
    Extent,
    Spec,
    element_of,
    find_arrays,
    is_byte,
    is_length,
    is_written_length,
    names_agree,
    read_spec,
    report,
    result_spec,
    result_specs,
)
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.names import to_snake_case
from dovetail.policy.outputs import is_output
from dovetail.policy.ownership import Given
from dovetail.policy.parameters import is_value
from dovetail.policy.rules import View
from dovetail.policy.values import ModuleNames, find_format

ENDED = "dovetail/convert/handed_memory.h"
LISTS = "dovetail/convert/sequence.h"
SIZES = ("size", "length", "count", "len")
COLUMNS = ("cols", "columns", "width")
TERM = re.compile(r"(\w+)(\(\))?$")


def decide_array_result(
    draft: Draft,
    function: model.Function,
    owner: ClassDraft | None,
    view: View,
    *,
    passed: Mapping[str, str],
    arguments: Sequence[str] = (),
) -> Given | Refusal | None:
    """None: the result is no array. `passed`: what stands for the parameters in the call; `arguments`: all of them."""
    specs = result_specs(view)
    if not specs and view.rule.array != () and view.rule.returns is None:
        guessed = guess_result(function, owner)
        specs = (guessed,) if guessed is not None else ()
    if not specs:
        return None
    ended = decide_ended_texts(draft, function.returns) if any(not spec.extents for spec in specs) else None
    if ended is not None:
        return ended
    # Of several, under a glob, the first that suits the function.
    said = [
        say_length(draft, function, spec, arguments) or spell_extents(owner, spec, passed, function) for spec in specs
    ]
    fixed = next((each for each in said if not isinstance(each, Refusal)), said[0])
    if isinstance(fixed, Refusal):
        if "array" in view.loose:
            return None
        report(draft, function, view, f"`{RESULT}` cannot be an array: {fixed.reason}", "")
        return fixed
    given = lay_out(draft, strip_reference(function.returns), fixed, view)
    if given is None and "array" in view.loose:
        return None
    if given is None:
        reason = f"`{function.returns.written}` points to no plain elements"
        report(draft, function, view, f"`{RESULT}` cannot be an array: {reason}", "")
        return Refusal(code="DV023", reason=reason)
    return given


def decide_array_field(draft: Draft, entry: ClassDraft, field: model.Field, view: View) -> Given | None:
    """The array that a pointer field looks at. What does not fit is an ordinary field."""
    spec = result_spec(view, field.name)
    if spec is None or field.static:
        return None
    extents = spell_extents(entry, spec, {}, None)
    return None if isinstance(extents, Refusal) else lay_out(draft, field.type, extents, view)


def is_relied_on(draft: Draft, entry: ClassDraft, field: model.Field) -> bool:
    """A rule makes it the length of an array: Python must not change it."""
    if not any(rule.array for rule in draft.settings.rules):
        return False
    members: tuple[model.Field | model.Function, ...] = (*entry.model.fields, *entry.model.methods)
    views = (draft.rules.view(m.qualified, "", m.annotations, m.scope, m.span) for m in members)
    specs = (read_spec(text) for view in views for text in view.rule.array or ())
    factors = {f.strip() for s in specs if s is not None for e in s.extents for f in e.text.split("*")}
    return field.name in factors


def strip_reference(type_: Type) -> Type:
    """`const char*&` gives what `const char*` gives."""
    target = type_.target
    refers = type_.kind in (TypeKind.LVALUE_REFERENCE, TypeKind.RVALUE_REFERENCE)
    return target if refers and target is not None and target.kind is TypeKind.POINTER else type_


def lay_out(draft: Draft, type_: Type, extents: str, view: View) -> Given | None:
    element = element_of(draft, type_)
    if element is not None and element.kind is TypeKind.POINTER:
        return lay_out_texts(element, extents)
    if element is None or (element.kind is not TypeKind.VOID and find_format(draft, element) is None):
        return None
    text = element.bare == "char"
    made = f"ended_memory<{view.ended}>" if view.ended else "text_result" if text else "memory_result"
    wrap = f"dovetail::{made}({{call}}, [&] {{{{ return {extents}; }}}})"
    how, annotation = Return.NDARRAY, "numpy.ndarray"
    if text or view.rule.as_ == "bytes":
        how, annotation = (Return.BYTES, "bytes") if view.rule.as_ == "bytes" else (Return.VALUE, "str")
    value = plan.Value(
        cpp="std::string_view" if text else type_.canonical,
        converter="text view" if text else "span",
        takes="Buffer",
        gives=annotation,
        headers=(ENDED if view.ended else HEADER,),
    )
    return Given(result=plan.Result(how=how, value=value, annotation=annotation), wrap=wrap)


def decide_ended_texts(draft: Draft, type_: Type) -> Given | None:
    """`const char**`, whose end a null says."""
    element = element_of(draft, type_)
    if element is None or element.kind is not TypeKind.POINTER:
        return None
    given = lay_out_texts(element, "", texts="list[str]")
    return None if given is None else replace(given, wrap="dovetail::texts_until_null({call})")


def lay_out_texts(element: Type, extents: str, *, texts: str = "list[str | None]") -> Given | None:
    """`const char* const* names() const` with their number: a list of str, as Python has no pointers to look at."""
    if element.target is None or element.target.bare != "char":
        return None
    value = plan.Value(
        cpp="std::vector<const char*>", converter="sequence", takes="", gives=texts, headers=(OBJECTS, LISTS)
    )
    wrap = f"dovetail::texts_result({{call}}, [&] {{{{ return {extents}; }}}})"
    return Given(result=plan.Result(how=Return.LIST, value=value, annotation=texts), wrap=wrap)


def say_length(draft: Draft, function: model.Function, spec: Spec, arguments: Sequence[str]) -> str | None:
    """`return[column_bytes()]`: another function says it, of the same arguments."""
    term = TERM.match(spec.extents[0].text) if len(spec.extents) == 1 else None
    if term is None or not term[2] or function.kind is not FunctionKind.FREE:
        return None
    wanted = [p.type.canonical for p in function.params]
    for each in draft.model.functions:
        same = each.name == term[1] and [p.type.canonical for p in each.params] == wanted
        if same and is_length(each.returns) and len(arguments) == len(wanted):
            return f"dovetail::extents(::{each.qualified}({', '.join(arguments)}))"
    return None


def spell_extents(
    owner: ClassDraft | None, spec: Spec, params: Mapping[str, str], function: model.Function | None
) -> str | Refusal:
    """`dovetail::extents({self}.rows(), {self}.columns)`: numbers, parameters, methods, fields, and their products."""
    spelled = []
    for extent in spec.extents:
        factors = []
        for factor in extent.text.split("*"):
            found = spell_term(owner, factor.strip(), params, function)
            if found is None:
                where = f"of `{owner.cpp}`" if owner is not None else "in reach"
                return Refusal(code="DV023", reason=f"`{factor.strip()}` is no integer {where}")
            factors.append(found)
        spelled.append(" * ".join(factors))
    return f"dovetail::extents({', '.join(spelled)})" if spelled else Refusal(code="DV023", reason="it has no extent")


def spell_term(
    owner: ClassDraft | None, text: str, params: Mapping[str, str], function: model.Function | None
) -> str | None:
    term = TERM.match(text)
    if term is None:
        return None
    name, call = term[1], bool(term[2])
    if name.isdigit():
        return None if call else name
    if not call and name in params:
        known = next((p for p in function.params if p.name == name), None) if function is not None else None
        counts = known is not None and (is_length(known.type) or is_written_length(known.type))
        # What C++ writes to is passed by its address, perhaps.
        return params[name].removeprefix("&") if counts else None
    inside = function is None or function.kind is FunctionKind.METHOD
    if owner is None or not inside:
        return None
    if call:
        return f"{{self}}.{name}()" if find_size(owner, (name,)) else None
    fields = [f for f in owner.model.fields if f.name == name and is_length(f.type)]
    return f"{{self}}.{name}" if fields and fields[0].access is Access.PUBLIC else None


def find_size(owner: ClassDraft, names: Sequence[str]) -> str:
    """The first of the names that is a method without arguments and gives an integer; "" where there is none."""
    for name in names:
        for method in owner.model.methods:
            usable = method.access is Access.PUBLIC and not method.deleted and method.const
            plain = method.kind is FunctionKind.METHOD and not method.params and is_length(method.returns)
            if method.name == name and usable and plain:
                return name
    return ""


def guess_result(function: model.Function, owner: ClassDraft | None) -> Spec | None:
    """`data()` of bytes beside `size()` or `length()`."""
    if owner is None or function.kind is not FunctionKind.METHOD or function.name != "data" or function.params:
        return None
    core, passing = take_apart(function.returns)
    if passing not in (Passing.POINTER, Passing.CONST_POINTER) or not is_byte(core) or core.kind is TypeKind.VOID:
        return None
    size = find_size(owner, ("size", "length"))
    return Spec(name=RESULT, extents=(Extent(text=f"{size}()"),)) if size else None


# ---- advice --------------------------------------------------------------------------------------------------------


def suggest_rules(
    draft: Draft, function: model.Function, owner: ClassDraft | None, view: View
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What rules `out` and `array` could settle; nothing where something else would be refused all the same."""
    arrays = suggest_arrays(draft, function)
    known = find_arrays(draft, function, function.params, view)
    settled = {i for a in known.values() for i in (a.index, *a.carried)} | {i for each in arrays.values() for i in each}
    outs = []
    for index, param in enumerate(function.params):
        core, passing = take_apart(param.type)
        if index in settled:
            continue
        if param.name and is_output(draft, param):
            outs.append(param.name)
            continue
        optional = param.default is not None or (passing in (Passing.REFERENCE, Passing.POINTER) and is_value(core))
        if not optional and isinstance(find(param.type, ModuleNames(draft), Use.TAKE), Refusal):
            return (), ()
    returned = suggest_result(draft, function, owner)
    return tuple(outs), (*arrays, *returned)


def suggest_arrays(draft: Draft, function: model.Function) -> dict[str, tuple[int, ...]]:
    """Pointers with one or two integers behind them that are called like lengths."""
    found: dict[str, tuple[int, ...]] = {}
    params = function.params
    for index, param in enumerate(params):
        element = element_of(draft, param.type)
        if element is None or not param.name or find_format(draft, element) is None:
            continue
        after = []
        for length in params[index + 1 : index + 3]:
            if not (is_length(length.type) and looks_like_length(param.name, length.name)):
                break
            after.append(length.name)
        if after:
            found[f"{param.name}[{', '.join(after)}]"] = tuple(range(index, index + 1 + len(after)))
    return found


def looks_like_length(pointer: str, name: str) -> bool:
    word = to_snake_case(name).strip("_")
    ends = ("_len", "_length", "_size", "_count", "rows", "cols", "columns", "width", "height")
    known = word in LENGTH | COUNT | {"dim", "dims", "m"} or word.startswith(("num_", "n_")) or word.endswith(ends)
    return known or names_agree(pointer, name, byte=True, text=False, unsigned=True)


def suggest_result(draft: Draft, function: model.Function, owner: ClassDraft | None) -> tuple[str, ...]:
    element = element_of(draft, function.returns)
    if owner is None or function.kind is not FunctionKind.METHOD or element is None or element.kind is TypeKind.VOID:
        return ()
    if find_format(draft, element) is None or element.bare == "char":
        return ()
    size = find_size(owner, COLUMNS if "row" in function.name.lower() or function.params else SIZES)
    return (f"{RESULT}[{size}()]",) if size else ()
