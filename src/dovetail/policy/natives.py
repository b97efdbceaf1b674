"""Which callables have a native signature, and which.

In: the assembled plan.  Out: `plan.Native` records.  Must not know: how they are emitted, who calls them.

Policy: every function, method and static method whose arguments and result have native forms, and for which nothing of
Python is done: no object is kept alive, taken over or locked, no output or callback is among the arguments; also
constructors, and attributes that are no plain members. Names are the Python paths with `_`; a name that is taken gets a
number, as the second overload does. `Row_ptr` is always the address of a `Row`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dovetail import plan
from dovetail.plan import (
    Native,
    NativeClass,
    NativeContainer,
    NativeField,
    NativeKind,
    NativeParam,
    NativeRole,
    NativeSequence,
    NativeValue,
)
from dovetail.policy.native_making import find_makers, find_own, find_range_element
from dovetail.policy.native_values import (
    VOID,
    Types,
    find_element,
    find_failure,
    find_handed,
    find_key,
    find_pointer,
    find_stored,
    find_types,
    find_value,
    is_sequence,
    spell_container,
    strip,
)

_CALLS = frozenset(plan.Call)
_RESULTS = frozenset({plan.Return.NONE, plan.Return.VALUE, plan.Return.BORROW, plan.Return.OWN})
# Special methods that compiled code has words for.
_SPECIAL = frozenset({"__len__", "__getitem__", "__setitem__", "__call__", "__contains__"})


def add_natives(module: plan.Module, more: Iterable[Native] = ()) -> plan.Module:
    """The module with all that is native of it; `more` are functions that Python has otherwise or not at all."""
    types = find_types(module)
    lent = find_lent(module, types)
    found = replace(module, native_classes=_find_classes(module, types, lent))
    found = replace(found, native_sequences=_find_sequences(module, types, lent))
    found = replace(found, native_containers=_find_containers(module, types, lent))
    return replace(found, natives=_find_natives(found, types, more))


def find_lent(module: plan.Module, types: Types) -> frozenset[str]:
    """What Python may have const objects of: const results, and all that can be reached from these."""
    waiting = [strip(value.cpp) for value in _shown_values(module) if value.cpp.startswith("const ")]
    found: set[str] = set()
    while waiting:
        cpp = waiting.pop()
        target = types.get(cpp)
        if cpp in found or target is None or isinstance(target, plan.Enum):
            continue
        found.add(cpp)
        if isinstance(target, plan.Container):
            waiting += [strip(element.cpp) for element in target.elements]
        else:
            shown = (accessor.read.result.value for accessor in target.accessors)
            waiting += [strip(value.cpp) for value in shown if value is not None]
            waiting += [cast.cpp for cast in (*target.bases, *target.casts)]
    return frozenset(found)


def _shown_values(module: plan.Module) -> Iterator[plan.Value]:
    """What Python gets of C++."""
    functions = [*module.functions, *(method for record in module.classes for method in record.methods)]
    overloads = [overload for function in functions for overload in function.overloads]
    overloads += [accessor.read for record in module.classes for accessor in record.accessors]
    yield from (each.result.value for each in overloads if each.result.value is not None)
    yield from (record.iterates for record in module.classes if record.iterates is not None)


def _find_natives(module: plan.Module, types: Types, more: Iterable[Native]) -> tuple[Native, ...]:
    """All of the module, in the order of its functions."""
    found = []
    paths = [each.path for each in module.native_classes] + [each.path for each in module.native_sequences]
    paths += [container.path for container in module.native_containers]
    taken = {make_name(f"{path}.{kind}", 1) for path in paths for kind in ("ptr", "const_ptr")}
    for path, role, overloads, receiver in _callables(module):
        decided = [_decide(overload, receiver, types) for overload in overloads]
        number = 1
        for made in (each for each in decided if each is not None):
            while make_name(path, number) in taken:
                number += 1
            taken.add(make_name(path, number))
            found.append(replace(made, name=make_name(path, number), path=path, number=number, role=role))
    known = {(native.path, native.signature) for native in found}
    for made in more:
        if (made.path, made.signature) in known:
            continue
        number = next(n for n in itertools.count(1) if make_name(made.path, n) not in taken)
        taken.add(make_name(made.path, number))
        found.append(replace(made, name=make_name(made.path, number), number=number))
    return tuple(found)


def _find_classes(module: plan.Module, types: Types, lent: frozenset[str]) -> tuple[NativeClass, ...]:
    """Those that this module makes, with what is native of them."""
    records = {record.cpp: record for record in module.classes if not record.module}
    return tuple(
        NativeClass(
            name=make_name(path, 1),
            path=path,
            cpp=record.cpp,
            fields=tuple(_fields(record, types)),
            constructors=tuple(_constructors(record, types)),
            bases=tuple(_bases(record, records)),
            lent=record.cpp in lent,
            element=find_range_element(record, types),
            element_const=record.iterate_const,
            layout=record.layout,
        )
        for record in records.values()
        if (path := _join(record.scope, record.name))
    )


def _find_sequences(module: plan.Module, types: Types, lent: frozenset[str]) -> tuple[NativeSequence, ...]:
    """Vectors and arrays, with what an element is."""
    return tuple(
        NativeSequence(
            name=make_name(path, 1),
            path=path,
            cpp=container.cpp,
            spelling=spell_container(container),
            element=element,
            lent=container.cpp in lent,
        )
        for container, path, element in _native_containers(module, types)
        if is_sequence(container)
    )


def _find_containers(module: plan.Module, types: Types, lent: frozenset[str]) -> tuple[NativeContainer, ...]:
    """The others, with what a key and an element are."""
    return tuple(
        NativeContainer(
            name=make_name(path, 1),
            path=path,
            cpp=container.cpp,
            spelling=spell_container(container),
            kind=container.kind,
            key=find_key(container, types),
            element=element,
            lent=container.cpp in lent,
        )
        for container, path, element in _native_containers(module, types)
        if not is_sequence(container)
    )


def _native_containers(module: plan.Module, types: Types) -> Iterator[tuple[plan.Container, str, NativeValue]]:
    """Those that native functions may have, with their Python paths and what an element is."""
    for container in module.containers:
        element = find_element(container, types) if container.cpp in types else None
        if element is not None:
            yield container, _join(container.scope, container.name), element


def _bases(record: plan.Class, records: dict[str, plan.Class]) -> Iterator[tuple[str, int]]:
    """Those whose places are fixed, and which the object has once."""
    for cast in record.casts or record.bases:
        if cast.offset is None or cast.virtual or cast.base in record.ambiguous:
            continue
        if cast.cpp in records:
            yield cast.cpp, cast.offset
            if not record.casts:
                yield from ((cpp, cast.offset + offset) for cpp, offset in _bases(records[cast.cpp], records))


def _fields(record: plan.Class, types: Types) -> Iterator[NativeField]:
    for accessor in record.accessors:
        place, array = _member(accessor)
        given = accessor.read.result.value
        if not place or given is None or accessor.static:
            continue
        value = find_stored(given, types)
        if value is not None:
            yield NativeField(
                name=place,
                python=accessor.name,
                value=value,
                offset=accessor.offset,
                const=accessor.write is None,
                array=array,
            )


def _member(accessor: plan.Accessor) -> tuple[str, bool]:
    """The C++ member that it is, with no more done than a cast, and whether it is an array of C; "" for others."""
    expression = accessor.read.expression
    if found := re.fullmatch(r"\{self\}\.(\w+)", expression):
        return found[1], False
    found = re.fullmatch(r"reinterpret_cast<std::array<.*>&>\(\{self\}\.(\w+)\)", expression)
    return (found[1], True) if found else ("", False)


def _constructors(record: plan.Class, types: Types) -> Iterator[tuple[NativeParam, ...]]:
    if record.abstract:
        return
    for overload in record.constructors.overloads if record.constructors is not None else ():
        values = [find_value(param.value, types) for param in overload.params]
        params = zip(overload.params, values, strict=True)
        found = tuple(NativeParam(name=p.name, value=value) for p, value in params if value is not None)
        usual = overload.expression.startswith(f"{record.cpp}(") and not overload.made and not overload.protected
        text = any(param.value.kind is NativeKind.TEXT for param in found)
        if usual and len(found) == len(values) and not text:
            yield found


def make_name(path: str, number: int) -> str:
    """As the runtime makes it of the same two."""
    return path.replace(".", "_") + (f"_{number}" if number > 1 else "")


_Callable = tuple[str, NativeRole, tuple[plan.Overload, ...], plan.Class | None]


def _callables(module: plan.Module) -> Iterator[_Callable]:
    """Functions, then methods, then attributes that are no plain members, with their Python paths."""
    for function in module.functions:
        yield _join(function.scope, function.name), NativeRole.CALL, function.overloads, None
    for record in module.classes:
        if record.module:
            continue
        path = _join(record.scope, record.name)
        yield _join(path, "__init__"), NativeRole.CALL, tuple(find_makers(record)), None
        for method in record.methods:
            if (method.name in _SPECIAL or not method.name.startswith("__")) and not method.ends and not method.awaits:
                yield _join(path, method.name), NativeRole.CALL, method.overloads, record
    for record in module.classes:
        path = _join(record.scope, record.name)
        plain = {each.path: each for each in module.native_classes}.get(path)
        fields = {field.python for field in plain.fields if field.offset is not None} if plain is not None else set()
        for accessor in record.accessors if plain is not None else ():
            if accessor.name in fields or accessor.static or accessor.array is not None:
                continue
            yield _join(path, accessor.name), NativeRole.GET, (accessor.read,), record
            if accessor.write is not None:
                yield _join(path, f"set_{accessor.name}"), NativeRole.SET, (accessor.write,), record


def _join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _decide(overload: plan.Overload, receiver: plan.Class | None, types: Types) -> Native | None:
    """Without its names; None: it has no native signature."""
    busy = overload.locks or overload.pending or overload.protected or overload.interrupt or overload.made
    busy = busy or overload.temporary or overload.failure is not None
    expression = _place_lengths(overload)
    if overload.call not in _CALLS or busy or re.search(r"\{\d+\.", expression):
        return None
    params = []
    for param in overload.params:
        special = param.out or param.inout or param.kept_by or param.transfers or param.data
        value = None if special else find_value(param.value, types)
        if value is None or (value.kind in (NativeKind.TEXT, NativeKind.SPAN) and param.nullable):
            return None
        if overload.call is plan.Call.WRITE and value.kind in (NativeKind.POINTER, NativeKind.REFERENCE):
            return None
        params.append(NativeParam(name=param.name, value=value))
    result = _decide_result(overload, types)
    if result is None:
        return None
    if result.kind is NativeKind.TEXT and any(param.value.kind is NativeKind.TEXT for param in params):
        return None  # it may be the argument itself, which is gone when the native function returns
    failure = ""
    if not overload.noexcept or result.kind in _MAKING or any(param.value.target in _COPIED for param in params):
        result, failure = find_failure(result)
    direct = _find_direct(overload, params, result)
    own = None
    if overload.call in (plan.Call.METHOD, plan.Call.READ, plan.Call.WRITE) and receiver is not None:
        inside = overload.call is plan.Call.READ and result.kind is NativeKind.REFERENCE and not result.const
        own = find_pointer(receiver, const=overload.const and not inside, kind=NativeKind.REFERENCE)
    return Native(
        name="",
        path="",
        params=tuple(params),
        result=result,
        expression=f"{expression}.release()" if _is_unique(overload) else expression,
        receiver=own,
        direct=direct,
        failure=failure,
        bare=bool(failure) and overload.elsewhere and (bool(direct) or _is_bare(overload, params, result)),
        ambiguous=bool(failure) and result.kind not in _SURE and (result.kind, result.target) not in _CERTAIN,
        span=overload.span,
    )


def _is_unique(overload: plan.Overload) -> bool:
    value = overload.result.value
    return value is not None and value.converter == "unique"


def _place_lengths(overload: plan.Overload) -> str:
    """The expression in which lengths of arrays are arguments of their own, behind all others."""
    expression, place = overload.expression, len(overload.params)
    for k, param in enumerate(overload.params):
        if param.value.cpp.startswith("dovetail::ArrayOf<"):
            expression = expression.replace(f"{{{k}.extent:0}}", f"{{{place}}}")
            place += 1
    return expression


def _find_direct(overload: plan.Overload, params: list[NativeParam], result: NativeValue) -> str:
    """The C++ function, where nothing stands between it and its callers."""
    pairs = _pair_values(overload, params, result)
    same = all(a.kind is NativeKind.PLAIN and a.cpp == b.cpp for a, b in pairs)
    name = _called(overload)
    return name if overload.call is plan.Call.FUNCTION and same and re.fullmatch(r"\w+(::\w+)*", name) else ""


def _is_bare(overload: plan.Overload, params: list[NativeParam], result: NativeValue) -> bool:
    """Nothing but a call is in it: every value goes to C++ and comes from there in the same register."""
    called = re.fullmatch(r"(\{self\}\.)?\w+(::\w+)*", _called(overload))
    return called is not None and all(_is_same(a, b.cpp) for a, b in _pair_values(overload, params, result))


def _is_same(value: NativeValue, cpp: str) -> bool:
    match value.kind:
        case NativeKind.PLAIN:
            return value.cpp == cpp
        case NativeKind.ENUM:
            return value.target == cpp
        case NativeKind.POINTER | NativeKind.REFERENCE:
            return cpp.endswith(("*", "&"))
        case _:
            return False


def _called(overload: plan.Overload) -> str:
    """What the expression calls with all parameters in their order; "": it is something else."""
    places = ", ".join(f"{{{k}}}" for k in range(len(overload.params)))
    return overload.expression.removesuffix(f"({places})") if overload.expression.endswith(f"({places})") else ""


def _pair_values(
    overload: plan.Overload, params: list[NativeParam], result: NativeValue
) -> list[tuple[NativeValue, plan.Value]]:
    """Parameters and result, native and of C++; without void, which comes from no register."""
    pairs = [(own.value, theirs.value) for own, theirs in zip(params, overload.params, strict=True)]
    return [*pairs, (result, overload.result.value)] if overload.result.value is not None else pairs


# What is made for the caller, which may fail.
_MAKING = frozenset({NativeKind.MADE, NativeKind.LENT, NativeKind.MADE_TEXT})
# Results that a failure is none of.
_SURE = frozenset(
    {
        NativeKind.BOOL,
        NativeKind.DONE,
        NativeKind.REFERENCE,
        NativeKind.MADE,
        NativeKind.LENT,
        NativeKind.VALUE,
        NativeKind.MADE_TEXT,
        NativeKind.MAYBE,
        NativeKind.SEVERAL,
    }
)
# Text that is copied for C++, which may fail.
_COPIED = ("std::string", "const char*")
# Text that is never null: an empty one has an address, too.
_CERTAIN = frozenset({(NativeKind.TEXT, "std::string"), (NativeKind.TEXT, "std::string_view")})


def _decide_result(overload: plan.Overload, types: Types) -> NativeValue | None:
    result = overload.result
    if result.how not in _RESULTS:
        return None
    if result.value is None:
        return VOID
    if overload.call is plan.Call.CONSTRUCTOR or result.lent:
        return find_own(result.value, types, lent=result.lent)
    if result.how is plan.Return.OWN:
        return find_handed(result.value, types)
    value = find_value(result.value, types, result=True)
    reference = value is not None and value.kind in (NativeKind.POINTER, NativeKind.REFERENCE)
    return None if value is None or reference is not (result.how is plan.Return.BORROW) else value
