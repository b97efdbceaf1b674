"""Loops over classes with `begin()` and `end()` in compiled code.

In: objects of such classes.  Out: Numba's types and lowering of loops over them.  Must not know: other containers.

C++ has its iterators in memory that the compiled function sets aside, and stores each element: a number or a flat
object itself, else its address. As in C++, the object must not change meanwhile.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import NumbaError, TypingError
from numba.core.imputils import RefType, iternext_impl, lower_builtin

from dovetail.capi import NativeClass, NativeFunction
from dovetail.numba.kinds import (
    POINTER,
    Bound,
    FlatObject,
    NativeObject,
    NativeWalk,
    lasting,
    meant_type,
    order_of,
    types_of,
)
from dovetail.numba.objects import Lies, read_plain
from dovetail.numba.owning import (
    keep,
    keep_within,
    make_destructor,
    offset_of,
    place_of,
    read_flat,
    set_aside,
    take_over,
)
from dovetail.numba.symbols import declare

_INT = ir.IntType(32)
_WORD = ir.IntType(types.intp.bitwidth)


def teach() -> None:
    """What is below is registered when this is imported."""


def find_walk(of: NativeObject) -> NativeWalk | None:
    """A loop over it; None: it has no `begin()` and `end()`, or its elements have no native form."""
    record = next((each for each in order_of(of.record) if each.range is not None), None)
    if record is None or record.range is None or offset_of(of, NativeObject(record, of.const)) is None:
        return None
    if of.const and not record.range.const:
        raise TypingError(f"a loop over {of.record.module}.{of.record.path} may change it, and this one is const")
    known = types_of(record.module)
    element = meant_type(known, record.module, record.range.element)
    return NativeWalk(of, record, element if _is_made(record) else lasting(element, (of,)))


def _is_made(record: NativeClass) -> bool:
    """Each element is a new object of its own."""
    assert record.range is not None
    return record.range.element.startswith("own ")


# ---- lowering ----------------------------------------------------------------------------------------------------


def start_walk(context: Any, builder: Any, walk: NativeWalk, over: Any) -> Any:
    """C++ makes its iterators. A flat object stays on the stack as it was when the loop began."""
    if isinstance(walk.over, FlatObject) and "arg.gen" in {each.name for each in builder.function.args}:
        raise NumbaError(f"a generator loops over no {walk.over}: C++ would look for it where it was")
    iterator = context.make_helper(builder, walk)
    context.nrt.incref(builder, walk.over, over)
    iterator.over = over
    memory = context.get_value_type(walk.words)
    if walk.ends:
        size = ir.Constant(_WORD, 8 * walk.words.count)
        iterator.meminfo = context.nrt.meminfo_alloc_dtor(builder, size, _leaving(context, builder, walk))
    else:
        iterator.state = builder.bitcast(set_aside(context, builder, walk.words), memory.as_pointer())
    state = _state(context, builder, walk, iterator)
    builder.store(ir.Constant(memory, None), builder.bitcast(state, memory.as_pointer()))
    base = NativeObject(walk.record, walk.over.const)
    place = place_of(context, builder, walk.over, over)
    offset = offset_of(walk.over, base)
    if offset:
        place = builder.gep(place, [ir.Constant(_WORD, offset)])
    failed = _call(context, builder, walk, "begin", [place, state])
    with builder.if_then(builder.icmp_signed("<", failed, ir.Constant(_INT, 0)), likely=False):
        context.nrt.decref(builder, walk, iterator._getvalue())
        context.call_conv.return_exc(builder)
    return iterator._getvalue()


def _state(context: Any, builder: Any, walk: NativeWalk, iterator: Any) -> Any:
    """Where C++ has its iterators."""
    if walk.ends:
        return context.nrt.meminfo_data(builder, iterator.meminfo)
    return builder.bitcast(iterator.state, POINTER)


def _call(context: Any, builder: Any, walk: NativeWalk, name: str, args: list[Any]) -> Any:
    function = _function(walk, name)
    return builder.call(declare(context, builder, function, _INT, [each.type for each in args]), args)


def _function(walk: NativeWalk, name: str) -> NativeFunction:
    record = walk.record
    assert record.range is not None
    return types_of(record.module).inner[f".{name}.{record.path}.{record.range.layout}"]


def _leaving(context: Any, builder: Any, walk: NativeWalk) -> Any:
    """What Numba calls when nothing uses the loop any more."""
    record = walk.record
    leave = declare(context, builder, _function(walk, "leave"), ir.VoidType(), [POINTER])
    name = f"dovetail.leaving.{record.abi}.{record.module}.{record.path}"
    return make_destructor(builder, name, lambda inner, memory: inner.call(leave, [memory]))


@lower_builtin("iternext", NativeWalk)
@iternext_impl(RefType.NEW)
def _next(context: Any, builder: Any, sig: Any, args: Any, result: Any) -> None:
    walk = sig.args[0]
    iterator = context.make_helper(builder, walk, value=args[0])
    element = _memory(context, builder, walk)
    found = _call(context, builder, walk, "step", [_state(context, builder, walk, iterator), element])
    with builder.if_then(builder.icmp_signed("<", found, ir.Constant(_INT, 0)), likely=False):
        context.call_conv.return_exc(builder)
    valid = builder.icmp_signed(">", found, ir.Constant(_INT, 0))
    result.set_valid(valid)
    with builder.if_then(valid):
        result.yield_(_read(context, builder, walk, iterator.over, element))


def _memory(context: Any, builder: Any, walk: NativeWalk) -> Any:
    """Where C++ stores an element."""
    kind = walk.yield_type
    return set_aside(context, builder, kind.words if isinstance(kind, FlatObject) else types.uint64)


def _read(context: Any, builder: Any, walk: NativeWalk, over: Any, element: Any) -> Any:
    """The element that C++ has stored."""
    record = walk.record
    assert record.range is not None
    word = record.range.element
    kind = meant_type(types_of(record.module), record.module, word)
    sources = [(walk.over, over)]
    if isinstance(kind, FlatObject):
        return keep(context, builder, (kind, read_flat(context, builder, kind, element)), sources)
    if isinstance(kind, (Bound, types.Optional)):
        place = builder.load(builder.bitcast(element, POINTER.as_pointer()))
        if isinstance(kind, types.Optional):
            return keep(context, builder, (kind, _optional(context, builder, kind, place)), sources)
        if not kind.owned:
            return keep(context, builder, (kind, place), sources)
        made = take_over(context, builder, kind, place)
        return keep_within(context, builder, (kind, made), sources) if word.startswith("own lent ") else made
    return read_plain(context, builder, Lies(record.module, word, element), kind)


def _optional(context: Any, builder: Any, kind: Any, place: Any) -> Any:
    """An object of which C++ gives a pointer."""
    helper = context.make_helper(builder, kind)
    helper.data = place
    helper.valid = cgutils.is_not_null(builder, place)
    return helper._getvalue()
