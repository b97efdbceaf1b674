"""Plans built by hand, short enough to read: what the emitter tests feed to the emitters."""

from __future__ import annotations

from typing import Any

from dovetail.diagnostics import Span
from dovetail.plan import (
    Accessor,
    Call,
    Class,
    Container,
    DefaultValue,
    Enum,
    Enumerator,
    Function,
    Hold,
    Overload,
    Param,
    Result,
    Return,
    Upcast,
    Value,
)

SPAN = Span("shapes.h", 7, 3)


def value(takes: str, gives: str | None = None) -> Value:
    return Value(cpp="T", converter="test", takes=takes, gives=gives or takes)


def param(name: str, takes: str, default: str | None = None, **more: Any) -> Param:
    given = None if default is None else DefaultValue(python=default)
    return Param(name=name, value=value(takes), default=given, **more)


def overload(*params: Param, gives: str = "None", call: Call = Call.FUNCTION, **more: Any) -> Overload:
    how = more.pop("how", Return.NONE if gives == "None" else Return.VALUE)
    result = Result(how=how, annotation=gives, nullable=more.pop("nullable", False))
    more.setdefault("cpp", "lib::f()")
    return Overload(call=call, expression="f()", params=params, result=result, span=SPAN, **more)


def function(name: str, *overloads: Overload, scope: str = "") -> Function:
    return Function(name=name, scope=scope, overloads=overloads, cpp=f"lib::{name}")


def method(name: str, *params: Param, gives: str = "None", scope: str = "", **more: Any) -> Function:
    more.setdefault("call", Call.METHOD)
    return function(name, overload(*params, gives=gives, **more), scope=scope)


def init(*params: Param, scope: str) -> Function:
    return function("__init__", overload(*params, call=Call.CONSTRUCTOR), scope=scope)


def accessor(name: str, gives: str, takes: str | None = None, *, read_only: bool = False, **more: Any) -> Accessor:
    write = None if read_only else overload(param("value", takes or gives), call=Call.WRITE)
    read = overload(gives=gives, call=Call.READ)
    return Accessor(name=name, cpp=f"lib::{name}", read=read, write=write, span=SPAN, **more)


def class_(name: str, *, scope: str = "", base: str = "", **more: Any) -> Class:
    path = f"{scope}.{name}" if scope else name
    bases = (Upcast(base=base, cpp=f"lib::{base}", offset=0),) if base else ()
    more.setdefault("constructors", init(scope=path))
    return Class(name=name, scope=scope, cpp=f"lib::{name}", span=SPAN, hold=Hold.INLINE, bases=bases, **more)


def enum(name: str, *names: str, scope: str = "", **more: Any) -> Enum:
    more.setdefault("base", "IntEnum")
    more.setdefault("scoped", True)
    enumerators = tuple(Enumerator(name=n, value=i, cpp=n) for i, n in enumerate(names))
    return Enum(name=name, scope=scope, cpp=f"lib::{name}", enumerators=enumerators, span=SPAN, **more)


def container(name: str, kind: str, *elements: str, **more: Any) -> Container:
    protocols = {"vector": "MutableSequence", "array": "Sequence", "set": "MutableSet", "map": "MutableMapping"}
    more.setdefault("elements", tuple(value(element) for element in elements))
    return Container(
        name=name, cpp=f"std::{kind}<{', '.join(elements)}>", kind=kind, headers=(), protocol=protocols[kind], **more
    )
