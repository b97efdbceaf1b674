"""A plan as text: the golden format of tests, and `dovetail dump --plan`.

In: a plan.  Out: compact text, one line per decision, the same on every machine (file names without folders).
Must not know: where the plan came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from dovetail.diagnostics import Span
from dovetail.plan.conduct import Conduct, Part
from dovetail.plan.native import Native, NativeRole, Ufunc
from dovetail.plan.records import (
    Accessor,
    Class,
    Constant,
    Container,
    Enum,
    Function,
    Module,
    Overload,
    Param,
    Pass,
    Raised,
    Return,
    Upcast,
    Virtual,
)


def dump(module: Module) -> str:
    """The whole plan."""
    lines = [f"module {module.name}"]
    lines += [f"include {PurePath(i).name}" for i in module.includes]
    lines += [f"without macro {name}" for name in module.hidden_by]
    lines += [f"submodule {s.path}" for s in module.submodules]
    lines += [f"submodule {name} by Cython" for name in module.inner]
    sections = (
        dump_used(module),
        (line for e in module.enums if not e.module for line in dump_enum(e)),
        (line for c in module.classes if not c.module for line in dump_class(c)),
        (dump_container(c) for c in module.containers if not c.module),
        (line for r in module.raised if not r.module for line in dump_raised(r)),
        (line for f in module.functions for line in dump_function(f)),
        (dump_constant(c) for c in module.constants),
        (f"variable {dump_accessor(v.accessor, v.scope)}" for v in module.variables),
        (f"alias {join(a.scope, a.name)} = {a.target}" for a in module.aliases),
        # Constructors are said by their classes.
        (dump_native(n) for n in module.natives if not n.path.endswith(".__init__")),
        (line for ufunc in module.ufuncs for line in dump_ufunc(ufunc)),
        (f"skipped {s.kind} {s.cpp} [{s.code}] {s.reason}{place(s.span)}" for s in module.skipped),
    )
    for section in sections:
        block = list(section)
        if block:
            lines += ["", *block]
    counts = module.counts
    callables = f"{counts.callables_bound} of {counts.callables} callables"
    fields = f"{counts.fields_bound} of {counts.fields} fields"
    rest = f"{counts.classes} classes, {counts.enums} enums, {counts.templates} templates without instantiation"
    lines += ["", f"bound {callables}, {fields}, {rest}"]
    return "\n".join(lines) + "\n"


def join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def place(span: Span) -> str:
    return f"  @ {PurePath(span.path).name}:{span.line}" if span.path else ""


def words(**flags: bool) -> str:
    """The flags that are set, as words."""
    return "".join(f" {name.replace('_', '-')}" for name, on in flags.items() if on)


def dump_native(native: Native) -> str:
    fails = f" fails with {native.failure}{' ambiguous' if native.ambiguous else ''}" if native.failure else ""
    fails += " bare" if native.bare else ""
    role = "" if native.role is NativeRole.CALL else f" {native.role.value}s"
    return f"native {native.name}: {native.signature} of {native.path}{role}{fails}"


def dump_ufunc(ufunc: Ufunc) -> Iterator[str]:
    for loop in ufunc.loops:
        yield f"ufunc {ufunc.name}: {loop.signature} = {loop.expression}"


def dump_used(module: Module) -> Iterator[str]:
    """What other modules have made."""
    for class_ in module.classes:
        if class_.module:
            derived = f" derived {', '.join(class_.derived)}" if class_.derived else ""
            head = next(dump_class(class_)).removeprefix("class ")
            yield f"uses {head}{derived}"
    records: tuple[Enum | Container | Raised, ...] = (*module.enums, *module.containers, *module.raised)
    for record in records:
        if record.module:
            yield f"uses {join(record.scope, record.name)} = {record.cpp}"


def dump_enum(enum_: Enum) -> Iterator[str]:
    flags = words(scoped=enum_.scoped, exported=enum_.exported, unsigned=not enum_.signed)
    yield f"enum {join(enum_.scope, enum_.name)}({enum_.base}) = {enum_.cpp} {enum_.size * 8} bits{flags}"
    for each in enum_.enumerators:
        yield f"  {each.name} = {each.value}"


def dump_upcast(cast: Upcast) -> str:
    if cast.virtual:
        return f"{cast.base} virtual"
    return f"{cast.base}+{'?' if cast.offset is None else cast.offset}" if cast.offset != 0 else cast.base


def dump_class(class_: Class) -> Iterator[str]:
    bases = ", ".join(dump_upcast(base) for base in class_.bases)
    flags = words(
        copyable=class_.copyable,
        movable=class_.movable,
        abstract=class_.abstract,
        polymorphic=class_.polymorphic,
        final=not class_.subclassable,
        tracked=class_.tracked,
        element=class_.element,
        own_memory=class_.own_memory,
        flat=class_.flat,
        nested=class_.nested,
    )
    head = f"class {join(class_.scope, class_.name)}({bases}) = {class_.cpp} {class_.hold.value}{flags}"
    yield head + (" deprecated" if class_.deprecated is not None else "")
    if class_.template:
        defaults = f" = {', '.join(class_.defaults)}" if class_.defaults else ""
        yield f"  template {class_.template}[{', '.join(class_.arguments)}]{defaults}"
    if class_.fields:
        yield f"  fields {', '.join(class_.fields)}"
    if class_.protocols:
        yield f"  protocols {', '.join(p.value for p in class_.protocols)}"
    if class_.iterates is not None:
        const = "const" if class_.iterate_const else "mutable"
        lent = " lent" if class_.iterate_lent else ""
        yield f"  iterates {class_.iterates.gives} <- {class_.iterates.cpp} ({const}){lent}"
    if class_.derived:
        yield f"  derived {', '.join(class_.derived)}"
    if further := [dump_upcast(cast) for cast in class_.casts if cast not in class_.bases]:
        yield f"  casts to {', '.join(further)}"
    if class_.ambiguous:
        yield f"  ambiguous {', '.join(class_.ambiguous)}"
    if class_.destroy:
        yield f"  ended by {class_.destroy}"
    yield from (f"  {line}" for line in dump_conduct(class_.conduct))
    if class_.forwards:
        yield f"  forwards to {class_.forwards}()"
    if class_.opaque:
        yield "  opaque"
    if class_.no_constructor:
        yield f"  no constructor: {class_.no_constructor}"
    for function in (*([class_.constructors] if class_.constructors else ()), *class_.methods):
        yield from (f"  {line}" for line in dump_function(function, inside=True))
    for accessor in class_.accessors:
        yield f"  attribute {dump_accessor(accessor, '')}"
    for virtual in class_.virtuals:
        yield f"  override {dump_virtual(virtual)}"


def dump_virtual(virtual: Virtual) -> str:
    params = ", ".join(
        f"{p.name}: {p.value.gives} <- {p.cpp}" + words(**{p.how.value: p.how is not Pass.GIVE}) for p in virtual.params
    )
    flags = words(const=virtual.const, noexcept=virtual.noexcept, kept=virtual.kept, owns=virtual.owns)
    base = virtual.base or "pure"
    return (
        f"{virtual.name}({params}) -> {virtual.annotation} <- {virtual.returns}{flags} else {base}{place(virtual.span)}"
    )


def dump_part(part: Part) -> str:
    return f"{part.name}()" if part.call else part.name


def dump_conduct(conduct: Conduct) -> Iterator[str]:
    if conduct.context is not None:
        enter = f"{conduct.context.enter}() … " if conduct.context.enter else ""
        yield f"context {enter}{conduct.context.leave}()"
    if conduct.pickle is not None:
        parse = f" parsed by {conduct.pickle.parse}" if conduct.pickle.parse else ""
        yield f"pickle {', '.join(map(dump_part, conduct.pickle.parts))}{parse}"
    if conduct.shown:
        yield f"repr {', '.join(map(dump_part, conduct.shown))}"
    if conduct.match:
        yield f"match {', '.join(conduct.match)}"
    if conduct.stepping is not None:
        flagged = " while true" if conduct.stepping.flagged else ""
        yield f"async for {conduct.stepping.gives} in {conduct.stepping.step}(){flagged}"


def dump_raised(raised: Raised) -> Iterator[str]:
    bases = ", ".join((raised.base, *raised.more_bases))
    origin = f"{raised.cpp} says {raised.message}" if raised.cpp else "by rule"
    yield f"exception {join(raised.scope, raised.name)}({bases}) = {origin}"
    for function in (*([raised.constructors] if raised.constructors else ()), *raised.methods):
        yield from (f"  {line}" for line in dump_function(function, inside=True))
    for accessor in raised.accessors:
        yield f"  attribute {dump_accessor(accessor, '')}"


def dump_container(container: Container) -> str:
    elements = ", ".join(f"{e.gives} <- {e.cpp}" for e in container.elements)
    buffer = f" buffer {container.buffer}" if container.buffer else ""
    copies = "" if container.copyable else " move-only"
    name = join(container.scope, container.name)
    return f"container {name}({container.protocol}) = {container.cpp} [{elements}]{buffer}{copies}"


def dump_function(function: Function, *, inside: bool = False) -> Iterator[str]:
    name = function.name if inside else join(function.scope, function.name)
    if function.ends:
        yield f"def {name}: ends the object"
        return
    if function.awaits:
        yield f"def {name}: awaits {function.awaits}"
        return
    for overload in function.overloads:
        yield f"def {dump_overload(overload, name)}{' reflected' if function.reflected else ''}"


def dump_overload(overload: Overload, name: str) -> str:
    result = overload.result
    how = "" if result.how in (Return.NONE, Return.VALUE) else f" {result.how.value}"
    flags = words(
        const=overload.const and overload.call.value == "method",
        static=overload.call.value == "static",
        noexcept=overload.noexcept,
        release_gil=overload.release_gil,
        interrupt=bool(overload.interrupt),
        locks=overload.locks,
        twin=overload.twin,
        virtual=overload.virtual and not overload.pure,
        pure=overload.pure,
        protected=overload.protected,
        temporary=overload.temporary,
        lent=result.lent,
        made=overload.made,
        pending=overload.pending,
        deprecated=overload.deprecated is not None,
    )
    params = ", ".join(dump_param(p, index) for index, p in enumerate(overload.params))
    failure = ""
    if overload.failure is not None:
        texts = " says ".join(("", *overload.failure.messages))
        failure = f" raises {overload.failure.error} if {overload.failure.test}{texts}"
    return f"{name}({params}) -> {result.annotation}{how}{flags} = {overload.expression}{failure}{place(overload.span)}"


def dump_param(param: Param, index: int) -> str:
    text = f"{param.name or f'#{index}'}: {param.value.takes} <- {param.value.cpp}"
    if param.default is not None:
        text += f" = {param.default.python}" + (f" ({param.default.cpp})" if param.default.cpp else "")
    text += words(
        out=param.out,
        inout=param.inout,
        owns=param.owns,
        nullable=param.nullable,
        transfers=param.transfers,
    )
    text += f" data {param.data}" if param.data else ""
    text += f" of length {param.extent}" if param.extent else ""
    text += f" starts as the length of #{param.starts}" if param.starts is not None else ""
    return text + (f" kept by {param.kept_by}" if param.kept_by else "")


def dump_accessor(accessor: Accessor, scope: str) -> str:
    result = accessor.read.result
    how = "" if result.how is Return.VALUE else f" {result.how.value}"
    write = accessor.write
    written = f" write {dump_param(write.params[0], 0)} = {write.expression}" if write else " read-only"
    static = " static" if accessor.static else ""
    name = join(scope, accessor.name)
    return f"{name}: {result.annotation}{how}{static} = {accessor.read.expression}{written}{place(accessor.span)}"


def dump_constant(constant: Constant) -> str:
    literal = "" if constant.literal is None else f" = {constant.literal!r}"
    name = join(constant.scope, constant.name)
    return f"constant {name}: {constant.annotation}{literal} <- {constant.cpp}{place(constant.span)}"
