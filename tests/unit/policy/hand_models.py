"""Models built by hand, in few words: `INT`, `record("lib::Row")`, `method("lib::Row", "at", [INT], INT)`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dovetail.config import ModuleSettings, Rule
from dovetail.diagnostics import Sink, Span
from dovetail.model import (
    NO_TYPE,
    Class,
    Default,
    Function,
    FunctionKind,
    Module,
    Param,
    Traits,
    Type,
    TypeKind,
)
from dovetail.plan import Module as Plan
from dovetail.plan import check
from dovetail.policy import decide

INT = Type(kind=TypeKind.INTEGER, written="int", canonical="int", size=4, signed=True)
LONG = Type(kind=TypeKind.INTEGER, written="long", canonical="long", size=8, signed=True)
DOUBLE = Type(kind=TypeKind.FLOAT, written="double", canonical="double", size=8)
BOOL = Type(kind=TypeKind.BOOL, written="bool", canonical="bool", size=1)
CHAR = Type(kind=TypeKind.CHAR, written="char", canonical="char", size=1, signed=True)
VOID = NO_TYPE

ORDINARY = Traits(
    default_constructible=True,
    copy_constructible=True,
    move_constructible=True,
    copy_assignable=True,
    move_assignable=True,
    destructible=True,
)


def record(name: str, *arguments: Type | str, declaration: str | None = None, size: int | None = None) -> Type:
    text = f"<{', '.join(a if isinstance(a, str) else a.canonical for a in arguments)}>" if arguments else ""
    return Type(
        kind=TypeKind.RECORD,
        written=f"{name}{text}",
        canonical=f"{name}{text}",
        declaration=declaration or name,
        arguments=arguments,
        size=size,
    )


STRING = record("std::basic_string", CHAR)
OSTREAM = record("std::basic_ostream", CHAR)


def vector(element: Type) -> Type:
    return record("std::vector", element)


def const(type_: Type) -> Type:
    return replace(type_, const=True, canonical=f"const {type_.canonical}", written=f"const {type_.written}")


def _to(type_: Type, kind: TypeKind, mark: str) -> Type:
    return Type(
        kind=kind, written=f"{type_.written} {mark}", canonical=f"{type_.canonical} {mark}", target=type_, size=8
    )


def ref(type_: Type) -> Type:
    return _to(type_, TypeKind.LVALUE_REFERENCE, "&")


def cref(type_: Type) -> Type:
    return ref(const(type_))


def rvalue(type_: Type) -> Type:
    return _to(type_, TypeKind.RVALUE_REFERENCE, "&&")


def ptr(type_: Type) -> Type:
    return _to(type_, TypeKind.POINTER, "*")


def cptr(type_: Type) -> Type:
    return ptr(const(type_))


_lines = iter(range(1, 1_000_000))


def span() -> Span:
    return Span("include/lib.h", next(_lines), 5, 1)


def params(types: list[Type | Param]) -> tuple[Param, ...]:
    names = "abcdefgh"
    return tuple(t if isinstance(t, Param) else Param(name=names[i], type=t) for i, t in enumerate(types))


def optional(name: str, type_: Type, text: str, value: Any = None, *, null: bool = False) -> Param:
    return Param(name=name, type=type_, default=Default(text=text, value=value, null=null))


def function(name: str, takes: list[Type | Param], gives: Type = VOID, *, scope: str = "lib", **more: Any) -> Function:
    more.setdefault("kind", FunctionKind.FREE)
    more.setdefault("inline", True)
    return Function(
        name=name,
        qualified=f"{scope}::{name}" if scope else name,
        scope=scope,
        params=params(takes),
        returns=gives,
        span=span(),
        **more,
    )


def method(owner: str, name: str, takes: list[Type | Param], gives: Type = VOID, **more: Any) -> Function:
    return function(name, takes, gives, scope=owner, **{"kind": FunctionKind.METHOD, **more})


def constructor(owner: str, takes: list[Type | Param], **more: Any) -> Function:
    name = owner.rpartition("::")[2]
    return function(name, takes, scope=owner, kind=FunctionKind.CONSTRUCTOR, **more)


def class_(qualified: str, **more: Any) -> Class:
    scope, _, name = qualified.rpartition("::")
    more.setdefault("traits", ORDINARY)
    more.setdefault("type", record(qualified, size=more.get("size")))
    return Class(name=name, qualified=qualified, scope=scope, span=span(), **more)


def module(**parts: Any) -> Module:
    parts = {k: tuple(v) if isinstance(v, list) else v for k, v in parts.items()}
    parts.setdefault("namespaces", ("lib",))
    return Module(headers=("lib.h",), files=("include/lib.h",), **parts)


def plan_of(sink: Sink | None = None, *, rules: list[Rule] | None = None, **parts: Any) -> Plan:
    """The checked plan of a model built from `parts`; `exports` and `namespace` are settings, not parts."""
    exports = parts.pop("exports", None)
    settings = ModuleSettings(
        name="lib", headers=("lib.h",), rules=tuple(rules or ()), namespace=parts.pop("namespace", None)
    )
    made = decide(module(**parts), settings, exports, sink or Sink())
    check(made)
    return made
