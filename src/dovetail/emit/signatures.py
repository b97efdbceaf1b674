"""How a callable of the plan looks in Python: its parameters, which of them only go by position, what it gives.

In: `plan.Overload`.  Out: `Signature`, and its one-line spelling.  Must not know: stubs, docs, what names resolve to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

from dovetail.emit.annotations import add_none, arms
from dovetail.plan import Call, Function, Overload, Return


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    name: str
    annotation: str
    default: str | None = None
    positional: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    arguments: tuple[Argument, ...]
    result: str
    receiver: str = "self"
    """"" for a function or static method."""

    @property
    def required(self) -> int:
        return sum(1 for argument in self.arguments if argument.default is None)


POSITIONAL_SPECIAL = frozenset({"__init__", "__call__", "__new__"})
"""The special methods whose parameters may have names; Python itself calls all others by position."""


def is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4


def signature_of(function: Function, overload: Overload) -> Signature:
    """The signature of one overload; annotations and defaults as the plan spells them."""
    params = [param for param in overload.params if param.inout or not param.out]
    by_position = is_special(function.name) and function.name not in POSITIONAL_SPECIAL
    last = max((i for i, param in enumerate(params) if not param.name), default=-1)
    taken = {param.name for param in params}
    arguments = []
    for position, param in enumerate(params):
        name = param.name or _free_name(f"arg{position}", taken)
        annotation = add_none(param.value.takes) if param.nullable else param.value.takes
        default = None if param.default is None else _default(param.default.python, annotation)
        positional = by_position or position <= last
        arguments.append(Argument(name=name, annotation=annotation, default=default, positional=positional))
    for position in range(len(arguments) - 2, -1, -1):
        # Without a Python default behind it, a default cannot be left out.
        if arguments[position + 1].default is None:
            arguments[position] = replace(arguments[position], default=None)
    result = "None" if function.name in ("__init__", "__setitem__", "__delitem__") else overload.result.annotation
    receiver = "" if overload.call in (Call.FUNCTION, Call.STATIC) else _free_name("self", taken)
    return Signature(arguments=tuple(arguments), result=result, receiver=receiver)


_KEYED = {"__getitem__": 1, "__setitem__": 2}
"""Subscripts, and how many parameters they have with one key."""


def takes_keys(function: Function) -> bool:
    """Some overload has several keys, which Python gives as a tuple."""
    return any(len(overload.params) > _KEYED.get(function.name, 1000) for overload in function.overloads)


def join_keys(function: Function, signature: Signature) -> Signature:
    """As a caller sees it: `__getitem__(self, key: tuple[int, int])`."""
    extra = len(signature.arguments) - _KEYED.get(function.name, 1000)
    if extra <= 0:
        return signature
    keys, rest = signature.arguments[: extra + 1], signature.arguments[extra + 1 :]
    key = Argument(name="key", annotation=f"tuple[{', '.join(a.annotation for a in keys)}]", positional=True)
    return replace(signature, arguments=(key, *rest))


def returns_self(overload: Overload, path: str) -> bool:
    """The result is the object itself: a method to be chained, also on a subclass."""
    return overload.result.how is Return.SELF and overload.result.annotation == path


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"_{name}"
    return name


def _default(text: str, annotation: str) -> str:
    """None for a parameter that does not take it would contradict the annotation."""
    return "..." if text == "None" and "None" not in arms(annotation) else text


def spell_arguments(
    signature: Signature, *, annotation: Callable[[str], str] = str, default: Callable[[str], str] = str
) -> list[str]:
    """The parts of a parameter list, with receiver and `/`."""
    parts = [signature.receiver] if signature.receiver else []
    marked = 0
    for argument in signature.arguments:
        text = f"{argument.name}: {annotation(argument.annotation)}"
        parts.append(text if argument.default is None else f"{text} = {default(argument.default)}")
        if argument.positional:
            marked = len(parts)
    if not marked and signature.receiver not in ("", "self"):
        marked = 1
    if marked:
        parts.insert(marked, "/")
    return parts


def spell(name: str, signature: Signature) -> str:
    """`area(s: Shape, scale: float = 1.0) -> float`, without the receiver."""
    parts = spell_arguments(signature)
    if signature.receiver:
        parts = parts[1:]
        parts = parts[1:] if parts[:1] == ["/"] else parts
    return f"{name}({', '.join(parts)}) -> {signature.result}"
