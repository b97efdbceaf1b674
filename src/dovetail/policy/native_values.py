"""How a C++ value crosses a native signature.

In: values of the plan.  Out: `plan.NativeValue`; None where a value has no native form.  Must not know: functions.

Numbers are themselves, bools and enums integers, text is its bytes and their number, and so are arrays of numbers.
Objects of bound classes and containers of what has a native form are addresses; those that C++ makes for the call
belong to the caller. Optional numbers, pairs and tuples are stored where the caller says.
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
_ADDRESSES = frozenset(
    {
        NativeKind.POINTER,
        NativeKind.REFERENCE,
        NativeKind.TEXT,
        NativeKind.MADE,
        NativeKind.LENT,
        NativeKind.HANDED,
        NativeKind.MADE_TEXT,
    }
)
VOID = NativeValue(kind=NativeKind.NOTHING, cpp="void", spelling="void")
STRING = "std::basic_string<char>"
_TEXT_CONVERTERS = ("text", "text view", "c string")
_TEXT = (STRING, "std::basic_string_view<char>")
_SEQUENCES = ("vector", "array")
_KEYED = ("map", "unordered_map", "set", "unordered_set")
_APART = (*_KEYED, "deque", "list")
_SPAN = re.compile(r"(std::span|dovetail::ArrayOf)<(const )?([\w ]+?)(?:, ([\w ]+))?>")
_SEVERAL = re.compile(r"std::(optional|pair|tuple)<([\w ]+(?:, [\w ]+)*)>")


def find_types(module: plan.Module) -> Types:
    """What this module makes and native functions may have, by C++ name."""
    records: tuple[plan.Enum | plan.Class, ...] = (*module.enums, *module.classes)
    found: dict[str, plan.Enum | plan.Class | plan.Container] = {r.cpp: r for r in records if not r.module}
    waiting = [c for c in module.containers if not c.module and c.kind in (*_SEQUENCES, *_APART)]
    while fitting := [c for c in waiting if is_native(c, found)]:  # a vector of vectors after its own
        found.update({c.cpp: c for c in fitting})
        waiting = [c for c in waiting if c not in fitting]
    return found


def is_native(container: plan.Container, types: Types) -> bool:
    return find_element(container, types) is not None and (
        container.kind not in _KEYED or find_key(container, types) is not None
    )


def is_sequence(container: plan.Container) -> bool:
    """Its elements lie side by side."""
    return container.kind in _SEQUENCES


def find_key(container: plan.Container, types: Types) -> NativeValue | None:
    """By which an element is looked up; None: it has none."""
    if container.kind not in _KEYED:
        return None
    key = find_stored(container.elements[0], types)
    usual = key is not None and key.kind is not NativeKind.REFERENCE
    return key if usual and _is_usual(container) else None


def _is_usual(container: plan.Container) -> bool:
    """With std's own comparison and allocator."""
    return container.cpp == f"std::{container.kind}<{', '.join(strip(each.cpp) for each in container.elements)}>"


def find_element(container: plan.Container, types: Types) -> NativeValue | None:
    """An element as it lies in memory."""
    element = container.elements[-1]
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
    if value.converter == "implicit":  # what C++ would make an object of is for Python: here it is given
        cpp = f"const {split_arguments(cpp.partition('<')[2].removesuffix('>'))[0]} &"
    bare, mark, const = strip(cpp), cpp[-1:], cpp.startswith("const ")
    target = types.get(bare)
    if isinstance(target, plan.Class | plan.Container):
        return _find_object(value, target, cpp, result=result)
    if value.converter in _TEXT_CONVERTERS:
        return _find_text(cpp, result=result)
    if result and value.converter == "variant" and mark != "*":
        return _find_variant(bare)
    if result and value.converter in ("optional", "pair", "tuple") and mark != "*":
        return _find_several(bare)
    if result and value.converter == "unique":
        return _find_unique(bare, types)
    if not result and bare.startswith(("std::span<", "dovetail::ArrayOf<")):
        return _find_span(bare)
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
        if result and isinstance(target, plan.Class) and target.flat:
            return NativeValue(kind=NativeKind.VALUE, cpp="int", spelling="int", target=target.cpp)
        if result:
            return find_made(target, NativeKind.MADE)
        if not target.copyable:
            return None
        const, cpp = True, f"{cpp}&"
    return find_pointer(target, const=const, kind=NativeKind.REFERENCE if cpp[-1] == "&" else NativeKind.POINTER)


def find_handed(value: plan.Value, types: Types) -> NativeValue | None:
    """A pointer to an object that the caller deletes."""
    target = types.get(strip(value.cpp))
    const = value.cpp.startswith("const ")
    return find_made(target, NativeKind.HANDED) if isinstance(target, plan.Class) and not const else None


def find_made(target: plan.Class | plan.Container, kind: NativeKind) -> NativeValue | None:
    """An object that the caller deletes."""
    if isinstance(target, plan.Class) and (target.hold is plan.Hold.NONE or target.destroy):
        return None
    return find_pointer(target, const=False, kind=kind)


def _find_unique(bare: str, types: Types) -> NativeValue | None:
    inner = re.fullmatch(r"std::unique_ptr<([^,]*)>", bare)
    target = types.get(inner[1]) if inner is not None else None
    return find_made(target, NativeKind.HANDED) if isinstance(target, plan.Class) else None


def _find_several(bare: str) -> NativeValue | None:
    """Numbers that are stored one by one."""
    found = _SEVERAL.fullmatch(bare)
    names = found[2].split(", ") if found is not None else []
    if found is None or any(name not in NUMBERS and name != "bool" for name in names):
        return None
    kinds = {"bool": NativeKind.BOOL}
    parts = tuple(
        NativeValue(kind=kinds.get(n, NativeKind.PLAIN), cpp=_cpp(n), spelling=NUMBERS[_cpp(n)]) for n in names
    )
    kind = NativeKind.MAYBE if found[1] == "optional" else NativeKind.SEVERAL
    return NativeValue(kind=kind, cpp="int", spelling="int", parts=parts)


def _cpp(name: str) -> str:
    return "int" if name == "bool" else name


def _find_span(bare: str) -> NativeValue | None:
    """Numbers side by side, as many as the caller says."""
    found = _SPAN.fullmatch(bare)
    if found is None or found[3] not in NUMBERS:
        return None
    template, const, number, count = found[1], found[2] or "", found[3], found[4]
    if (template == "std::span") is not (count is None) or (count is not None and count not in NUMBERS):
        return None
    return NativeValue(
        kind=NativeKind.SPAN,
        cpp=f"{const}{number}*",
        spelling=f"{NUMBERS[number]} {'const ' if const else ''}*",
        target=bare if template == "std::span" else "",
        count=NUMBERS[count] if count is not None else "size_t",
    )


def find_pointer(target: plan.Class | plan.Container, *, const: bool, kind: NativeKind) -> NativeValue:
    """An object by its address."""
    cpp = target.cpp
    written = f"const {cpp}*" if const else f"{cpp}*"
    shown = spell_container(target) if isinstance(target, plan.Container) else cpp
    return NativeValue(kind=kind, cpp=written, spelling=f"{shown} const *" if const else f"{shown} *", target=cpp)


def spell_container(container: plan.Container) -> str:
    """As Cython does: its own containers end with a space, others are classes to it, named as C++ names them."""
    return _spell(container.cpp) if is_libcpp(container) else container.cpp


def is_libcpp(container: plan.Container) -> bool:
    """Cython has a declaration of its own for it, and so for all that it holds."""
    return _spell(container.cpp) != container.cpp


def _spell(cpp: str) -> str:
    """As it is where Cython does not know it."""
    inner = re.fullmatch(r"std::(vector|deque|list|map|unordered_map|set|unordered_set)<(.*)>", cpp)
    if inner is None:
        return "std::string" if cpp == STRING else NUMBERS.get(cpp, cpp)
    parts = split_arguments(inner[2])
    pairs = inner[1] in ("map", "unordered_map")
    if len(parts) != 1 + pairs:
        return cpp
    return f"std::{inner[1]}<{','.join(_spell(part) for part in parts)}> "


def split_arguments(text: str) -> list[str]:
    """Of a template: `int, std::vector<int, A>` are two."""
    found, depth, start = [], 0, 0
    for at, letter in enumerate(f"{text},"):
        depth += letter in "<(["
        depth -= letter in ">)]"
        if letter == "," and depth == 0:
            found.append(text[start:at].strip())
            start = at + 1
    return found


def _find_text(cpp: str, *, result: bool) -> NativeValue | None:
    """A result is text that lies somewhere; what C++ makes for the call is copied for the caller."""
    bare = strip(cpp)
    if cpp == "const char *":
        target = "const char*"
    elif bare not in _TEXT or cpp.endswith("&&"):
        return None
    elif result and bare == STRING and not cpp.endswith("&"):
        return NativeValue(kind=NativeKind.MADE_TEXT, cpp="char*", spelling="char *", target="std::string")
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
    return NativeValue(kind=NativeKind.NUMBER, cpp=cpp, spelling=NUMBERS[cpp], target=bare)


def find_failure(result: NativeValue) -> tuple[NativeValue, str]:
    """What a function that may fail returns, and what then."""
    match result.kind:
        case NativeKind.NOTHING:
            return NativeValue(kind=NativeKind.DONE, cpp="int", spelling="int"), "-1"
        case NativeKind.BOOL | NativeKind.MAYBE | NativeKind.SEVERAL | NativeKind.VALUE:
            return result, "-1"
        case kind if kind in _ADDRESSES:
            return result, "NULL"
        case _:
            return result, _FAILURES[result.cpp]
