"""Maps, sets, deques and lists in compiled code: `len`, look-up, `in`, `get`, loops, `items()`.

In: containers whose elements lie apart.  Out: Numba's typing and lowering.  Must not know: how they come into compiled
code.

C++ says where an element is. As in C++, a container must not shrink while a loop runs over it.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.imputils import RefType, iternext_impl, lower_builtin
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    bound_function,
    infer,
    infer_getattr,
    infer_global,
    signature,
)

from dovetail.numba.calls import fits
from dovetail.numba.kinds import (
    KEYED_STATE,
    POINTER,
    TEXT,
    NativeKeyed,
    NativeKeyedIterator,
    NativeView,
    stored_number,
    types_of,
)
from dovetail.numba.objects import Lies, read_stored, write_stored
from dovetail.numba.owning import place_of, set_aside
from dovetail.numba.symbols import declare
from dovetail.numba.texts import end_text, text_bytes

_WORD = ir.IntType(types.intp.bitwidth)


def teach() -> None:
    """What is below is registered when this is imported."""


# ---- typing ------------------------------------------------------------------------------------------------------


def _check_key(of: NativeKeyed, key: Any) -> Any:
    """What the key is converted to. `TypingError`: it is none, or there are none."""
    path = f"{of.record.module}.{of.record.path}"
    if not of.record.finds:
        raise TypingError(f"compiled code finds nothing in {path} but by a loop")
    if not of.record.key:
        if isinstance(key, types.Integer):
            return types.intp
        raise TypingError(f"compiled code takes one element of {of.record.path} by an integer, not by {key}")
    wanted = of.wanted
    if not fits(key, wanted):
        raise TypingError(f"the keys of {path} are {wanted}, not {key}")
    return types.unliteral(key) if wanted is TEXT else wanted


def _lookup(of: NativeKeyed) -> None:
    """`TypingError`: it is no map and no deque."""
    if of.record.key and not of.mapping:
        raise TypingError(f"{of.record.module}.{of.record.path} has no elements by key: use `in`, or a loop")


@infer_global(len)
class _Len(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.intp, *args) if len(args) == 1 and isinstance(args[0], NativeKeyed) else None


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        of, key = args
        if not isinstance(of, NativeKeyed):
            return None
        _lookup(of)
        return signature(of.element, of, _check_key(of, key))


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        of, key, value = args
        if not isinstance(of, NativeKeyed):
            return None
        _lookup(of)
        if of.const:
            raise TypingError(f"an element of {of.record.path} cannot be set: it is const")
        return signature(types.void, of, _check_key(of, key), types.unliteral(value))


@infer_global(operator.contains)
class _Contains(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        of, key = args
        if not isinstance(of, NativeKeyed):
            return None
        if not of.record.key:
            raise TypingError(f"compiled code looks for keys: go over {of.record.module}.{of.record.path} in a loop")
        return signature(types.boolean, of, _check_key(of, key))


_GET = "`get` takes a key, and a number for what is missing, by position"


@infer_getattr
class _Attributes(AttributeTemplate):
    key = NativeKeyed

    @bound_function("dovetail.keys")
    def resolve_keys(self, of: NativeKeyed, args: Any, kws: Any) -> Any:
        return self._view(of, args, "keys")

    @bound_function("dovetail.values")
    def resolve_values(self, of: NativeKeyed, args: Any, kws: Any) -> Any:
        return self._view(of, args, "values")

    @bound_function("dovetail.items")
    def resolve_items(self, of: NativeKeyed, args: Any, kws: Any) -> Any:
        return self._view(of, args, "items")

    def _view(self, of: NativeKeyed, args: Any, shown: str) -> Any:
        if not of.mapping or args:
            raise TypingError(f"{of.record.module}.{of.record.path} is no map: it has no `{shown}`")
        return signature(NativeView(of, shown))

    @bound_function("dovetail.get")
    def resolve_get(self, of: NativeKeyed, args: Any, kws: Any) -> Any:
        if not of.mapping or len(args) not in (1, 2) or kws:
            raise TypingError(f"{of.record.module}.{of.record.path} has no `get`" if not of.mapping else _GET)
        key = _check_key(of, args[0])
        if len(args) == 1:
            return signature(types.Optional(of.element), key)
        if not isinstance(of.element, (types.Number, types.Boolean)) or not fits(args[1], of.element):
            raise TypingError(f"`get` of {of.record.path} takes no {args[1]} for what is missing: leave it out")
        return signature(of.element, key, of.element)


@infer
class _Iterate(AbstractTemplate):
    key = "getiter"

    def generic(self, args: Any, kws: Any) -> Any:
        (of,) = args
        return signature(of.iterator_type, of) if isinstance(of, (NativeKeyed, NativeView)) else None


# ---- lowering ----------------------------------------------------------------------------------------------------


def _call(context: Any, builder: Any, of: NativeKeyed, name: str, args: list[Any]) -> Any:
    """One of C++'s functions for the container."""
    function = types_of(of.record.module).inner[f".{name}.{of.record.path}"]
    result = _WORD if name == "count" else POINTER
    return builder.call(declare(context, builder, function, result, [each.type for each in args]), args)


def _count(context: Any, builder: Any, of: NativeKeyed, value: Any) -> Any:
    return _call(context, builder, of, "count", [place_of(context, builder, of, value)])


def _find(context: Any, builder: Any, sig: Any, args: Any, name: str = "find") -> Any:
    """Where the entry of a key or index is; null: there is none."""
    (of, given), (value, key) = sig.args[:2], args[:2]
    keeper = None
    if not of.record.key:
        behind = builder.icmp_signed("<", key, ir.Constant(_WORD, 0))
        at = builder.select(behind, builder.add(key, _count(context, builder, of, value)), key)
        data, size = cgutils.alloca_once_value(builder, at), ir.Constant(_WORD, 0)
    elif of.wanted is TEXT:
        data, size, keeper = text_bytes(context, builder, key, given)
    else:
        number = stored_number(types_of(of.record.module), of.record.key)
        stored = context.cast(builder, key, given, number) if given != number else key
        data, size = cgutils.alloca_once_value(builder, stored), ir.Constant(_WORD, 0)
    place = place_of(context, builder, of, value)
    found = _call(context, builder, of, name, [place, builder.bitcast(data, POINTER), size])
    end_text(context, builder, keeper)
    return found


def _element(context: Any, builder: Any, of: NativeKeyed, value: Any, entry: Any) -> Any:
    place = builder.gep(entry, [ir.Constant(_WORD, of.record.offset)])
    return read_stored(context, builder, (of, value), of.record.element, place)


def _require(context: Any, builder: Any, of: NativeKeyed, entry: Any) -> None:
    """KeyError or IndexError: there is none."""
    with builder.if_then(cgutils.is_null(builder, entry), likely=False):
        error, what = (KeyError, "has no such key") if of.record.key else (IndexError, "index out of range")
        context.call_conv.return_user_exc(builder, error, (f"{of.record.path} {what}",))


@lower_builtin(len, NativeKeyed)
def _len(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return _count(context, builder, sig.args[0], args[0])


@lower_builtin(operator.getitem, NativeKeyed, types.Any)
def _get_element(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    of = sig.args[0]
    entry = _find(context, builder, sig, args)
    _require(context, builder, of, entry)
    return _element(context, builder, of, args[0], entry)


@lower_builtin(operator.setitem, NativeKeyed, types.Any, types.Any)
def _set_element(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    of, _, given = sig.args
    entry = _find(context, builder, sig, args, "make" if of.record.makes else "find")
    if of.record.makes:
        place = entry
        with builder.if_then(cgutils.is_null(builder, entry), likely=False):
            context.call_conv.return_user_exc(builder, MemoryError, (f"{of.record.path} cannot grow",))
    else:
        _require(context, builder, of, entry)
        place = builder.gep(entry, [ir.Constant(_WORD, of.record.offset)])
    write_stored(context, builder, Lies(of.record.module, of.record.element, place), args[2], given)
    return context.get_dummy_value()


@lower_builtin(operator.contains, NativeKeyed, types.Any)
def _contains(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    entry = _find(context, builder, sig, args)
    return cgutils.is_not_null(builder, entry)


@lower_builtin("dovetail.get", NativeKeyed, types.Any)
@lower_builtin("dovetail.get", NativeKeyed, types.Any, types.Any)
def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    of = sig.args[0]
    entry = _find(context, builder, sig, args)
    result = cgutils.alloca_once(builder, context.get_value_type(sig.return_type), zfill=True)
    if len(args) > 2:
        builder.store(args[2], result)
    else:
        builder.store(ir.Constant(result.type.pointee, None), result)
    with builder.if_then(cgutils.is_not_null(builder, entry)):
        found = _element(context, builder, of, args[0], entry)
        builder.store(context.cast(builder, found, of.element, sig.return_type), result)
    return builder.load(result)


@lower_builtin("dovetail.keys", NativeKeyed)
@lower_builtin("dovetail.values", NativeKeyed)
@lower_builtin("dovetail.items", NativeKeyed)
def _view(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    view = context.make_helper(builder, sig.return_type)
    context.nrt.incref(builder, sig.args[0], args[0])
    view.over = args[0]
    return view._getvalue()


@lower_builtin("getiter", NativeView)
def _start_view(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return _begin(context, builder, sig, context.make_helper(builder, sig.args[0], value=args[0]).over)


@lower_builtin("getiter", NativeKeyed)
def _start(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return _begin(context, builder, sig, args[0])


def _begin(context: Any, builder: Any, sig: Any, over: Any) -> Any:
    iterator = context.make_helper(builder, sig.return_type)
    context.nrt.incref(builder, sig.return_type.over, over)
    iterator.over = over
    memory = context.get_value_type(KEYED_STATE)
    iterator.state = builder.bitcast(set_aside(context, builder, KEYED_STATE), memory.as_pointer())
    builder.store(ir.Constant(memory, None), iterator.state)
    return iterator._getvalue()


@lower_builtin("iternext", NativeKeyedIterator)
@iternext_impl(RefType.NEW)
def _next(context: Any, builder: Any, sig: Any, args: Any, result: Any) -> None:
    type_ = sig.args[0]
    iterator = context.make_helper(builder, type_, value=args[0])
    of = type_.over
    place = place_of(context, builder, of, iterator.over)
    entry = _call(context, builder, of, "next", [place, builder.bitcast(iterator.state, POINTER)])
    valid = cgutils.is_not_null(builder, entry)
    result.set_valid(valid)
    with builder.if_then(valid):
        parts = []
        if type_.shown in ("keys", "items"):
            parts.append(read_stored(context, builder, (of, iterator.over), of.record.key, entry))
        if type_.shown in ("values", "items"):
            parts.append(_element(context, builder, of, iterator.over, entry))
        result.yield_(context.make_tuple(builder, type_.yield_type, parts) if len(parts) > 1 else parts[0])
