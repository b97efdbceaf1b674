"""Endings: what C keeps after the call, until it calls the function that was given with it.

In: parameters of a function.  Out: what is handed over, and how; one `plan.Param` for it; DV048.
Must not know: how copies and objects are kept (the runtime does).

    void bind(stmt*, const char* text, int n, void (*destroy)(void*));      # bind(stmt, text): C gets a copy of its own
    void attach(node*, void* data, void (*destroy)(void*));                 # attach(node, data): any object
    void each(int (*f)(int, void*), void* data, void (*destroy)(void*));    # each(f): kept until `destroy`

Memory that C reads (`const`, with its length or ended by a null) is copied; the copy is freed by what C calls. A
`void*` that no length follows is user data: a Python object, or the data of a callback. Python sees neither length nor
function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from dovetail import model, plan
from dovetail.convert import Refusal
from dovetail.model import Type, TypeKind
from dovetail.policy.arrays import is_length, length_type
from dovetail.policy.callbacks import Pair, find_pairs, is_untyped, signature_of_pointer
from dovetail.policy.draft import Draft
from dovetail.policy.nullable import takes_none
from dovetail.policy.rules import NO_RULES, View

HEADER = "dovetail/convert/handed.h"
PLAIN = frozenset({"char", "signed char", "unsigned char", "wchar_t", "char8_t", "char16_t", "char32_t", "std::byte"})
"""Elements of memory with a destructor."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a destructor ends."""

    source: int
    """Index of the parameter that Python gives: memory, an object or a callback."""
    how: str
    """"copy", "object" or "callback"."""
    length: int | None = None
    """Index of the parameter that says how long the memory is."""


def find_endings(params: Sequence[model.Param], view: View) -> dict[int, Ending] | Refusal:
    """By the index of the destructor. With its user data behind it, or where a rule `keeps` it, it is a callback."""
    pairs = find_pairs(params)
    found: dict[int, Ending] = {}
    for index, param in enumerate(params):
        if not is_destructor(param.type) or (index in pairs and pairs[index].after):
            continue
        if param.name in view.rule.keeps or "keeps" in param.annotations:
            continue
        ending = find_ending(params, index, pairs)
        if isinstance(ending, Refusal):
            return ending
        if ending is not None:
            found[index] = ending
    return found


def is_destructor(type_: Type) -> bool:
    signature = signature_of_pointer(type_)
    if signature is None or signature.target is None or signature.target.kind is not TypeKind.VOID:
        return False
    return len(signature.parameters) == 1 and is_untyped(signature.parameters[0])


def find_ending(params: Sequence[model.Param], index: int, pairs: Mapping[int, Pair]) -> Ending | Refusal | None:
    """What the destructor at `index` is for; None where nothing before it needs one."""
    memory = find_memory(params[:index])
    if memory is None:
        return None
    callback = next((i for i, pair in pairs.items() if pair.data == memory and i != index), None)
    if callback is not None:
        return Ending(source=callback, how="callback")
    type_, behind = params[memory].type, params[memory + 1 : index]
    length = memory + 1 if behind and is_length(behind[0].type) else None
    target = type_.target
    untyped, constant = is_untyped(type_), target is not None and target.const
    if untyped and not constant and length is None:
        return Ending(source=memory, how="object")
    text = target is not None and target.bare == "char"
    single = untyped or (target is not None and target.bare in ("char", "unsigned char", "std::byte"))
    if constant and single and (text or length is not None):
        return Ending(source=memory, how="copy", length=length)
    named, said = name_of(params, memory), name_of(params, index)
    return Refusal(code="DV048", reason=f"{named}: C keeps the memory until it calls {said}")


def name_of(params: Sequence[model.Param], index: int) -> str:
    name = params[index].name
    if name:
        return f"parameter `{name}`" if not is_destructor(params[index].type) else f"`{name}`"
    return f"parameter {index + 1}"


def find_memory(params: Sequence[model.Param]) -> int | None:
    """The nearest pointer that says nothing of what it points to, with lengths, text and callbacks behind it; else the
    nearest text."""
    text: int | None = None
    for index in range(len(params) - 1, -1, -1):
        type_ = params[index].type
        target = type_.target
        if is_untyped(type_):
            return index
        if type_.kind is TypeKind.POINTER and target is not None and target.bare in PLAIN:
            text = index if text is None else text
        elif type_.kind not in (TypeKind.INTEGER, TypeKind.ENUM) and signature_of_pointer(type_) is None:
            break
    return text


def decide_handed(
    draft: Draft, function: model.Function, params: Sequence[model.Param], ending: Ending, *, name: str, view: View
) -> plan.Param:
    """The parameter of memory or of an object that is handed over."""
    param = params[ending.source]
    if ending.how == "object":
        value = plan.Value(
            cpp="dovetail::HandedObject", converter="object", takes="object", gives="object", headers=(HEADER,)
        )
        return plan.Param(name=name, value=value)
    element = param.type.target
    assert element is not None
    length = "dovetail::Ended" if ending.length is None else length_type(params[ending.length].type)
    text = element.bare == "char"
    takes = "str | bytes" if text and ending.length is None else "str | Buffer" if text else "Buffer"
    nullable = takes_none(function, param, view)
    value = plan.Value(
        cpp=f"dovetail::HandedMemory<const {element.bare}, {length}>",
        converter="array",
        takes=f"{takes} | None" if nullable else takes,
        gives="bytes",
        headers=(HEADER,),
    )
    return plan.Param(name=name, value=value, nullable=nullable)


def decide_endings(draft: Draft) -> None:
    """Pass: whether some function hands Python objects to C as user data, which a `void*` then gives back."""
    members = (f for c in draft.model.classes for f in (*c.constructors, *c.methods))
    draft.hands_objects = any(
        ending.how == "object"
        for function in (*draft.model.functions, *members)
        if any(is_destructor(p.type) for p in function.params)
        for endings in (find_endings(function.params, NO_RULES),)
        if not isinstance(endings, Refusal)
        for ending in endings.values()
    )
