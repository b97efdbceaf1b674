"""Defaults: a C++ default argument as Python shows it, and as C++ that can fill it in.

In: `model.Default`.  Out: `plan.DefaultValue`.  Must not know: which function it belongs to.

`3` stays `3`, `nullptr` is `None`, `Mode::fast` is `Mode.fast`; what Python cannot spell shows as `...`.
"""

from __future__ import annotations

import math
import re

from dovetail import plan
from dovetail.convert import strip
from dovetail.model import Default, Type, TypeKind
from dovetail.policy.draft import Draft

NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[fFlL]?$")
EMPTY_FUNCTION = re.compile(r"(?:std::)?(?:move_only_)?function<.*>\s*(?:\(\)|\{\})")
FUNCTIONS = ("std::function", "std::move_only_function")


def decide_default(draft: Draft, default: Default, type_: Type) -> plan.DefaultValue:
    """Both spellings of a default argument."""
    core = strip(type_)
    if default.null:
        return plan.DefaultValue(python="None", cpp=default.cpp or "nullptr")
    if core.kind is TypeKind.ENUM and isinstance(default.value, int):
        cpp = default.cpp or f"static_cast<{core.bare}>({default.value})"
        return plan.DefaultValue(python=spell_enumerator(draft, core, default.value), cpp=cpp)
    return plan.DefaultValue(python=spell_python(default, core), cpp=default.cpp or spell_cpp(default, core))


def is_nothing(default: Default, type_: Type) -> bool:
    """A null pointer, or a callable that is empty."""
    core = strip(type_)
    empty = default.text in ("nullptr", "NULL", "{}") or EMPTY_FUNCTION.fullmatch(default.text)
    return default.null or (core.declaration in FUNCTIONS and bool(empty))


def spell_enumerator(draft: Draft, core: Type, value: int) -> str:
    enum_ = draft.enums.get(core.declaration or "")
    for enumerator in enum_.enumerators if enum_ else ():
        if enum_ and enumerator.value == value:
            path = f"{enum_.scope}.{enum_.name}" if enum_.scope else enum_.name
            return f"{path}.{enumerator.name}"
    return "..."


def spell_python(default: Default, core: Type) -> str:
    value = default.value
    if core.kind is TypeKind.BOOL and isinstance(value, (int, float)):
        return str(bool(value))
    if core.kind is TypeKind.FLOAT and isinstance(value, (int, float)):
        match = NUMBER.match(default.text)
        # `0.1f` evaluates to 0.100000001: what the header says is what the reader wants to see.
        return repr(float(match.group(1))) if match else spell_float(float(value))
    if core.kind is TypeKind.CHAR and isinstance(value, int) and not isinstance(value, bool):
        return repr(chr(value)) if 0 <= value < 0x110000 else "..."
    if core.kind is TypeKind.INTEGER and isinstance(value, (int, str)) and not isinstance(value, str):
        return repr(int(value))
    if isinstance(value, str):
        return repr(value)
    if default.text in ("{}", "std::nullopt") and core.declaration == "std::optional":
        return "None"
    if is_nothing(default, core):
        return "None"
    return "..."


def spell_float(value: float) -> str:
    return repr(value) if math.isfinite(value) else "..."


def spell_cpp(default: Default, core: Type) -> str | None:
    """Only where the value says everything; the text of a header may mean something else elsewhere."""
    value = default.value
    if core.kind is TypeKind.BOOL and isinstance(value, (bool, int)):
        return "true" if value else "false"
    if core.kind is TypeKind.INTEGER and isinstance(value, int):
        return spell_integer(value, core)
    if core.kind is TypeKind.CHAR and isinstance(value, int):
        return f"static_cast<{core.bare}>({value})"
    if core.kind is TypeKind.FLOAT and isinstance(value, (int, float)) and spell_float(float(value)) != "...":
        return f"static_cast<{core.bare}>({float(value)!r})"
    return None


def spell_integer(value: int, core: Type) -> str:
    if -(2**31) < value < 2**31:
        return str(value)
    # The lowest value has no literal of its own: `-9223372036854775808` is a minus before a number too large.
    text = f"{value}ull" if value > 2**63 - 1 else f"{value}ll" if value > -(2**63) else "-9223372036854775807ll - 1"
    return f"static_cast<{core.bare}>({text})"
