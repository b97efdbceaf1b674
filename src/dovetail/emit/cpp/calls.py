"""The body of a wrapper: arguments are taken, C++ is called, the result is given.

In: `plan.Overload` and the `Frame` in which it is called.  Out: statements.
Must not know: calling conventions (`functions`), slots (`operators`).

The order within a body matters. Taking an argument may run Python code, which may change or end any object: numbers and
text come first, containers next, references to objects after them, and `self` last, right before the call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

from dovetail.emit.cpp.expressions import fill, shorten, uses_self
from dovetail.emit.cpp.identifiers import Identifiers
from dovetail.emit.cpp.literals import expression_text, quote
from dovetail.emit.cpp.results import Giving, give_statements, is_reference, is_scalar
from dovetail.emit.cpp.upcalls import HEADER, derived_name, protected_call, upcall
from dovetail.emit.cpp.wrapper import Frame, Wrapper
from dovetail.emit.writer import Writer
from dovetail.plan import Call, Overload, Param, Result, Return

CONTAINERS = frozenset({"sequence", "mapping", "set", "array"})
FILES = frozenset({"stream", "c file"})
KEEPERS = frozenset({"array", "stream", "c file"})
"""What is kept alive is not the argument itself, but what was made of it."""
TEMPORARY = "dovetail/core/temporary.h"
OBJECTS = frozenset({"class", "implicit", "unique", "shared", "weak"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """Names of the C++ variables of the parameters; outputs included."""

    names: tuple[str, ...]
    passed: tuple[str, ...]
    """What each is in the call expression."""


def given_params(overload: Overload) -> tuple[Param, ...]:
    return tuple(param for param in overload.params if not param.out)


def make_variables(identifiers: Identifiers, overload: Overload) -> Variables:
    taken: set[str] = set()
    names, passed = [], []
    for position, param in enumerate(overload.params):
        name = identifiers.local(param.name or f"arg{position}", taken)
        names.append(name)
        passed.append(_pass(param, name))
    return Variables(names=tuple(names), passed=tuple(passed))


def _pass(param: Param, name: str) -> str:
    """What stands for a parameter in the call; a callback brings its user data along."""
    if param.data:
        return f"{name}.get(), {name}.data()" if param.data == "after" else f"{name}.data(), {name}.get()"
    return f"{name}_value" if param.inout else name if param.out else f"{name}.get()"


def kept_objects(identifiers: Identifiers, overload: Overload, given: Sequence[str]) -> tuple[tuple[Param, str], ...]:
    """Parameters that something keeps alive, each with the object to keep: the argument, or what its user data is."""
    names = make_variables(identifiers, overload).names
    inputs = [(param, name) for param, name in zip(overload.params, names, strict=True) if not param.out]
    rows = zip(inputs, given, strict=False)
    return tuple(
        (param, f"{name}.keeper()" if param.data or param.value.converter in KEEPERS else text)
        for (param, name), text in rows
        if param.kept_by
    )


def write_body(out: Writer, wrapper: Wrapper, frame: Frame) -> None:
    """Everything between the binding of arguments and the end of the function."""
    context, overload = wrapper.context, wrapper.overload
    variables = make_variables(context.identifiers, overload)
    _write_warning(out, overload, frame)
    held = frame.receiver is not None and frame.receiver.exception
    if held:
        # One that Python made holds no C++ object, and so no way to the state either.
        write_receiver(out, overload, frame)
    _write_takes(out, overload, frame, variables)
    ends = _write_ends(out, overload, frame)
    if overload.locks:
        out.line("const dovetail::ObjectLock lock(self);")
    if frame.receiver is not None and not held and uses_self(overload.expression):
        if overload.virtual and overload.protected:
            write_protected_receiver(out, wrapper, frame)
        else:
            write_receiver(out, overload, frame)
        if overload.virtual and not overload.upcall:
            test = "" if overload.protected else "if (dovetail::is_scripted(self)) "
            out.line(test + frame.fail(f"dovetail::refuse_pure({quote(f'{frame.name}()')})"))
            if overload.protected:
                return
    for param, name, passed in zip(overload.params, variables.names, variables.passed, strict=True):
        if param.starts is not None:
            out.line(f"{variable_type(param)} {name} = {variables.names[param.starts]}.length();")
        elif param.inout:
            out.line(f"{variable_type(param)} {passed} = {name}.get();")
        elif param.out:
            out.line(f"{variable_type(param)} {name}{{}};")
    if overload.pending:
        out.line("dovetail::PendingException pending;")
    if not may_throw(overload):
        _write_calls(out, wrapper, frame, variables, ends)
        return
    with out.block("try", closing=""):
        _write_calls(out, wrapper, frame, variables, ends)
    with out.block("} catch (...)"):
        out.line(frame.fail(context.raise_current))


def variable_type(param: Param) -> str:
    return re.sub(r"\s*&$", "", param.value.cpp.removeprefix("const ") if param.inout else param.value.cpp)


def _write_warning(out: Writer, overload: Overload, frame: Frame) -> None:
    if overload.deprecated is None:
        return
    text = f"{frame.name}() is deprecated" + (f": {overload.deprecated}" if overload.deprecated else "")
    with out.block(f"if (PyErr_WarnEx(PyExc_DeprecationWarning, {quote(text)}, 1) < 0)"):
        out.line(f"return {frame.failure};")


def _write_takes(out: Writer, overload: Overload, frame: Frame, variables: Variables) -> None:
    params = given_params(overload)
    names = [n for n, p in zip(variables.names, overload.params, strict=True) if not p.out]
    for param, name in zip(params, names, strict=True):
        out.line(f"dovetail::Arg<{arg_type(param)}> {name};")
    for k in sorted(range(len(params)), key=lambda k: _turn(params[k])):
        param, name, given = params[k], names[k], frame.given[k]
        take = f"{name}.take_nullable" if param.nullable else f"{name}.take"
        refusal = f"if (!{take}({given}, home)) return {frame.bad(k, given)};"
        if frame.signature and given == f"v[{k}]" and not param.nullable and not param.null_rule:
            refusal = f"if (!dovetail::take_argument({name}, {frame.signature}, {k}, v, home)) return {frame.failure};"
        if k < frame.required:
            out.line(refusal)
        elif param.default is None or param.default.cpp is None:
            out.line(f"if ({given} && !{take}({given}, home)) return {frame.bad(k, given)};")
        else:
            _write_default(out, param, frame, name=name, given=given, refusal=refusal)


def _write_default(out: Writer, param: Param, frame: Frame, *, name: str, given: str, refusal: str) -> None:
    """A default may be any expression of the header: only literals are known not to throw."""
    text = expression_text(param.default.cpp) if param.default is not None and param.default.cpp is not None else ""
    if text == "{}":
        # An empty value is what a variable starts with anyway; only a slot that is not the value needs telling.
        text = f"{variable_type(param)}{{}}"
    if re.fullmatch(r"[-+.\w' ]+|\"(?:[^\"\\]|\\.)*\"", text) or (is_scalar(param.value) and "(" not in text):
        if "}." in text:
            text = f"static_cast<{variable_type(param)}>({text})"  # a field of a packed struct has no reference
        out.line(f"if (!{given}) {name}.set({text});")
        out.line(f"else {refusal}")
        return
    with out.block(f"if (!{given})", closing=""):
        with out.block("try", closing=""):
            out.line(f"{name}.set({text});")
        with out.block("} catch (...)"):
            out.line(frame.fail("dovetail::raise_current()"))
    condition, _, result = refusal.partition(") return ")
    with out.block(f"}} else {condition})"):
        out.line(f"return {result}")


def arg_type(param: Param) -> str:
    return variable_type(param) if param.inout else param.value.cpp


def _turn(param: Param) -> int:
    if param.value.converter in OBJECTS:
        return 2
    return 1 if param.value.converter in CONTAINERS else 0


def _write_ends(out: Writer, overload: Overload, frame: Frame) -> tuple[int, ...]:
    """Where calls may end: at defaults that only C++ can fill in. An argument behind one left out is refused."""
    params = given_params(overload)
    ends = tuple(
        k for k in range(frame.required, len(params)) if (default := params[k].default) is None or default.cpp is None
    )
    names = [param.name or f"argument {k + 1}" for k, param in enumerate(params)]
    for k in ends:
        for later in range(k + 1, len(params)):
            text = f"{frame.name}(): argument '{names[k]}' must be given too, where '{names[later]}' is"
            with out.block(f"if (!{frame.given[k]} && {frame.given[later]})"):
                out.line(f"PyErr_SetString(PyExc_TypeError, {quote(text)});")
                out.line(f"return {frame.failure};")
    return ends


def write_receiver(out: Writer, overload: Overload, frame: Frame) -> None:
    receiver = frame.receiver
    assert receiver is not None
    name = frame.name.rpartition(".")[2] + ("" if overload.call in (Call.READ, Call.WRITE) else "()")
    if receiver.exception:
        out.line(f"const {receiver.cpp}* it = dovetail::exception_value<{receiver.cpp}>(self);")
    elif not overload.const:
        word = "writing_self_of" if _is_composed_member(overload, Call.WRITE) else "self_of"
        out.line(f"auto it = dovetail::{word}<{receiver.cpp}>(self, {quote(name)});")
    elif overload.call is Call.READ and _looks_inside(overload.result) and not _gives_const(overload):
        out.line(f"auto it = dovetail::inner_self_of<{receiver.cpp}>(self);")
    else:
        word = "reading_self_of" if _is_composed_member(overload, Call.READ) else "const_self_of"
        out.line(f"auto it = dovetail::{word}<{receiver.cpp}>(self);")
    out.line(f"if (!it) return {frame.failure};")


def _is_composed_member(overload: Overload, call: Call) -> bool:
    """A data member that is more than a number: threads that read and write it take turns where there is no GIL."""
    if overload.call is not call:
        return False
    value = overload.params[0].value if call is Call.WRITE else overload.result.value
    if value is None or is_scalar(value) or is_reference(overload.result):
        return False
    return re.search(r"\{self\}\.\w+\(", overload.expression) is None


def write_protected_receiver(out: Writer, wrapper: Wrapper, frame: Frame) -> None:
    """Of a protected function: the object that the derived class is."""
    owner = wrapper.owner
    assert owner is not None
    out.needs(HEADER)
    derived = derived_name(owner.base)
    found = f"dovetail::protected_self_of<{owner.receiver.cpp}, {derived}>(self, {quote(f'{frame.name}()')})"
    if not wrapper.overload.upcall:
        out.line(f"if (!{found}) return {frame.failure};")
        return
    out.line(f"{derived}* it = {found};")
    out.line(f"if (!it) return {frame.failure};")


def _looks_inside(result: Result) -> bool:
    """A reference, or an array over the field."""
    matrix = result.value is not None and result.value.converter == "matrix"
    return is_reference(result) or (matrix and result.how is Return.NDARRAY)


def _gives_const(overload: Overload) -> bool:
    value = overload.result.value
    return value is not None and value.cpp.startswith("const ")


def may_throw(overload: Overload) -> bool:
    """Whether anything between the last argument and the end may throw. Copies of arguments and results may."""
    safe_result = overload.result.value is None or is_scalar(overload.result.value) or is_reference(overload.result)
    safe = safe_result and all(is_scalar(p.value) or _passes_reference(p) for p in overload.params)
    if overload.call is Call.CONSTRUCTOR or overload.interrupt or overload.temporary:
        return True
    field = re.fullmatch(r"\{self\}\.\w+|[\w:]+|static_cast<[\w ]+>\((?:\{self\}\.\w+|[\w:]+)\)", overload.expression)
    assigned = re.fullmatch(r"(?:\{self\}\.\w+|[\w:]+) = \{0\}", overload.expression)
    if overload.call in (Call.READ, Call.WRITE) and (field or assigned):
        return not safe
    return not (overload.noexcept and safe)


def _passes_reference(param: Param) -> bool:
    return param.value.converter == "class" and param.value.cpp.rstrip().endswith(("&", "*")) and not param.transfers


def _write_calls(out: Writer, wrapper: Wrapper, frame: Frame, variables: Variables, ends: tuple[int, ...]) -> None:
    """The call, once for each number of arguments that it may have."""
    overload = wrapper.overload
    params = given_params(overload)
    inputs = [i for i, param in enumerate(overload.params) if not param.out]
    for end in ends:
        cut = replace(overload, expression=shorten(overload.expression, inputs[end]))
        with out.block(f"if (!{frame.given[end]})"):
            _write_call(out, wrapper.of(cut, wrapper.name), frame, variables, params[:end])
    _write_call(out, wrapper, frame, variables, params)


def _write_call(out: Writer, wrapper: Wrapper, frame: Frame, variables: Variables, params: Sequence[Param]) -> None:
    overload = wrapper.overload
    expression = overload.expression
    if overload.temporary:
        out.needs(TEMPORARY)
        out.line("auto&& temporary = dovetail::as_temporary(&*it, self);")
        expression = expression.replace("{self}", "std::move(temporary)")
    call = fill(expression, variables.passed)
    if overload.virtual and overload.protected:
        call = fill(protected_call(wrapper.context, overload), variables.passed)
    elif overload.virtual and overload.upcall and frame.receiver is not None:
        out.needs(HEADER)
        call = f"(dovetail::is_scripted(self) ? {fill(upcall(overload), variables.passed)} : {call})"
    if frame.body is not None:
        frame.body(out, call)
        return
    files = tuple(n for p, n in zip(overload.params, variables.names, strict=True) if p.value.converter in FILES)
    pairs = tuple(zip(overload.params, variables.passed, strict=True))
    giving = Giving(
        context=wrapper.context,
        overload=overload,
        member=frame.receiver is not None,
        again=frame.again,
        outputs=tuple((param, passed) for param, passed in pairs if param.out or param.inout),
        kept=kept_objects(wrapper.context.identifiers, overload, frame.given[: len(params)]),
        passed=variables.passed,
        given=tuple(frame.given[: len(params)]),
        files=files,
        stopped=f"const_cast<{frame.receiver.cpp}*>(&*it)" if frame.receiver is not None and overload.const else "it",
    )
    give_statements(out, giving, call)
