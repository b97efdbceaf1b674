"""What is refused with `abi3`: one tree of classes in two modules, and two APIs."""

from __future__ import annotations

import pytest

from dovetail.config import ModuleSettings
from dovetail.diagnostics import Sink, Span
from dovetail.plan import Class, Hold, Module, Shared, Upcast
from dovetail.policy.limited import check_limited


def class_(name: str, *bases: str, module: str = "") -> Class:
    upcasts = tuple(Upcast(base=base, cpp=base.replace(".", "::"), offset=0) for base in bases)
    span = Span(path="lib.h", line=4, column=7)
    cpp = f"{module or 'lib'}::{name}"
    return Class(name=name, scope=module, cpp=cpp, span=span, hold=Hold.INLINE, bases=upcasts, module=module)


SHAPE = class_("Shape", module="shapes")
TAGGED = class_("Tagged", module="shapes")


def refused(*classes: Class, abi3: str = "3.11", used: tuple[Shared, ...] = ()) -> list[str]:
    sink = Sink()
    settings = ModuleSettings(name="lib", headers=("lib.h",), abi3=abi3)  # type: ignore[arg-type]
    check_limited(Module(name="lib", includes=("lib.h",), classes=classes), settings, used, sink)
    assert {found.code for found in sink.diagnostics} <= {"DV069"}
    return [found.message for found in sink.diagnostics]


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        ((class_("Actor", "shapes.Shape", "shapes.Tagged"),), "`lib::Actor` is related by several bases to `shapes::"),
        ((class_("Own"), class_("Both", "Own", "Mid"), class_("Mid", "shapes.Shape")), "`lib::Both` is related"),
    ],
)
def test_one_tree_in_two_modules(classes: tuple[Class, ...], said: str) -> None:
    (message,) = refused(SHAPE, TAGGED, *classes)
    assert said in message
    assert not refused(SHAPE, TAGGED, *classes, abi3="")


def test_what_is_fine() -> None:
    assert not refused(SHAPE, class_("Circle", "shapes.Shape"))
    assert not refused(SHAPE, class_("One"), class_("Other"), class_("Both", "One", "Other"))


def test_two_apis() -> None:
    ordinary, limited = Shared(module="shapes"), Shared(module="shapes", abi3="3.11")
    assert refused(SHAPE, used=(ordinary,)) == [
        "`lib` is built for the limited API of 3.11, and `shapes`, which it uses, for one version of Python (no `abi3`)"
    ]
    assert len(refused(SHAPE, used=(limited,), abi3="3.12")) == len(refused(SHAPE, used=(limited,), abi3="")) == 1
    assert not refused(SHAPE, used=(limited,))
    assert not refused(SHAPE, used=(ordinary,), abi3="")
