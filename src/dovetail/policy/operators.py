"""Operators: C++ operators and conversions as Python's special methods.

In: an operator function, member or not.  Out: `Placement`: class, Python name, expression, parameters left.
Must not know: conversions of types.

A free or friend operator belongs to the class of its left operand, or reflected to that of its right one. What has no
counterpart gets a name: `++x` is `increment()`, `--x` is `decrement()`, `*x` (of iterators and handles) is
`dereference()`. `x++` and `->` are superseded by these. `operator<<` with a stream on its left is `__str__`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from dovetail import model
from dovetail.convert import Passing, strip, take_apart
from dovetail.model import FunctionKind, Param, TypeKind
from dovetail.policy.draft import ClassDraft, Draft

BINARY = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "%": "mod",
    "<<": "lshift",
    ">>": "rshift",
    "&": "and",
    "|": "or",
    "^": "xor",
}
COMPARISONS = {"==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
UNARY = {"+": "__pos__", "-": "__neg__", "~": "__invert__"}
NAMED = {"++": "increment", "--": "decrement", "*": "dereference"}
UNCOUNTED = frozenset({"=", "new", "new[]", "delete", "delete[]"})
FLAG_OPERATORS = frozenset({"|", "&", "^", "~", "|=", "&=", "^="})
STREAMS = ("std::basic_ostream", "std::ostream")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an operator goes. `expression` has `{self}`, and `{args}` where all remaining arguments stand in a row."""

    owner: ClassDraft
    names: tuple[str, ...]
    expression: str
    """One for all names, with `{op}` where they differ."""
    params: tuple[Param, ...]
    reflected: bool = False
    in_place: bool = False
    const: bool = False
    prints: bool = False
    """It writes to a stream: the class gets STR."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """No counterpart in Python: code and reason; `bound` where Python's own operator does the same."""

    code: str
    reason: str
    counts: bool = True
    bound: bool = False


def symbol_of(function: model.Function) -> str:
    """`+` of `operator+`; "" for what is no operator."""
    if function.kind is FunctionKind.CONVERSION or not function.name.startswith("operator"):
        return ""
    rest = function.name[len("operator") :]
    return rest.strip() if rest and not (rest[0].isalnum() or rest[0] == "_") else ""


def place_operator(draft: Draft, function: model.Function, owner: ClassDraft | None) -> Placement | Unplaced:
    """The special method that an operator becomes."""
    symbol = symbol_of(function)
    if symbol in UNCOUNTED:
        return Unplaced(code="DV036", reason="Python has no such operator", counts=False)
    if symbol.startswith('"'):
        return Unplaced(code="DV036", reason="Python has no literal suffixes")
    if owner is not None and function.kind is FunctionKind.METHOD:
        return place_member(function, symbol, owner)
    return place_free(draft, function, symbol)


def place_member(function: model.Function, symbol: str, owner: ClassDraft) -> Placement | Unplaced:
    """A member operator: self is the left operand."""
    params, const = function.params, function.const
    if symbol == "()":
        return Placement(owner=owner, names=("__call__",), expression="{self}({args})", params=params, const=const)
    if symbol == "[]":
        return Placement(owner=owner, names=("__getitem__",), expression="{self}[{args}]", params=params, const=const)
    if symbol == "->":
        return place_arrow(function, owner)
    if not params:
        return place_unary(symbol, owner, const)
    return place_binary(symbol, owner, params, const)


def place_arrow(function: model.Function, owner: ClassDraft) -> Placement | Unplaced:
    if any(m.name == "operator*" and not m.params for m in owner.model.methods):
        return Unplaced(code="DV037", reason="`operator*` gives the same object", counts=False)
    return Placement(
        owner=owner, names=("dereference",), expression="{self}.operator->()", params=(), const=function.const
    )


def place_unary(symbol: str, owner: ClassDraft, const: bool) -> Placement | Unplaced:
    if symbol == "!":
        if any(is_truth(m) for m in owner.model.methods):
            return Unplaced(code="DV037", reason="the conversion to bool says the same", counts=False)
        return Placement(owner=owner, names=("__bool__",), expression="!(!{self})", params=(), const=const)
    name = UNARY.get(symbol) or NAMED.get(symbol)
    if name is None:
        return Unplaced(code="DV036", reason=f"Python has no unary `{symbol}`")
    return Placement(
        owner=owner,
        names=(name,),
        expression=f"{symbol}{{self}}",
        params=(),
        const=const,
        in_place=symbol in ("++", "--"),
    )


def place_binary(symbol: str, owner: ClassDraft, params: tuple[Param, ...], const: bool) -> Placement | Unplaced:
    if symbol in ("++", "--"):
        return Unplaced(code="DV037", reason=f"the prefix `{symbol}` does the same", counts=False)
    if symbol == "<=>":
        names = ("__lt__", "__le__", "__gt__", "__ge__")
        return Placement(owner=owner, names=names, expression="{self} {op} {0}", params=params, const=const)
    if symbol in COMPARISONS:
        name, text = COMPARISONS[symbol], f"{{self}} {symbol} {{0}}"
        return Placement(owner=owner, names=(name,), expression=text, params=params, const=const)
    if symbol.endswith("=") and symbol[:-1] in BINARY:
        name, text = f"__i{BINARY[symbol[:-1]]}__", f"{{self}} {symbol} {{0}}"
        return Placement(owner=owner, names=(name,), expression=text, params=params, in_place=True)
    if symbol in BINARY:
        name, text = f"__{BINARY[symbol]}__", f"{{self}} {symbol} {{0}}"
        return Placement(owner=owner, names=(name,), expression=text, params=params, const=const)
    return Unplaced(code="DV036", reason=f"Python has no `{symbol}` to overload")


def place_free(draft: Draft, function: model.Function, symbol: str) -> Placement | Unplaced:
    """A free or friend operator: the class of its left operand has it, or that of its right one."""
    params = function.params
    if not params or len(params) > 2:
        return Unplaced(code="DV036", reason=f"Python has no `{symbol}` to overload")
    owners = [draft.find_class(strip(p.type)) for p in params]
    owners = [o if o is not None and not o.raised else None for o in owners]
    left, right = owners[0], owners[-1] if len(params) == 2 else None
    if len(params) == 2 and symbol in ("<<", ">>") and is_stream(params[0]):
        if symbol == "<<" and right is not None:
            return Placement(owner=right, names=(), expression="", params=(), const=True, prints=True)
        return Unplaced(code="DV036", reason="a stream operator without a bound class on its right")
    if left is not None and len(params) == 1:
        return place_unary(symbol, left, is_read(params[0]))
    if left is not None:
        return place_binary(symbol, left, params[1:], is_read(params[0]))
    if right is not None:
        return place_reflected(symbol, right, params)
    return place_on_enum(draft, params, symbol)


def place_reflected(symbol: str, right: ClassDraft, params: tuple[Param, ...]) -> Placement | Unplaced:
    """`2.0 * v`: Python asks the right operand."""
    const = is_read(params[1])
    if symbol in MIRRORED:
        name = COMPARISONS[MIRRORED[symbol]]
        return Placement(
            owner=right, names=(name,), expression=f"{{0}} {symbol} {{self}}", params=params[:1], const=const
        )
    if symbol in BINARY:
        return Placement(
            owner=right,
            names=(f"__r{BINARY[symbol]}__",),
            expression=f"{{0}} {symbol} {{self}}",
            params=params[:1],
            reflected=True,
            const=const,
        )
    return Unplaced(code="DV036", reason=f"Python has no reflected `{symbol}`")


def place_on_enum(draft: Draft, params: tuple[Param, ...], symbol: str) -> Unplaced:
    """Operators of flags are those of IntFlag."""
    cores = [strip(p.type) for p in params]
    names = {c.declaration for c in cores if c.kind is TypeKind.ENUM}
    for name in names:
        enum_ = draft.enums.get(name or "")
        if enum_ is not None and enum_.base == "IntFlag" and symbol in FLAG_OPERATORS:
            return Unplaced(code="DV036", reason="IntFlag has it", bound=True)
    return Unplaced(code="DV036", reason=f"neither operand of `{symbol}` is a bound class")


def is_stream(param: Param) -> bool:
    return strip(param.type).declaration in (*STREAMS, "std::basic_istream", "std::istream")


def is_read(param: Param) -> bool:
    """The operand is not written to."""
    return take_apart(param.type)[1] in (Passing.VALUE, Passing.CONST_REFERENCE)


def is_truth(method: model.Function) -> bool:
    """`operator bool`, and the older idioms: conversion to a function or member pointer, or to `void*`."""
    if method.kind is not FunctionKind.CONVERSION:
        return False
    core, passing = take_apart(method.returns)
    pointer = passing in (Passing.POINTER, Passing.CONST_POINTER)
    odd = core.kind in (TypeKind.FUNCTION, TypeKind.VOID) and pointer
    return core.kind in (TypeKind.BOOL, TypeKind.MEMBER_POINTER) or odd


def place_conversion(function: model.Function, owner: ClassDraft) -> Placement | None:
    """`operator T()`: the special method of T, or `to_T()` for a bound class."""
    core, _ = take_apart(function.returns)
    cast = f"static_cast<{function.returns.canonical}>({{self}})"
    if is_truth(function):
        name, cast = "__bool__", "static_cast<bool>({self})"
    elif core.kind is TypeKind.INTEGER:
        name = "__int__"
    elif core.kind is TypeKind.FLOAT:
        name = "__float__"
    elif core.kind is TypeKind.CHAR or core.declaration in ("std::basic_string", "std::basic_string_view"):
        name = "__str__"
    elif core.kind is TypeKind.ENUM:
        name = "__int__"
    elif core.kind is TypeKind.RECORD:
        name = f"to_{(core.declaration or core.bare).rpartition('::')[2]}"
    else:
        return None
    return Placement(owner=owner, names=(name,), expression=cast, params=(), const=function.const)
