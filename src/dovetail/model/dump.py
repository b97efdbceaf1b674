"""A module as text: for people and goldens (`dump`), and without loss (`to_json`, `load`).

In: `Module`.  Out: str, and back.
Must not know: where a module comes from.

`dump` is one line per declaration, members indented; files by their last name, so that it is the same on every machine.

    class shapes::Circle : shapes::Shape  [16 bytes, copyable, movable]  shapes.h:12
      Circle(double radius = 1.0)  explicit
      double area() const  override
"""

from __future__ import annotations

import dataclasses
import enum
import json
import math
import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any, Final

from dovetail.diagnostics import Span
from dovetail.model.declarations import (
    Access,
    Base,
    Class,
    Enum,
    Field,
    Function,
    FunctionKind,
    Module,
    Param,
    Traits,
    TypeAlias,
    Variable,
)
from dovetail.model.types import Type

FORMAT: Final = 1

_FLAGS: Final = [
    "constexpr",
    "virtual",
    "pure",
    "override",
    "final",
    "deleted",
    "defaulted",
    "explicit",
    "noexcept",
    "variadic",
    "implicit",
    "inline",
    "undefined",
]


def dump(module: Module) -> str:
    """Readable and deterministic: the same module gives the same text, whatever folder it was read from."""
    return "\n".join(_lines(module)) + "\n"


def _lines(module: Module) -> Iterator[str]:
    yield f"module {' '.join(module.headers)}"
    yield from _comment(module.comment, "  ")
    for name in module.namespaces:
        yield f"namespace {name}"
        yield from _comment(module.namespace_comments.get(name, ""), "  ")
    for item in module.enums:
        yield from _enum(item)
    for one in module.classes:
        yield from _class(one)
    for function in module.functions:
        yield from _function(function, "", kind=True)
    for variable in module.variables:
        yield from _variable(variable)
    for macro in module.macros:
        yield f"macro {macro.name} = {macro.value!r}  {_place(macro.span)}"
        yield from _comment(macro.comment, "  ")
    for alias in module.aliases:
        yield from _alias(alias)
    for template in module.templates:
        word = f"template {_access(template.access)}{template.kind}"
        yield f"{word} {template.qualified}<{', '.join(template.parameters)}>  {_place(template.span)}"
    for use in module.instantiations:
        yield f"instantiation {use.spelling} of {use.template}  {_place(use.span)}"
    for own in module.conversions:
        yield f"conversion of {own.type.canonical}: takes {own.takes}, gives {own.gives}  {_place(own.span)}"
    for unread in module.unread:
        yield f"unread {unread.kind} {unread.name}: {unread.reason}  {_place(unread.span)}"


def _place(span: Span) -> str:
    name = span.path.replace("\\", "/").rpartition("/")[2]
    return f"{name}:{span.line}" if name else ""


def _access(access: Access) -> str:
    return "" if access is Access.PUBLIC else f"{access.value} "


def _extras(*parts: str) -> str:
    shown = [part for part in parts if part]
    return f"  [{', '.join(shown)}]" if shown else ""


def _comment(text: str, indent: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"{indent}| {line.strip()}"


def _notes(annotations: Iterable[str], deprecated: str | None) -> tuple[str, ...]:
    notes = tuple(f"DOVETAIL({text})" for text in annotations)
    return notes if deprecated is None else (*notes, f"deprecated {deprecated!r}")


def _enum(item: Enum) -> Iterator[str]:
    word = "enum class" if item.scoped else "enum"
    name = item.qualified if item.name else f"(unnamed) in {item.scope or '::'}"
    extras = _extras("flags" if item.flags else "", *_notes(item.annotations, item.deprecated))
    yield f"{_access(item.access)}{word} {name} : {item.underlying.canonical}{extras}  {_place(item.span)}"
    yield from _comment(item.comment, "  ")
    for enumerator in item.enumerators:
        yield f"  {enumerator.name} = {enumerator.value}{_extras(*_notes((), enumerator.deprecated))}"
        yield from _comment(enumerator.comment, "    ")


def _class(item: Class) -> Iterator[str]:
    word = "union" if item.union else "class"
    bases = f" : {', '.join(_base(base) for base in item.bases)}" if item.bases else ""
    template = f"of {item.template}" if item.template else ""
    size = f"{item.size} bytes" if item.size is not None else ""
    traits = [part.name for part in dataclasses.fields(Traits) if getattr(item.traits, part.name)]
    state = "" if item.complete else "only declared"
    key = f"key {item.key_function}" if item.key_function else ""
    extras = _extras(state, template, size, *traits, key, *_notes(item.annotations, item.deprecated))
    yield f"{_access(item.access)}{word} {item.qualified}{bases}{extras}  {_place(item.span)}"
    yield from _comment(item.comment, "  ")
    if item.aggregate_fields:
        yield f"  aggregate {{{', '.join(item.aggregate_fields)}}}"
    for function in (*item.constructors, *item.methods):
        yield from _function(function, "  ", kind=function.kind in (FunctionKind.STATIC, FunctionKind.FRIEND))
    for member in item.fields:
        yield from _field(member)


def _base(base: Base) -> str:
    offset = f" @{base.offset}" if base.offset is not None else ""
    return f"{_access(base.access)}{'virtual ' if base.virtual else ''}{base.type.canonical}{offset}"


def _type(type_: Type) -> str:
    inner = type_
    while inner.alias is None and inner.target is not None:
        inner = inner.target
    return f"{type_.canonical} ({inner.alias})" if inner.alias else type_.canonical


def _param(param: Param) -> str:
    text = f"{_type(param.type)} {param.name}".rstrip()
    if param.annotations:
        text += "".join(f" DOVETAIL({note})" for note in param.annotations)
    default = param.default
    if default is None:
        return text
    value = "null" if default.null else "" if default.value is None else repr(default.value)
    facts = "; ".join(part for part in (value, f"cpp {default.cpp}" if default.cpp else "") if part)
    return f"{text} = {default.text}{f' <{facts}>' if facts else ''}"


def _function(function: Function, indent: str, *, kind: bool) -> Iterator[str]:
    params = ", ".join(_param(param) for param in function.params)
    result = f"{_type(function.returns)} " if function.kind is not FunctionKind.CONSTRUCTOR else ""
    name = function.qualified if not indent else function.name
    suffix = " const" if function.const else ""
    suffix += f" {function.ref_qualifier.value}".rstrip()
    flags = [flag for flag in _FLAGS if getattr(function, flag)]
    constraint = f"requires {function.constraint}" if function.constraint else ""
    extras = _extras(*flags, constraint, *_notes(function.annotations, function.deprecated))
    word = f"{function.kind.value} " if kind else ""
    yield f"{indent}{_access(function.access)}{word}{result}{name}({params}){suffix}{extras}  {_place(function.span)}"
    yield from _comment(function.comment, indent + "  ")


def _field(member: Field) -> Iterator[str]:
    words = [word for word in ("static", "mutable", "constexpr") if getattr(member, word)]
    value = f" = {member.value!r}" if member.value is not None else ""
    bits = f" : {member.bit_width}" if member.bit_width is not None else ""
    place = f"@{member.offset}" if member.offset is not None else ""
    path = "in " + ".".join(member.anonymous_path) if member.anonymous_path else ""
    default = "default" if member.has_default else ""
    extern = "defined elsewhere" if not member.inline else ""
    extras = _extras(*words, place, path, default, extern, *_notes(member.annotations, member.deprecated))
    yield f"  {_access(member.access)}field {_type(member.type)} {member.name}{bits}{value}{extras}"
    yield from _comment(member.comment, "    ")


def _variable(variable: Variable) -> Iterator[str]:
    value = f" = {variable.value!r}" if variable.value is not None else ""
    constexpr = "constexpr" if variable.constexpr else ""
    extern = "defined elsewhere" if not variable.inline else ""
    extras = _extras(constexpr, extern, *_notes(variable.annotations, variable.deprecated))
    yield f"variable {_type(variable.type)} {variable.qualified}{value}{extras}  {_place(variable.span)}"
    yield from _comment(variable.comment, "  ")


def _alias(alias: TypeAlias) -> Iterator[str]:
    yield f"alias {_access(alias.access)}{alias.qualified} = {_type(alias.type)}  {_place(alias.span)}"
    yield from _comment(alias.comment, "  ")


def to_json(module: Module) -> str:
    """Without loss; fields at their defaults are left out. `load` reads it."""
    return json.dumps({"format": FORMAT, "module": _encode(module)}, ensure_ascii=True, indent=1)


def _encode(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [_encode(item) for item in value]
    if isinstance(value, dict):
        return {key: _encode(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if dataclasses.is_dataclass(value):
        parts = {
            part.name: _encode(item)
            for part in dataclasses.fields(value)
            if (item := getattr(value, part.name)) != part.default or type(item) is not type(part.default)
        }
        return {"record": type(value).__name__, **parts} if isinstance(value, Type) else parts
    return value


def load(text: str) -> Module:
    """The module that `to_json` wrote. ValueError for text of another format."""
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError("not a module written by this version")
    module = _decode(data["module"], Module)
    assert isinstance(module, Module)
    return module


def _decode(data: Any, kind: Any) -> Any:
    origin = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if origin is tuple:
        return tuple(_decode(item, arguments[0]) for item in data)
    if origin is dict:
        return {key: _decode(item, arguments[1]) for key, item in data.items()}
    if origin in (typing.Union, types.UnionType):
        if isinstance(data, dict):
            if "float" in data:
                return float(data["float"])
            kind = next(part for part in arguments if dataclasses.is_dataclass(part))
            return _decode(data, kind)
        return data
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(data)
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        make = typing.cast(Any, kind)
        return make(**{key: _decode(item, hints[key]) for key, item in data.items() if key != "record"})
    return data


_known_hints: dict[Any, dict[str, Any]] = {}


def _hints(kind: Any) -> dict[str, Any]:
    if kind not in _known_hints:
        _known_hints[kind] = typing.get_type_hints(kind)
    return _known_hints[kind]
