"""Objects that C++ makes for compiled code, and what lies in them: who keeps what alive.

In: addresses.  Out: values of Numba's types for them.  Must not know: attributes, elements, calls.

An owned value is an address and the count of what uses the whole object: Numba counts, and the last use deletes it.
What lies in such an object (a member, an element, what a method refers to) has another address and the same count. Text
in it is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    FlatObject,
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
    """The address of the object. A flat one lies there for as long as the function runs, or until it comes by again."""
    if isinstance(kind, FlatObject):
        slot = set_aside(context, builder, kind.words)
        words = context.make_helper(builder, kind, value=value).bytes
        builder.store(words, builder.bitcast(slot, words.type.as_pointer()))
        return slot
    return context.make_helper(builder, kind, value=value).place if kind.owned else value


def set_aside(context: Any, builder: Any, words: Any) -> Any:
    """The address of memory on the stack."""
    slot = cgutils.alloca_once(builder, context.get_value_type(words))
    slot.align = 16
    return builder.bitcast(slot, POINTER)


def read_flat(context: Any, builder: Any, kind: FlatObject, place: Any) -> Any:
    """The object that lies there."""
    helper = context.make_helper(builder, kind)
    helper.bytes = builder.load(builder.bitcast(place, context.get_value_type(kind.words).as_pointer()))
    return helper._getvalue()


def take_over(context: Any, builder: Any, kind: Bound, place: Any) -> Any:
    """A new object, which belongs to compiled code from now on."""
    size = ir.Constant(_WORD, 2 * types.intp.bitwidth // 8)
    meminfo = context.nrt.meminfo_alloc_dtor(builder, size, _ending(context, builder, kind))
    holder = builder.bitcast(context.nrt.meminfo_data(builder, meminfo), POINTER.as_pointer())
    builder.store(place, holder)
    builder.store(ir.Constant(POINTER, None), builder.gep(holder, [ir.Constant(_WORD, 1)]))
    return _owned(context, builder, kind, place, meminfo)


def keep_within(context: Any, builder: Any, found: Typed, sources: Sequence[Typed]) -> Any:
    """A new object keeps alive what it looks into, where that is owned: beside its address, until it ends."""
    kind, value = found
    if not owners_among([each for each, _ in sources]):
        return value
    meminfo = _use(context, builder, *sources[0])
    holder = context.nrt.meminfo_data(builder, context.make_helper(builder, kind, value=value).meminfo)
    holder = builder.bitcast(holder, POINTER.as_pointer())
    builder.store(meminfo, builder.gep(holder, [ir.Constant(_WORD, 1)]))
    return value


def _use(context: Any, builder: Any, owner: Any, whole: Any) -> Any:
    """One more use of what an owned object lies in, or a flat one looks into."""
    if isinstance(owner, types.Optional):
        owner, whole = owner.type, context.make_helper(builder, owner, value=whole).data
    context.nrt.incref(builder, owner, whole)
    return context.make_helper(builder, owner, value=whole).meminfo


def _ending(context: Any, builder: Any, kind: Bound) -> Any:
    """What Numba calls for the last use: it gets where the address is, and gives that to C++. Behind that is what the
    object has kept alive, or null."""
    record = kind.record
    function: NativeFunction = types_of(record.module).inner[f".end.{record.path}"]
    end = declare(context, builder, function, ir.VoidType(), [POINTER])

    def write(inner: Any, memory: Any) -> None:
        holder = inner.bitcast(memory, POINTER.as_pointer())
        inner.call(end, [inner.load(holder)])
        kept = inner.load(inner.gep(holder, [ir.Constant(_WORD, 1)]))
        context.nrt.decref(inner, types.MemInfoPointer(types.voidptr), kept)

    return make_destructor(builder, f"dovetail.ending.{record.abi}.{record.module}.{record.path}", write)


def make_destructor(builder: Any, name: str, write: Callable[[Any, Any], None]) -> Any:
    """What Numba calls for the last use of memory that it counts; `write` gets a builder and the memory's address."""
    signature = ir.FunctionType(ir.VoidType(), [POINTER, _WORD, POINTER])
    made = cgutils.get_or_insert_function(builder.module, signature, name)
    if made.is_declaration:
        made.linkage = "linkonce_odr"
        inner = ir.IRBuilder(made.append_basic_block())
        write(inner, made.args[0])
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
    meminfo = _use(context, builder, *sources[given.index(owners_among(given)[0])])
    if isinstance(kind, FlatObject):
        helper = context.make_helper(builder, lasts)
        helper.bytes = context.make_helper(builder, kind, value=value).bytes
        helper.meminfo = meminfo
        return helper._getvalue()
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
    if isinstance(wanted, FlatObject):
        return value  # where it lies is told apart by its type alone
    if not wanted.owned:
        return place
    context.nrt.incref(builder, given, value)
    return _owned(context, builder, wanted, place, context.make_helper(builder, given, value=value).meminfo)
