"""How a C++ value crosses a native signature.

In: values of the plan.  Out: `plan.NativeValue`; None where a value has no native form.  Must not know: functions.

Numbers are themselves, bools and enums integers, text is its bytes and their number. Objects of bound classes, vectors
and arrays of what has a native form are addresses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dovetail import plan
from dovetail.plan import NativeKind, NativeValue

Types = Mapping[str, plan.Enum | plan.Class | plan.Container]

# C++ spelling -> Cython's.
NUMBERS = {
    "char": "char",
    "signed char": "signed char",
    "unsigned char": "unsigned char",
    "short": "short",
    "unsigned short": "unsigned short",
    "int": "int",
    "unsigned int": "unsigned int",
    "long": "long",
    "unsigned long": "unsigned long",
    "long long": "PY_LONG_LONG",
    "unsigned long long": "unsigned PY_LONG_LONG",
    "float": "float",
    "double": "double",
}
# What a function that failed returns: seldom a result, as the exception is looked for whenever it is returned. C++ and
# Cython read these literals alike.
_FAILURES = {
    "char": "127",
    "signed char": "-127",
    "unsigned char": "255",
    "short": "-32767",
    "unsigned short": "65535",
    "int": "-2147483647",
    "unsigned int": "4294967295u",
    "long": "-9223372036854775807",
    "unsigned long": "18446744073709551615u",
    "long long": "-9223372036854775807",
    "unsigned long long": "18446744073709551615u",
    "float": "-3.4028234e+38",
    "double": "-1.7976931348623157e+308",
}
_INTEGERS = {(1, True): "signed char", (2, True): "short", (4, True): "int", (8, True): "long long"} | {
    (1, False): "unsigned char",
    (2, False): "unsigned short",
    (4, False): "unsigned int",
    (8, False): "unsigned long long",
}
VOID = NativeValue(kind=NativeKind.NOTHING, cpp="void", spelling="void")
STRING = "std::basic_string<char>"
_TEXT_CONVERTERS = ("text", "text view", "c string")
_TEXT = (STRING, "std::basic_string_view<char>")
_SEQUENCES = ("vector", "array")


def find_types(module: plan.Module) -> Types:
    """What this module makes and native functions may have, by C++ name."""
    records: tuple[plan.Enum | plan.Class, ...] = (*module.enums, *module.classes)
    found: dict[str, plan.Enum | plan.Class | plan.Container] = {r.cpp: r for r in records if not r.module}
    waiting = [c for c in module.containers if not c.module and c.kind in _SEQUENCES]
    while fitting := [c for c in waiting if find_element(c, found) is not None]:  # a vector of vectors after its own
        found.update({c.cpp: c for c in fitting})
        waiting = [c for c in waiting if c not in fitting]
    return found


def find_element(container: plan.Container, types: Types) -> NativeValue | None:
    """An element as it lies in memory."""
    element = container.elements[0]
    if container.kind == "vector" and element.cpp == "bool":
        return None
    return find_stored(element, types)


def find_stored(value: plan.Value, types: Types) -> NativeValue | None:
    """A field or element, which is read and written where it lies."""
    bare = strip(value.cpp)
    if value.cpp.rstrip().endswith("*"):
        return None
    if bare == STRING and value.converter == "text":
        return NativeValue(kind=NativeKind.TEXT, cpp="const char*", spelling="char const *", target="std::string")
    if isinstance(types.get(bare), plan.Class | plan.Container):
        return find_value(value, types, cpp=f"{bare}&")
    found = find_value(value, types, cpp=bare)
    return found if found is not None and found.kind is not NativeKind.TEXT else None


def strip(cpp: str) -> str:
    """A type without const, reference or pointer."""
    return re.sub(r"^const |\s*[&*]$", "", cpp).strip()


def find_value(value: plan.Value, types: Types, *, cpp: str = "", result: bool = False) -> NativeValue | None:
    """Of a parameter or result. `cpp`: the type where it is another one than the value says."""
    cpp = (cpp or value.cpp).rstrip()
    bare, mark, const = strip(cpp), cpp[-1:], cpp.startswith("const ")
    target = types.get(bare)
    if isinstance(target, plan.Class | plan.Container):
        return _find_object(value, target, cpp, result=result)
    if value.converter in _TEXT_CONVERTERS:
        return _find_text(cpp, result=result)
    if result and value.converter == "variant" and mark != "*":
        return _find_variant(bare)
    if mark == "*" or (mark == "&" and not const):
        return None
    if isinstance(target, plan.Enum):
        below = _INTEGERS[target.size, target.signed]
        return NativeValue(kind=NativeKind.ENUM, cpp=below, spelling=NUMBERS[below], target=bare)
    if bare == "bool":
        return NativeValue(kind=NativeKind.BOOL, cpp="int", spelling="int")
    if bare in NUMBERS:
        return NativeValue(kind=NativeKind.PLAIN, cpp=bare, spelling=NUMBERS[bare])
    return None


def _find_object(
    value: plan.Value, target: plan.Class | plan.Container, cpp: str, *, result: bool
) -> NativeValue | None:
    """By its address; an argument that C++ takes by value is copied from there."""
    const = cpp.startswith("const ")
    if cpp.endswith("&&") or (isinstance(target, plan.Class) and value.converter not in ("class", "implicit")):
        return None
    if cpp[-1] not in "&*":
        if result or not target.copyable:
            return None
        const, cpp = True, f"{cpp}&"
    return find_pointer(target, const=const, kind=NativeKind.REFERENCE if cpp[-1] == "&" else NativeKind.POINTER)


def find_pointer(target: plan.Class | plan.Container, *, const: bool, kind: NativeKind) -> NativeValue:
    """An object by its address."""
    cpp = target.cpp
    written = f"const {cpp}*" if const else f"{cpp}*"
    shown = spell_container(target) if isinstance(target, plan.Container) else cpp
    return NativeValue(kind=kind, cpp=written, spelling=f"{shown} const *" if const else f"{shown} *", target=cpp)


def spell_container(container: plan.Container) -> str:
    """As Cython does: its own `vector` ends with a space, others are classes to it, named as C++ names them."""
    return _spell(container.cpp) if is_libcpp(container) else container.cpp


def is_libcpp(container: plan.Container) -> bool:
    """Cython has a declaration of its own for it: a vector with the usual allocator."""
    return container.kind == "vector" and re.fullmatch(r"std::vector<([^,]|<.*>)*>", container.cpp) is not None


def _spell(cpp: str) -> str:
    inner = re.fullmatch(r"std::vector<(.*)>", cpp)
    if inner is None:
        return "std::string" if cpp == STRING else NUMBERS.get(cpp, cpp)
    return f"std::vector<{_spell(inner[1])}> "


def _find_text(cpp: str, *, result: bool) -> NativeValue | None:
    """A result is text that lies somewhere: one that C++ makes for the call is gone when it is returned."""
    bare = strip(cpp)
    if cpp == "const char *":
        target = "const char*"
    elif bare not in _TEXT or cpp.endswith("&&"):
        return None
    elif result and bare == STRING and not cpp.endswith("&"):
        return None  # it would be gone
    elif not result and cpp.endswith("&") and not cpp.startswith("const "):
        return None
    else:
        target = "std::string" if bare == STRING else "std::string_view"
    return NativeValue(kind=NativeKind.TEXT, cpp="const char*", spelling="char const *", target=target)


def _find_variant(bare: str) -> NativeValue | None:
    """One of several numbers: a double where one of them is floating, else the widest integer."""
    inner = re.fullmatch(r"std::variant<(.*)>", bare)
    parts = set(inner[1].split(", ")) if inner is not None else set()
    if not parts or not parts <= NUMBERS.keys() - {"char", "unsigned long", "unsigned long long"}:
        return None
    cpp = "double" if parts & {"float", "double"} else "long long"
    return NativeValue(kind=NativeKind.NUMBER, cpp=cpp, spelling=NUMBERS[cpp])


def find_failure(result: NativeValue) -> tuple[NativeValue, str]:
    """What a function that may fail returns, and what then."""
    match result.kind:
        case NativeKind.NOTHING:
            return NativeValue(kind=NativeKind.DONE, cpp="int", spelling="int"), "-1"
        case NativeKind.BOOL:
            return result, "-1"
        case NativeKind.POINTER | NativeKind.REFERENCE | NativeKind.TEXT:
            return result, "NULL"
        case _:
            return result, _FAILURES[result.cpp]
