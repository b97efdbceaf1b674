"""What Rust exports to C, beside what the headers declare.

In: the model, the functions that Rust sources export.  Out: DV054 for one that no header declares, DV055 for one that
is declared with other types.  Must not know: how sources are read.

The linker knows C functions by their names alone, so nobody else would notice a difference. What is not plain on either
side (structs, type aliases) is not compared; behind pointers numbers are, but for their signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import Protocol

from dovetail import model
from dovetail.diagnostics import Sink, Span
from dovetail.model import TypeKind

_POINTER = 8
_RUST: dict[str, tuple[str, int, bool | None, str]] = {
    **{f"i{bits}": ("number", bits // 8, True, f"int{bits}_t") for bits in (8, 16, 32, 64)},
    **{f"u{bits}": ("number", bits // 8, False, f"uint{bits}_t") for bits in (8, 16, 32, 64)},
    "isize": ("number", _POINTER, True, "intptr_t"),
    "usize": ("number", _POINTER, False, "size_t"),
    "f32": ("float", 4, None, "float"),
    "f64": ("float", 8, None, "double"),
    "bool": ("number", 1, None, "bool"),
    "c_char": ("number", 1, None, "char"),
    "c_int": ("number", 4, True, "int"),
    "c_uint": ("number", 4, False, "unsigned int"),
    "c_long": ("number", 8, True, "long"),
    "c_ulong": ("number", 8, False, "unsigned long"),
    "c_longlong": ("number", 8, True, "long long"),
    "c_ulonglong": ("number", 8, False, "unsigned long long"),
    "c_double": ("float", 8, None, "double"),
    "c_float": ("float", 4, None, "float"),
    "c_void": ("void", 0, None, "void"),
    "()": ("void", 0, None, "void"),
    "": ("void", 0, None, "void"),
}
"""Kind, bytes, sign where it matters, and how C spells it. As `long` is on 64-bit systems other than Windows."""

Shape = tuple[str, int, bool | None]


class Exported(Protocol):
    """A function that Rust defines for C. `params` are types, as spelled; `result` is "" where there is none."""

    @property
    def name(self) -> str: ...
    @property
    def params(self) -> tuple[str, ...]: ...
    @property
    def result(self) -> str: ...
    @property
    def span(self) -> Span: ...


def check_exported(module: model.Module, exported: Iterable[Exported], sink: Sink) -> None:
    declared = {function.mangled: function for function in module.functions}
    names = {function.name: function for function in module.functions}
    for each in exported:
        if each.name in declared:
            _compare(each, declared[each.name], sink)
        elif each.name in names:
            sink.report(
                "DV054",
                f"the header declares `{each.name}` as a C++ function, and Rust exports a C function",
                each.span,
                notes=(_declared(names[each.name]),),
                helps=('extern "C" { … } around it; for C as well: #ifdef __cplusplus',),
            )
        else:
            prototype = _prototype(each)
            helps = (f'extern "C" {prototype}',) if prototype else ('declare it in a header, within extern "C" { … }',)
            sink.report("DV054", f"no header declares `{each.name}`, which Rust exports", each.span, helps=helps)


def _compare(each: Exported, function: model.Function, sink: Sink) -> None:
    problems = []
    if len(each.params) != len(function.params) and not function.variadic:
        problems.append(f"it takes {len(each.params)} in Rust, and {len(function.params)} by the header")
    else:
        pairs = [(rust, param.type) for rust, param in zip(each.params, function.params, strict=False)]
        problems = [
            f"parameter {number} is `{rust}` in Rust, and `{type_.written}` by the header"
            for number, (rust, type_) in enumerate(pairs, start=1)
            if _differ(_rust_shape(rust), _c_shape(type_)) or _point_apart(rust, type_)
        ]
        given = each.result, function.returns
        if _differ(_rust_shape(given[0]), _c_shape(given[1])) or _point_apart(*given):
            problems.append(
                f"it returns `{each.result or '()'}` in Rust, and `{function.returns.written}` by the header"
            )
    if problems:
        notes = (*problems, _declared(function))
        sink.report("DV055", f"`{each.name}` is not what the header declares", each.span, notes=notes)


def _declared(function: model.Function) -> str:
    return f"declared in {PurePath(function.span.path).name}, line {function.span.line}"


def _differ(rust: Shape | None, c: Shape | None) -> bool:
    if rust is None or c is None:
        return False
    signs = {rust[2], c[2]} - {None}
    return rust[:2] != c[:2] or len(signs) > 1


def _point_apart(rust: str, c: model.Type) -> bool:
    """Pointers to numbers of another kind or size. Bytes without a type fit all."""
    found = re.fullmatch(r"(?:\*\s*(?:const|mut)\s+|&\s*(?:'\w+\s+)?(?:mut\s+)?)(\S+)", rust)
    ours = _rust_shape(found[1]) if found is not None else None
    theirs = _c_shape(c.target) if c.target is not None else None
    if ours is None or theirs is None or "void" in (ours[0], theirs[0]):
        return False
    return ours[:2] != theirs[:2]


def _rust_shape(text: str) -> Shape | None:
    if _is_pointer(text):
        return "pointer", _POINTER, None
    found = _RUST.get(text.rpartition("::")[2])
    return found[:3] if found else None


def _is_pointer(text: str) -> bool:
    return re.match(r"\*\s*(?:const|mut)\b|&|Option\s*<|(?:unsafe\s+)?extern\b", text) is not None and "[" not in text


def _c_shape(type_: model.Type) -> Shape | None:
    match type_.kind:
        case TypeKind.VOID:
            return "void", 0, None
        case TypeKind.FLOAT:
            return "float", type_.size or 0, None
        case TypeKind.INTEGER:
            return "number", type_.size or 0, type_.signed
        case TypeKind.BOOL | TypeKind.CHAR | TypeKind.ENUM:
            return "number", type_.size or 0, None
        case TypeKind.POINTER | TypeKind.LVALUE_REFERENCE:
            return "pointer", _POINTER, None
        case _:
            return None


def _prototype(each: Exported) -> str:
    """As C declares it; "" where that cannot be told."""
    types = [_spell(text) for text in (*each.params, each.result)]
    return f"{types[-1]} {each.name}({', '.join(types[:-1])});" if all(types) else ""


def _spell(text: str) -> str:
    pointer = re.fullmatch(r"\*\s*(const|mut)\s+(.+)", text)
    if pointer is None:
        return _RUST.get(text.rpartition("::")[2], ("", 0, None, ""))[3]
    target = _spell(pointer[2])
    return f"{'const ' if pointer[1] == 'const' else ''}{target}*" if target else ""
