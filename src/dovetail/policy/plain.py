"""What of a module is left where there is no C API: on PyPy, over a plain library.

In: a plan.  Out: the plan without what cannot cross plain C signatures, each with its reason (DV091); `plan.Plain`.
Must not know: how it is emitted.

Policy: functions, constructors, methods and attributes whose values have plain forms; containers of such; exceptions as
they are, without constructors of their own. Overrides of virtual functions, callables, outputs, streams and arrays of
NumPy's are CPython's alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import final

from dovetail import plan
from dovetail.diagnostics import NO_SPAN, Span
from dovetail.plan import (
    Form,
    Plain,
    PlainAccessor,
    PlainCall,
    PlainClass,
    PlainContainer,
    PlainFunction,
    PlainRaised,
    PlainValue,
)
from dovetail.policy.plain_calls import decide_call
from dovetail.policy.plain_containers import decide_container
from dovetail.policy.plain_values import Types, find_form, find_types, path_of, size_of

CODE = "DV091"
_SPECIAL_DONE = frozenset({"__len__", "__contains__", "__iter__", "__next__", "__enter__", "__exit__", "__reversed__"})


@final
@dataclass(slots=True, kw_only=True)
class _Narrowing:
    """What was decided so far."""

    types: Types
    symbols: set[str] = field(default_factory=set)
    kept: set[tuple[str, Span]] = field(default_factory=set)
    skipped: list[plan.Skipped] = field(default_factory=list)
    fields: int = 0

    def symbol(self, path: str, number: int = 1) -> str:
        """A C name that nothing else has."""
        name = re.sub(r"\W", "_", path)
        while (spelled := f"{name}_{number}" if number > 1 else name) in self.symbols:
            number += 1
        self.symbols.add(spelled)
        return spelled

    def skip(self, cpp: str, kind: str, reason: str, span: Span, *, counts: bool = True) -> None:
        self.skipped.append(plan.Skipped(cpp=cpp, kind=kind, code=CODE, reason=reason, span=span, counts=counts))


def narrow_to_plain(module: plan.Module, cython: Iterable[Path] = ()) -> tuple[plan.Module, Plain]:
    """The plan of the same module for PyPy, and how what is left crosses. `cython`: sources that have no part in it."""
    types = find_types(module)
    state = _Narrowing(types=replace(types, held=_find_shared(module)))
    containers = _decide_containers(module, state)
    classes = [_decide_class(record, module, state) for record in module.classes if not record.module]
    functions = [_decide_function(each, "", state) for each in module.functions]
    plain = Plain(
        enums=tuple(each for each in module.enums if not each.module),
        classes=tuple(classes),
        containers=containers,
        raised=tuple(_decide_raised(each, state) for each in module.raised if not each.module),
        functions=tuple(each for each in functions if each is not None),
        constants=tuple(_decide_constants(module, state)),
        variables=tuple(_decide_variables(module, state)),
    )
    for source in cython:
        state.skip(source.name, "source", "what Cython makes of it needs CPython's C API", NO_SPAN, counts=False)
    foreign = [(each.cpp, each.module) for each in module.classes if each.module]
    foreign += [(each.cpp, each.module) for each in module.containers if each.module]
    foreign += [(each.cpp, each.module) for each in module.enums if each.module]
    foreign += [(each.cpp, each.module) for each in module.raised if each.module]
    for cpp, other in foreign:
        state.skip(
            cpp, "class", f"the module `{other}` has it, and modules for PyPy stand alone", NO_SPAN, counts=False
        )
    return _narrowed(module, plain, state), plain


def _narrowed(module: plan.Module, plain: Plain, state: _Narrowing) -> plan.Module:
    """The same plan with what is left alone, and honest counts."""
    lost: dict[tuple[str, Span], plan.Skipped] = {}
    others = []
    for item in state.skipped:
        key = item.cpp, item.span
        if not item.counts:
            others.append(item)
        elif key not in state.kept:
            lost.setdefault(key, item)
    counts = module.counts
    return replace(
        module,
        enums=plain.enums,
        classes=tuple(_left_of(each) for each in plain.classes),
        containers=tuple(each.record for each in plain.containers),
        raised=tuple(_left_of_raised(each) for each in plain.raised),
        functions=_functions(plain.functions),
        constants=tuple(constant for constant, _ in plain.constants),
        variables=tuple(plan.Variable(scope=scope, accessor=each.accessor) for scope, each in plain.variables),
        skipped=(*module.skipped, *lost.values(), *others),
        counts=replace(
            counts,
            callables_bound=counts.callables_bound - len(lost),
            fields_bound=counts.fields_bound - state.fields,
        ),
        natives=(),
        native_classes=(),
        native_sequences=(),
        ufuncs=(),
    )


def _left_of(each: PlainClass) -> plan.Class:
    made = each.constructors
    return replace(
        each.record,
        constructors=_functions([made])[0] if made is not None else None,
        no_constructor=each.record.no_constructor or ("" if made is not None else "none of them has a plain form"),
        methods=_functions(each.methods),
        accessors=_accessors(each.accessors),
        virtuals=(),
    )


def _left_of_raised(each: PlainRaised) -> plan.Raised:
    methods, accessors = _functions(each.methods), _accessors(each.accessors)
    return replace(each.record, constructors=None, methods=methods, accessors=accessors)


def _functions(functions: Iterable[PlainFunction]) -> tuple[plan.Function, ...]:
    return tuple(
        replace(each.function, overloads=tuple(c.overload for c in each.calls if c.overload is not None), ufunc=False)
        for each in functions
    )


def _accessors(accessors: Iterable[PlainAccessor]) -> tuple[plan.Accessor, ...]:
    return tuple(replace(each.accessor, write=each.accessor.write if each.write else None) for each in accessors)


def _decide_containers(module: plan.Module, state: _Narrowing) -> tuple[PlainContainer, ...]:
    """Those whose elements cross; a vector of vectors after its own."""
    waiting = [each for each in module.containers if not each.module]
    found: dict[str, PlainContainer] = {}
    reasons: dict[str, str] = {}
    while True:
        ready = {cpp: record for cpp, record in state.types.containers.items() if cpp in found}
        types = replace(state.types, containers=ready)
        decided = {r.cpp: decide_container(r, types) for r in waiting if r.cpp in state.types.containers}
        new = {cpp: each for cpp, each in decided.items() if isinstance(each, PlainContainer)}
        reasons |= {cpp: each for cpp, each in decided.items() if isinstance(each, str)}
        if not new:
            break
        found |= new
        waiting = [each for each in waiting if each.cpp not in found]
    for record in waiting:
        reason = reasons.get(record.cpp, f"a `{record.kind}` has no form without CPython's C API")
        state.skip(record.cpp, "container", reason, record.span, counts=False)
    state.types = replace(state.types, containers={c: r for c, r in state.types.containers.items() if c in found})
    order = [each.cpp for each in module.containers]
    return tuple(sorted(found.values(), key=lambda each: order.index(each.record.cpp)))


def _find_shared(module: plan.Module) -> frozenset[str]:
    """Classes that something takes or gives by `std::shared_ptr`, and all that are derived from these."""
    functions = [*module.functions, *(m for c in module.classes for m in c.methods)]
    functions += [c.constructors for c in module.classes if c.constructors is not None]
    overloads = [overload for function in functions for overload in function.overloads]
    overloads += [o for c in module.classes for a in c.accessors for o in (a.read, a.write) if o is not None]
    spelled = [p.value.cpp for o in overloads for p in o.params]
    spelled += [o.result.value.cpp for o in overloads if o.result.value is not None]
    spelled += [value.cpp for each in module.containers for value in each.elements]
    named = set(re.findall(r"std::shared_ptr<(?:const )?([^<>]+(?:<.*>)?)>", " ".join(spelled)))
    found = set(named)
    for record in module.classes:  # bases come first
        if any(base.cpp in found for base in (*record.bases, *record.casts)):
            found.add(record.cpp)
    return frozenset(found)


def _decide_class(record: plan.Class, module: plan.Module, state: _Narrowing) -> PlainClass:
    path = path_of(record)
    made = None
    if record.constructors is not None:
        if record.abstract:
            for overload in record.constructors.overloads:
                state.skip(overload.cpp, "constructor", "only a class written in Python could be one", overload.span)
        else:
            made = _decide_function(record.constructors, path, state, record.cpp)
    if record.virtuals:
        reason = "C++ does not call what a class written in Python defines, without CPython's C API"
        state.skip(record.cpp, "virtual", reason, record.span, counts=False)
    methods = [_decide_function(each, path, state, record.cpp) for each in record.methods]
    accessors = [_decide_accessor(each, path, record, state) for each in record.accessors]
    return PlainClass(
        record=record,
        constructors=made,
        methods=tuple(each for each in methods if each is not None),
        accessors=_settle_direct([each for each in accessors if each is not None]),
        element=_decide_iteration(record, path, state),
        protocols=tuple(_decide_protocols(record, path, state)),
        shared=record.cpp in state.types.held,
        apart=_is_apart(record, module),
    )


def _decide_protocols(record: plan.Class, path: str, state: _Narrowing) -> Iterable[tuple[str, PlainCall]]:
    text = PlainValue(form=Form.TEXT, cpp="std::basic_string<char>")
    number = PlainValue(form=Form.NUMBER, cpp="unsigned long", c="unsigned long")
    for protocol, name, expression, result in (
        (plan.Protocol.STR, "__str__", "dovetail::plain::printed({self})", text),
        (plan.Protocol.HASH, "__hash__", f"std::hash<{record.cpp}>()({{self}})", number),
    ):
        if protocol in record.protocols and all(method.name != name for method in record.methods):
            yield (
                name,
                PlainCall(
                    symbol=state.symbol(f"{path}.{name}"),
                    expression=expression,
                    params=(),
                    result=result,
                    receiver=record.cpp,
                    cpp=f"{record.cpp}: {name}",
                    span=record.span,
                ),
            )


def _is_apart(record: plan.Class, module: plan.Module) -> bool:
    """Some class derived from it does not begin with it."""
    return any(
        cast.cpp == record.cpp and (cast.offset != 0 or cast.virtual)
        for derived in module.classes
        for cast in (*derived.bases, *derived.casts)
    )


def _decide_iteration(record: plan.Class, path: str, state: _Narrowing) -> PlainCall | None:
    if plan.Protocol.ITERATE not in record.protocols or record.iterates is None:
        return None
    found = find_form(record.iterates.cpp, state.types)
    if isinstance(found, str) or found.form in (Form.SPAN, Form.UNIQUE):
        reason = found if isinstance(found, str) else f"`{record.iterates.cpp}` has no form as an element"
        state.skip(f"{record.cpp}::begin", "method", reason, record.span, counts=False)
        return None
    walk = f"dovetail::plain::Walk<{'const ' if record.iterate_const else ''}{record.cpp}>"
    reference = found.form is Form.OBJECT and found.mark in ("&", "*")
    return PlainCall(
        symbol=state.symbol(f"{path}_next"),
        expression="{self}.next()",
        params=(),
        result=found if reference else replace(found, mark="", const=False),
        how=plan.Return.BORROW if reference else plan.Return.VALUE,
        receiver=walk,
        const=False,
        lent=not reference,
        cpp=f"{record.cpp}::begin",
    )


def _decide_function(function: plan.Function, path: str, state: _Narrowing, receiver: str = "") -> PlainFunction | None:
    """What is left of its overloads; None: nothing."""
    whole = f"{path or function.scope}.{function.name}".lstrip(".")
    whole = f"{path}.new" if function.name == "__init__" else whole
    calls = []
    for overload in function.overloads:
        found: PlainCall | str
        if function.awaits:
            found = "it is run by the event loop of CPython"
        elif function.ends:
            found = "it ends the object: `close()` does that"
        else:
            found = decide_call("", overload, state.types, receiver)
        if isinstance(found, str):
            counts = not (function.awaits or overload.twin or function.name in _SPECIAL_DONE)
            kind = "constructor" if function.name == "__init__" else "method" if receiver else "function"
            state.skip(overload.cpp, kind, found, overload.span, counts=counts)
        else:
            state.kept.add((overload.cpp, overload.span))
            calls.append(replace(found, symbol=state.symbol(whole)))
    return PlainFunction(function=function, calls=tuple(calls)) if calls else None


def _decide_accessor(
    accessor: plan.Accessor, path: str, record: plan.Class | plan.Raised, state: _Narrowing
) -> PlainAccessor | None:
    read = decide_call("", accessor.read, state.types, record.cpp)
    if isinstance(read, str) or (accessor.static and accessor.write is not None):
        reason = read if isinstance(read, str) else "a static member that can be written is CPython's alone"
        state.skip(accessor.cpp, "field", reason, accessor.span, counts=False)
        state.fields += not accessor.static
        return None
    read = replace(read, symbol=state.symbol(f"{path}.get_{accessor.name}"))
    write: PlainCall | None = None
    if accessor.write is not None:
        decided = decide_call("", accessor.write, state.types, record.cpp)
        if isinstance(decided, str):
            state.skip(f"{accessor.cpp} =", "field", decided, accessor.span, counts=False)
        else:
            write = replace(decided, symbol=state.symbol(f"{path}.set_{accessor.name}"))
    plain = re.fullmatch(r"\{self\}\.\w+", read.expression) is not None and isinstance(record, plan.Class)
    fixed = accessor.offset is not None and not accessor.static and accessor.array is None
    number = read.result.form in (Form.NUMBER, Form.ENUM) and not read.result.mark
    return PlainAccessor(accessor=accessor, read=read, write=write, direct=plain and fixed and number)


def _settle_direct(accessors: list[PlainAccessor]) -> tuple[PlainAccessor, ...]:
    """Members of unions share their places: functions read these."""
    ends = [
        (a, a.accessor.offset + size_of(a.read.result.c))
        for a in accessors
        if a.direct and a.accessor.offset is not None
    ]

    def meets(one: PlainAccessor) -> bool:
        start = one.accessor.offset or 0
        end = start + size_of(one.read.result.c)
        return any(o is not one and (o.accessor.offset or 0) < end and start < other for o, other in ends)

    return tuple(replace(each, direct=each.direct and not meets(each)) for each in accessors)


def _decide_raised(record: plan.Raised, state: _Narrowing) -> PlainRaised:
    path = path_of(record)
    for overload in record.constructors.overloads if record.constructors is not None else ():
        reason = "made in Python it is a plain exception, without a C++ object"
        state.skip(overload.cpp, "constructor", reason, overload.span)
    methods = [_decide_function(each, path, state, record.cpp) for each in record.methods]
    accessors = [_decide_accessor(each, path, record, state) for each in record.accessors]
    return PlainRaised(
        record=record,
        methods=tuple(each for each in methods if each is not None),
        accessors=tuple(each for each in accessors if each is not None),
    )


def _decide_constants(module: plan.Module, state: _Narrowing) -> Iterable[tuple[plan.Constant, PlainCall | None]]:
    for constant in module.constants:
        if constant.literal is not None:
            yield constant, None
            continue
        found: PlainValue | str = find_form(constant.value.cpp, state.types)
        if isinstance(found, str) or found.form in (Form.SPAN, Form.UNIQUE):
            reason = found if isinstance(found, str) else "it belongs to C++"
            state.skip(constant.cpp, "variable", reason, constant.span, counts=False)
            continue
        reference = found.form is Form.OBJECT and re.fullmatch(r"[\w:]+", constant.cpp) is not None
        yield (
            constant,
            PlainCall(
                symbol=state.symbol(f"{constant.scope}.{constant.name}".lstrip(".")),
                expression=constant.cpp,
                params=(),
                result=replace(found, mark="&", const=True) if reference else replace(found, mark=""),
                how=plan.Return.BORROW if reference else plan.Return.VALUE,
                cpp=constant.cpp,
                span=constant.span,
            ),
        )


def _decide_variables(module: plan.Module, state: _Narrowing) -> Iterable[tuple[str, PlainAccessor]]:
    for variable in module.variables:
        accessor = variable.accessor
        read = decide_call("", accessor.read, state.types)
        write = decide_call("", accessor.write, state.types) if accessor.write is not None else None
        if isinstance(read, str) or isinstance(write, str):
            reason = read if isinstance(read, str) else str(write)
            state.skip(accessor.cpp, "variable", reason, accessor.span, counts=False)
            continue
        path = f"{variable.scope}.{accessor.name}".lstrip(".")
        write = replace(write, symbol=state.symbol(f"{path}.set")) if write is not None else None
        read = replace(read, symbol=state.symbol(f"{path}.get"))
        yield variable.scope, PlainAccessor(accessor=accessor, read=read, write=write)
