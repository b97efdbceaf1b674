"""Placements: where an operator or a conversion goes.

In: nothing (plain records).  Out: `Placement`, `Unplaced`; what counts as a conversion to bool.
Must not know: which operator becomes what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from dovetail import model, plan
from dovetail.convert import Passing, take_apart
from dovetail.model import FunctionKind, Param, TypeKind
from dovetail.policy.draft import ClassDraft


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an operator goes. `expression` has `{self}`, and `{args}` where all remaining arguments stand in a row."""

    owner: ClassDraft
    names: tuple[str, ...]
    expression: str
    """One for all names, with `{op}` where they differ (`{mirrored}` with the operands exchanged)."""
    params: tuple[Param, ...]
    reflected: bool = False
    in_place: bool = False
    """It gives self."""
    const: bool = False
    prints: bool = False
    """It writes to a stream: the class gets STR."""
    value: plan.Value | None = None
    """What it gives, where that is not the type that C++ names."""
    as_bytes: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """No counterpart in Python: code and reason; `bound` where Python's own operator does the same."""

    code: str
    reason: str
    counts: bool = True
    bound: bool = False


def is_truth(method: model.Function) -> bool:
    """`operator bool`, and the older idioms: conversion to a function or member pointer, or to `void*`."""
    if method.kind is not FunctionKind.CONVERSION:
        return False
    core, passing = take_apart(method.returns)
    pointer = passing in (Passing.POINTER, Passing.CONST_POINTER)
    odd = core.kind in (TypeKind.FUNCTION, TypeKind.VOID) and pointer
    return core.kind in (TypeKind.BOOL, TypeKind.MEMBER_POINTER) or odd
