"""Thunks: the C functions of a plain library, over the C++ of the header.

In: `plan.Plain`.  Out: one C++ file, which needs no Python.  Must not know: who calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import final

from dovetail.emit import plain as c
from dovetail.emit.cpp.context import Context, make_context
from dovetail.emit.cpp.expressions import fill, shorten
from dovetail.emit.cpp.functions import origin_of
from dovetail.emit.cpp.literals import comment
from dovetail.emit.cpp.module import render_banner, render_hidden
from dovetail.emit.files import File
from dovetail.emit.writer import Writer
from dovetail.plan import (
    Form,
    Module,
    Plain,
    PlainCall,
    PlainClass,
    PlainContainer,
    PlainParam,
    PlainRaised,
    PlainValue,
)

RUNTIME = "dovetail::plain::"
_OWN = "own_failure"


def render(module: Module, plain: Plain, abi: str) -> File:
    """`abi`: what the Python side asks for when it loads the library."""
    body = Writer()
    thunks = _Thunks(body, make_context(module, split=False), plain)
    thunks.write_failures()
    for each in plain.classes:
        thunks.write_class(each)
    for raised in plain.raised:
        thunks.write_raised(raised)
    for container in plain.containers:
        thunks.write_container(container)
    thunks.write_rest()
    body.gap()
    with body.block("DOVETAIL_PLAIN unsigned long long dovetail_abi() noexcept"):
        body.line(f"return 0x{abi};")
    out = Writer()
    out.raw(render_banner(module))
    headers = sorted({"dovetail/plain/values.h", *body.needed})
    for line in (
        *(f"#include <{name}>" for name in headers),
        "",
        *(f'#include "{name}"' for name in module.includes),
        *render_hidden(module),
    ):
        out.raw(line)
    out.gap()
    return File(f"{module.name.rpartition('.')[2]}_plain.cpp", out.text() + "\n" + body.text())


@final
class _Thunks:
    def __init__(self, out: Writer, context: Context, plain: Plain) -> None:
        self._out = out
        self._identifiers = context.identifiers
        self._plain = plain

    def write_failures(self) -> None:
        """What tells the exceptions of the header apart, most derived first."""
        out = self._out
        raised = [(place, each.record) for place, each in enumerate(self._plain.raised) if each.record.cpp]
        with out.block(f"static {RUNTIME}Failure* {_OWN}()"):
            if not raised:
                out.line("return nullptr;")
                return
            with out.block("try", closing=""):
                out.line("throw;")
            for place, record in reversed(raised):
                with out.block(f"}} catch (const {record.cpp}& error)", closing=""):
                    out.line(f"const {record.cpp}* const it = &error;")
                    out.line(f"return {RUNTIME}fail_as({100 + place}, error, {fill(record.message, [])});")
            with out.block("} catch (...)"):
                out.line("return nullptr;")

    # ---- classes ------------------------------------------------------------------------------------------------

    def write_class(self, each: PlainClass) -> None:
        out, record = self._out, each.record
        out.gap()
        out.raw(comment(f"---- {record.cpp}"))
        self._write_helpers(each)
        for call in each.constructors.calls if each.constructors is not None else ():
            self._write_constructor(each, call)
        for call in _member_calls(each):
            self.write_call(call)
        for _, protocol in each.protocols:
            self.write_call(protocol)
        if each.element is not None:
            self._write_walk(each, each.element)

    def _write_helpers(self, each: PlainClass) -> None:
        record, name = each.record, c.flat(c.path_of(each.record.scope, each.record.name))
        if c.owned(each):
            ends = f"{record.destroy}(it);" if record.destroy else "delete it;"
            self._write_end(name, record.cpp, ends)
        if c.owned(each) and record.copyable:
            made = f"new {record.cpp}(*it)"
            made = f"{RUNTIME}hold(std::shared_ptr<{record.cpp}>({made}))" if each.shared else made
            result = f"{RUNTIME}Holder*" if each.shared else f"{record.cpp}*"
            self._write_small(f"{name}_copy", result, f"const {record.cpp}* it", f"return {made};")
        places = {c.path_of(o.record.scope, o.record.name): o.record.cpp for o in self._plain.classes}
        for base in c.apart_bases(self._plain, each):
            cast = f"return static_cast<{places[base]}*>(it);"
            self._write_small(f"{name}_as_{c.flat(base)}", f"{places[base]}*", f"{record.cpp}* it", cast)
        derived = c.narrowed(self._plain, each)
        if derived:
            tests = [f"if (dynamic_cast<const {d.record.cpp}*>(it)) return {k};" for k, d in enumerate(derived, 1)]
            self._write_small(f"{name}_kind", "int", f"const {record.cpp}* it", "\n".join([*tests, "return 0;"]))
        for each_derived in derived:
            cpp = each_derived.record.cpp
            target = c.flat(c.path_of(each_derived.record.scope, each_derived.record.name))
            cast = f"return dynamic_cast<{cpp}*>(it);"
            self._write_small(f"{name}_to_{target}", f"{cpp}*", f"{record.cpp}* it", cast)

    def _write_end(self, name: str, cpp: str, ends: str) -> None:
        with self._out.block(f"DOVETAIL_PLAIN void {c.PREFIX}{name}_delete({cpp}* it) noexcept"):
            self._out.line(f"const {RUNTIME}Turn turn;")
            self._out.line(ends)

    def _write_small(self, name: str, result: str, params: str, body: str) -> None:
        with (
            self._out.block(f"DOVETAIL_PLAIN {result} {c.PREFIX}{name}({params}) noexcept"),
            self._out.block(f"return {RUNTIME}run<{result}>({_OWN}, [&]() -> {result}", closing="});"),
        ):
            self._out.line(body)

    def _write_constructor(self, each: PlainClass, call: PlainCall) -> None:
        cpp = each.record.cpp
        made = call.expression if call.made else f"new {call.expression}"
        result = f"{cpp}*"
        if each.shared:
            result, made = f"{RUNTIME}Holder*", f"{RUNTIME}hold(std::shared_ptr<{cpp}>({made}))"
        self._write(call, result, made, lambda text: f"return {text};")

    def _write_walk(self, each: PlainClass, element: PlainCall) -> None:
        record, name = each.record, c.flat(c.path_of(each.record.scope, each.record.name))
        self._out.needs("dovetail/plain/containers.h")
        const = "const " if record.iterate_const else ""
        walk = element.receiver
        self._write_small(f"{name}_walk", f"{walk}*", f"{const}{record.cpp}* it", f"return new {walk}(*it);")
        self._write_small(f"{name}_more", "int", f"{walk}* it", "return it->more() ? 1 : 0;")
        self._write_small(f"{name}_stop", "void*", f"{walk}* it", "delete it;\nreturn nullptr;")
        self.write_call(element)

    def write_raised(self, each: PlainRaised) -> None:
        record = each.record
        if not record.cpp:
            return
        self._out.gap()
        self._out.raw(comment(f"---- {record.cpp}"))
        self._write_end(c.flat(c.path_of(record.scope, record.name)), record.cpp, "delete it;")
        for call in _member_calls(each):
            self.write_call(call)

    def write_container(self, container: PlainContainer) -> None:
        record, name = container.record, c.flat(c.path_of(container.record.scope, container.record.name))
        self._out.gap()
        self._out.raw(comment(f"---- {record.cpp}"))
        self._out.needs("dovetail/plain/containers.h")
        self._write_small(f"{name}_new", f"{record.cpp}*", "", f"return new {record.cpp}();")
        self._write_end(name, record.cpp, "delete it;")
        if record.copyable:
            body = f"return new {record.cpp}(*it);"
            self._write_small(f"{name}_copy", f"{record.cpp}*", f"const {record.cpp}* it", body)
        for _, call in container.calls:
            self.write_call(call)

    def write_rest(self) -> None:
        """Functions, constants and variables."""
        if self._plain.functions:
            self._out.gap()
            self._out.raw(comment("---- functions"))
        for function in self._plain.functions:
            for call in function.calls:
                self.write_call(call)
        for _, constant in self._plain.constants:
            if constant is not None:
                self.write_call(constant)
        for _, variable in self._plain.variables:
            for accessed in (variable.read, variable.write):
                if accessed is not None:
                    self.write_call(accessed)

    # ---- calls --------------------------------------------------------------------------------------------------

    def write_call(self, call: PlainCall) -> None:
        self._write(call, _result_type(call), call.expression, lambda text: _give(call.result, text))

    def _write(self, call: PlainCall, result: str, expression: str, give: Callable[[str], str]) -> None:
        out = self._out
        taken = {"it", "given"}
        names = [self._identifiers.local(param.name, taken) for param in call.params]
        parameters = [f"{'const ' if call.const else ''}{call.receiver}* it"] if call.receiver else []
        parameters += ["unsigned given"] if call.masked else []
        for param, name in zip(call.params, names, strict=True):
            parameters += _declare(param.value, name)
        passed = [_pass_or_default(p, name, k) for k, (p, name) in enumerate(zip(call.params, names, strict=True))]
        if f"{RUNTIME}printed(" in expression:
            out.needs("dovetail/plain/printed.h")
        if f"{RUNTIME}item_index(" in expression:
            out.needs("dovetail/plain/containers.h")
        lines = []
        for place, param in enumerate(call.params):
            if param.fallback == "":  # C++ alone fills it in
                lines.append(f"if (!(given & {1 << place}u)) {{ {give(fill(shorten(expression, place), passed))} }}")
        lines.append(give(fill(expression, passed)))
        out.raw(origin_of(call.span, call.cpp))
        sure = c.is_sure(call)
        run = "run_surely" if sure else "run_freely" if call.release_gil else "run"
        handler = "" if sure else f"{_OWN}, "
        head = f"DOVETAIL_PLAIN {result} {c.PREFIX}{call.symbol}({', '.join(parameters)}) noexcept"
        with (
            out.block(head),
            out.block(f"return {RUNTIME}{run}<{result}>({handler}[&]() -> {result}", closing="});"),
        ):
            for line in lines:
                out.line(line)


def _member_calls(each: PlainClass | PlainRaised) -> Iterator[PlainCall]:
    for method in each.methods:
        yield from method.calls
    for accessor in each.accessors:
        if not accessor.direct:
            yield accessor.read
            yield from [accessor.write] if accessor.write is not None else []


def _declare(value: PlainValue, name: str) -> list[str]:
    match value.form:
        case Form.TEXT | Form.PATH | Form.PACKED:
            return [f"const char* {name}", f"size_t {name}_size"]
        case Form.SPAN:
            return [f"{'const ' if not value.nullable else ''}{value.c}* {name}", f"size_t {name}_size"]
        case Form.SHARED:
            return [f"const {RUNTIME}Holder* {name}", f"{value.cpp}* {name}_target"]
        case Form.OBJECT:
            const = "const " if value.const or value.mark in ("", "&&") else ""
            return [f"{const}{value.cpp}* {name}"]
        case Form.UNIQUE:
            return [f"{value.cpp}* {name}"]
        case Form.BOOL | Form.CHAR:
            return [f"int {name}"]
        case _:
            return [f"{value.c} {name}"]


def _pass(value: PlainValue, name: str) -> str:
    """What stands for a parameter in the C++ expression."""
    match value.form:
        case Form.BOOL:
            return f"{name} != 0"
        case Form.CHAR:
            return f"static_cast<char>({name})"
        case Form.ENUM:
            return f"static_cast<{value.cpp}>({name})"
        case Form.TEXT if value.mark == "*":
            return name
        case Form.TEXT | Form.PATH:
            return f"{value.cpp}({name}, {name}{f' + {name}' if value.form is Form.PATH else ''}_size)"
        case Form.SPAN:
            return f"{value.cpp}{{{name}, {name}_size}}"
        case Form.PACKED:
            return f"{RUNTIME}take_packed<{value.cpp}>({name}, {name}_size)"
        case Form.SHARED:
            return f"{RUNTIME}shared({name}, {name}_target)"
        case Form.UNIQUE:
            return f"std::unique_ptr<{value.cpp}>({name})"
        case Form.OBJECT if value.mark == "&&":
            return f"{value.cpp}(*{name})"
        case Form.OBJECT if value.mark != "*":
            return f"*{name}"
        case _:
            return name


def _pass_or_default(param: PlainParam, name: str, place: int) -> str:
    usual = _pass(param.value, name)
    if not param.fallback:
        return usual
    if param.value.mark == "*" or param.value.form in (Form.SHARED, Form.UNIQUE):
        return f"(given & {1 << place}u ? {usual} : {param.fallback})"
    return f"(given & {1 << place}u ? {usual} : {param.value.cpp}({param.fallback}))"


def _result_type(call: PlainCall) -> str:
    value = call.result
    match value.form:
        case Form.NONE | Form.SELF | Form.BOOL | Form.CHAR:
            return "int"
        case Form.TEXT | Form.PATH | Form.PACKED:
            return "dovetail_block*"
        case Form.OBJECT | Form.UNIQUE:
            return f"{'const ' if value.const else ''}{value.cpp}*"
        case Form.SHARED:
            return f"{RUNTIME}Holder*"
        case _:
            return f"const {value.c}*" if value.mark == "*" else value.c


def _give(value: PlainValue, call: str) -> str:
    """Statements that return it."""
    match value.form:
        case Form.NONE | Form.SELF:
            return f"{call};\nreturn 0;"
        case Form.BOOL:
            return f"return {call} ? 1 : 0;"
        case Form.CHAR:
            return f"return static_cast<unsigned char>({call});"
        case Form.ENUM:
            return f"return static_cast<{value.c}>({call});"
        case Form.TEXT:
            return f"return {RUNTIME}give_text({call});"
        case Form.PATH:
            return f"return {RUNTIME}give_path({call});"
        case Form.PACKED if value.kind == "list":
            return f"return {RUNTIME}give_list({call});"
        case Form.PACKED:
            return f"return {RUNTIME}give_packed<{value.cpp}>({call});"
        case Form.SHARED:
            made = f"new {value.cpp}({call})" if value.kind == "value" else call
            made = f"std::shared_ptr<{value.cpp}>({made})" if value.kind else made
            return f"return {RUNTIME}hold<{value.cpp}>({made});"
        case Form.UNIQUE:
            return f"return ({call}).release();"
        case Form.OBJECT if value.mark == "&":
            return f"return &({call});"
        case Form.OBJECT if value.mark == "":
            return f"return new {value.cpp}({call});"
        case _:
            return f"return {call};"
