"""Emitted C++ compiles without a warning and behaves: plans built by hand, one translation unit and several."""

from __future__ import annotations

import dataclasses
import pathlib
import types
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from dovetail.diagnostics import Span
from dovetail.emit import File, cpp
from dovetail.plan import (
    Accessor,
    Call,
    Class,
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
    Value,
)

SPAN = Span("emitted.h", 1, 1)
INT = Value(cpp="int", converter="integer", takes="int", gives="int", headers=("dovetail/convert/numbers.h",))
UINT = dataclasses.replace(INT, cpp="unsigned int")
POINT = Value(cpp="emitted::Point", converter="class", takes="Point", gives="Point")
KIND = Value(
    cpp="emitted::Error::Kind", converter="enum", takes="Kind", gives="Kind", headers=("dovetail/convert/enums.h",)
)


def number(name: str, default: DefaultValue | None = None) -> Param:
    return Param(name=name, value=INT, default=default)


def call(expression: str, *params: Param, gives: Value | None = INT, **more: Any) -> Overload:
    how = more.pop("how", Return.VALUE if gives else Return.NONE)
    annotation = more.pop("annotation", gives.gives if gives else "None")
    more.setdefault("call", Call.FUNCTION)
    result = Result(how=how, value=gives, annotation=annotation)
    return Overload(cpp=expression, expression=expression, params=params, result=result, span=SPAN, **more)


def function(name: str, *overloads: Overload, cpp: str = "", scope: str = "") -> Function:
    return Function(name=name, scope=scope, overloads=overloads, cpp=cpp or f"emitted::{name}")


def field(name: str, value: Value, offset: int | None, cpp: str = "", **more: Any) -> Accessor:
    place = cpp or f"{{self}}.{name}"
    static = more.pop("static", False)
    writable = more.pop("writable", True)
    write = call(f"{place} = {{0}}", Param(name="value", value=value), gives=None, call=Call.WRITE, const=False)
    return Accessor(
        name=name,
        cpp=f"emitted::Point::{name}",
        read=call(place, gives=value, call=Call.READ),
        write=write if writable else None,
        span=SPAN,
        offset=offset,
        static=static,
    )


FIELDS = (
    field("x", INT, 0),
    field("y", INT, 4),
    field("low", UINT, None),
    field("made", INT, None, "emitted::Point::made", static=True),
    field("dimensions", INT, None, "emitted::Point::dimensions", static=True, writable=False),
)


def point() -> Class:
    params = (number("x"), number("y"), Param(name="low", value=UINT))
    moved = call("{self}.move({0})", number("by"), gives=POINT, how=Return.SELF, call=Call.METHOD, const=False)
    origin = call("emitted::Point::origin()", gives=POINT, call=Call.STATIC)
    made = call("emitted::Point{{{0}, {1}, {2}}}", *params, gives=None, call=Call.CONSTRUCTOR)
    return Class(
        name="Point",
        scope="",
        cpp="emitted::Point",
        span=SPAN,
        hold=Hold.INLINE,
        constructors=function("__init__", made, cpp="emitted::Point::Point", scope="Point"),
        methods=(
            function("move", moved, cpp="emitted::Point::move", scope="Point"),
            function("origin", origin, cpp="emitted::Point::origin", scope="Point"),
        ),
        accessors=FIELDS,
        fields=("x", "y", "low"),
        protocols=(Protocol.EQUAL, Protocol.REPR, Protocol.COPY, Protocol.PICKLE),
        copyable=True,
        movable=True,
        template="Pair",
        arguments=("int", "2"),
    )


def plan(more: Sequence[Function] = ()) -> Module:
    rest = Param(name="rest", value=INT, out=True)
    kind = call("{self}.kind", gives=KIND, call=Call.READ)
    return Module(
        name="emitted",
        includes=("emitted.h",),
        enums=(
            Enum(
                name="Kind",
                scope="",
                cpp="emitted::Error::Kind",
                base="IntEnum",
                enumerators=(Enumerator(name="small", value=1, cpp=""), Enumerator(name="large", value=2, cpp="")),
                scoped=True,
                span=SPAN,
            ),
        ),
        classes=(point(),),
        raised=(
            Raised(
                name="Error",
                scope="",
                cpp="emitted::Error",
                base="RuntimeError",
                message="{self}.what()",
                accessors=(Accessor(name="kind", cpp="emitted::Error::kind", read=kind, write=None, span=SPAN),),
            ),
        ),
        functions=(
            function(
                "sum",
                call(
                    "emitted::sum({0}, {1}, {2})",
                    number("a"),
                    number("b", DefaultValue(python="...")),
                    number("c", DefaultValue(python="100", cpp="100")),
                ),
            ),
            function(
                "divide",
                call(
                    "emitted::divide({0}, {1}, &{2})",
                    number("left"),
                    number("right"),
                    rest,
                    annotation="tuple[int, int]",
                    release_gil=True,
                ),
            ),
            function("shapes", call("emitted::shapes({0})", number("shapes"), deprecated="use %s ??/")),
            function("area", call("::area({0})", number("area"), noexcept=True), cpp="::area"),
            *more,
        ),
    )


Build = Callable[..., types.ModuleType]


def write_files(files: tuple[File, ...], folder: pathlib.Path) -> list[str]:
    """Gives the names of the translation units."""
    for file in files:
        (folder / file.name).write_text(file.text, encoding="utf-8")
    return [file.name for file in files if file.name.endswith(".cpp")]


@pytest.fixture(scope="module")
def emitted(compile_units: Build, tmp_path_factory: pytest.TempPathFactory) -> types.ModuleType:
    folder = tmp_path_factory.mktemp("emitted")
    return compile_units("emitted", folder, write_files(cpp.render(plan()), folder), "-std=c++17", "-O0")


def test_defaults_that_only_cpp_knows(emitted: Any) -> None:
    assert emitted.sum(1) == 108
    assert emitted.sum(1, 2) == 103
    assert emitted.sum(1, 2, c=3) == 6
    with pytest.raises(TypeError, match="argument 'b' must be given too, where 'c' is"):
        emitted.sum(1, c=3)


def test_outputs_without_the_gil(emitted: Any) -> None:
    assert emitted.divide(7, 2) == (3, 1)
    with pytest.raises(emitted.Error, match="by zero") as caught:
        emitted.divide(1, 0)
    assert caught.value.kind is emitted.Kind.large
    with pytest.raises(AttributeError):
        _ = emitted.Error("made in Python").kind


def test_deprecation(emitted: Any) -> None:
    with pytest.warns(DeprecationWarning, match=r"use %s \?\?/"):
        assert emitted.shapes(3) == 6


def test_names_of_the_global_namespace(emitted: Any) -> None:
    assert emitted.area(3) == 9


def test_aggregates_with_bit_fields(emitted: Any) -> None:
    made = emitted.Point(1, y=2, low=3)
    assert repr(made) == "Point(x=1, y=2, low=3)"
    assert made.move(4) is made
    assert made == emitted.Point(5, 2, 3)
    with pytest.raises(OverflowError, match="low"):
        emitted.Point(1, 2, 8)
    with pytest.raises(OverflowError, match="low"):
        made.low = 9
    assert made.low == 3
    assert emitted.Point.origin() == emitted.Point(0, 0, 0)


def test_static_members_belong_to_the_class(emitted: Any) -> None:
    assert emitted.Point.made == 3
    emitted.Point.made = 5
    assert emitted.Point(0, 0, 0).made == 5
    with pytest.raises(TypeError, match=r"Point\.made must be int, not str"):
        emitted.Point.made = "x"
    assert emitted.Point.dimensions == 2
    with pytest.raises(TypeError):
        emitted.Point.dimensions = 3

    class Sub(emitted.Point):
        other = 1

    Sub.made = 3
    Sub.other = 2
    assert (emitted.Point.made, Sub.other) == (3, 2)


def test_templates_are_found_by_their_arguments(emitted: Any) -> None:
    assert emitted.Pair[int, 2] is emitted.Point
    assert emitted.Pair["int", 2] is emitted.Point
    with pytest.raises(TypeError, match="Pair has no instantiation for .*; there are Pair<int, 2>"):
        emitted.Pair[float, 2]


def test_several_translation_units(compile_units: Build, tmp_path: pathlib.Path) -> None:
    more = [
        function(
            f"area{i}", call("::area({0})", number("side")), cpp=f"emitted::area{i}", scope="" if i % 2 else "deep"
        )
        for i in range(420)
    ]
    files = cpp.render(plan(more))
    assert len(files) > 2  # the main one, the internal header, others
    module = compile_units("emitted", tmp_path, write_files(files, tmp_path), "-std=c++20", "-O0")
    assert module.area319(3) == 9
    assert module.deep.area318(4) == 16
    assert module.Point(1, 2, 3).x == 1
    with pytest.raises(module.Error):
        module.divide(1, 0)
