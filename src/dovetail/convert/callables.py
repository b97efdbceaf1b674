"""Callables: `std::function` and pointers to functions, both ways. Arguments go the other way round, results this way.

In: RECORD types of `std::function`, FUNCTION types.  Out: rows that ask for conversions of all parts of a signature.
Must not know: who keeps a callable alive (the runtime does), where its user data is passed.

`std::function<double(const lib::Row&)>` is `Callable[[Row], float]`.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail.convert.records import Answer, Callback, Conversion, Converter, Passing, Refusal, Request, Use, merge
from dovetail.model import Type, TypeKind

HEADER = "dovetail/convert/callable.h"
VALUES = (Passing.VALUE, Passing.CONST_REFERENCE, Passing.RVALUE)


def answer_function(request: Request, row: Converter) -> Answer:
    """An empty function is None, both ways."""
    signature = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    if signature is None or signature.kind is not TypeKind.FUNCTION:
        return Refusal(code="DV042", reason=f"`{request.type.written}` has no plain signature")
    movable_only = row.name == "move-only function"
    allowed = (Passing.VALUE, Passing.RVALUE) if movable_only else (*VALUES, Passing.REFERENCE)
    if request.passing not in allowed or (movable_only and request.use is Use.ELEMENT):
        return Refusal(code="DV042", reason=f"`{request.type.written}`: a callable can only be passed by value")
    return answer_signature(request, signature, row, empty=True)


def answer_pointer(request: Request, row: Converter) -> Answer:
    """A pointer to a function; null is None where the pointer may be null."""
    if request.passing is not Passing.POINTER:
        return Refusal(code="DV042", reason=f"`{request.type.written}` is no plain pointer to a function")
    found = answer_signature(request, request.core, row)
    if isinstance(found, Refusal) or request.type.kind is TypeKind.POINTER:
        return found
    pointer = request.type.target
    assert pointer is not None
    return replace(found, cpp=pointer.canonical)


def answer_signature(request: Request, signature: Type, row: Converter, *, empty: bool = False) -> Answer:
    """A callable of a signature, for the way that is asked for; both ways inside another type."""
    from_python = convert_taken(request, signature) if request.use is not Use.GIVE else None
    if isinstance(from_python, Refusal):
        return from_python
    to_python = convert_given(request, signature) if request.use is not Use.TAKE else None
    if isinstance(to_python, Refusal):
        return to_python
    takes = from_python[0] if from_python else to_python[0] if to_python else ""
    gives = to_python[0] if to_python else takes
    nothing = " | None" if request.use is Use.ELEMENT else ""
    parts = (*(from_python[1] if from_python else ()), *(to_python[1] if to_python else ()))
    callback = Callback(
        cpp=signature.canonical.removesuffix(" noexcept"),
        result=result_of(from_python[0]) if from_python else "",
        doc=to_python[2] if to_python else "",
        taken=tuple(dict.fromkeys(p.takes for p in parts if p.transfers and p.converter == "unique")),
    )
    return Conversion(
        cpp=request.type.canonical,
        converter="callable",
        takes=f"{takes}{nothing}",
        gives=f"{gives}{nothing}",
        headers=tuple(sorted({row.header, *(h for p in parts for h in p.headers)})),
        pointer=True,
        empty=empty,
        holds=True,
        callbacks=merge((callback,), *(p.callbacks for p in parts)),
    )


def result_of(annotation: str) -> str:
    """`float` of `Callable[[int], float]`."""
    depth = 0
    for index, char in enumerate(annotation):
        depth += (char == "[") - (char == "]")
        if char == "," and depth == 1 and annotation[index - 1] == "]":
            return annotation[index + 1 : -1].strip()
    return annotation


Parts = tuple[str, tuple[Conversion, ...]]


def convert_taken(request: Request, signature: Type) -> Parts | Refusal:
    """A Python callable that C++ calls: C++ gives the arguments and takes the result."""
    if signature.variadic:
        return Refusal(code="DV042", reason=f"`{signature.written}` takes C varargs")
    parts = []
    for number, parameter in enumerate(signature.parameters, start=1):
        found = convert_argument(request, parameter)
        if isinstance(found, Refusal):
            return Refusal(code=found.code, reason=f"argument {number} of the callback: {found.reason}")
        parts.append(found)
    arguments = ", ".join(add_none(p.gives, p) for p in parts)
    result = signature.target
    if result is None or result.kind is TypeKind.VOID:
        return f"Callable[[{arguments}], object]", tuple(parts)
    found = convert_result(request, result)
    if isinstance(found, Refusal):
        return Refusal(code=found.code, reason=f"result of the callback: {found.reason}")
    return f"Callable[[{arguments}], {found.takes}]", (*parts, found)


def convert_argument(request: Request, type_: Type) -> Conversion | Refusal:
    """What C++ hands to Python for the length of a call: objects by reference, everything else by value."""
    found = request.find_as(type_, Use.GIVE)
    if isinstance(found, Refusal) or found.shared or found.converter == "address":
        return found
    target = type_.target
    written = target is not None and not target.const and type_.kind in (TypeKind.POINTER, TypeKind.LVALUE_REFERENCE)
    if written or (found.transfers and type_.kind is TypeKind.LVALUE_REFERENCE):
        return Refusal(code="DV041", reason=f"`{type_.written}` may be an output")
    return found


def convert_result(request: Request, type_: Type) -> Conversion | Refusal:
    """What Python returns must live on by itself: the Python object ends with the call."""
    if type_.kind in (TypeKind.POINTER, TypeKind.LVALUE_REFERENCE, TypeKind.RVALUE_REFERENCE):
        pointer = type_.target is not None and type_.target.kind is TypeKind.FUNCTION
        if not pointer:
            return Refusal(code="DV083", reason=f"`{type_.written}` would point at what Python keeps for itself")
    found = request.find_as(type_, Use.TAKE)
    if not isinstance(found, Refusal) and found.views:
        return Refusal(code="DV083", reason=f"`{type_.written}` would point into what Python keeps for itself")
    return found


def convert_given(request: Request, signature: Type) -> tuple[str, tuple[Conversion, ...], str] | Refusal:
    """A C++ callable that Python calls: its annotation, its parts, its docstring."""
    if signature.variadic:
        return Refusal(code="DV042", reason=f"`{signature.written}` takes C varargs")
    parts = []
    for number, parameter in enumerate(signature.parameters, start=1):
        found = request.find_as(parameter, Use.TAKE)
        if isinstance(found, Refusal):
            return Refusal(code=found.code, reason=f"argument {number} of the function: {found.reason}")
        parts.append(found)
    takes = [add_none(p.takes, p) if p.shared or p.empty else p.takes for p in parts]
    result, given = signature.target, "None"
    if result is not None and result.kind is not TypeKind.VOID:
        found = request.find_as(result, Use.GIVE)
        if isinstance(found, Refusal):
            return Refusal(code=found.code, reason=f"result of the function: {found.reason}")
        parts.append(found)
        given = add_none(found.gives, found)
    arguments = ", ".join(f"arg{number}: {text}" for number, text in enumerate(takes))
    mark = ", /" if arguments else ""
    return f"Callable[[{', '.join(takes)}], {given}]", tuple(parts), f"function({arguments}{mark}) -> {given}"


def add_none(text: str, found: Conversion) -> str:
    return f"{text} | None" if found.pointer else text


RECORDS = (
    Converter(name="function", matches=("std::function",), header=HEADER, special=answer_function),
    Converter(
        name="move-only function",
        matches=("std::move_only_function",),
        header=HEADER,
        special=answer_function,
        only=Use.TAKE,
    ),
    Converter(
        name="function pointer",
        matches=(TypeKind.FUNCTION,),
        header="dovetail/convert/function_pointer.h",
        special=answer_pointer,
    ),
)
