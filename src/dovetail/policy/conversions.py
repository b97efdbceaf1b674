"""Conversion operators: what `operator T()` is in Python.

In: a conversion function of a class.  Out: placements, one for each special method that it stands for.
Must not know: operators.

| T | Python |
|---|---|
| `bool`, pointers meant as truth | `__bool__` |
| an integer, an enum | `__int__`; not `explicit`: also `__index__`, as C++ would use it wherever a number is wanted |
| a floating-point type | `__float__` |
| `std::complex` | `__complex__` |
| a character, text | `__str__` |
| a vector, array or span of bytes | `__bytes__` |
| `std::filesystem::path` | `__fspath__` |
| a class, also a std one | `to_T()` |

An implicit conversion to a number is also what `if (x)` tests in C++, so it is `__bool__` where nothing else is.
"""

from __future__ import annotations

from dovetail import model
from dovetail.convert import Passing, take_apart
from dovetail.model import FunctionKind, Type, TypeKind
from dovetail.policy.draft import ClassDraft
from dovetail.policy.placement import Placement, is_truth
from dovetail.policy.values import builtin

TEXTS = ("std::basic_string", "std::string", "std::basic_string_view", "std::string_view")
BYTES = ("std::vector", "std::array", "std::span")
NUMBERS = (TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.ENUM)
PATH = "std::filesystem::path"


def place_conversion(function: model.Function, owner: ClassDraft) -> tuple[Placement, ...]:
    """The special methods of T, or `to_T()`; empty where Python has nothing of the kind."""
    core, passing = take_apart(function.returns)
    cast = f"static_cast<{function.returns.canonical}>({{self}})"

    def place(name: str, expression: str = cast, **more: object) -> Placement:
        return Placement(
            owner=owner,
            names=(name,),
            expression=expression,
            params=(),
            const=function.const,
            **more,  # type: ignore[arg-type]
        )

    if is_truth(function):
        return (place("__bool__", "static_cast<bool>({self})"),)
    truth = () if function.explicit or decides_truth(owner) else (place("__bool__", "static_cast<bool>({self})"),)
    if passing in (Passing.POINTER, Passing.CONST_POINTER) and core.kind in NUMBERS:
        return ()
    if core.kind is TypeKind.INTEGER:
        value = builtin(function.returns.bare, "int", "integer")
        index = () if function.explicit else (place("__index__", value=value),)
        return (place("__int__", value=value), *index, *truth)
    if core.kind is TypeKind.ENUM:
        # Not the member of an enum: `int(x)` must give an int.
        return (place("__int__", f"static_cast<long long>({cast})", value=builtin("long long", "int", "integer")),)
    if core.kind is TypeKind.FLOAT:
        return (place("__float__"), *truth)
    if core.kind is TypeKind.CHAR or core.declaration in TEXTS:
        return (place("__str__"),)
    if core.declaration == PATH:
        return (place("__fspath__", f"{cast}.string()", value=builtin("std::string", "str", "text")),)
    if core.declaration == "std::complex":
        return (place("__complex__"),)
    if core.declaration in BYTES and is_byte(core):
        return (place("__bytes__", as_bytes=True),)
    if core.kind is TypeKind.RECORD:
        return (place(f"to_{(core.declaration or core.bare).rpartition('::')[2]}"),)
    return ()


def decides_truth(owner: ClassDraft) -> bool:
    """The class says what is true of it: by `operator bool`, or `operator!`, or one number before another."""
    numbers = (TypeKind.INTEGER, TypeKind.FLOAT)
    implicit = [
        m
        for m in owner.model.methods
        if m.kind is FunctionKind.CONVERSION and not m.explicit and take_apart(m.returns)[0].kind in numbers
    ]
    said = any(is_truth(m) or (m.name == "operator!" and not m.params) for m in owner.model.methods)
    # Of several, C++ could not choose either.
    return said or len(implicit) > 1


def is_byte(core: Type) -> bool:
    element = next((a for a in core.arguments if isinstance(a, Type)), None)
    return element is not None and element.bare.removeprefix("const ") in ("unsigned char", "std::byte")
