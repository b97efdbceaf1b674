"""What Rust exports to C beside what the headers declare."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from dovetail import model
from dovetail.diagnostics import Sink, Span
from dovetail.model import TypeKind
from dovetail.policy import check_exported

PLACE = Span("a.rs", 2, 5)
INT = model.Type(kind=TypeKind.INTEGER, written="int", canonical="int", size=4, signed=True)
UNSIGNED = model.Type(kind=TypeKind.INTEGER, written="uint32_t", canonical="unsigned int", size=4, signed=False)
DOUBLE = model.Type(kind=TypeKind.FLOAT, written="double", canonical="double", size=8)
POINTER = model.Type(kind=TypeKind.POINTER, written="int*", canonical="int *", size=8, target=INT)
RECORD = model.Type(kind=TypeKind.RECORD, written="Pair", canonical="Pair", size=16)
VOID = model.Type(kind=TypeKind.VOID, written="void", canonical="void")
BYTES = model.Type(kind=TypeKind.POINTER, written="void*", canonical="void *", size=8, target=VOID)
CHAR = model.Type(kind=TypeKind.CHAR, written="char", canonical="char", size=1, signed=True)


@pytest.fixture
def sink() -> Sink:
    return Sink()


@dataclass
class Rust:
    params: tuple[str, ...] = ()
    result: str = ""
    name: str = "f"
    span: Span = PLACE


def header(returns: model.Type, *params: model.Type, mangled: str = "f") -> model.Module:
    function = model.Function(
        name="f",
        qualified="f",
        scope="",
        kind=model.FunctionKind.FREE,
        params=tuple(model.Param(name="", type=each) for each in params),
        returns=returns,
        span=Span("/somewhere/a.h", 7, 1),
        mangled=mangled,
    )
    return model.Module(headers=("a.h",), files=("a.h",), functions=(function,))


@pytest.mark.parametrize(
    ("rust", "declared"),
    [
        (Rust(), header(VOID)),
        (Rust(("i32", "f64"), "i32"), header(INT, INT, DOUBLE)),
        (Rust(("*const i32", "&mut u32", 'Option<extern "C" fn()>'), "()"), header(VOID, POINTER, POINTER, POINTER)),
        (Rust(("*const c_void", "*mut Pair", "&[i64]", "*const *const f64"), ""), header(VOID, *(POINTER,) * 4)),
        (Rust(("*const f64",), "*mut u8"), header(BYTES, BYTES)),
        (Rust(("u8", "std::ffi::c_char", "bool"), "core::ffi::c_int"), header(INT, CHAR, CHAR, CHAR)),
        (Rust(("Pair", "[f64; 3]"), "Handle"), header(RECORD, RECORD, DOUBLE)),
    ],
)
def test_what_agrees_or_cannot_be_compared(rust: Rust, declared: model.Module, sink: Sink) -> None:
    check_exported(declared, [rust], sink)
    assert sink.diagnostics == ()


@pytest.mark.parametrize(
    ("rust", "declared", "reason"),
    [
        (Rust(("i32",)), header(VOID), "it takes 1 in Rust, and 0 by the header"),
        (Rust(("i64",)), header(VOID, INT), "parameter 1 is `i64` in Rust, and `int` by the header"),
        (Rust(("i32",)), header(VOID, UNSIGNED), "parameter 1 is `i32` in Rust, and `uint32_t` by the header"),
        (Rust(("f32",)), header(VOID, DOUBLE), "parameter 1 is `f32` in Rust, and `double` by the header"),
        (Rust(("f64",)), header(VOID, POINTER), "parameter 1 is `f64` in Rust, and `int*` by the header"),
        (Rust(("*const f64",)), header(VOID, POINTER), "parameter 1 is `*const f64` in Rust, and `int*` by the header"),
        (
            Rust(("&'a mut i64",)),
            header(VOID, POINTER),
            "parameter 1 is `&'a mut i64` in Rust, and `int*` by the header",
        ),
        (Rust((), "*mut u8"), header(POINTER), "it returns `*mut u8` in Rust, and `int*` by the header"),
        (Rust((), "f64"), header(INT), "it returns `f64` in Rust, and `int` by the header"),
        (Rust(()), header(INT), "it returns `()` in Rust, and `int` by the header"),
    ],
)
def test_what_disagrees(rust: Rust, declared: model.Module, reason: str, sink: Sink) -> None:
    check_exported(declared, [rust], sink)
    (problem,) = sink.diagnostics
    assert (problem.code, problem.span) == ("DV055", rust.span)
    assert problem.notes == (reason, "declared in a.h, line 7")


def test_what_no_header_declares(sink: Sink) -> None:
    check_exported(header(VOID), [Rust(("*mut f64", "usize"), "bool", "g"), Rust(("Pair",), "", "h")], sink)
    plain, other = sink.diagnostics
    assert (plain.code, plain.helps) == ("DV054", ('extern "C" bool g(double*, size_t);',))
    assert other.helps == ('declare it in a header, within extern "C" { … }',)


def test_a_cplusplus_declaration_is_not_that_of_a_c_function(sink: Sink) -> None:
    check_exported(header(VOID, mangled="_Z1fv"), [Rust()], sink)
    (problem,) = sink.diagnostics
    assert problem.message == "the header declares `f` as a C++ function, and Rust exports a C function"
