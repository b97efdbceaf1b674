"""Objects that C++ makes for compiled code, and what lies in them: who keeps what alive.

In: addresses.  Out: values of Numba's types for them.  Must not know: attributes, elements, calls.

An owned value is an address and the count of what uses the whole object: Numba counts, and the last use deletes it.
What lies in such an object (a member, an element, what a method refers to) has another address and the same count. Text
in it is copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_cast

from dovetail.capi import NativeFunction
from dovetail.numba.kinds import (
    POINTER,
    TEXT,
    Bound,
    NativeObject,
    lasting,
    owners_among,
    types_of,
)
from dovetail.numba.symbols import declare
from dovetail.numba.texts import copy_text

_WORD = ir.IntType(types.intp.bitwidth)


def teach() -> None:
    """What is below is registered when this is imported."""


def place_of(context: Any, builder: Any, kind: Bound, value: Any) -> Any:
    """The address of the object."""
    return context.make_helper(builder, kind, value=value).place if kind.owned else value


def take_over(context: Any, builder: Any, kind: Bound, place: Any) -> Any:
    """A new object, which belongs to compiled code from now on."""
    size = ir.Constant(_WORD, types.intp.bitwidth // 8)
    meminfo = context.nrt.meminfo_alloc_dtor(builder, size, _ending(context, builder, kind))
    holder = context.nrt.meminfo_data(builder, meminfo)
    builder.store(place, builder.bitcast(holder, POINTER.as_pointer()))
    return _owned(context, builder, kind, place, meminfo)


def _ending(context: Any, builder: Any, kind: Bound) -> Any:
    """What Numba calls for the last use: it gets where the address is, and gives that to C++."""
    record = kind.record
    function: NativeFunction = types_of(record.module).inner[f".end.{record.path}"]
    end = declare(context, builder, function, ir.VoidType(), [POINTER])
    name = f"dovetail.ending.{record.abi}.{record.module}.{record.path}"
    signature = ir.FunctionType(ir.VoidType(), [POINTER, _WORD, POINTER])
    made = cgutils.get_or_insert_function(builder.module, signature, name)
    if made.is_declaration:
        made.linkage = "linkonce_odr"
        inner = ir.IRBuilder(made.append_basic_block())
        inner.call(end, [inner.load(inner.bitcast(made.args[0], POINTER.as_pointer()))])
        inner.ret_void()
    return builder.bitcast(made, POINTER)


def _owned(context: Any, builder: Any, kind: Bound, place: Any, meminfo: Any) -> Any:
    helper = context.make_helper(builder, kind)
    helper.place = place
    helper.meminfo = meminfo
    return helper._getvalue()


Typed = tuple[Any, Any]
"""A value with its type before it."""


def keep(context: Any, builder: Any, found: Typed, sources: Sequence[Typed]) -> Any:
    """What may lie in the sources, as `kinds.lasting` says what it is. It is a use of its own."""
    kind, value = found
    given = [each for each, _ in sources]
    lasts = lasting(kind, given)
    if lasts == kind or not owners_among(given):
        return value
    if isinstance(kind, types.Optional):
        return _keep_optional(context, builder, found, sources)
    if kind is TEXT:
        return copy_text(context, builder, value)
    owner, whole = sources[given.index(owners_among(given)[0])]
    if isinstance(owner, types.Optional):
        owner, whole = owner.type, context.make_helper(builder, owner, value=whole).data
    context.nrt.incref(builder, owner, whole)
    meminfo = context.make_helper(builder, owner, value=whole).meminfo
    return _owned(context, builder, lasts, value, meminfo)


def _keep_optional(context: Any, builder: Any, found: Typed, sources: Sequence[Typed]) -> Any:
    """Nothing is kept by null."""
    kind, value = found
    wanted = lasting(kind, [each for each, _ in sources])
    given = context.make_helper(builder, kind, value=value)
    result = cgutils.alloca_once(builder, context.get_value_type(wanted), zfill=True)
    with builder.if_then(cgutils.as_bool_bit(builder, given.valid)):
        helper = context.make_helper(builder, wanted)
        helper.data = keep(context, builder, (kind.type, given.data), sources)
        helper.valid = cgutils.true_bit
        builder.store(helper._getvalue(), result)
    return builder.load(result)


def take_over_optional(context: Any, builder: Any, kind: Any, place: Any) -> Any:
    """The same of a pointer that may be null."""
    result = cgutils.alloca_once(builder, context.get_value_type(kind), zfill=True)
    with builder.if_then(cgutils.is_not_null(builder, place)):
        helper = context.make_helper(builder, kind)
        helper.data = take_over(context, builder, kind.type, place)
        helper.valid = cgutils.true_bit
        builder.store(helper._getvalue(), result)
    return builder.load(result)


def offset_of(given: Any, wanted: Any) -> int | None:
    """Where the base is in the object; None: it is none, or at no fixed place."""
    if given.record == wanted.record:
        return 0
    return dict(given.record.bases).get(wanted.record.cpp) if isinstance(given, NativeObject) else None


@lower_cast(Bound, Bound)
def _cast(context: Any, builder: Any, given: Any, wanted: Any, value: Any) -> Any:
    """To a base, to const, and to what only looks."""
    place = place_of(context, builder, given, value)
    offset = offset_of(given, wanted)
    if offset:
        place = builder.gep(place, [ir.Constant(_WORD, offset)])
    if not wanted.owned:
        return place
    context.nrt.incref(builder, given, value)
    return _owned(context, builder, wanted, place, context.make_helper(builder, given, value=value).meminfo)
