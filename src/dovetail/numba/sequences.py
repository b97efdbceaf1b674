"""Containers in compiled code, and objects that are used like one: `len`, indexing, loops, `in`, calls.

In: vectors, arrays, and classes with `__len__`, `__getitem__`, `__setitem__`, `__contains__`.
Out: Numba's typing and lowering.  Must not know: how they come into compiled code.

An index is checked, and may be negative. A loop looks at the container in each turn, as one of Python over a list does.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.imputils import RefType, iternext_impl, lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer, infer_global, signature

from dovetail.numba.calls import lower_call, resolve_call
from dovetail.numba.kinds import NativeIterator, NativeObject, NativeVector, NativeWalk, functions_of
from dovetail.numba.numbers import measure
from dovetail.numba.objects import Lies, read_stored, write_stored
from dovetail.numba.ranges import find_walk, start_walk

_INTP = ir.IntType(types.intp.bitwidth)


def teach() -> None:
    """What is below is registered when this is imported."""


def _resolve(of: Any, name: str, args: Any) -> Any:
    """The signature of a special method; None: the class has none."""
    functions = functions_of(of.record, name) if isinstance(of, NativeObject) else ()
    return resolve_call(functions, (of, *args), bound=True) if functions else None


def _lower(name: str) -> Any:
    """Calls a special method."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        functions = functions_of(sig.args[0].record, name)
        return lower_call(functions, context, builder, sig.args, args, bound=True)

    return lower


# ---- typing ------------------------------------------------------------------------------------------------------


@infer_global(len)
class _Len(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], NativeVector):
            return signature(types.intp, args[0])
        return _resolve(args[0], "__len__", ()) if len(args) == 1 else None


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        of, index = args
        if isinstance(of, NativeVector):
            _whole(of, index)
            return signature(of.element, of, types.intp)
        return _resolve(of, "__getitem__", (index,))


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        of, index, value = args
        if isinstance(of, NativeVector):
            _whole(of, index)
            if of.const:
                raise TypingError(f"an element of {of.record.path} cannot be set: it is const")
            return signature(types.void, of, types.intp, types.unliteral(value))
        found = _resolve(of, "__setitem__", (index, value))
        return signature(types.void, *found.args) if found is not None else None


def _whole(of: NativeVector, index: Any) -> None:
    if not isinstance(index, (types.Integer, types.IntEnumMember)):
        raise TypingError(f"compiled code takes one element of {of.record.path} by an integer, not by {index}")


@infer_global(operator.contains)
class _Contains(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return _resolve(args[0], "__contains__", args[1:])


@infer
class _Iterate(AbstractTemplate):
    key = "getiter"

    def generic(self, args: Any, kws: Any) -> Any:
        (of,) = args
        if not isinstance(of, NativeObject):
            return None
        walk = find_walk(of)
        if walk is not None:
            return signature(walk, of)
        found = _resolve(of, "__getitem__", (types.intp,))
        if found is None or _resolve(of, "__len__", ()) is None:
            path = f"{of.record.module}.{of.record.path}"
            raise TypingError(
                f"compiled code loops over containers, ranges, and classes with `size()` and `[]`: not over {path}"
            )
        return signature(NativeIterator(of, found.return_type), of)


# ---- lowering ----------------------------------------------------------------------------------------------------


def _place(builder: Any, of: NativeVector, first: Any, index: Any) -> Any:
    return builder.gep(first, [builder.mul(index, ir.Constant(_INTP, of.record.stride))])


def _checked(context: Any, builder: Any, of: NativeVector, value: Any, index: Any) -> Any:
    """Where an element is. IndexError: there is none."""
    first, count = measure(context, builder, of, value)
    behind = builder.icmp_signed("<", index, ir.Constant(_INTP, 0))
    at = builder.select(behind, builder.add(index, count), index)
    with builder.if_then(builder.icmp_unsigned(">=", at, count), likely=False):
        context.call_conv.return_user_exc(builder, IndexError, (f"{of.record.path} index out of range",))
    return _place(builder, of, first, at)


def _read(context: Any, builder: Any, of: NativeVector, value: Any, place: Any) -> Any:
    return read_stored(context, builder, (of, value), of.record.element, place)


@lower_builtin(len, NativeVector)
def _len_vector(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return measure(context, builder, sig.args[0], args[0])[1]


@lower_builtin(operator.getitem, NativeVector, types.Integer)
def _get_element(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    of = sig.args[0]
    return _read(context, builder, of, args[0], _checked(context, builder, of, args[0], args[1]))


@lower_builtin(operator.setitem, NativeVector, types.Integer, types.Any)
def _set_element(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    of, _, given = sig.args
    place = _checked(context, builder, of, args[0], args[1])
    write_stored(context, builder, Lies(of.record.module, of.record.element, place), args[2], given)
    return context.get_dummy_value()


lower_builtin(len, NativeObject)(_lower("__len__"))
lower_builtin(operator.getitem, NativeObject, types.Any)(_lower("__getitem__"))
lower_builtin(operator.setitem, NativeObject, types.Any, types.Any)(_lower("__setitem__"))
lower_builtin(operator.contains, NativeObject, types.Any)(_lower("__contains__"))


@lower_builtin("getiter", NativeVector)
@lower_builtin("getiter", NativeObject)
def _start(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    if isinstance(sig.return_type, NativeWalk):
        return start_walk(context, builder, sig.return_type, args[0])
    iterator = context.make_helper(builder, sig.return_type)
    context.nrt.incref(builder, sig.args[0], args[0])
    iterator.over = args[0]
    iterator.index = cgutils.alloca_once_value(builder, ir.Constant(_INTP, 0))
    return iterator._getvalue()


@lower_builtin("iternext", NativeIterator)
@iternext_impl(RefType.NEW)
def _next(context: Any, builder: Any, sig: Any, args: Any, result: Any) -> None:
    type_ = sig.args[0]
    iterator = context.make_helper(builder, type_, value=args[0])
    of, index = type_.over, builder.load(iterator.index)
    if isinstance(of, NativeVector):
        first, count = measure(context, builder, of, iterator.over)
    else:
        first, count = None, _length(context, builder, of, iterator.over)
    valid = builder.icmp_signed("<", index, count)
    result.set_valid(valid)
    with builder.if_then(valid):
        if isinstance(of, NativeVector):
            found = _read(context, builder, of, iterator.over, _place(builder, of, first, index))
        else:
            functions = functions_of(of.record, "__getitem__")
            given = (of, types.intp)
            wanted = resolve_call(functions, given, bound=True).args
            at = context.cast(builder, index, types.intp, wanted[1])
            found = lower_call(functions, context, builder, wanted, (iterator.over, at), bound=True)
        result.yield_(found)
        builder.store(builder.add(index, ir.Constant(_INTP, 1)), iterator.index)


def _length(context: Any, builder: Any, of: NativeObject, value: Any) -> Any:
    """Of an object."""
    functions = functions_of(of.record, "__len__")
    found = resolve_call(functions, (of,), bound=True)
    count = lower_call(functions, context, builder, (of,), (value,), bound=True)
    return context.cast(builder, count, found.return_type, types.intp)
