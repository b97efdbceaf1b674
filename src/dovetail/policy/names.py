"""Names: what a C++ name is called in Python.

In: C++ names, the style that rules ask for.  Out: Python identifiers, unique in their scope.
Must not know: what carries the name.

A Python keyword gets a trailing underscore (`None_`, `from_`). `names = "snake_case"` turns `getHTTPHeader` into
`get_http_header` for functions, methods, fields and parameters; classes, enums and constants keep their names.
"""

from __future__ import annotations

import keyword
import re

from dovetail import model
from dovetail.model import Type, TypeKind

RESERVED_ENUMERATORS = frozenset({"mro", "name", "value"})


def escape(name: str) -> str:
    """A valid identifier: keywords get an underscore."""
    return f"{name}_" if keyword.iskeyword(name) else name


def to_snake_case(name: str) -> str:
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).lower()


def style(name: str, rule_names: str | None) -> str:
    return escape(to_snake_case(name) if rule_names == "snake_case" else name)


def enumerator_name(name: str) -> str:
    if name in RESERVED_ENUMERATORS or (name.startswith("_") and name.endswith("_")):
        return f"{name.strip('_') or 'value'}_"
    return escape(name)


def parameter_names(params: tuple[model.Param, ...], rule_names: str | None) -> list[str]:
    """Names of parameters; "" where there is none. From an unnamed one back to the first, all are positional."""
    names: list[str] = []
    for param in params:
        name = style(param.name, rule_names) if param.name else ""
        while name and (name in names or name == "self"):
            name += "_"
        names.append(name)
    return names


def unique(name: str, taken: set[str]) -> str:
    """The name, with underscores appended until it is free; it is taken from then on."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


NOUNS = {
    "bool": "Bool",
    "char": "Char",
    "signed char": "SChar",
    "unsigned char": "UChar",
    "short": "Short",
    "unsigned short": "UShort",
    "int": "Int",
    "unsigned int": "UInt",
    "long": "Long",
    "unsigned long": "ULong",
    "long long": "LongLong",
    "unsigned long long": "ULongLong",
    "float": "Float",
    "double": "Double",
    "long double": "LongDouble",
    "std::basic_string": "String",
    "std::string": "String",
    "std::basic_string_view": "StringView",
    "std::filesystem::path": "Path",
    "std::shared_ptr": "Shared",
    "std::unique_ptr": "Unique",
    "std::weak_ptr": "Weak",
}


def noun(type_: Type, known: dict[str, str]) -> str:
    """A type as part of a generated name: `VectorInt`, `MapStringRow`, `ArrayDouble3`. `known`: paths by C++ name."""
    bare = type_.bare
    if bare in known:
        return capitalise(known[bare].rpartition(".")[2])
    head = NOUNS.get(bare) or NOUNS.get(type_.declaration or "")
    if head is None:
        head = capitalise((type_.declaration or bare).rpartition("::")[2])
    if type_.declaration in ("std::basic_string", "std::basic_string_view"):
        wide = [a for a in type_.arguments if isinstance(a, Type) and a.bare != "char"]
        return f"{capitalise(wide[0].bare)}{head}" if wide else head
    inner = (noun(a, known) if isinstance(a, Type) else capitalise(a) for a in type_.arguments)
    head += "".join(inner)
    if type_.kind is TypeKind.POINTER and type_.target is not None:
        head = f"{noun(type_.target, known)}Pointer"
    return re.sub(r"\W", "", head)


def capitalise(name: str) -> str:
    words = re.split(r"[_\W]+", name)
    return "".join(w[:1].upper() + w[1:] for w in words)
