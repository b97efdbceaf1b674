"""The C signatures of plain calls, as both sides of them write them.

In: `plan.PlainCall`.  Out: names and C types.  Must not know: C++ or Python text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from dovetail.plan import (
    Form,
    Hold,
    Plain,
    PlainAccessor,
    PlainCall,
    PlainClass,
    PlainContainer,
    PlainRaised,
    PlainValue,
)

PREFIX = "dt_"
BLOCK = "dovetail_block *"
ANY = "void *"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CFunction:
    """`dt_Circle_area`, `double`, (`void *`,)."""

    name: str
    result: str
    params: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CField:
    """A number in an object: `f8` at offset 8."""

    name: str
    c: str
    offset: int


def flat(path: str) -> str:
    """A Python path as an identifier."""
    return path.replace(".", "_")


def path_of(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def struct_of(value: PlainValue) -> str:
    return f"{flat(value.path)} *"


def c_of_call(call: PlainCall) -> CFunction:
    """How it is called. Texts, packed values and spans are two arguments, and shared objects are."""
    params = [ANY] if call.receiver else []
    params += ["unsigned int"] if call.masked else []
    for param in call.params:
        match param.value.form:
            case Form.TEXT | Form.PATH | Form.PACKED:
                params += ["char *", "size_t"]
            case Form.SPAN:
                params += [ANY, "size_t"]
            case Form.SHARED:
                params += [ANY, ANY]
            case Form.OBJECT | Form.UNIQUE:
                params.append(ANY)
            case Form.BOOL | Form.CHAR:
                params.append("int")
            case _:
                params.append(param.value.c)
    return CFunction(name=f"{PREFIX}{call.symbol}", result=c_of_result(call.result), params=tuple(params))


def c_of_result(value: PlainValue) -> str:
    match value.form:
        case Form.NONE | Form.SELF | Form.BOOL | Form.CHAR:
            return "int"
        case Form.TEXT | Form.PATH | Form.PACKED:
            return BLOCK
        case Form.OBJECT | Form.UNIQUE:
            return struct_of(value)
        case Form.SHARED:
            return ANY
        case _:
            return ANY if value.mark == "*" else value.c


def c_of_constructor(each: PlainClass, call: PlainCall) -> CFunction:
    made = ANY if each.shared else f"{flat(path_of(each.record.scope, each.record.name))} *"
    plain = c_of_call(call)
    return CFunction(name=plain.name, result=made, params=plain.params)


def owned(each: PlainClass) -> bool:
    """Python may own objects of the class."""
    return each.record.hold is not Hold.NONE and not each.record.opaque


def helper(path: str, what: str, result: str, *params: str) -> CFunction:
    """A function that is none of the header's: `dt_Circle_delete`."""
    return CFunction(name=f"{PREFIX}{flat(path)}_{what}", result=result, params=params)


def all_functions(plain: Plain) -> Iterator[CFunction]:
    """Everything that Python calls, but the runtime's own."""
    for each in plain.classes:
        yield from class_helpers(plain, each)
        if each.constructors is not None:
            yield from (c_of_constructor(each, call) for call in each.constructors.calls)
        yield from (c_of_call(call) for _, call in each.protocols)
        yield from _member_functions(each)
    for raised in plain.raised:
        if raised.record.cpp:
            yield helper(path_of(raised.record.scope, raised.record.name), "delete", "void", ANY)
        yield from _member_functions(raised)
    for container in plain.containers:
        yield from container_helpers(container)
        yield from (c_of_call(call) for _, call in container.calls)
    for function in plain.functions:
        yield from (c_of_call(call) for call in function.calls)
    yield from (c_of_call(call) for _, call in plain.constants if call is not None)
    for _, variable in plain.variables:
        yield from _accessor_functions(variable)


def _member_functions(each: PlainClass | PlainRaised) -> Iterator[CFunction]:
    for method in each.methods:
        yield from (c_of_call(call) for call in method.calls)
    for accessor in each.accessors:
        if not accessor.direct:
            yield from _accessor_functions(accessor)


def _accessor_functions(accessor: PlainAccessor) -> Iterator[CFunction]:
    yield c_of_call(accessor.read)
    if accessor.write is not None:
        yield c_of_call(accessor.write)


def class_helpers(plain: Plain, each: PlainClass) -> Iterator[CFunction]:
    """What ends, copies and casts objects, and what iterates."""
    record = each.record
    path = path_of(record.scope, record.name)
    if owned(each):
        yield helper(path, "delete", "void", ANY)
        if record.copyable:
            yield helper(path, "copy", ANY if each.shared else f"{flat(path)} *", ANY)
    for base in apart_bases(plain, each):
        yield helper(path, f"as_{flat(base)}", f"{flat(base)} *", ANY)
    if narrowed(plain, each):
        yield helper(path, "kind", "int", ANY)
    for derived in narrowed(plain, each):
        target = flat(path_of(derived.record.scope, derived.record.name))
        yield helper(path, f"to_{target}", f"{target} *", ANY)
    if each.element is not None:
        yield helper(path, "walk", ANY, ANY)
        yield helper(path, "more", "int", ANY)
        yield helper(path, "stop", ANY, ANY)
        yield c_of_call(each.element)


def apart_bases(plain: Plain, each: PlainClass) -> list[str]:
    """Paths of the bases that do not always begin where the objects of their derived classes do."""
    places = {other.record.cpp: other for other in plain.classes}
    found = dict.fromkeys(cast.cpp for cast in (*each.record.casts, *each.record.bases))
    waiting = list(found)
    while waiting:
        base = places.get(waiting.pop())
        for further in base.record.bases if base is not None else ():
            if further.cpp not in found:
                found[further.cpp] = None
                waiting.append(further.cpp)
    bases = [places[cpp] for cpp in found if cpp in places and places[cpp].apart]
    ambiguous = set(each.record.ambiguous)
    paths = [path_of(base.record.scope, base.record.name) for base in bases]
    return [path for path in paths if path not in ambiguous]


def narrowed(plain: Plain, each: PlainClass) -> list[PlainClass]:
    """What a pointer to such an object may turn out to be, most derived first."""
    places = {other.record.cpp: other for other in plain.classes}
    return [places[cpp] for cpp in each.record.derived if cpp in places]


def container_helpers(container: PlainContainer) -> Iterator[CFunction]:
    path = path_of(container.record.scope, container.record.name)
    yield helper(path, "new", f"{flat(path)} *")
    yield helper(path, "delete", "void", ANY)
    if container.record.copyable:
        yield helper(path, "copy", f"{flat(path)} *", ANY)


def fields_of(plain: Plain, each: PlainClass) -> dict[str, CField]:
    """The numbers that are read where they lie, by the C++ names of the class and the members: also those of bases."""
    found: dict[str, CField] = {}
    bases = {cast.cpp: cast.offset for cast in (*each.record.bases, *each.record.casts) if not cast.virtual}
    for other in plain.classes:
        start = 0 if other is each else bases.get(other.record.cpp)
        if start is None or (other is not each and other.record.cpp not in bases):
            continue
        inherited = fields_of(plain, other) if other is not each else {}
        for cpp, field in inherited.items():
            found[cpp] = CField(name=f"f{start + field.offset}", c=field.c, offset=start + field.offset)
        for accessor in other.accessors if other is each else ():
            offset = accessor.accessor.offset
            if accessor.direct and offset is not None:
                found[accessor.accessor.cpp] = CField(name=f"f{offset}", c=accessor.read.result.c, offset=offset)
    return found


def is_sure(call: PlainCall) -> bool:
    """C++ throws nothing, nor does what stands around the call."""
    simple = (Form.NUMBER, Form.BOOL, Form.CHAR, Form.ENUM, Form.SPAN)
    given = all(
        param.value.form in simple or (param.value.form is Form.OBJECT and param.value.mark in ("&", "*"))
        for param in call.params
    )
    result = call.result.form in (*simple, Form.NONE, Form.SELF) or (
        call.result.form is Form.OBJECT and call.result.mark in ("&", "*")
    )
    return call.noexcept and given and result and not call.masked
