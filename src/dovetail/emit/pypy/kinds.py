"""What a parameter takes, as the runtime for PyPy says it.

In: `plan.PlainParam`.  Out: Python expressions: `_dt.Integer("i")`, `_dt.Optional(_dt.Instance(Point))`.
Must not know: calls.
"""

from __future__ import annotations

from collections.abc import Mapping

from dovetail.emit.docstrings import quote
from dovetail.plan import Form, PlainParam, PlainValue

CODES = {
    "signed char": "b",
    "unsigned char": "B",
    "short": "h",
    "unsigned short": "H",
    "int": "i",
    "unsigned int": "I",
    "long": "q",
    "unsigned long": "Q",
    "long long": "q",
    "unsigned long long": "Q",
    "float": "f",
    "double": "d",
} | {
    f"{s}int{8 * n}_t": code.upper() if s else code
    for s in ("", "u")
    for n, code in ((1, "b"), (2, "h"), (4, "i"), (8, "q"))
}


def kind_of(param: PlainParam, names: Mapping[str, str]) -> str:
    """`names`: of classes and enums in the file, by their Python paths."""
    value = param.value
    if value.form is Form.OBJECT:
        changes = value.mark in ("&", "*") and not value.const
        class_ = "Items" if param.items and not changes else "Instance"
        return f"_dt.{class_}({names[value.path]}, {value.nullable}, {changes}, {quote(param.takes)})"
    if value.form in (Form.SHARED, Form.UNIQUE):
        return f"_dt.Instance({names[value.path]}, {value.nullable}, False, {quote(param.takes)})"
    return _kind(value, names)


def _kind(value: PlainValue, names: Mapping[str, str]) -> str:
    match value.form:
        case Form.NUMBER:
            code = CODES[value.c]
            return f"_dt.{'Float' if code in 'fd' else 'Integer'}({quote(code)})"
        case Form.BOOL:
            return "_dt.Truth()"
        case Form.CHAR:
            return "_dt.Character()"
        case Form.ENUM:
            return f"_dt.Enumeration({quote(CODES[value.c])}, {names[value.path]}, {value.strict})"
        case Form.TEXT:
            return f"_dt.Text({value.nullable}, {value.mark == '*'})"
        case Form.PATH:
            return "_dt.Path()"
        case Form.SPAN:
            code = CODES[value.c]
            letter = "f" if code in "fd" else "u" if code.isupper() else "i"
            size = {"b": 1, "h": 2, "i": 4, "q": 8, "f": 4, "d": 8}[code.lower()]
            return f"_dt.Span({quote(letter)}, {size}, {value.nullable})"
        case Form.OBJECT:
            return f"_dt.Instance({names[value.path]})"
        case Form.PACKED:
            return _packed(value, names)
        case _:
            return "_dt.Nothing()"


def _packed(value: PlainValue, names: Mapping[str, str]) -> str:
    parts = ", ".join(_kind(part, names) for part in value.parts)
    class_ = {"pair": "Tuple", "complex": "Complex"}.get(value.kind, value.kind.capitalize())
    if class_ == "Complex":
        return f"_dt.Complex({quote(CODES[value.parts[0].c])})"
    return f"_dt.{class_}({parts})"
