"""Which callables have a native signature, and which.

In: the assembled plan.  Out: `plan.Native` records.  Must not know: how they are emitted, who calls them.

Policy: every function, method and static method whose arguments and result are numbers, bools, enums, or pointers and
references to bound classes, and for which nothing of Python is done: no object is kept alive, taken over or locked, no
output, callback or array is among the arguments. Names are the Python paths with `_`; a name that is taken gets a
number, as the second overload does. `Row_ptr` is always the address of a `Row`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dovetail import plan
from dovetail.plan import Native, NativeClass, NativeField, NativeKind, NativeParam, NativeValue

# C++ spelling -> Cython's.
_NUMBERS = {
    "char": "char",
    "signed char": "signed char",
    "unsigned char": "unsigned char",
    "short": "short",
    "unsigned short": "unsigned short",
    "int": "int",
    "unsigned int": "unsigned int",
    "long": "long",
    "unsigned long": "unsigned long",
    "long long": "PY_LONG_LONG",
    "unsigned long long": "unsigned PY_LONG_LONG",
    "float": "float",
    "double": "double",
}
# What a function that failed returns: seldom a result, as the exception is looked for whenever it is returned. C++ and
# Cython read these literals alike.
_FAILURES = {
    "char": "127",
    "signed char": "-127",
    "unsigned char": "255",
    "short": "-32767",
    "unsigned short": "65535",
    "int": "-2147483647",
    "unsigned int": "4294967295u",
    "long": "-9223372036854775807",
    "unsigned long": "18446744073709551615u",
    "long long": "-9223372036854775807",
    "unsigned long long": "18446744073709551615u",
    "float": "-3.4028234e+38",
    "double": "-1.7976931348623157e+308",
}
_INTEGERS = {(1, True): "signed char", (2, True): "short", (4, True): "int", (8, True): "long long"} | {
    (1, False): "unsigned char",
    (2, False): "unsigned short",
    (4, False): "unsigned int",
    (8, False): "unsigned long long",
}
VOID = NativeValue(kind=NativeKind.NOTHING, cpp="void", spelling="void")
_CALLS = frozenset({plan.Call.FUNCTION, plan.Call.METHOD, plan.Call.STATIC})
_RESULTS = frozenset({plan.Return.NONE, plan.Return.VALUE, plan.Return.BORROW})


def find_natives(module: plan.Module) -> tuple[Native, ...]:
    """All of the module, in the order of its functions."""
    types = _types(module)
    found = []
    taken = {make_name(f"{_join(record.scope, record.name)}.ptr", 1) for record in module.classes}
    for path, function, receiver in _callables(module):
        decided = [_decide(overload, receiver, types) for overload in function.overloads]
        number = 1
        for made in (each for each in decided if each is not None):
            while make_name(path, number) in taken:
                number += 1
            taken.add(make_name(path, number))
            found.append(replace(made, name=make_name(path, number), path=path, number=number))
    return tuple(found)


def find_native_classes(module: plan.Module) -> tuple[NativeClass, ...]:
    """Those that this module makes, with what is native of them."""
    types = _types(module)
    return tuple(
        NativeClass(
            name=make_name(path, 1),
            path=path,
            cpp=record.cpp,
            fields=tuple(_fields(record, types)),
            constructors=tuple(_constructors(record, types)),
        )
        for record in module.classes
        if not record.module and (path := _join(record.scope, record.name))
    )


def _types(module: plan.Module) -> dict[str, plan.Enum | plan.Class]:
    """What this module makes, by C++ name."""
    records: tuple[plan.Enum | plan.Class, ...] = (*module.enums, *module.classes)
    return {record.cpp: record for record in records if not record.module}


def _fields(record: plan.Class, types: dict[str, plan.Enum | plan.Class]) -> Iterator[NativeField]:
    for accessor in record.accessors:
        place = re.fullmatch(r"\{self\}\.(\w+)", accessor.read.expression)
        given = accessor.read.result.value
        if place is None or given is None or accessor.static or accessor.array is not None:
            continue
        value = _decide_value(given, types)
        if value is not None and value.kind in (NativeKind.PLAIN, NativeKind.BOOL, NativeKind.ENUM):
            yield NativeField(name=place[1], value=value, offset=accessor.offset, const=accessor.write is None)


def _constructors(record: plan.Class, types: dict[str, plan.Enum | plan.Class]) -> Iterator[tuple[NativeParam, ...]]:
    for overload in record.constructors.overloads if record.constructors is not None else ():
        values = [_decide_value(param.value, types) for param in overload.params]
        params = zip(overload.params, values, strict=True)
        found = tuple(NativeParam(name=p.name, value=value) for p, value in params if value is not None)
        usual = overload.expression.startswith(f"{record.cpp}(") and not overload.made and not overload.protected
        if usual and len(found) == len(values):
            yield found


def make_name(path: str, number: int) -> str:
    """As the runtime makes it of the same two."""
    return path.replace(".", "_") + (f"_{number}" if number > 1 else "")


def _callables(module: plan.Module) -> Iterator[tuple[str, plan.Function, plan.Class | None]]:
    """Functions, then methods, with their Python paths. Special methods have other names in every language."""
    for function in module.functions:
        yield _join(function.scope, function.name), function, None
    for record in module.classes:
        if record.module:
            continue
        for method in record.methods:
            if not method.name.startswith("__") and not method.ends and not method.awaits:
                yield _join(_join(record.scope, record.name), method.name), method, record


def _join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _decide(
    overload: plan.Overload, receiver: plan.Class | None, types: dict[str, plan.Enum | plan.Class]
) -> Native | None:
    """Without its names; None: it has no native signature."""
    busy = overload.locks or overload.pending or overload.protected or overload.interrupt or overload.made
    busy = busy or overload.temporary or overload.failure is not None
    if overload.call not in _CALLS or busy or re.search(r"\{\d+\.", overload.expression):
        return None
    params = []
    for param in overload.params:
        special = param.out or param.inout or param.kept_by or param.transfers or param.data
        value = None if special else _decide_value(param.value, types)
        if value is None:
            return None
        params.append(NativeParam(name=param.name, value=value))
    result = _decide_result(overload, types)
    if result is None:
        return None
    failure = ""
    if not overload.noexcept:
        result, failure = _decide_failure(result)
    own = None
    if overload.call is plan.Call.METHOD and receiver is not None:
        own = _pointer(receiver.cpp, const=overload.const, kind=NativeKind.REFERENCE)
    return Native(
        name="",
        path="",
        params=tuple(params),
        result=result,
        expression=overload.expression,
        receiver=own,
        failure=failure,
        ambiguous=bool(failure) and result.kind not in (NativeKind.BOOL, NativeKind.DONE, NativeKind.REFERENCE),
        span=overload.span,
    )


def _decide_result(overload: plan.Overload, types: dict[str, plan.Enum | plan.Class]) -> NativeValue | None:
    result = overload.result
    if result.how not in _RESULTS or result.lent:
        return None
    if result.value is None:
        return VOID
    value = _decide_value(result.value, types)
    reference = value is not None and value.kind in (NativeKind.POINTER, NativeKind.REFERENCE)
    return None if value is None or reference is not (result.how is plan.Return.BORROW) else value


def _decide_failure(result: NativeValue) -> tuple[NativeValue, str]:
    """What a function that may fail returns, and what then."""
    match result.kind:
        case NativeKind.NOTHING:
            return NativeValue(kind=NativeKind.DONE, cpp="int", spelling="int"), "-1"
        case NativeKind.BOOL:
            return result, "-1"
        case NativeKind.POINTER | NativeKind.REFERENCE:
            return result, "NULL"
        case _:
            return result, _FAILURES[result.cpp]


def _decide_value(value: plan.Value, types: dict[str, plan.Enum | plan.Class]) -> NativeValue | None:
    """Of a parameter or result; None: it is none of C's own kinds."""
    bare = re.sub(r"^const |\s*[&*]$", "", value.cpp).strip()
    mark = value.cpp.rstrip()[-1:]
    const = value.cpp.startswith("const ")
    target = types.get(bare)
    if isinstance(target, plan.Class):
        if mark not in "&*" or value.cpp.rstrip().endswith("&&") or value.converter not in ("class", "implicit"):
            return None
        kind = NativeKind.REFERENCE if mark == "&" else NativeKind.POINTER
        return _pointer(bare, const=const, kind=kind)
    if mark == "*" or (mark == "&" and not const):
        return None
    if isinstance(target, plan.Enum):
        below = _INTEGERS[target.size, target.signed]
        return NativeValue(kind=NativeKind.ENUM, cpp=below, spelling=_NUMBERS[below], target=bare)
    if bare == "bool":
        return NativeValue(kind=NativeKind.BOOL, cpp="int", spelling="int")
    if bare in _NUMBERS:
        return NativeValue(kind=NativeKind.PLAIN, cpp=bare, spelling=_NUMBERS[bare])
    return None


def _pointer(cpp: str, *, const: bool, kind: NativeKind) -> NativeValue:
    """An object by its address."""
    written = f"const {cpp}*" if const else f"{cpp}*"
    return NativeValue(kind=kind, cpp=written, spelling=f"{cpp} const *" if const else f"{cpp} *", target=cpp)
