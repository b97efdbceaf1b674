"""Decisions: what Python will see. The product of `policy`, the only input of `emit`.

In: plain records built by policy.  Out: frozen dataclasses, `dump`, `check`.
Must not know: clang, how anything is written out.
"""

from dovetail.plan.check import PlanError, check
from dovetail.plan.dump import dump
from dovetail.plan.records import (
    Accessor,
    Advice,
    Alias,
    Call,
    Class,
    Constant,
    Container,
    Counts,
    DefaultValue,
    Enum,
    Enumerator,
    Function,
    Hold,
    Module,
    Overload,
    Param,
    Protocol,
    Raised,
    Result,
    Return,
    Skipped,
    Submodule,
    Upcast,
    Value,
    Variable,
)

__all__ = [
    "Accessor",
    "Advice",
    "Alias",
    "Call",
    "Class",
    "Constant",
    "Container",
    "Counts",
    "DefaultValue",
    "Enum",
    "Enumerator",
    "Function",
    "Hold",
    "Module",
    "Overload",
    "Param",
    "PlanError",
    "Protocol",
    "Raised",
    "Result",
    "Return",
    "Skipped",
    "Submodule",
    "Upcast",
    "Value",
    "Variable",
    "check",
    "dump",
]
