"""Which values cross a plain C signature, and how.

In: C++ types of the plan.  Out: `plan.PlainValue`; `Refusal` text where there is no form.
Must not know: functions, Python.

The type alone decides, as it is spelled in the plan: numbers, bools and enums are themselves; text is bytes; objects
and containers are addresses; optional, variant, pair and tuple of these are packed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

from dovetail import plan
from dovetail.plan import Form, PlainValue

NUMBERS = frozenset(
    f"{sign}{base}" for base in ("char", "short", "int", "long", "long long") for sign in ("signed ", "unsigned ", "")
) - {"signed short", "signed int", "signed long", "signed long long", "char"} | {"float", "double"}
_BELOW = {(size, sign): f"{'' if sign else 'u'}int{8 * size}_t" for size in (1, 2, 4, 8) for sign in (True, False)}
_TEXT = ("std::basic_string<char>", "std::basic_string_view<char>")
_PACKED = {"std::optional": "optional", "std::variant": "variant", "std::pair": "pair", "std::tuple": "tuple"}
_KINDS = {
    "vector": "sequence",
    "deque": "sequence",
    "array": "sequence",
    "map": "mapping",
    "unordered_map": "mapping",
    "set": "set",
    "unordered_set": "set",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Types:
    """What the module makes, by C++ name."""

    enums: Mapping[str, plan.Enum]
    classes: Mapping[str, plan.Class]
    containers: Mapping[str, plan.Container]
    held: frozenset[str] = frozenset()
    """Classes whose objects C++ holds by `std::shared_ptr` somewhere: so does Python then."""


def find_types(module: plan.Module) -> Types:
    return Types(
        enums={each.cpp: each for each in module.enums if not each.module},
        classes={each.cpp: each for each in module.classes if not each.module},
        containers={each.cpp: each for each in module.containers if not each.module and each.kind in _KINDS},
    )


def protocol_of(container: plan.Container) -> str:
    """`sequence`, `mapping`, `set`, or "" of what has none here."""
    return _KINDS.get(container.kind, "")


def find_form(cpp: str, types: Types, *, given: bool = False) -> PlainValue | str:
    """The form of a C++ type, or why it has none. `given`: C++ gives it, and Python only reads through a reference."""
    spelled = cpp.strip()
    mark = next((mark for mark in ("&&", "&", "*") if spelled.endswith(mark)), "")
    bare = spelled.removesuffix(mark).strip()
    const = bare.startswith("const ")
    bare = bare.removeprefix("const ")
    if mark == "*" and bare == "char" and const:
        return PlainValue(form=Form.TEXT, cpp="const char*", mark="*", const=True)
    found = _find_bare(bare, types)
    if isinstance(found, str):
        return f"`{cpp}` {found}"
    changes = mark == "*" or (mark == "&" and not const and not given)
    if changes and found.form is not Form.OBJECT:
        return f"`{cpp}` may be changed by C++, and only objects can"
    return replace(found, mark=mark, const=const)


def _find_bare(bare: str, types: Types) -> PlainValue | str:
    if bare == "bool":
        return PlainValue(form=Form.BOOL, cpp=bare, c="int")
    if bare == "char":
        return PlainValue(form=Form.CHAR, cpp=bare, c="char")
    if bare in NUMBERS:
        return PlainValue(form=Form.NUMBER, cpp=bare, c=bare)
    if bare in _TEXT:
        return PlainValue(form=Form.TEXT, cpp=bare)
    if bare == "std::filesystem::path":
        return PlainValue(form=Form.PATH, cpp=bare)
    if bare in types.enums:
        record = types.enums[bare]
        return PlainValue(
            form=Form.ENUM, cpp=bare, c=_BELOW[record.size, record.signed], path=path_of(record), strict=record.scoped
        )
    for known in (types.classes, types.containers):
        if bare in known:
            return PlainValue(form=Form.OBJECT, cpp=bare, path=path_of(known[bare]))
    return _find_template(bare, types)


def _find_template(bare: str, types: Types) -> PlainValue | str:
    name, arguments = split_template(bare)
    if name in ("std::shared_ptr", "std::unique_ptr"):
        target = arguments[0].removeprefix("const ")
        if target not in types.classes or len(arguments) > 1:
            return "has no form without CPython's C API"
        form = Form.SHARED if name == "std::shared_ptr" else Form.UNIQUE
        if form is Form.UNIQUE and target in types.held:
            return "is of a class that others share: Python cannot hand it over"
        const = arguments[0].startswith("const ")
        if const:
            return "points to a const object"
        return PlainValue(form=form, cpp=target, path=path_of(types.classes[target]), nullable=True)
    if name == "std::span" and len(arguments) == 1 and arguments[0].removeprefix("const ") in NUMBERS:
        element = arguments[0].removeprefix("const ")
        return PlainValue(form=Form.SPAN, cpp=bare, c=element, nullable=element == arguments[0])
    if name == "std::complex" and arguments[0] in ("double", "float"):
        part = PlainValue(form=Form.NUMBER, cpp=arguments[0], c=arguments[0])
        return PlainValue(form=Form.PACKED, cpp=bare, kind="complex", parts=(part,))
    if name in _PACKED:
        parts = [_find_part(each, types) for each in arguments]
        found = tuple(part for part in parts if isinstance(part, PlainValue))
        if len(found) == len(parts):
            return PlainValue(form=Form.PACKED, cpp=bare, kind=_PACKED[name], parts=found)
    return "has no form without CPython's C API"


_PARTS = (Form.NUMBER, Form.BOOL, Form.ENUM, Form.TEXT, Form.PACKED, Form.OBJECT)


def _find_part(cpp: str, types: Types) -> PlainValue | str:
    if cpp in ("std::monostate", "std::nullopt_t"):
        return PlainValue(form=Form.NONE, cpp=cpp)
    part = find_form(cpp, types)
    if isinstance(part, str) or part.mark or part.const or part.form not in _PARTS or "view" in part.cpp:
        return "cannot be packed"
    if part.form is Form.OBJECT:
        held = types.classes.get(part.cpp) or types.containers.get(part.cpp)
        copied = held is not None and held.copyable and part.cpp not in types.held
        return part if copied else "cannot be copied into what is packed"
    return part


def size_of(c: str) -> int:
    """Bytes of a number."""
    sized = re.fullmatch(r"u?int(\d+)_t", c)
    named = {"char": 1, "short": 2, "int": 4, "float": 4}
    return int(sized[1]) // 8 if sized else named.get(c.rsplit(maxsplit=1)[-1], 8)


def path_of(record: plan.Enum | plan.Class | plan.Container | plan.Raised) -> str:
    return f"{record.scope}.{record.name}" if record.scope else record.name


def split_template(cpp: str) -> tuple[str, list[str]]:
    """`std::map<int, std::pair<A, B>>` -> `std::map`, [`int`, `std::pair<A, B>`]; no arguments of what is none."""
    found = re.fullmatch(r"([\w:]+)<(.*)>", cpp)
    if found is None:
        return cpp, []
    parts, depth = [""], 0
    for character in found[2]:
        depth += (character in "<(") - (character in ">)")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return found[1], [part.strip() for part in parts]
