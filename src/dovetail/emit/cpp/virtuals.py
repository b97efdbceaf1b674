"""The C++ class that Python's classes derive from: each virtual function asks Python first.

In: `plan.Class` with virtuals.  Out: a struct derived from the C++ class, and its table.
Must not know: what an override call does (the runtime's `core/virtuals.h`), how methods are wrapped.
"""

from __future__ import annotations

import re

from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.functions import origin_of
from dovetail.emit.cpp.literals import quote
from dovetail.emit.cpp.upcalls import HEADER, derived_name, overload_name, upcall_name
from dovetail.emit.writer import Writer
from dovetail.plan import Class, Overload, Pass, Virtual, VirtualParam

TUPLE = "dovetail/convert/tuple.h"
OUTPUTS = (Pass.OUT, Pass.INOUT)
HALF = "python_"


def write_derived(out: Writer, context: Context, record: Class) -> None:
    """The class, and its table."""
    out.needs(HEADER)
    base = context.base_of(record)
    name = derived_name(base)
    names = list(dict.fromkeys(virtual.name for virtual in record.virtuals))
    first = context.names.place(tuple(names))
    out.gap()
    with out.block(f"static constexpr dovetail::VirtualName {base}_virtual_names[] =", closing="};"):
        for position, each in enumerate(names):
            same = [virtual for virtual in record.virtuals if virtual.name == each]
            returns = quote(" or ".join(dict.fromkeys(virtual.annotation for virtual in same)))
            pure = "true" if any(not virtual.base for virtual in same) else "false"
            out.line(f"{{{first + position}, {returns}, {pure}}},")
    out.line(f"static constexpr dovetail::Virtuals {base}_virtuals{{Types::{base}, {base}_virtual_names}};")
    out.gap()
    with out.block(f"struct DOVETAIL_HIDDEN {name} final : {record.cpp}", closing="};"):
        out.line("template <class... Given>")
        out.line(f"explicit {name}(const dovetail::Origin& origin, Given&&... given)")
        with out.indented():
            out.line(f": {record.cpp}(std::forward<Given>(given)...), {HALF}(*this, origin) {{}}")
        for virtual in record.virtuals:
            out.gap()
            _write_override(out, context, virtual, names.index(virtual.name))
        for overload in _protected(record):
            _write_upcall(out, context, overload)
        if record.own_memory:
            out.gap()
            out.line(f"static void operator delete(void* memory) noexcept {{ dovetail::deallocate<{name}>(memory); }}")
        out.gap()
        out.line(f"mutable dovetail::HalfOf<{len(names)}> {HALF};")
        for virtual in record.virtuals:
            if virtual.kept:
                out.line(f"mutable dovetail::KeptResult<{virtual.returns}> {_kept(context, virtual)}{{{HALF}}};")


def _kept(context: Context, virtual: Virtual) -> str:
    return f"{overload_name(context, virtual.cpp)}_kept_"


def _write_override(out: Writer, context: Context, virtual: Virtual, index: int) -> None:
    taken = {HALF, "found", virtual.function, _kept(context, virtual)}
    names = [
        context.identifiers.local(param.name or f"arg{position}", taken)
        for position, param in enumerate(virtual.params)
    ]
    quiet = ", dovetail::never_throws" if virtual.noexcept else ""
    found = f"if (dovetail::Override found{{{HALF}, {index}{quiet}}})"
    call = _call(out, context, virtual, names)
    out.line(origin_of(virtual.span, virtual.cpp))
    with out.block(_head(virtual, names)):
        if any(param.how in OUTPUTS for param in virtual.params):
            with out.block(found):
                _write_outputs(out, context, virtual, names, call)
        elif virtual.noexcept:
            lines = f"found.safely<{virtual.returns}>([&]() -> {virtual.returns} {{ return {call}; }})"
            out.line(f"{found} return {lines};")
        else:
            out.line(f"{found} return {call};")
        if virtual.base:
            arguments = ", ".join(_forward(param, name) for param, name in zip(virtual.params, names, strict=True))
            out.line(f"return {virtual.base}::{virtual.function}({arguments});")
        else:
            pure = "report_pure" if virtual.noexcept else "call_pure"
            out.line(f"return dovetail::{pure}<{virtual.returns}>({HALF}, {index});")


def _head(virtual: Virtual, names: list[str]) -> str:
    params = ", ".join(f"{param.cpp} {name}" for param, name in zip(virtual.params, names, strict=True))
    words = "".join(
        word
        for word, on in ((" const", virtual.const), (" &", virtual.reference), (" noexcept", virtual.noexcept))
        if on
    )
    return f"{virtual.returns} {virtual.function}({params}){words} override"


def _forward(param: VirtualParam, name: str) -> str:
    """What is passed by value or as an rvalue is passed on; a reference stays one."""
    cpp = param.cpp.rstrip()
    plain = param.value.converter in ("integer", "float", "bool", "enum", "character", "byte")
    return name if plain or (cpp.endswith(("&", "*")) and not cpp.endswith("&&")) else f"std::move({name})"


def _call(out: Writer, context: Context, virtual: Virtual, names: list[str]) -> str:
    """`found.call<double(int)>(scale)`."""
    pairs = [
        (param, name)
        for param, name in zip(virtual.params, names, strict=True)
        if param.how not in (Pass.OUT, Pass.LENGTH)
    ]
    types = ", ".join(_given_type(param) for param, _ in pairs)
    given = ", ".join(_given(param, name, names) for param, name in pairs)
    parts = [] if virtual.result is None else [_result_type(virtual)]
    parts += [param.value.cpp for param in virtual.params if param.how in OUTPUTS]
    if len(parts) > 1:
        out.needs(TUPLE)
    returns = f"std::tuple<{', '.join(parts)}>" if len(parts) > 1 else parts[0] if parts else "void"
    if virtual.kept:
        kept = ", ".join(text for text in (_kept(context, virtual), given) if text)
        return f"found.call_keeping<{returns}({types})>({kept})"
    call = f"found.call<{returns}({types})>({given})"
    return f"{call}.release()" if virtual.owns else call


def _result_type(virtual: Virtual) -> str:
    if not virtual.owns:
        return virtual.returns
    return f"std::unique_ptr<{virtual.returns.rstrip().removesuffix('*').rstrip()}>"


def _given_type(param: VirtualParam) -> str:
    if param.how is Pass.GIVE:
        return param.cpp
    return param.value.cpp if param.how in (Pass.GET, Pass.ARRAY) else f"const {param.value.cpp} &"


def _given(param: VirtualParam, name: str, names: list[str]) -> str:
    if param.length is not None:
        return f"{param.value.cpp}{{{name}, static_cast<size_t>({names[param.length]})}}"
    if param.how is Pass.GET:
        return f"{name}.get()"
    if param.how is Pass.INOUT and param.cpp.rstrip().endswith("*"):
        return f"{name} ? *{name} : {param.value.cpp}()"
    return _forward(param, name)


def _outputs(context: Context, virtual: Virtual, names: list[str]) -> list[tuple[VirtualParam, str, str]]:
    """Each with its name and the variable that the override's answer is in."""
    taken = {HALF, "found", "returned", *names}
    pairs = [(p, n) for p, n in zip(virtual.params, names, strict=True) if p.how in OUTPUTS]
    return [(param, name, context.identifiers.local(f"{name}_value", taken)) for param, name in pairs]


def _write_outputs(out: Writer, context: Context, virtual: Virtual, names: list[str], call: str) -> None:
    """The result of the override is a tuple, or the only output."""
    outputs = _outputs(context, virtual, names)
    parts = [*(["returned"] if virtual.result is not None else []), *(value for _, _, value in outputs)]
    declared = f"[{', '.join(parts)}]" if len(parts) > 1 else parts[0]
    out.line(f"auto {declared} = {call};")
    for param, name, value in outputs:
        pointer = param.cpp.rstrip().endswith("*")
        out.line(f"{f'if ({name}) *' if pointer else ''}{name} = std::move({value});")
    out.line("return returned;" if virtual.result is not None else "return;")


def _protected(record: Class) -> list[Overload]:
    return [o for method in record.methods for o in method.overloads if o.protected and o.upcall]


def _write_upcall(out: Writer, context: Context, overload: Overload) -> None:
    """Protected: only a derived class can call it."""
    function = re.match(r"\{self\}\.(operator\(\)|\w+)\(", overload.expression)
    name = function[1] if function else "operator()"
    constant = " const" if overload.const else ""
    out.gap()
    out.line("template <class... Given>")
    with out.block(f"decltype(auto) {upcall_name(context, overload)}(Given&&... given){constant}"):
        out.line(f"return {overload.upcall}::{name}(std::forward<Given>(given)...);")
